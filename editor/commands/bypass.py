"""Disabling a node: whatever reads its wires reads its input instead, until it is enabled again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from circuits import Circuit, Node, Problem, out_wires

from ..document import Document
from ..rewiring import Problems, readers, rewire
from ..view_data import table, view_of, with_part
from .base import Command, Name, node_of, where


class Disable(Command):
    """Leads wires past a node: its readers read the input that has the type of what they read, else its first."""

    do: ClassVar[str] = "Disable"

    node: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        disabled = table(view_of(circuit), "disabled")
        if node.id in disabled:
            return circuit
        given = [wire for wire in node.inputs if wire is not None]
        if not given:
            fix = "Connect one, or remove the node."
            raise Problems(Problem(where(circuit, node), "an input to pass on", "none", fix, node.id))
        types = circuit.checked.types
        past = {
            wire: next((one for one in given if types.get(one) is not None and types[one] == types.get(wire)), given[0])
            for wire in out_wires(circuit, node)
        }
        # a node that reads itself would have nothing left to read
        past = {wire: to for wire, to in past.items() if to not in past}
        reads = [[reader, place, wire] for wire, reader, place in readers(circuit, past)]
        return with_part(rewire(circuit, past), "disabled", {**disabled, node.id: reads})


class Enable(Command):
    """Leads wires through a node again that was disabled, where they were not connected otherwise since."""

    do: ClassVar[str] = "Enable"

    node: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        disabled = table(view_of(circuit), "disabled")
        reads = disabled.pop(node.id, None)
        if reads is None:
            return circuit
        given = {wire for wire in node.inputs if wire is not None}
        made = set(out_wires(circuit, node))
        for read in reads if isinstance(reads, list) else ():
            if isinstance(read, list) and len(read) == 3 and read[2] in made:
                circuit = _restored(circuit, given, *map(str, read))
        return with_part(circuit, "disabled", disabled)


def _restored(circuit: Circuit, given: set[str], reader: str, place: str, wire: str) -> Circuit:
    """The circuit in which one reader reads a wire again, if it still reads what was put there instead."""
    if not reader:
        outputs = tuple(
            replace(item, wire=wire) if item.name == place and item.wire in given else item for item in circuit.outputs
        )
        return circuit.evolve(outputs=outputs)
    node = circuit.by_id.get(reader)
    return circuit.with_node(_reading(node, given, place, wire)) if node is not None else circuit


def _reading(node: Node, given: set[str], place: str, wire: str) -> Node:
    changes: dict[str, Any] = {}
    if place.isdigit() and int(place) < len(node.inputs) and node.inputs[int(place)] in given:
        changes["inputs"] = (*node.inputs[: int(place)], wire, *node.inputs[int(place) + 1 :])
    elif not place.isdigit():
        changes["feeds"] = tuple((key, wire if key == place and old in given else old) for key, old in node.feeds)
    return replace(node, **changes)
