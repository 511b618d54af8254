"""Whether a schedule keeps the meaning of a circuit: every problem at once, on its node and axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..circuit import Circuit, Node
from ..errors import Problem, did_you_mean
from ..op import Op
from ..rewrites.stream_softmax import stream_softmax
from ..sizes import Size, SizeError
from ..type_nodes import place
from ..types import base
from .phases import Fault, reads, walk
from .schedule import Area, Part, Schedule


def schedule_problems(circuit: Circuit, schedule: Schedule) -> tuple[Problem, ...]:
    """All that makes a schedule illegal; raises CircuitError if the circuit itself has problems.

    An axis may be grouped where it only passes over the nodes of an area, and streamed where each node that takes it
    is streamable and nothing needs a chunk twice. An area is left once: no array comes back into it.
    """
    circuit.valid()
    found = list(_shared(circuit, schedule))
    for area in schedule.areas:
        found += _area_problems(circuit, schedule, area)
    return tuple(dict.fromkeys(found))


def _shared(circuit: Circuit, schedule: Schedule) -> Iterator[Problem]:
    """Names of areas and nodes that stand more than once."""
    for name, count in Counter(area.name for area in schedule.areas).items():
        if count > 1:
            yield Problem(f"{circuit.name} (area '{name}')", "a name of its own", f"{count} areas", "Rename one.")
    homes: dict[str, list[str]] = {}
    for area in schedule.areas:
        for node in area.nodes:
            homes.setdefault(node, []).append(f"'{area.name}'")
    for node, areas in homes.items():
        if len(areas) > 1 and node in circuit.by_id:
            where = place(circuit, circuit.by_id[node])
            yield Problem(where, "one area", f"it in {' and '.join(areas)}", "Take it out of all but one.", node)


def _area_problems(circuit: Circuit, schedule: Schedule, area: Area) -> Iterator[Problem]:
    where = f"{circuit.name} (area '{area.name}')"
    if not 1 <= area.level < len(schedule.levels):
        expected = f"a level from 1 to {len(schedule.levels) - 1}"
        yield Problem(where, expected, str(area.level), "Declare the level, or choose one that is.")
    if not area.nodes:
        yield Problem(where, "at least one node", "none", "Add nodes, or remove the area.")
    for node in area.nodes:
        if node not in circuit.by_id:
            fix = "Take it out." + did_you_mean(node, circuit.by_id)
            yield Problem(where, "ids of nodes of the circuit", f"'{node}'", fix)
    if circuit.by_id.keys().isdisjoint(area.nodes):
        return
    yield from (_closed(circuit, node) for node in circuit.nodes if node.id in area.nodes and _owns(node.op))
    yield from _returning(circuit, area)
    yield from _part_problems(circuit, area, where)
    if len(area.streams) > 1:
        axes = ", ".join(f"'{part.axis}'" for part in area.streams)
        yield Problem(where, "at most one streamed axis", axes, "Stream one of them, or merge them first.")
    known = _axes(circuit, area)
    for part in area.groups:
        if part.axis in known:
            yield from (_not_woven(circuit, fault, part.axis) for fault in _grouped(circuit, area, part.axis))
    for part in area.streams:
        if part.axis in known:
            yield from _not_streamed(circuit, area, part.axis)


def _owns(op: Op) -> bool:
    """Whether circuits inside an op own parameters: those are loaded, too, but not as arrays of this circuit."""
    used = dict.fromkeys(one for body in op.bodies() for one in body.definitions())
    return any(node.op.signature.weights for body in used for node in body.nodes)


def _closed(circuit: Circuit, node: Node) -> Problem:
    fix = "Flatten the circuit first, or make the area inside of it."
    return Problem(place(circuit, node), "parameters of its own only", "parameters inside of it", fix, node.id)


def _axes(circuit: Circuit, area: Area) -> tuple[str, ...]:
    """Axes that nodes of an area read or make, by the names under which they do, weights included."""
    found: dict[str, None] = {}
    for record in circuit.checked.records.values():
        if record.node.id in area.nodes:
            weights = [(*weight.axes, *record.node.per) for weight in record.node.op.signature.weights]
            made = [type.axes for type in record.type.outputs if type is not None]
            found.update(dict.fromkeys(axis for axes in (*reads(record), *weights, *made) for axis in axes))
    return tuple(found)


def _part_problems(circuit: Circuit, area: Area, where: str) -> Iterator[Problem]:
    """Parts of axes that are not there, twice there, or whose names say something else."""
    known, taken = _axes(circuit, area), {base(axis) for axis in circuit.checked.names}
    axes, sizes = Counter(part.axis for part in area.parts), Counter(part.size for part in area.parts)
    for part in area.parts:
        if part.axis not in known:
            fix = f"Choose one of [{' '.join(known)}].{did_you_mean(part.axis, known)}"
            yield Problem(where, "an axis of its nodes", f"'{part.axis}'", fix, axis=part.axis)
        if axes[part.axis] > 1:
            yield Problem(where, f"'{part.axis}' in parts once", str(axes[part.axis]), "Keep one.", axis=part.axis)
        if sizes[part.size] > 1 or part.size in taken or not _is_name(part):
            found = f"'{part.size}'" if _is_name(part) else f"'{part.size}', which is none"
            yield Problem(where, f"a name of its own for parts of '{part.axis}'", found, "Rename it.", axis=part.axis)
        if part.multiple < 1:
            fix = "Write 1 where any size will do."
            yield Problem(where, f"a multiple of at least 1 for '{part.axis}'", str(part.multiple), fix, axis=part.axis)


def _is_name(part: Part) -> bool:
    try:
        return Size.of(part.size).sole_name == part.size
    except SizeError:
        return False


def _returning(circuit: Circuit, area: Area) -> Iterator[Problem]:
    """Nodes of an area that need an array which was made outside of what the area made."""
    inside = frozenset(area.nodes)
    after: dict[str, str] = {}
    for node in circuit.checked.order:
        sources = [wire.rpartition(".")[0] for wire in node.wires if wire is not None]
        if node.id not in inside:
            reached = next((after.get(one, one) for one in sources if one in after or one in inside), None)
            if reached is not None:
                after[node.id] = reached
            continue
        back = next((one for one in sources if one in after), None)
        if back is not None:
            names = [circuit.by_id[one].name for one in (after[back], back)]
            found = f"'{names[1]}' outside, which needs '{names[0]}' inside"
            fix = f"Take '{names[1]}' into the area '{area.name}', or make two areas."
            yield Problem(place(circuit, node), "arrays made before the area or in it", found, fix, node.id)


def _grouped(circuit: Circuit, area: Area, axis: str) -> Iterator[Fault]:
    """Nodes over which an axis does not pass, each seen by itself: a fold in one does not hide those behind it."""
    for record in circuit.checked.records.values():
        if record.node.id in area.nodes:
            alone = walk(circuit, {record.node.id}, axis)
            if alone.faults:
                yield from alone.faults
            elif not alone.woven:
                yield Fault(record, "taken")
    whole = walk(circuit, frozenset(area.nodes), axis)
    if not whole.faults:
        return
    yield from (fault for fault in whole.faults if fault.kind == "twin")


def _not_woven(circuit: Circuit, fault: Fault, axis: str) -> Problem:
    node = fault.record.node
    found = f"'{axis}' {'read under another name' if fault.kind == 'twin' else 'taken by it'}"
    fix = f"Do not group '{axis}', or take the node out of the area."
    return Problem(place(circuit, node), f"that '{axis}', a group axis, passes over it", found, fix, node.id, axis=axis)


def _not_streamed(circuit: Circuit, area: Area, axis: str) -> Iterator[Problem]:
    """Nodes that cannot take an axis in chunks, and whether the rewrite of softmax mends it."""
    faults = walk(circuit, frozenset(area.nodes), axis).faults
    if not faults:
        return
    rewritten = stream_softmax(circuit)
    left = {fault.record.node.id for fault in walk(rewritten, frozenset(area.nodes), axis).faults}
    for fault in faults:
        node = fault.record.node
        words = {
            "whole": (f"a node that takes '{axis}' chunk by chunk", f"one that needs all of '{axis}' at once"),
            "again": (f"what needs each chunk of '{axis}' once", f"a result of all chunks beside chunks of '{axis}'"),
            "twin": (f"chunks of '{axis}' under that name", f"'{axis}' read under another name"),
        }
        expected, found = words[fault.kind]
        mended = rewritten.by_id.get(node.id) != node and node.id not in left
        fix = f"Do not stream '{axis}', or take the node out of the area."
        fix = "Apply the rewrite stream_softmax first." if mended else fix
        yield Problem(place(circuit, node), expected, found, fix, node.id, axis=axis)
