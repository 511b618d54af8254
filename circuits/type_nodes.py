"""Typing all nodes of a circuit, producers first; what cannot be ordered misses a wire or lies on a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import AttributeProblem, Problem, did_you_mean
from .node_type import NodeType, type_node
from .types import ArrayType

if TYPE_CHECKING:
    from .circuit import Circuit, Node

Types = dict[str, ArrayType | None]


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
    """Type nodes as their inputs become known; whatever stays behind is on a cycle or misses a wire."""
    records: dict[str, Record] = {}
    waiting: Iterable[Node] = circuit.nodes
    wires: set[str] | None = None
    while waiting:
        left: list[Node] = []
        for node in waiting:
            if all(wire is None or wire in types for wire in node.wires):
                records[node.id] = _type_one(node, types, old.get(node.id))
            else:
                left.append(node)
        if len(left) == len(tuple(waiting)):
            wires = wires if wires is not None else _all_wires(circuit)
            if not _report_missing(circuit, left, wires, types, problems):
                _report_cycle(circuit, left, types, problems)
        waiting = left
    return records


def _type_one(node: Node, types: Types, old: Record | None) -> Record:
    inputs = tuple(None if wire is None else types[wire] for wire in node.wires)
    if old is not None and old.node is node and old.inputs == inputs:
        record = old
    else:
        record = Record(node, inputs, _checked_arity(node, inputs))
    for wire, found in zip(_out_wires(node), record.type.outputs, strict=False):
        types[wire] = found
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


def _out_wires(node: Node) -> tuple[str, ...]:
    try:
        return node.outputs()
    except AttributeProblem:
        return ()


def _all_wires(circuit: Circuit) -> set[str]:
    return {item.name for item in circuit.inputs} | {wire for node in circuit.nodes for wire in _out_wires(node)}


def _report_missing(circuit: Circuit, left: list[Node], wires: set[str], types: Types, problems: list[Problem]) -> bool:
    """Report wires nobody produces, and go on as if they were there but unknown."""
    missing = False
    for node in left:
        for wire in node.wires:
            if wire is not None and wire not in wires and wire not in types:
                fix = "Connect the port to an existing wire." + did_you_mean(wire, wires)
                problems.append(Problem(place(circuit, node), "wires that exist", f"'{wire}'", fix, node.id))
                types[wire] = None
                missing = True
    return missing


def _report_cycle(circuit: Circuit, left: list[Node], types: Types, problems: list[Problem]) -> None:
    """Report one cycle among the nodes left, and break it where it was found."""
    producers = {wire: node for node in left for wire in _out_wires(node)}
    path: list[Node] = [left[0]]
    while True:
        wire = next(wire for wire in path[-1].wires if wire is not None and wire not in types)
        source = producers[wire]
        if source in path:
            cycle = path[path.index(source) :]
            break
        path.append(source)
    names = " -> ".join(node.name for node in (*reversed(cycle), cycle[-1]))
    problems.append(
        Problem(
            place(circuit, cycle[-1]),
            "no cycle outside a region",
            names,
            "Carry the value through a scan, repeat or fixed_point instead.",
            cycle[-1].id,
        )
    )
    for wire in _out_wires(cycle[0]):
        types[wire] = None
    _ = [types.setdefault(wire, None) for wire in cycle[-1].wires if wire is not None]
