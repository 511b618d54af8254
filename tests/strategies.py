"""Random well-typed circuits, one source for every law: small sizes, all kinds of nodes, nested uses and regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from circuits import (
    Circuit,
    Wire,
    broadcast,
    build,
    call,
    concat,
    einsum,
    elementwise,
    flip,
    linear,
    merge,
    pad,
    reduce,
    rename,
    repeat,
    scan,
    slice,
    softmax,
    split,
)

SIZES = {"a": 2, "b": 3, "c": 4, "d": 1, "e": 5}
AXES = tuple(SIZES)
UNARY = (
    "tanh(x)",
    "x * 0.5 + 1.0",
    "exp(-x ** 2)",
    "sigmoid(x)",
    "where(x > 0, x, 0.1 * x)",
    "sin(x) / (1.0 + x ** 2)",
)
BINARY = ("x + y", "x * y", "x - 0.5 * y", "max(x, y)")

Draw = Callable[[st.SearchStrategy[Any]], Any]


def texts(max_axes: int = 3) -> st.SearchStrategy[str]:
    """Types such as `[a c]`."""
    return st.lists(st.sampled_from(AXES), max_size=max_axes, unique=True).map(lambda axes: f"[{' '.join(axes)}]")


@st.composite
def circuits(draw: Draw, max_nodes: int = 8, depth: int = 2, min_inputs: int = 1) -> Circuit:
    """A circuit without problems, of at most `max_nodes` nodes and `depth` levels of nested circuits."""
    types = draw(st.lists(texts(), min_size=min_inputs, max_size=3))
    inputs = {f"in{number}": text for number, text in enumerate(types)}

    def body(*wires: Wire) -> dict[str, Wire]:
        known = list(wires)
        for _ in range(draw(st.integers(1, max_nodes))):
            nodes = known[0].builder.nodes
            before = len(nodes)
            made = draw(st.sampled_from(STEPS))(draw, known, depth)
            if made is not None and made.type is not None and len(made.axes) <= 5:
                known.append(made)
            else:
                del nodes[before:]
        return {"out": known[-1], **({"more": known[-2]} if len(known) > 1 and draw(st.booleans()) else {})}

    return build(f"random{depth}", inputs, body, sizes=SIZES)


def _pick(draw: Draw, wires: list[Wire]) -> Wire:
    return draw(st.sampled_from(wires[-4:]))


def _plain(axis: str) -> str:
    return axis.replace("'", "_t")


def _unused(wire: Wire) -> list[str]:
    return [axis for axis in AXES if axis not in wire.axes and f"{axis}'" not in wire.axes]


def _unary(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    return elementwise(draw(st.sampled_from(UNARY)), _pick(draw, wires))


def _binary(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    one, other = _pick(draw, wires), _pick(draw, wires)
    text = draw(st.sampled_from(BINARY))
    covered = set(one.axes) <= set(other.axes) or set(other.axes) <= set(one.axes)
    return elementwise(text, one, other, outer=not covered)


def _linear(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    taken = draw(st.lists(st.sampled_from(wire.axes), max_size=2, unique=True)) if wire.axes else []
    free = _unused(wire)
    made = draw(st.lists(st.sampled_from(free), max_size=2, unique=True)) if free else []
    return linear(f"{' '.join(taken)} -> {' '.join(made)}", wire, bias=draw(st.booleans()))


def _einsum(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    one, other = _pick(draw, wires), _pick(draw, wires)
    known = list(dict.fromkeys((*one.axes, *other.axes)))
    kept = draw(st.permutations([axis for axis in known if draw(st.booleans())]))
    named = [axis for axis in known if axis in kept or draw(st.booleans())]
    first = " ".join(axis for axis in one.axes if axis in named)
    second = " ".join(axis for axis in other.axes if axis in named)
    return einsum(f"{first}, {second} -> {' '.join(kept)}", one, other)


def _gram(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    axes = [axis for axis in wire.axes if "'" not in axis and f"{axis}'" not in wire.axes]
    if not axes:
        return None
    axis = draw(st.sampled_from(axes))
    return einsum(f"{axis}, {axis}' -> {axis} {axis}'", wire, wire)


def _softmax(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    return softmax(wire, axis=draw(st.sampled_from(wire.axes))) if wire.axes else None


def _reduce(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    if not wire.axes:
        return None
    axes = draw(st.lists(st.sampled_from(wire.axes), min_size=1, max_size=2, unique=True))
    return reduce(draw(st.sampled_from(("sum", "mean", "max", "min"))), wire, axes=" ".join(axes))


def _view(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    free = _unused(wire)
    if not wire.axes or not free:
        return None
    axis = draw(st.sampled_from(wire.axes))
    match draw(st.integers(0, 4)):
        case 0:
            return broadcast(wire, axes=free[0])
        case 1:
            return flip(wire, axis=axis)
        case 2 if axis == "c" and "a" in free:
            return split(wire, "c -> a z=2")
        case 3 if f"{axis}'" not in wire.axes and "'" not in axis:
            return rename(wire, f"{axis} -> {axis}'")
        case _:
            wide = f"w{_plain(axis)}"
            return slice(
                pad(wire, f"{axis} -> {wide}", before=1, after=1), f"{wide} -> {axis}", start=1, stop=f"{wide}-1"
            )


def _merge(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    if len(wire.axes) < 2:
        return None
    one, other = wire.axes[0], wire.axes[-1]
    both = f"{_plain(one)}_{_plain(other)}"
    return split(merge(wire, f"{one} {other} -> {both}"), f"{both} -> {one} {other}")


def _concat(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    if not wire.axes:
        return None
    axis = draw(st.sampled_from(wire.axes))
    both = f"{_plain(axis)}2"
    return linear(f"{both} -> {axis}", concat(wire, elementwise("tanh(x)", wire), spec=f"{axis}, {axis} -> {both}"))


def _call(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    if depth == 0:
        return None
    inner = draw(circuits(max_nodes=3, depth=depth - 1))
    used = []
    for item in inner.inputs:
        fitting = [wire for wire in wires if set(item.type.axes) <= set(wire.axes)]
        if not fitting:
            return None
        used.append(draw(st.sampled_from(fitting)))
    made = call(inner, *used)
    return made[0] if isinstance(made, tuple) else made


def _repeat(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    if depth == 0 or not wire.axes:
        return None
    axis = draw(st.sampled_from(wire.axes))
    other = next((name for name in AXES if name != axis.rstrip("'")), "e")

    def step(x: Wire) -> Wire:
        return x + linear(f"{other} -> {axis}", elementwise("tanh(x)", linear(f"{axis} -> {other}", x)))

    body = build("step", {"x": f"[{axis}]"}, step)
    return repeat(body, wire, times=draw(st.integers(1, 3)), tied=draw(st.booleans()))


def _scan(draw: Draw, wires: list[Wire], depth: int) -> Wire | None:
    wire = _pick(draw, wires)
    plain = [axis for axis in wire.axes if "'" not in axis]
    if depth == 0 or not plain:
        return None
    axis = draw(st.sampled_from(plain))

    def cell(h: Wire, x: Wire) -> dict[str, Wire]:
        h = elementwise("tanh(0.5 * h + x)", h, x)
        return {"h": h, "y": h * 2.0}

    body = build("cell", {"h": "[]", "x": "[]"}, cell)
    start = reduce("sum", wire, axes=axis) * 0.0
    made = scan(body, start, wire, axis=axis, along="x", reverse=draw(st.booleans()))
    return made[draw(st.integers(0, 1))]


STEPS = (_unary, _binary, _linear, _einsum, _gram, _softmax, _reduce, _view, _merge, _concat, _call, _repeat, _scan)


def arrays(circuit: Circuit, seed: int, leading: tuple[int, ...] = ()) -> dict[str, NDArray[np.float64]]:
    """Normal numbers for every input of a circuit, behind `leading` axes."""
    sizes = circuit.checked.known({})
    generator = np.random.default_rng(seed)
    return {
        item.name: generator.normal(size=(*leading, *(sizes[axis.rstrip("'")] for axis in item.type.axes)))
        for item in circuit.inputs
    }
