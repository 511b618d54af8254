"""How long arrays live inside an area: its nodes in the order they run, what they carry, and when arrays come and go.

Where wires enter an area its operands are loaded, so they are there from the start, or from the start of each chunk;
where wires leave it results are saved, at the end of the area or of each chunk. What every chunk reads stays while
chunks run, and so does what they are folded into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..circuit import Circuit
from ..derived import Derived
from ..op import Op
from ..regions.scan import Scan
from ..type_nodes import Record
from .phases import Phase, reads, walk
from .schedule import Area

Axes = tuple[str, ...]


@dataclass(frozen=True)
class RunOrder:
    """Nodes as they run; those from `first` to `last` run once a chunk of the streamed axis, "" where there is none."""

    records: tuple[Record, ...]
    axis: str
    phases: Mapping[str, Phase]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Life:
    """An array by its name and axes, held from one place in the order to another; `over` is whose room it takes."""

    name: str
    axes: Axes
    start: int
    end: int
    over: str = ""


def run_order(circuit: Circuit, area: Area) -> RunOrder:
    """The nodes of an area: first those that every chunk needs, then those of chunks, then what follows from all."""
    records = [record for record in circuit.checked.records.values() if record.node.id in area.nodes]
    axis = area.streams[0].axis if area.streams else ""
    phases = walk(circuit, frozenset(area.nodes), axis).phases if axis else {}

    def turn(record: Record) -> int:
        found = {phases[wire] for wire in record.node.outputs()} if axis else set()
        if Phase.CHUNKS in found or any(axis in axes for _, axes in operands(record)):
            return 1
        return 2 if Phase.FOLDED in found else 0

    ordered = sorted(records, key=turn)
    looped = [place for place, record in enumerate(ordered) if turn(record) == 1]
    return RunOrder(tuple(ordered), axis, phases, *((looped[0], looped[-1]) if looped else (0, -1)))


def operands(record: Record) -> Iterator[tuple[str, Axes]]:
    """The arrays a node reads, with their axes as it reads them: wires, then `node.weight` for its parameters."""
    for wire, axes in zip(record.node.wires, reads(record), strict=True):
        if wire is not None:
            yield wire, axes
    for weight in record.node.op.signature.weights:
        if weight.name not in record.node.fed:
            yield f"{record.node.weights or record.node.name}.{weight.name}", (*record.node.per, *weight.axes)


def leaving(circuit: Circuit, records: Iterable[Record]) -> set[str]:
    """Wires that are read outside of some nodes."""
    inside = {record.node.id for record in records}
    found = {wire for node in circuit.nodes if node.id not in inside for wire in node.wires if wire is not None}
    return found | {item.wire for item in circuit.outputs}


def lives(circuit: Circuit, order: RunOrder) -> Iterator[Life]:
    """Lives of all arrays of an area: those that enter, then those it makes."""
    inside = {wire for record in order.records for wire in record.node.outputs()}
    entering: dict[tuple[str, Axes], list[int]] = {}
    readers: dict[str, list[int]] = {}
    for place, record in enumerate(order.records):
        for name, axes in operands(record):
            readers.setdefault(name, []).append(place)
            if name not in inside:
                entering.setdefault((name, axes), []).append(place)
    ends: dict[str, int] = {}
    for (name, axes), places in entering.items():
        chunked = order.axis in axes
        end = places[-1] if chunked else _needed(order, places)
        ends[name] = max(end, ends.get(name, 0))
        yield Life(name, axes, order.first if chunked else 0, end)
    saved = leaving(circuit, order.records)
    for place, record in enumerate(order.records):
        for wire, type in zip(record.node.outputs(), record.type.outputs, strict=True):
            places = readers.get(wire, [])
            if type is None or (not places and wire not in saved):
                continue
            start, end = _made(order, wire, place, places, wire in saved)
            yield Life(wire, type.axes, start, end, _written_over(record, type.axes, place, ends, entering))
            ends[wire] = end


def _needed(order: RunOrder, places: list[int]) -> int:
    """Until when something read at these places stays: through all chunks if one of them reads it."""
    within = any(order.first <= place <= order.last for place in places)
    return max(places[-1], order.last) if within else places[-1]


def _made(order: RunOrder, wire: str, place: int, places: list[int], saved: bool) -> tuple[int, int]:
    """Start and end of an array made at a place, read at others, and kept to the end where it is saved."""
    if not order.first <= place <= order.last:
        end = _needed(order, places) if places else place
        return place, len(order.records) - 1 if saved else end
    if order.phases[wire] is Phase.CHUNKS:
        return place, order.last if saved else places[-1]
    last = max((order.last, *places))
    return order.first, len(order.records) - 1 if saved else last


def _written_over(
    record: Record, axes: Axes, place: int, ends: Mapping[str, int], entering: Collection[tuple[str, Axes]]
) -> str:
    """The operand of an elementwise node whose room its result takes: of the same axes, and not needed any more."""
    if "elementwise" not in record.node.op.laws:
        return ""
    once = Counter(name for name, _ in entering)
    for name, found in operands(record):
        if set(found) == set(axes) and ends.get(name) == place and once[name] < 2:
            return name
    return ""


def carried_axes(circuit: Circuit, order: RunOrder) -> Iterator[Axes]:
    """Axes of the states that nodes carry from chunk to chunk besides the arrays on their wires."""
    if not order.axis:
        return
    read = {wire for node in circuit.nodes for wire in node.wires} | {item.wire for item in circuit.outputs}
    for record in order.records[order.first : order.last + 1]:
        op, types = record.node.op, record.type.outputs
        if isinstance(op, Scan) and op.axis == order.axis:
            for wire, type in zip(record.node.outputs()[: op.carried], types, strict=False):
                if wire not in read and type is not None:
                    yield type.axes
        elif isinstance(op, Derived):
            passing = record.type.passing[0] if record.type.passing else ()
            states = [(*passing, *axes) for axes in _states(op, order.axis)]
            for wire, type in zip(record.node.outputs(), types, strict=True):
                own = next((axes for axes in states if type is not None and set(axes) == set(type.axes)), None)
                if order.phases[wire] is Phase.FOLDED and own is not None:
                    states.remove(own)
            yield from states


@lru_cache(maxsize=4096)
def _states(op: Op, axis: str) -> tuple[Axes, ...]:
    """Axes of all that an op keeps from chunk to chunk of an axis, those passing over it left out."""
    if isinstance(op, Scan) and op.axis == axis:
        return tuple(made.axes for made in op.signature.outputs[: op.carried])
    return tuple(_states_inside(op, axis)) if isinstance(op, Derived) else ()


def _states_inside(op: Derived, axis: str) -> Iterator[Axes]:
    """Axes, as the op calls them, of what the nodes it stands for keep from chunk to chunk."""
    actual = op.axis_map()
    formal = next((name for name, other in actual.items() if other == axis), axis)
    found = walk(op.body, op.body.by_id.keys(), formal)
    for record in op.body.checked.records.values():
        if not any(formal in axes for _, axes in operands(record)):
            continue
        passing = record.type.passing[0] if record.type.passing else ()
        inner = [(*passing, *axes) for axes in _states(record.node.op, formal)]
        if not inner:
            outputs = zip(record.node.outputs(), record.type.outputs, strict=True)
            inner = [type.axes for wire, type in outputs if type and found.phases[wire] is Phase.FOLDED]
        yield from (tuple(actual.get(name, name) for name in axes) for axes in inner)
