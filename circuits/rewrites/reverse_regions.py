"""Backward passes of regions: loops as scans over stored states, fixed points by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ..apply import call, elementwise
from ..circuit import Circuit
from ..errors import AttributeProblem
from ..region import Region
from ..regions.fixed_point import FixedPoint, fixed_point
from ..regions.repeat import Repeat
from ..regions.scan import Scan
from ..regions.while_loop import While
from ..sizes import Size
from ..trace import Wire, build
from ..types import REAL, ArrayType
from .fitting import Backward, Pass, as_tuple, unused, zeros
from .inline import inline
from .rename_axes import axis_names, face_sizes
from .reverse_loops import Loop, explicit, pulled_loop

Pull = Callable[[Sequence[Wire | None]], Sequence[Wire | None]]


@dataclass(frozen=True)
class Pulled:
    """A region run forward: its outputs, and how cotangents of them are pulled back to what it reads.

    `axes` are new axes along which rounds are stored, `constraints` say how many there are.
    """

    outputs: tuple[Wire, ...]
    pull: Pull
    axes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()


def reversed_region(
    op: Region, wires: Sequence[Wire], needed: Sequence[bool], name: str, axes: Collection[str], backward: Backward
) -> Pulled:
    """Run a flat region forward, ready to be pulled back.

    `needed` says which of the wires it reads need a gradient, `axes` which names are taken. Raises AttributeProblem
    for regions without a reverse rule.
    """
    if isinstance(op, FixedPoint):
        return _fixed_point(op, wires, needed, name, backward)
    if isinstance(op, Scan):
        return Pulled(*pulled_loop(_scan(op), wires, needed, name, backward))
    names = {*axes, *(axis for body in op.bodies() for axis in axis_names(body))}
    axis = next(word for number in range(len(names) + 1) if (word := f"round_{number}") not in names)
    if isinstance(op, Repeat) and not op.indexed:
        loop, times = Loop(op.content, axis, (), op.carried), op.times
    elif isinstance(op, While):
        loop, times = Loop(_guarded(op), axis, (), len(op.content.outputs)), Size.of(op.limit)
    else:
        raise AttributeProblem("a region with a reverse rule", f"'{op.name}'", "Put stop_gradient around it.")
    return Pulled(*pulled_loop(loop, wires, needed, name, backward), (axis,), (f"{axis} = {times}",))


def _scan(op: Scan) -> Loop:
    return Loop(op.content, op.axis, op.sequences, op.carried, op.reverse)


def _guarded(op: While) -> Circuit:
    """One round of a while loop that keeps the state once the condition has failed."""
    inputs = {item.name: item.type for item in (*op.condition.inputs, *op.content.inputs)}
    types = {port.name: inputs[port.name] for port in op.signature.inputs}

    def trace(*wires: Wire) -> Mapping[str, Wire]:
        known = dict(zip(types, wires, strict=True))
        test = call(op.condition, *(known[item.name] for item in op.condition.inputs), name="condition")
        made = as_tuple(call(op.content, *(known[item.name] for item in op.content.inputs), name="body"))
        pairs = zip(op.content.outputs, made, wires, strict=False)
        return {output.name: elementwise("where(c, a, b)", test, new, old) for output, new, old in pairs}

    defaults = {**op.condition.checked.defaults, **op.content.checked.defaults}
    limits = face_sizes(op.condition, op.content)
    return inline(build(op.content.name, types, trace, sizes=defaults, constraints=limits))


def _fixed_point(
    op: FixedPoint, wires: Sequence[Wire], needed: Sequence[bool], name: str, backward: Backward
) -> Pulled:
    """dx = u df/dx with u = dz + u df/dz, another fixed point of the same tolerance."""
    body, count = op.content, len(op.content.outputs)
    if op.signature.draws or any(item.type.element != REAL for item in body.inputs[:count]):
        raise AttributeProblem(
            "a fixed point of real numbers without draws", f"'{body.name}'", "Draw outside of it, or use repeat."
        )

    def solved(circuit: Circuit, *inputs: Wire, **words: str) -> tuple[Wire, ...]:
        return as_tuple(fixed_point(circuit, *inputs, tolerance=op.tolerance, limit=op.limit, **words))

    outputs, rest = solved(body, *wires, name=name), wires[count:]
    adjoint, seeds = _adjoint(body, backward)

    def pull(cotangents: Sequence[Wire | None]) -> Sequence[Wire | None]:
        pairs = zip(cotangents, outputs, strict=True)
        given = [zeros(made.type or ArrayType()) if wire is None else wire for wire, made in pairs]
        pushed = solved(adjoint, *given, *given, *outputs, *rest)
        found: list[Wire | None] = [None] * len(wires)
        wanted = [place for place in range(count, len(wires)) if needed[place] and _real(body, place)]
        if wanted:
            last = backward(explicit(body, _types(*outputs, *rest), count), Pass(seeds, _gradients(body, wanted)))
            made = as_tuple(call(last, *outputs, *rest, *pushed))
            found = [made[wanted.index(place)] if place in wanted else None for place in range(len(wires))]
        return found

    return Pulled(outputs, pull)


def _types(*wires: Wire) -> list[ArrayType]:
    return [wire.type or ArrayType() for wire in wires]


def _gradients(body: Circuit, places: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Inputs of a body and what their gradients are called."""
    return tuple((body.inputs[place].name, f"d_{body.inputs[place].name}") for place in places)


def _real(body: Circuit, place: int) -> bool:
    return body.inputs[place].type.element == REAL


def _adjoint(body: Circuit, backward: Backward) -> tuple[Circuit, tuple[tuple[str, str], ...]]:
    """The body whose fixed point is u, and the names of the cotangents of the body's outputs.

    Inputs: u, dz, then those of the body.
    """
    count = len(body.outputs)
    taken = {item.name for item in body.inputs}
    seeds = tuple((output.name, unused(f"d_{output.name}", taken)) for output in body.outputs)
    back = backward(body, Pass(seeds, _gradients(body, range(count))))
    states = [item.type for item in body.inputs[:count]]
    starts = [unused(f"start_{seed}", taken) for _, seed in seeds]
    types = dict(zip((seed for _, seed in seeds), states, strict=True)) | dict(zip(starts, states, strict=True))
    types |= {item.name: item.type for item in body.inputs}

    def trace(*wires: Wire) -> Mapping[str, Wire]:
        now, start, rest = wires[:count], wires[count : 2 * count], wires[2 * count :]
        made = as_tuple(call(back, *rest, *now))
        names = [seed for _, seed in seeds]
        return {name: first + one for name, one, first in zip(names, made, start, strict=True)}

    defaults = dict(body.checked.defaults)
    found = build(f"{body.name}_adjoint", types, trace, sizes=defaults, constraints=face_sizes(back))
    return inline(found), seeds
