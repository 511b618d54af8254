"""What becomes of one axis on its way through nodes when it comes in parts.

An array is `free` of the axis, comes in `chunks` of it, or is `folded`: known once all chunks were taken. The rules
are those of streamable functions (Abbott & Zardini 2024, arXiv 2412.03317): a fold takes chunks into an accumulator,
anything that passes over may come before it, anything that needs no further chunk may follow it. What meets chunks
and the fold of all chunks at once would need every chunk twice; a softmax is of that kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from ..circuit import Circuit
from ..derived import Derived
from ..op import Op
from ..regions.scan import Scan
from ..type_nodes import Record


class Way(Enum):
    """How an op treats an axis, for one of its outputs.

    `OVER`: each index by itself. `ALONG`: chunk after chunk, in order. `FOLDED`: chunk after chunk into an
    accumulator. `WHOLE`: it needs all of the axis at once.
    """

    OVER = "over"
    ALONG = "along"
    FOLDED = "folded"
    WHOLE = "whole"


class Phase(Enum):
    """What an array is to the axis; `LOST` behind a fault, so that one fault is reported once."""

    FREE = "free"
    CHUNKS = "chunks"
    FOLDED = "folded"
    LOST = "lost"


@dataclass(frozen=True)
class Fault:
    """A node that cannot take the axis in parts.

    `kind`: `whole` (it needs all of the axis), `twin` (it reads the axis under another name), `again` (it needs
    chunks, and what only all chunks together give).
    """

    record: Record
    kind: str


@dataclass(frozen=True)
class Walk:
    """An axis followed through nodes: the phase of every array, faults, and whether it only ever passes over."""

    phases: Mapping[str, Phase]
    faults: tuple[Fault, ...]
    woven: bool


@dataclass
class _Walker:
    axis: str
    phases: dict[str, Phase]
    faults: list[Fault] = field(default_factory=list)
    woven: bool = True

    def step(self, record: Record) -> None:
        """Follow the axis through one node."""
        op = record.node.op
        ways, found = node_ways(record, self.axis), list(self.read(record))
        weights = [
            Phase.CHUNKS if self.axis in (*weight.axes, *record.node.per) else Phase.FREE
            for weight in op.signature.weights
            if weight.name not in record.node.fed
        ]
        count = len(op.signature.inputs)
        for number, (wire, way) in enumerate(zip(record.node.outputs(), ways, strict=True)):
            type, of = record.type.outputs[number], op.signature.outputs[number].of
            places = tuple(range(count)) if of is None else of
            read = {*(found[place] for place in places), *found[count:], *weights}
            carries = type is not None and self.axis in type.axes
            self.phases[wire] = self.made(record, read, way, carries)

    def read(self, record: Record) -> Iterator[Phase]:
        """The phase of what each input reads, which may call an axis by the name of its twin."""
        for wire, axes in zip(record.node.wires, reads(record), strict=True):
            phase, has = self.phases.get(wire or "", Phase.FREE), self.axis in axes
            if phase is Phase.CHUNKS and not has:
                phase = self.fault(record, "twin")
            elif phase is Phase.FOLDED and has:
                phase = self.fault(record, "again")
            elif phase is Phase.FREE and has:
                phase = Phase.CHUNKS
            yield phase

    def made(self, record: Record, found: set[Phase], way: Way, carries: bool) -> Phase:
        """The phase of an output that depends on arrays of these phases, and may carry the axis."""
        if Phase.LOST in found:
            return Phase.LOST
        chunks = carries or (Phase.CHUNKS in found and way is not Way.OVER)
        if Phase.FOLDED in found and chunks:
            return self.fault(record, "again")
        if not chunks:
            return Phase.FOLDED if Phase.FOLDED in found else Phase.FREE
        self.woven = self.woven and way is Way.OVER
        if way is Way.WHOLE:
            return self.fault(record, "whole")
        return Phase.FOLDED if way is Way.FOLDED else Phase.CHUNKS

    def fault(self, record: Record, kind: str) -> Phase:
        self.woven = False
        if not any(known.record is record for known in self.faults):
            self.faults.append(Fault(record, kind))
        return Phase.LOST


def walk(circuit: Circuit, nodes: Collection[str], axis: str) -> Walk:
    """Follow an axis through some nodes of a circuit, by id; what enters with the axis comes in chunks."""
    walker = _Walker(axis, {})
    for record in circuit.checked.records.values():
        if record.node.id in nodes:
            walker.step(record)
    return Walk(walker.phases, tuple(walker.faults), walker.woven)


def reads(record: Record) -> tuple[tuple[str, ...], ...]:
    """Axes of what a node reads, by the names under which it reads them: a twin may be read off its base."""
    found = []
    for place, given in enumerate(record.inputs):
        port, taken = record.type.ports[place], record.type.consumed[place]
        named = dict(zip(taken, port.axes, strict=True))
        found.append(tuple(named.get(axis, axis) for axis in given.axes) if given is not None else ())
    return tuple(found)


def node_ways(record: Record, axis: str) -> tuple[Way, ...]:
    """How a node treats an axis, an entry an output."""
    return op_ways(record.node.op, axis)


@lru_cache(maxsize=65536)
def op_ways(op: Op, axis: str) -> tuple[Way, ...]:
    """How an op treats an axis, an entry an output."""
    signature = op.signature
    outputs = signature.outputs
    ports = (*signature.inputs, *(weight.port for weight in signature.weights))
    taken = any(axis in port.axes for port in ports)
    if axis in op.woven() or not (taken or any(axis in made.axes for made in outputs)):
        return (Way.OVER,) * len(outputs)
    if axis in op.streamed():
        return tuple(Way.ALONG if axis in made.axes else Way.FOLDED for made in outputs)
    if isinstance(op, Derived):
        return _body_ways(op, axis)
    if isinstance(op, Scan) and axis != op.axis and _weaves(op.content, axis):
        return (Way.OVER,) * len(outputs)
    # a source makes every index by itself
    return (Way.WHOLE if taken or signature.inputs else Way.OVER,) * len(outputs)


def _weaves(body: Circuit, axis: str) -> bool:
    """Whether an axis only ever passes over a body, so that it passes over all its rounds."""
    found = walk(body, body.by_id.keys(), axis)
    return found.woven and not found.faults


def _body_ways(op: Derived, axis: str) -> tuple[Way, ...]:
    """How the circuit an op stands for treats an axis; theorem: what is made of streamable nodes is streamable."""
    body, actual = op.body, op.axis_map()
    names = {name for item in body.inputs for name in item.type.axes}
    names |= {name for item in body.outputs for name in body.checked.type(item.wire).axes}
    formal = sorted(name for name in names if actual.get(name, name) == axis)
    whole = (Way.WHOLE,) * len(body.outputs)
    if len(formal) != 1:
        return whole
    found = walk(body, body.by_id.keys(), formal[0])
    inputs = {item.name: formal[0] in item.type.axes for item in body.inputs}
    if found.faults:
        return whole
    ways = []
    for item in body.outputs:
        phase = found.phases.get(item.wire, Phase.CHUNKS if inputs.get(item.wire) else Phase.FREE)
        keeps = formal[0] in body.checked.type(item.wire).axes
        if phase is Phase.FOLDED:
            ways.append(Way.WHOLE if keeps else Way.FOLDED)
        else:
            ways.append(Way.OVER if found.woven else Way.ALONG)
    return tuple(ways)
