"""The data inside a wire: a circuit is run on some samples, and what a wire carries is summed up.

The reference interpreter runs it. It holds every wire under its own name, also those that a printed program fuses away,
and its draws are its own, so that looking at a run changes no bit of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from circuits import Circuit, Named, Place, did_you_mean, run

from .errors import Problem, TaskError

BINS = 40
MOST_SLICES, MOST_CELLS = 8, 128
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Wish:
    """What is to be seen: a wire by its name, which sample, and in which round of a region, -1 for the last."""

    wire: str
    sample: int = 0
    round: int = -1


@dataclass(frozen=True)
class Map:
    """Slices of an array as pictures, `values[slice][row][column]`; a long axis is thinned to 128 places.

    `kind` is attention, whose rows sum to one, or image. `titles` name the slices, as "h = 0".
    """

    kind: str
    rows: str
    columns: str
    titles: tuple[str, ...]
    values: tuple[tuple[tuple[float, ...], ...], ...]


@dataclass(frozen=True)
class Look:
    """What a wire carried over some samples: its axes and lengths, a histogram, and a map where there is one.

    `edges` are one more than `counts`. `missing` counts what is not finite, which is left out of all the numbers.
    `round` of `rounds` is the visit that is shown, from 0.
    """

    wire: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    sample: int
    round: int
    rounds: int
    counts: tuple[int, ...]
    edges: tuple[float, ...]
    mean: float
    deviation: float
    missing: int
    map: Map | None = None


@dataclass(frozen=True)
class Found:
    """Where a wire is: the names of the nodes around it, the circuit there, and its id in it."""

    nodes: str
    circuit: Circuit
    wire: str

    @property
    def softmax(self) -> str:
        """The axis along which its values sum to one, "" where that is not known."""
        node = self.circuit.by_id.get(self.wire.rpartition(".")[0])
        axis = str(getattr(node.op, "axis", "")) if node is not None and node.op.name == "softmax" else ""
        return axis if len(axis.split()) == 1 else ""


def wire_names(circuit: Circuit) -> tuple[str, ...]:
    """The names of all wires of a circuit, those of circuits it uses and of regions under the node: `block/norm`.

    A wire has the name of its node, followed by `.port` where the node has several. Of the wires inside an op only
    those behind a softmax are listed.
    """
    return tuple(_names(circuit, "", True))


def _names(circuit: Circuit, path: str, written: bool) -> Iterator[str]:
    if written:
        yield from (path + item.name for item in circuit.inputs)
    for node in circuit.checked.order:
        outputs = node.outputs()
        if written or node.op.name == "softmax":
            for wire in outputs:
                yield path + (node.name if len(outputs) == 1 else f"{node.name}.{wire.rpartition('.')[2]}")
        if node.op.name != "softmax":
            for body in tuple(node.op.scopes())[:1]:
                yield from _names(body, f"{path}{node.name}/", written and bool(node.op.bodies()))


def find_wire(circuit: Circuit, name: str) -> Found:
    """The wire of a name such as `x`, `attention` or `blocks/attention/weights`, inside an op too.

    Raises TaskError if there is none.
    """
    *around, last = name.split("/")
    inside = circuit
    for step in around:
        outer = inside.by_name.get(step)
        body = next(iter(outer.op.scopes()), None) if outer is not None else None
        if body is None:
            raise _unknown(circuit, name)
        inside = body
    if last in {item.name for item in inside.inputs}:
        return Found("/".join(around), inside, last)
    own, _, port = last.partition(".")
    node = inside.by_name.get(own)
    wires = [one for one in node.outputs() if port in ("", one.rpartition(".")[2])] if node is not None else []
    if not wires:
        raise _unknown(circuit, name)
    return Found("/".join(around), inside, wires[0])


def _unknown(circuit: Circuit, name: str) -> TaskError:
    fix = f"Choose another one.{did_you_mean(name, wire_names(circuit))}"
    return TaskError(Problem(f"{circuit.name}, look", "the name of a wire", f"'{name}'", fix))


def look(
    circuit: Circuit,
    inputs: Sequence[Numbers],
    state: Mapping[str, Numbers],
    wish: Wish,
    sizes: Mapping[str, int] | None = None,
) -> Look:
    """Run the circuit on samples, `[sample, *axes]` an input in order, and sum up what a wire carries.

    Raises TaskError for a name that no wire has, or a wire that no run comes by.
    """
    found = find_wire(circuit, wish.wire)
    visits: list[tuple[Named, str]] = []

    def watch(place: Place, wire: str, array: Named) -> None:
        if (place.nodes, wire) == (found.nodes, found.wire):
            labels = {axis: place.label(axis) for axis in array.axes}
            visits.append((array.rename(labels), labels.get(found.softmax, "")))

    given = {item.name: array for item, array in zip(circuit.inputs, inputs, strict=True)}
    run(circuit, given, state, sizes=sizes, watch=watch)
    if not visits:
        fix = "Choose a wire outside of it."
        raise TaskError(Problem(f"{circuit.name}/{wish.wire}", "a wire the run comes by", "none came by", fix))
    round = wish.round if 0 <= wish.round < len(visits) else len(visits) - 1
    named, softmax = visits[round]
    return _summed_up(circuit, named, softmax, Wish(wish.wire, wish.sample, round), len(visits))


def _summed_up(circuit: Circuit, named: Named, softmax: str, wish: Wish, rounds: int) -> Look:
    array = np.asarray(named.array)
    values = np.abs(array) if np.iscomplexobj(array) else np.asarray(array, np.float64)
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins=BINS) if finite.size else (np.zeros(1, int), np.zeros(2))
    return Look(
        wish.wire,
        tuple(map(_plain, named.axes)),
        tuple(values.shape),
        wish.sample,
        wish.round,
        rounds,
        tuple(int(count) for count in counts),
        tuple(float(edge) for edge in edges),
        float(finite.mean()) if finite.size else 0.0,
        float(finite.std()) if finite.size else 0.0,
        int(values.size - finite.size),
        _map(circuit, Named(values, named.axes), softmax, wish.sample),
    )


def _map(circuit: Circuit, named: Named, softmax: str, sample: int) -> Map | None:
    """The picture of an array: attention where it sums to one along an axis, an image where it has two positions."""
    roles = {axis.name: axis.role for one in circuit.definitions() for axis in one.axes}
    batch = [axis for axis in named.axes if axis.startswith("*") or roles.get(axis) == "batch"]
    own = [axis for axis in named.axes if axis not in batch]
    places = [axis for axis in own if roles.get(axis.rstrip("'")) == "position"]
    if softmax in own:
        rest = [axis for axis in own if axis != softmax]
        twins = [axis for axis in rest if axis.rstrip("'") == softmax.rstrip("'")]
        rows = [*twins, *(axis for axis in rest if axis in places), *rest, *batch][:1]
        kind, ends = "attention", [*rows, softmax]
    elif len(places) == 2 and len(own) <= 3:
        kind, ends = "image", [axis for axis in ("y", "x") if axis in places] or places
        ends = ends if len(ends) == 2 else places
    else:
        return None
    if len(ends) < 2:
        return None
    for axis in batch:
        if axis not in ends:
            named = named.select(axis, min(sample, named.length(axis) - 1), np)
    return _cut(named, kind, ends[0], ends[1])


def _cut(named: Named, kind: str, rows: str, columns: str) -> Map:
    others = [axis for axis in named.axes if axis not in (rows, columns)]
    lengths = [named.length(axis) for axis in others]
    ordered = named.ordered((*others, rows, columns), np)
    slices = ordered.reshape(-1, *ordered.shape[-2:])[:MOST_SLICES]
    steps = [max(1, -(-length // MOST_CELLS)) for length in slices.shape[1:]]
    thin = np.nan_to_num(slices[:, :: steps[0], :: steps[1]])
    titles = [
        ", ".join(f"{axis} = {place}" for axis, place in zip(others, np.unravel_index(number, lengths), strict=True))
        for number in range(len(slices) if others else 0)
    ]
    values = tuple(tuple(tuple(map(float, row)) for row in one) for one in thin)
    return Map(kind, _plain(rows), _plain(columns), tuple(titles) or ("",), values)


def _plain(axis: str) -> str:
    """The name of an axis; the leading one holds the samples."""
    return "sample" if axis.startswith("*") else axis


def state_of(model: nn.Module) -> dict[str, Numbers]:
    """The parameters and buffers of a printed program, as the circuit it was printed from takes them."""
    return {key: numbers(value) for key, value in model.state_dict().items()}


def numbers(value: Tensor) -> Numbers:
    """A tensor's values, real ones in double precision."""
    kept = value.detach().cpu()
    found: Numbers = (kept.double() if kept.is_floating_point() else kept).numpy()
    return found


def by_node(model: nn.Module) -> dict[str, dict[str, float]]:
    """The root mean squares of each node's learned arrays, and of their gradients where there are any, by its path.

    `{"parameters": {"blocks/0/inner": 0.04}, "gradients": {...}}`; the number after a repeated node is its round.
    """
    sums: dict[str, dict[str, tuple[float, int]]] = {"parameters": {}, "gradients": {}}
    for name, value in model.named_parameters():
        path = (name.rpartition(".")[0] or name).replace(".", "/")
        for kind, array in (("parameters", value), ("gradients", value.grad)):
            if array is not None:
                total, count = sums[kind].get(path, (0.0, 0))
                square = float(array.detach().abs().double().square().sum())
                sums[kind][path] = total + square, count + array.numel()
    return {
        kind: {path: (total / count) ** 0.5 for path, (total, count) in found.items()} for kind, found in sums.items()
    }
