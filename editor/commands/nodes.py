"""Commands on nodes: adding, removing, naming, and their attributes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field, JsonValue

from circuits import (
    REGISTRY as OPS,
)
from circuits import (
    AttributeProblem,
    Circuit,
    Node,
    Op,
    Opaque,
    Problem,
    apart,
    axis_names,
    did_you_mean,
    from_document,
    known,
)
from gallery import entry, names

from ..document import Document
from ..rewiring import (
    Problems,
    attributes_of,
    fresh_ids,
    fresh_name,
    make_op,
    port_names,
    reop,
    require_storable,
    rewire,
    taken_names,
)
from ..view_data import table, view_of, with_part, without_nodes
from .base import MAX_LISTED, Attributes, Command, Line, Name, Number, WireName, node_of, nodes_of, require_wire, where

Wires = tuple[WireName | None, ...]
Place = tuple[Number, Number]


def added(
    circuit: Circuit, op: Op, name: str, inputs: Sequence[str | None], at: Sequence[float] | None = None
) -> Circuit:
    """The circuit with a node more, its first ports connected; `at` is where it floats until it is wired."""
    ports = port_names(op)
    if ports is not None and len(inputs) > len(ports):
        expected = f"at most {len(ports)} wires ({', '.join(ports) or 'no ports'})"
        raise Problems(Problem(where(circuit), expected, str(len(inputs)), "Connect fewer."))
    wires = tuple(require_wire(circuit, wire) if wire is not None else None for wire in inputs)
    (id,) = fresh_ids(circuit, 1)
    wanted = fresh_name(name, taken_names(circuit))
    node = require_storable(Node(id, wanted, op, (*wires, *[None] * (len(ports or ()) - len(wires)))))
    changed = circuit.evolve(nodes=(*circuit.nodes, node))
    if at is None:
        return changed
    floating = {**table(view_of(changed), "floating"), id: [float(at[0]), float(at[1])]}
    return with_part(changed, "floating", floating)


class AddNode(Command):
    """Adds a node. Attributes that are still missing are a problem of the node, not of the gesture."""

    do: ClassVar[str] = "AddNode"

    op: Name
    attributes: Attributes = Field(default_factory=dict)
    name: Name | None = None
    inputs: Wires = ()
    at: Place | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        if self.op not in OPS:
            near = did_you_mean(self.op, OPS)
            raise Problems(Problem(where(circuit), "an op", f"'{self.op}'", f"Choose one of the palette.{near}"))
        op = make_op(self.op, self.attributes, {})
        if op.bodies() or "circuit" in OPS[self.op].model_fields or "content" in OPS[self.op].model_fields:
            fix = "Add a circuit with AddCall, or draw a region around nodes."
            raise Problems(Problem(where(circuit), "an op that holds no circuit", f"'{self.op}'", fix))
        return added(circuit, op, self.name or self.op, self.inputs, self.at)


class AddCall(Command):
    """Adds a use of a circuit: one of the document by key, else one of the gallery.

    With `new` it is an empty one of that name; with `given`, a document, the circuit in it.
    """

    do: ClassVar[str] = "AddCall"

    circuit: Name
    axes: Line = ""
    sizes: Line = ""
    name: Name | None = None
    inputs: Wires = ()
    new: bool = False
    given: dict[str, JsonValue] | None = None
    at: Place | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        op = known("call", {"axes": self.axes, "sizes": self.sizes}, {"circuit": self._callee(circuit, document)})
        return added(circuit, op, self.name or self.circuit, self.inputs, self.at)

    def _callee(self, circuit: Circuit, document: Document) -> Circuit:
        there = document.definitions.get(self.circuit)
        if self.given is not None:
            return from_document(self.given)
        if self.new:
            if there is not None:
                expected, found = "a name that no circuit has", f"'{self.circuit}'"
                raise Problems(Problem(where(circuit), expected, found, "Name it otherwise, or use the one there."))
            return Circuit(self.circuit)
        if there is not None:
            return there
        if self.circuit in names():
            return entry(self.circuit).circuit
        known_names = (*document.definitions, *names())
        near = did_you_mean(self.circuit, known_names)
        expected = "a circuit of this document or of the gallery"
        raise Problems(Problem(where(circuit), expected, f"'{self.circuit}'", f"Name one of them.{near}"))


class RemoveNodes(Command):
    """Removes nodes; what read their wires reads nothing."""

    do: ClassVar[str] = "RemoveNodes"

    ids: tuple[Name, ...] = Field(max_length=MAX_LISTED)

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        gone = {node.id for node in nodes_of(circuit, self.ids)}
        return without(circuit, gone)


def without(circuit: Circuit, gone: Collection[str]) -> Circuit:
    """The circuit without some nodes, and without what its view says of them."""
    read = {wire for id in gone for wire in circuit.read_wires.get(id, ())}
    kept = circuit.evolve(nodes=tuple(node for node in circuit.nodes if node.id not in gone))
    return rewire(without_nodes(kept, gone), dict.fromkeys(read))


class RenameNode(Command):
    """Gives a node another readable name; nodes that share its weights follow."""

    do: ClassVar[str] = "RenameNode"

    node: Name
    name: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        if self.name == node.name:
            return circuit
        if self.name in taken_names(circuit):
            found = f"'{self.name}', which is taken"
            raise Problems(Problem(where(circuit, node), "a name of its own", found, "Name it otherwise.", node.id))
        shares = node.name if sum(other.name == node.name for other in circuit.nodes) == 1 else None
        return circuit.evolve(nodes=tuple(self._renamed(other, node, shares) for other in circuit.nodes))

    def _renamed(self, other: Node, node: Node, shares: str | None) -> Node:
        if other.id == node.id:
            return replace(other, name=self.name)
        return replace(other, weights=self.name) if shares is not None and other.weights == shares else other


class SetAttribute(Command):
    """Gives an attribute of a node another value, or with null its default; wires stay at ports that remain."""

    do: ClassVar[str] = "SetAttribute"

    node: Name
    attribute: Name
    value: JsonValue = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        attributes = {**attributes_of(node.op), self.attribute: self.value}
        if self.value is None:
            del attributes[self.attribute]
        _, held = apart(node.op)
        if self.attribute in held:
            raise Problems(
                Problem(
                    where(circuit, node),
                    "an attribute that is no circuit",
                    f"'{self.attribute}'",
                    "Edit the circuit itself.",
                    node.id,
                )
            )
        try:
            op = known(node.op.name, attributes, held)
        except AttributeProblem as error:
            if not isinstance(node.op, Opaque) or node.op.name not in OPS:
                problem = Problem("", error.expected, error.found, error.fix)
                raise Problems(problem.at(where(circuit, node), node.id)) from None
            op = make_op(node.op.name, attributes, held)
        if op == node.op:
            return circuit
        require_storable(Node(node.id, node.name, op))
        return reop(circuit, {node.id: op})


class SetWeights(Command):
    """Says which axes a node's weights carry besides their own, and over which passing axes its draws are the same."""

    do: ClassVar[str] = "SetWeights"

    node: Name
    per: Line | None = None
    shared: Line | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        per = node.per if self.per is None else axis_names(self.per)
        shared = node.shared if self.shared is None else axis_names(self.shared)
        return circuit.with_node(replace(node, per=per, shared=shared))


class Tie(Command):
    """Lets a node share the weights of another, by id; without one it owns its own again."""

    do: ClassVar[str] = "Tie"

    node: Name
    to: Name | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        owner = node_of(circuit, self.to).name if self.to is not None else ""
        if owner == node.name:
            found, fix = "itself", "Choose another, or none."
            raise Problems(Problem(where(circuit, node), "another node to share weights with", found, fix, node.id))
        return circuit.with_node(replace(node, weights=owner))
