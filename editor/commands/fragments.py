"""Copying nodes: a fragment is a circuit of the nodes alone, as a document, so that it fits into any clipboard."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue

from circuits import Circuit, Problem, from_document, to_document

from ..document import Document
from ..rewiring import Problems, fresh_ids, fresh_name, require_storable, rewire, taken_names, wires_of
from ..view_data import merged, of_nodes
from .base import MAX_LISTED, Command, Name, nodes_of, where


def fragment(circuit: Circuit, ids: Collection[str]) -> dict[str, Any]:
    """Nodes of a circuit as a document, to be pasted anywhere; raises Problems for ids that are not there."""
    return to_document(_cut(circuit, ids))


def _cut(circuit: Circuit, ids: Collection[str]) -> Circuit:
    nodes = nodes_of(circuit, ids)
    cut = Circuit(circuit.name, nodes=nodes, axes=circuit.axes, sizes=circuit.sizes)
    return merged(cut, of_nodes(circuit, {node.id: node.id for node in nodes}))


def pasted(circuit: Circuit, piece: Circuit, *, keep_wires: bool) -> Circuit:
    """The circuit with the nodes of another, ids and names made anew; wires from outside stay where they are kept."""
    ids = dict(zip((node.id for node in piece.nodes), fresh_ids(circuit, len(piece.nodes)), strict=True))
    if len(ids) < len(piece.nodes):
        raise Problems(Problem(where(piece), "every node id once", "one twice", "Copy the nodes again."))
    taken = taken_names(circuit)
    names: dict[str, str] = {}
    for node in piece.nodes:
        names[node.name] = fresh_name(node.name, taken)
        taken.add(names[node.name])
    there = set(wires_of(circuit)) if keep_wires else set()
    read = {wire for node in piece.nodes for wire in node.wires if wire is not None}
    moves: dict[str, str | None] = {}
    for wire in sorted(read):
        id, dot, port = wire.rpartition(".")
        moves[wire] = f"{ids[id]}.{port}" if dot and id in ids else wire if wire in there else None
    made = [
        replace(node, id=ids[node.id], name=names[node.name], weights=names.get(node.weights, node.weights))
        for node in rewire(piece, moves).nodes
    ]
    known = {axis.name for axis in circuit.axes} | {name for name, _ in circuit.sizes}
    changed = circuit.evolve(
        nodes=(*circuit.nodes, *made),
        axes=(*circuit.axes, *(axis for axis in piece.axes if axis.name not in known)),
        sizes=(*circuit.sizes, *((name, size) for name, size in piece.sizes if name not in dict(circuit.sizes))),
    )
    return merged(changed, of_nodes(piece, ids))


class Paste(Command):
    """Adds the nodes of a fragment, connected among themselves as they were."""

    do: ClassVar[str] = "Paste"

    fragment: dict[str, JsonValue]

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        piece = from_document(self.fragment)
        if circuit in piece.definitions():
            found = f"'{circuit.name}' inside itself"
            raise Problems(Problem(where(circuit), "circuits that do not hold themselves", found, "Paste elsewhere."))
        for node in piece.nodes:
            require_storable(node)
        return pasted(circuit, piece, keep_wires=False)


class Duplicate(Command):
    """Adds nodes once more, reading what the first ones read."""

    do: ClassVar[str] = "Duplicate"

    ids: Annotated[tuple[Name, ...], Field(max_length=MAX_LISTED)]

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        return pasted(circuit, _cut(circuit, self.ids), keep_wires=True)


class Import(Command):
    """Puts another circuit, as a document, in the place of the one that is edited."""

    do: ClassVar[str] = "Import"

    document: dict[str, JsonValue]

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        return from_document(self.document)
