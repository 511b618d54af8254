"""Changing circuits without losing wires: fresh ids and names, ops put in the place of others, wires moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from circuits import (
    AttributeProblem,
    Call,
    Circuit,
    CircuitloomError,
    Node,
    Op,
    Opaque,
    Output,
    Problem,
    Region,
    apart,
    known,
    line_json,
    op_class,
    out_wires,
    to_document,
)

# An output that nothing is connected to: no wire can have this name.
UNCONNECTED = "?"


class Problems(CircuitloomError):
    """A gesture that is impossible: every reason, each with its place."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def fresh_ids(circuit: Circuit, count: int) -> tuple[str, ...]:
    """Ids `n1`, `n2`, ... behind all that are there, those that a dangling wire still names included."""
    used = {node.id for node in circuit.nodes}
    used.update(wire.partition(".")[0] for node in circuit.nodes for wire in node.wires if wire is not None)
    used.update(output.wire.partition(".")[0] for output in circuit.outputs)
    last = max((int(one[1:]) for one in used if _numbered(one)), default=0)
    return tuple(f"n{last + number}" for number in range(1, count + 1))


def _numbered(id: str) -> bool:
    return id[:1] == "n" and id[1:].isascii() and id[1:].isdigit() and len(id) < 10


def taken_names(circuit: Circuit) -> set[str]:
    """Names that a new node, input or fragment must not have."""
    return {node.name for node in circuit.nodes} | {item.name for item in circuit.inputs}


def fresh_name(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with a number behind it: `softmax_2`."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[:190]}_{number}"
    return name


def make_op(kind: str, attributes: Mapping[str, Any], bodies: Mapping[str, Any]) -> Op:
    """The op, or where its attributes do not make one yet, a note of them that a document keeps.

    Raises AttributeProblem for a kind of op that there is not.
    """
    op_class(kind)
    try:
        return known(kind, attributes, bodies)
    except AttributeProblem:
        many = {name: isinstance(held, tuple) for name, held in bodies.items()}
        held = tuple((name, many[name], found if many[name] else (found,)) for name, found in bodies.items())
        return Opaque(kind=kind, text=line_json(dict(attributes)), held=held)


def require_storable(node: Node) -> Node:
    """The node; raises DocumentError for one that no document can hold."""
    to_document(Circuit(node.name, nodes=(node,)))
    return node


def attributes_of(op: Op) -> dict[str, Any]:
    """The attributes of an op as JSON data, those that are circuits left out."""
    entry = to_document(Circuit("op", nodes=(Node("n", "n", op),)))
    found: dict[str, Any] = entry["circuits"][entry["root"]]["nodes"][0].get("attributes", {})
    return found


def with_circuits(op: Op, changed: Mapping[Circuit, Circuit]) -> Op:
    """The op with other circuits inside."""
    plain, held = apart(op)
    bodies = {
        name: changed.get(found, found) if isinstance(found, Circuit) else tuple(changed.get(one, one) for one in found)
        for name, found in held.items()
    }
    if not isinstance(op, Opaque):
        return known(op.name, plain, bodies)
    try:
        return known(op.kind, plain, bodies)
    except AttributeProblem:
        return Opaque(
            kind=op.kind,
            text=op.text,
            held=tuple((name, many, tuple(changed.get(one, one) for one in found)) for name, many, found in op.held),
        )


def remapped(op: Op, circuit: Circuit, axes: Mapping[str, str]) -> Op:
    """A call of a circuit whose axes will be called otherwise, so that it means the same; any other op as it is."""
    if not isinstance(op, Call) or op.circuit != circuit:
        return op
    pairs = dict(pair.split("=", 1) for pair in op.axes.split() if "=" in pair)
    moved = {_followed(formal, axes): actual for formal, actual in pairs.items()}
    moved = {**{new: old for old, new in axes.items() if old not in pairs}, **moved}
    sizes = dict(pair.split("=", 1) for pair in op.sizes.split() if "=" in pair)
    return Call(
        circuit=circuit,
        axes=" ".join(f"{formal}={actual}" for formal, actual in moved.items()),
        sizes=" ".join(f"{axes.get(formal, formal)}={size}" for formal, size in sizes.items()),
    )


def _followed(name: str, axes: Mapping[str, str]) -> str:
    """What a name becomes; twins follow their base."""
    base = name.rstrip("'")
    return axes.get(name, axes[base] + name[len(base) :] if base in axes else name)


def port_names(op: Op) -> tuple[str, ...] | None:
    """Names of the inputs; where the op has no signature, those of the circuit it holds, else None."""
    try:
        return tuple(port.name for port in op.signature.inputs)
    except AttributeProblem:
        return tuple(item.name for item in op.bodies()[0].inputs) if isinstance(op, Call | Region) else None


def result_names(op: Op) -> tuple[str, ...] | None:
    """Names of the outputs; where the op has no signature, those of the circuit it holds, else None."""
    try:
        return tuple(result.name for result in op.signature.outputs)
    except AttributeProblem:
        return tuple(item.name for item in op.bodies()[0].outputs) if isinstance(op, Call | Region) else None


def matched(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Which new name each old one became: the same where there is one, the others in their order."""
    same = {name: name for name in old if name in new}
    left = [name for name in new if name not in same]
    return {**same, **dict(zip([name for name in old if name not in same], left, strict=False))}


def _inputs(node: Node, op: Op) -> tuple[str | None, ...]:
    """The wires of a node at the ports of another op."""
    old, new = port_names(node.op), port_names(op)
    if new is None:
        return node.inputs
    if old is None or len(old) != len(node.inputs) or len(set(old)) < len(old) or len(set(new)) < len(new):
        return (*node.inputs, *[None] * len(new))[: len(new)]
    moved = {new_name: old_name for old_name, new_name in matched(old, new).items()}
    at = dict(zip(old, node.inputs, strict=True))
    return tuple(at[moved[name]] if name in moved else None for name in new)


def reop(circuit: Circuit, ops: Mapping[str, Op]) -> Circuit:
    """The circuit with other ops in the place of some; wires stay at ports of the same name, else of the same place."""
    moves: dict[str, str | None] = {}
    nodes = []
    for node in circuit.nodes:
        op = ops.get(node.id)
        if op is None:
            nodes.append(node)
            continue
        nodes.append(replace(node, op=op, inputs=_inputs(node, op)))
        old, new = result_names(node.op), result_names(op)
        if old is not None and new is not None and old != new:
            to = matched(old, new)
            moves.update({f"{node.id}.{name}": f"{node.id}.{to[name]}" if name in to else None for name in old})
    return rewire(circuit.evolve(nodes=tuple(nodes)), {old: new for old, new in moves.items() if old != new})


def rewire(circuit: Circuit, moves: Mapping[str, str | None]) -> Circuit:
    """The circuit in which whatever read one wire reads another, or nothing; untouched nodes stay the same objects."""
    if not moves:
        return circuit
    nodes = tuple(_rewired(node, moves) for node in circuit.nodes)
    outputs = tuple(
        replace(item, wire=moves[item.wire] or UNCONNECTED) if item.wire in moves else item for item in circuit.outputs
    )
    return circuit.evolve(nodes=nodes, outputs=outputs)


def _rewired(node: Node, moves: Mapping[str, str | None]) -> Node:
    if not any(wire in moves for wire in node.wires):
        return node
    inputs = tuple(moves.get(wire, wire) if wire is not None else None for wire in node.inputs)
    feeds = tuple((name, new) for name, wire in node.feeds if (new := moves.get(wire, wire)) is not None)
    return replace(node, inputs=inputs, feeds=feeds)


def wires_of(circuit: Circuit) -> tuple[str, ...]:
    """Every wire of a circuit, inputs first."""
    made = [wire for node in circuit.nodes for wire in out_wires(circuit, node)]
    return (*(item.name for item in circuit.inputs), *made)


def readers(circuit: Circuit, wires: Collection[str]) -> list[tuple[str, str, str]]:
    """Who reads some wires: wire, id of the node ("" for an output), port number, name of the weight or the output."""
    found: list[tuple[str, str, str]] = []
    for node in circuit.nodes:
        found += [(wire, node.id, str(place)) for place, wire in enumerate(node.inputs) if wire and wire in wires]
        found += [(wire, node.id, name) for name, wire in node.feeds if wire in wires]
    return [*found, *((item.wire, "", item.name) for item in circuit.outputs if item.wire in wires)]


def with_output(circuit: Circuit, name: str, wire: str) -> Circuit:
    """The circuit with another wire at an output."""
    return circuit.evolve(outputs=tuple(replace(o, wire=wire) if o.name == name else o for o in circuit.outputs))


def outputs_without(outputs: Iterable[Output], name: str) -> tuple[Output, ...]:
    """The outputs but one."""
    return tuple(item for item in outputs if item.name != name)
