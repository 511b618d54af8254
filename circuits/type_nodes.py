"""Typing all nodes of a circuit, producers first; what cannot be ordered misses a wire or lies on a cycle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from .errors import AttributeProblem, Problem, did_you_mean
from .node_type import NodeType, type_node
from .types import ArrayType

if TYPE_CHECKING:
    from .circuit import Circuit, Node

Types = dict[str, ArrayType | None]
_SHOWN = 12
_HINTS = 10


@dataclass(frozen=True)
class Record:
    """A node as it was checked, with the input types it was checked for."""

    node: Node
    inputs: tuple[ArrayType | None, ...]
    type: NodeType


def place(circuit: Circuit, node: Node) -> str:
    """The readable place of a node: `attention/scores (softmax)`."""
    return f"{circuit.name}/{node.name} ({node.op.name})"


def type_nodes(circuit: Circuit, types: Types, old: Mapping[str, Record], problems: list[Problem]) -> dict[str, Record]:
    """Type nodes producers first, in document order where that is one; wires that nobody makes are of unknown type."""
    records: dict[str, Record] = {}
    late: list[Node] = []
    for node in circuit.nodes:
        try:
            inputs = _read(node, types)
        except KeyError:
            late.append(node)
        else:
            records[node.id] = _type_one(circuit, node, inputs, types, old.get(node.id))
    if late:
        wires = {wire for node in circuit.nodes for wire in out_wires(circuit, node)}
        _report_missing(circuit, late, wires.union(item.name for item in circuit.inputs), types, problems)
        for node in _producers_first(circuit, late, types, problems):
            records[node.id] = _type_one(circuit, node, _read(node, types), types, old.get(node.id))
    return records


def _read(node: Node, types: Types) -> tuple[ArrayType | None, ...]:
    """Types of the wires a node reads; raises KeyError where one is not known yet."""
    return tuple([None if wire is None else types[wire] for wire in node.wires])


def _type_one(
    circuit: Circuit, node: Node, inputs: tuple[ArrayType | None, ...], types: Types, old: Record | None
) -> Record:
    if old is not None and old.node is node and old.inputs == inputs:
        record = old
    else:
        record = Record(node, inputs, _checked_arity(node, inputs))
    types.update(zip_longest(out_wires(circuit, node), record.type.outputs))
    return record


def _checked_arity(node: Node, inputs: tuple[ArrayType | None, ...]) -> NodeType:
    try:
        ports = node.op.signature.inputs
    except AttributeProblem:
        ports = ()
    else:
        if len(node.inputs) != len(ports):
            wanted = ", ".join(port.name for port in ports) or "none"
            arity = Problem(
                "",
                f"{len(ports)} input{'s' * (len(ports) != 1)} ({wanted})",
                str(len(node.inputs)),
                "Connect one wire to each port.",
            )
            none = (None,) * len(node.op.signature.outputs)
            return NodeType(ports, (), ((),) * len(none), none, (), (arity,))
    found = type_node(node.op, node.per, node.fed, inputs)
    loose = [port.name for port, wire in zip(ports, node.inputs, strict=False) if wire is None]
    if not loose:
        return found
    more = tuple(Problem("", f"a wire at '{name}'", "nothing connected", "Connect it.", port=name) for name in loose)
    return NodeType(
        found.ports,
        found.consumed,
        found.passing,
        found.outputs,
        found.facts,
        found.problems + more,
    )


def out_wires(circuit: Circuit, node: Node) -> tuple[str, ...]:
    """The wires a node makes; where its op has no signature, those that the circuit reads from it."""
    try:
        return node.outputs()
    except AttributeProblem:
        return circuit.read_wires.get(node.id, ())


def _report_missing(circuit: Circuit, late: list[Node], wires: set[str], types: Types, problems: list[Problem]) -> None:
    """Report wires nobody produces, and go on as if they were there but unknown."""
    for node in late:
        for wire in node.wires:
            if wire is not None and wire not in wires and wire not in types:
                fix = "Connect the port to an existing wire." + hint(problems, wire, wires)
                problems.append(Problem(place(circuit, node), "wires that exist", f"'{wire}'", fix, node.id))
                types[wire] = None


def hint(problems: list[Problem], word: str, known: Collection[str]) -> str:
    """The nearest known word as a sentence, for the first problems of a circuit: looking for it takes time."""
    return did_you_mean(word, known) if len(problems) < _HINTS else ""


@dataclass
class _Waiting:
    """A node on a path in which each waits for the next: where it stands, and the wires still to be looked at."""

    node: Node
    place: int
    unknown: Iterator[str]


def _producers_first(circuit: Circuit, late: list[Node], types: Types, problems: list[Problem]) -> Iterator[Node]:
    """Nodes whose wires are known once those before them are typed; a cycle is reported and broken where it closes."""
    producers = {wire: node for node in late for wire in out_wires(circuit, node)}

    def waiting(node: Node, place: int) -> _Waiting:
        return _Waiting(node, place, (wire for wire in node.wires if wire is not None and wire not in types))

    done: set[int] = set()
    for first in late:
        path = {} if id(first) in done else {id(first): waiting(first, 0)}
        while path:
            last = path[next(reversed(path))]
            wire = next(last.unknown, None)
            if wire is None:
                done.add(path.popitem()[0])
                yield last.node
            elif id(source := producers[wire]) not in path:
                path[id(source)] = waiting(source, len(path))
            else:
                start = path[id(source)].place
                problems.append(_cycle(circuit, [one.node for one in islice(path.values(), start, None)]))
                types.update(dict.fromkeys((wire, *out_wires(circuit, source))))


def _cycle(circuit: Circuit, cycle: list[Node]) -> Problem:
    """The problem that each of these nodes waits for the next, and the last for the first."""
    names = [node.name for node in (*reversed(cycle), cycle[-1])]
    return Problem(
        place(circuit, cycle[-1]),
        "no cycle outside a region",
        " -> ".join(names if len(names) <= _SHOWN else [*names[: _SHOWN - 1], "…", names[-1]]),
        "Carry the value through a scan, repeat or fixed_point instead.",
        cycle[-1].id,
    )
