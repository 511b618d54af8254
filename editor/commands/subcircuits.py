"""Commands that make circuits of nodes, and nodes of circuits: subcircuits, regions around a selection, expansion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from pydantic import Field

from circuits import (
    ArrayType,
    Circuit,
    Input,
    Node,
    Op,
    Output,
    Problem,
    axis_name,
    expand_node,
    known,
    out_wires,
)

from ..document import Document
from ..rewiring import Problems, fresh_ids, fresh_name, require_storable, rewire
from ..view_data import merged, of_nodes, without_nodes
from .base import MAX_LISTED, Command, Line, Name, PortName, WireName, node_of, nodes_of, where

Ids = Annotated[tuple[Name, ...], Field(max_length=MAX_LISTED)]


@dataclass(frozen=True)
class Carved:
    """Nodes cut out of a circuit: the wires they read from outside with their types, and those read outside."""

    circuit: Circuit
    nodes: tuple[Node, ...]
    inputs: tuple[tuple[str, ArrayType], ...]
    outputs: tuple[str, ...]

    def body(self, name: str, inputs: Sequence[tuple[str, ArrayType]], outputs: Sequence[str]) -> Circuit:
        """A circuit of the nodes, with inputs and outputs in this order, named after what makes them."""
        names = {node.name for node in self.nodes}
        listed: list[Input] = []
        moves: dict[str, str] = {}
        for wire, type in inputs:
            moves[wire] = fresh_name(_wire_name(self.circuit, wire), {*names, *moves.values()})
            listed.append(Input(moves[wire], type))
        ends: list[Output] = []
        for wire in outputs:
            wanted = "out" if len(outputs) == 1 else _wire_name(self.circuit, wire)
            ends.append(Output(fresh_name(wanted, {end.name for end in ends}), wire))
        found = rewire(Circuit(name, tuple(listed), (), self.nodes), dict(moves))
        ids = {node.id: node.id for node in self.nodes}
        return merged(_in_scope(replace(found, outputs=tuple(ends)), self.circuit), of_nodes(self.circuit, ids))

    def replaced(self, op: Op, name: str, inputs: Sequence[str], outputs: Sequence[str]) -> Circuit:
        """The circuit with one node in the place of those cut out; `outputs` are what its results take the place of."""
        gone = {node.id for node in self.nodes}
        (id,) = fresh_ids(self.circuit, 1)
        kept = [node for node in self.circuit.nodes if node.id not in gone]
        taken = {node.name for node in kept} | {item.name for item in self.circuit.inputs}
        node = require_storable(Node(id, fresh_name(name, taken), op, tuple(inputs)))
        last = max(place for place, one in enumerate(self.circuit.nodes) if one.id in gone)
        place = sum(one.id not in gone for one in self.circuit.nodes[:last])
        changed = self.circuit.evolve(nodes=(*kept[:place], node, *kept[place:]))
        moves = {wire: f"{id}.{result}" for wire, result in zip(outputs, _results(op), strict=False)}
        return rewire(without_nodes(changed, gone), moves)


def _results(op: Op) -> tuple[str, ...]:
    return tuple(result.name for result in op.signature.outputs)


def _wire_name(circuit: Circuit, wire: str) -> str:
    """A readable name for a wire, without dots."""
    id, dot, port = wire.rpartition(".")
    if not dot:
        return wire
    node = circuit.by_id[id]
    name = node.name if len(out_wires(circuit, node)) == 1 else f"{node.name}_{port}"
    return name.replace(".", "_").replace("?", "_")[:190] or "x"


def carve(circuit: Circuit, ids: Collection[str]) -> Carved:
    """Cut nodes out; raises Problems where a path leaves them and comes back, a tie crosses, or a type is not known."""
    nodes = nodes_of(circuit, ids)
    chosen = {node.id for node in nodes}
    made = dict.fromkeys(wire for node in nodes for wire in out_wires(circuit, node))
    _require_whole(circuit, chosen, made)
    _require_untied(circuit, chosen)
    read = dict.fromkeys(wire for node in nodes for wire in node.wires if wire is not None and wire not in made)
    types = circuit.checked.types
    unknown = [wire for wire in read if types.get(wire) is None]
    if unknown:
        raise Problems(
            *(
                Problem(where(circuit), f"a known type for '{wire}'", "none", "Mend what makes it first.")
                for wire in unknown[:10]
            )
        )
    outside = {wire for node in circuit.nodes if node.id not in chosen for wire in node.wires}
    outside.update(item.wire for item in circuit.outputs)
    inside = {wire for node in nodes for wire in node.wires}
    ends = [wire for node in nodes for wire in out_wires(circuit, node) if wire in outside]
    ends = ends or [wire for node in nodes for wire in out_wires(circuit, node) if wire not in inside]
    typed = tuple((wire, found) for wire in read if (found := types.get(wire)) is not None)
    return Carved(circuit, nodes, typed, tuple(dict.fromkeys(ends)))


def _require_whole(circuit: Circuit, chosen: Collection[str], made: Collection[str]) -> None:
    """Nothing that is read from the nodes may lead back to them through others."""
    reading: dict[str, list[Node]] = {}
    for node in circuit.nodes:
        for wire in node.wires:
            if wire is not None:
                reading.setdefault(wire, []).append(node)
    after = [node for wire in made for node in reading.get(wire, ()) if node.id not in chosen]
    seen: set[str] = set()
    while after:
        node = after.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        for wire in out_wires(circuit, node):
            for reader in reading.get(wire, ()):
                if reader.id in chosen:
                    found = f"'{node.name}' between them, which is not chosen"
                    fix = f"Select '{node.name}' too."
                    raise Problems(Problem(where(circuit), "nodes that no path leaves and enters again", found, fix))
                after.append(reader)


def _require_untied(circuit: Circuit, chosen: set[str]) -> None:
    for node in circuit.nodes:
        owner = circuit.by_name.get(node.weights) if node.weights else None
        if owner is not None and (node.id in chosen) != (owner.id in chosen):
            found, fix = f"'{node.name}' tied to '{owner.name}'", "Select both, or untie them."
            raise Problems(Problem(where(circuit), "weights that are shared on one side only", found, fix))


def _in_scope(inner: Circuit, outer: Circuit) -> Circuit:
    """The circuit with what the one around it says of the axes and sizes that it mentions."""
    names = {name.rstrip("'") for name in inner.checked.names}
    for axis in outer.axes:
        if axis.name.rstrip("'") in names and axis.size is not None:
            names |= axis.size.names
    axes = tuple(axis for axis in outer.axes if axis.name.rstrip("'") in names)
    return replace(inner, axes=axes, sizes=tuple((name, size) for name, size in outer.sizes if name in names))


class MakeSubcircuit(Command):
    """Makes a circuit of nodes and uses it in their place; its ports are named after what is connected to them."""

    do: ClassVar[str] = "MakeSubcircuit"

    ids: Ids
    name: PortName

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        carved = carve(circuit, self.ids)
        name = fresh_name(self.name, {other.name for other in document.keys})
        return carved.replaced(enclosed(carved, name), self.name, [wire for wire, _ in carved.inputs], carved.outputs)


def enclosed(carved: Carved, name: str) -> Op:
    """A call of a circuit of the nodes; raises Problems where they are not whole by themselves."""
    op = known("call", {}, {"circuit": carved.body(name, carved.inputs, carved.outputs)})
    _require_ends(op)
    return op


def _require_ends(op: Op) -> None:
    """The circuit inside must be without problems: nobody can tell what a broken one makes."""
    found = [problem for body in op.bodies() for problem in body.checked.own_problems]
    if found:
        raise Problems(*found[:10])


class WrapRepeat(Command):
    """Repeats nodes: what they make is carried into the next round, in the place of an input of the same type."""

    do: ClassVar[str] = "WrapRepeat"

    ids: Ids
    times: Annotated[int, Field(ge=1, le=10_000)] | Line = 2
    tied: bool = False
    name: PortName = "body"

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        carved = carve(circuit, self.ids)
        name = fresh_name(self.name, {other.name for other in document.keys})
        inputs = self._ordered(carved)
        body = carved.body(name, inputs, carved.outputs)
        op = known("repeat", {"times": self.times, "tied": self.tied}, {"content": body})
        _require_ends(op)
        return carved.replaced(op, self.name, [wire for wire, _ in inputs], carved.outputs)

    def _ordered(self, carved: Carved) -> list[tuple[str, ArrayType]]:
        """The inputs, those that are carried first, in the order of the outputs."""
        types, left, carried = carved.circuit.checked.types, list(carved.inputs), []
        for wire in carved.outputs:
            made = types.get(wire)
            found = next((one for one in left if made is not None and _same(one[1], made)), None)
            if found is None:
                inputs = ", ".join(f"'{name}' {type}" for name, type in carved.inputs) or "no inputs"
                expected = f"an input that '{wire}' {made or '[?]'} can take the place of in the next round"
                fix = "Select nodes that give back what they take."
                raise Problems(Problem(where(carved.circuit), expected, inputs, fix))
            left.remove(found)
            carried.append(found)
        return [*carried, *left]


def _same(one: ArrayType, other: ArrayType) -> bool:
    return (set(one.axes), one.element, one.space) == (set(other.axes), other.element, other.space)


class WrapScan(Command):
    """Runs nodes along an axis, step by step: what carries the axis is read along it, `states` are carried.

    A state is a pair: the wire that gives its start, and the wire made inside that is its next value.
    """

    do: ClassVar[str] = "WrapScan"

    ids: Ids
    axis: Name
    states: Annotated[tuple[tuple[WireName, WireName], ...], Field(max_length=64)] = ()
    reverse: bool = False
    name: PortName = "step"

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        axis, carved = axis_name(self.axis), carve(circuit, self.ids)
        starts, nexts = [start for start, _ in self.states], [made for _, made in self.states]
        self._require_states(carved, starts, nexts)
        types = dict(carved.inputs)
        inputs = [(wire, types[wire]) for wire in starts]
        inputs += [(wire, _stepped(type, axis)) for wire, type in carved.inputs if wire not in starts]
        outputs = [*nexts, *(wire for wire in carved.outputs if wire not in nexts)]
        name = fresh_name(self.name, {other.name for other in document.keys})
        body = carved.body(name, inputs, outputs)
        read = [item.name for item, (wire, type) in zip(body.inputs, inputs, strict=True) if type != types[wire]]
        attributes = {"axis": axis, "along": " ".join(read), "carried": len(starts), "reverse": self.reverse}
        op = known("scan", attributes, {"content": body})
        _require_ends(op)
        return carved.replaced(op, self.name, [wire for wire, _ in inputs], outputs)

    def _require_states(self, carved: Carved, starts: list[str], nexts: list[str]) -> None:
        outside = [wire for wire, _ in carved.inputs]
        inside = [wire for node in carved.nodes for wire in out_wires(carved.circuit, node)]
        wrong = [wire for wire in starts if wire not in outside] + [wire for wire in nexts if wire not in inside]
        if wrong or len(set(starts)) < len(starts) or len(set(nexts)) < len(nexts):
            found = f"'{wrong[0]}'" if wrong else "one wire twice"
            fix = "Pair a wire that the nodes read with one that they make."
            raise Problems(Problem(where(carved.circuit), "states that begin outside and go on inside", found, fix))


def _stepped(type: ArrayType, axis: str) -> ArrayType:
    """The type at one step."""
    return replace(type, axes=tuple(name for name in type.axes if name != axis))


class Expand(Command):
    """Opens a call or a composite for good: the nodes of its circuit stand in its place."""

    do: ClassVar[str] = "Expand"

    node: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        inside = node.op.scopes()
        count = sum(len(body.nodes) for body in inside) * 4 + 64
        changed = expand_node(circuit, node, fresh_ids(circuit, count))
        for made in changed.nodes:
            if made.id not in circuit.by_id:
                require_storable(made)
        return without_nodes(changed, {node.id})
