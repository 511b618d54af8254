"""What differs between two circuits, as data for a picture: nodes, wires, types and the face, added, removed, changed.

Nodes of one id are the same node where they also do the same kind of thing; the others are matched by name, then by
what they compute from the same inputs. So a circuit that was drawn anew is compared by meaning, not by its numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from circuits import Circuit, Node, out_wires

from .rewiring import attributes_of, port_names


@dataclass(frozen=True)
class NodeChange:
    """A node in both circuits, by its ids there, and what differs: key, before, after."""

    before: str
    after: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Difference:
    """How a circuit became another.

    `matched` maps node ids of the first to those of the second. `wires` are connections (from, to) by the ids of the
    circuit in which they stand; `types` are wires of the second whose type differs: wire, before, after.
    """

    matched: Mapping[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[NodeChange, ...]
    wires_added: tuple[tuple[str, str], ...]
    wires_removed: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str, str], ...]
    face: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs but ids, the order of nodes and views."""
        parts = (self.added, self.removed, self.changed, self.wires_added, self.wires_removed, self.types, self.face)
        return not any(parts)


def difference(before: Circuit, after: Circuit) -> Difference:
    """Compare two circuits."""
    matched = _matched(before, after)
    there = set(matched.values())
    moved = _moved_wires(before, after, matched)
    old = {(moved.get(wire, wire), _at(place, matched)): (wire, place) for wire, place in _connections(before)}
    new = dict.fromkeys(_connections(after))
    return Difference(
        matched,
        tuple(node.id for node in after.nodes if node.id not in there),
        tuple(node.id for node in before.nodes if node.id not in matched),
        tuple(_changes(before, after, matched)),
        tuple(pair for pair in new if pair not in old),
        tuple(where for pair, where in old.items() if pair not in new),
        tuple(_types(before, after, moved)),
        tuple(_face(before, after)),
    )


def _matched(before: Circuit, after: Circuit) -> dict[str, str]:
    """Ids of nodes that are the same in both, in the first circuit's order."""
    found: dict[str, str] = {}
    left = {node.id: node for node in after.nodes}

    def match(keys: Mapping[Hashable, str], of: Any) -> None:
        for node in before.nodes:
            if node.id not in found and (other := keys.get(of(node))) in left:
                found[node.id] = other
                del left[other]

    def keyed(of: Any) -> dict[Hashable, str]:
        return {of(node): node.id for node in reversed(after.nodes) if node.id in left}

    for of in (lambda one: (one.id, one.op.name, one.name), lambda one: (one.name, one.op.name)):
        match(keyed(of), of)
    for _ in range(len(before.nodes)):
        count = len(found)
        match(keyed(lambda one: (one.op, one.inputs)), lambda one: (one.op, _translated(one, found)))
        if len(found) == count:
            break
    match(keyed(lambda one: (one.id, one.op.name)), lambda one: (one.id, one.op.name))
    return {node.id: found[node.id] for node in before.nodes if node.id in found}


def _translated(node: Node, matched: Mapping[str, str]) -> tuple[str | None, ...]:
    return tuple(_wire(wire, matched) if wire is not None else None for wire in node.inputs)


def _wire(wire: str, matched: Mapping[str, str]) -> str:
    id, dot, port = wire.rpartition(".")
    return f"{matched.get(id, '?' + id)}.{port}" if dot else wire


def _moved_wires(before: Circuit, after: Circuit, matched: Mapping[str, str]) -> dict[str, str]:
    """Wires of the first circuit as the second calls them."""
    found: dict[str, str] = {}
    for node in before.nodes:
        if node.id in matched:
            made, now = out_wires(before, node), out_wires(after, after.by_id[matched[node.id]])
            found.update(zip(made, now, strict=False))
    return found


def _connections(circuit: Circuit) -> Iterable[tuple[str, str]]:
    """Every connection: the wire, and `node.port` or `.output` at its end."""
    for node in circuit.nodes:
        names = port_names(node.op) or ()
        for place, wire in enumerate(node.inputs):
            if wire is not None:
                yield wire, f"{node.id}.{names[place] if place < len(names) else place}"
        for name, wire in node.feeds:
            yield wire, f"{node.id}.{name}"
    for item in circuit.outputs:
        yield item.wire, f".{item.name}"


def _at(place: str, matched: Mapping[str, str]) -> str:
    id, _, port = place.partition(".")
    return f"{matched.get(id, '?' + id)}.{port}" if id else place


def _changes(before: Circuit, after: Circuit, matched: Mapping[str, str]) -> Iterable[NodeChange]:
    for old, new in matched.items():
        changes = tuple(_node_changes(before.by_id[old], after.by_id[new]))
        if changes:
            yield NodeChange(old, new, changes)


def _node_changes(old: Node, new: Node) -> Iterable[tuple[str, str, str]]:
    for key in ("name", "weights"):
        if getattr(old, key) != getattr(new, key):
            yield key, str(getattr(old, key)), str(getattr(new, key))
    for key in ("per", "shared"):
        if getattr(old, key) != getattr(new, key):
            yield key, " ".join(getattr(old, key)), " ".join(getattr(new, key))
    if old.op == new.op:
        return
    if old.op.name != new.op.name:
        yield "op", old.op.name, new.op.name
    before, after = attributes_of(old.op), attributes_of(new.op)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield key, _said(before, key), _said(after, key)
    for place, (one, other) in enumerate(zip(old.op.bodies(), new.op.bodies(), strict=False)):
        if one != other:
            yield f"circuit {place + 1}" if place else "circuit", one.name, other.name


def _said(attributes: Mapping[str, Any], key: str) -> str:
    return str(attributes[key]) if key in attributes else "default"


def _types(before: Circuit, after: Circuit, moved: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    old = {
        moved.get(wire, wire): found for wire, found in before.checked.types.items() if wire in moved or "." not in wire
    }
    for wire, found in after.checked.types.items():
        if wire in old and old[wire] != found:
            yield wire, str(old[wire] or "[?]"), str(found or "[?]")


def _face(before: Circuit, after: Circuit) -> Iterable[tuple[str, str, str]]:
    """What differs in inputs, outputs, glossary, sizes and constraints."""
    for key, of in _FACE.items():
        old, new = of(before), of(after)
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                yield f"{key} {name}", old.get(name, ""), new.get(name, "")


_FACE: Mapping[str, Any] = {
    "input": lambda one: {item.name: f"{item.type}" for item in one.inputs},
    "output": lambda one: {item.name: f"{item.type or 'as it comes'}" for item in one.outputs},
    "axis": lambda one: {
        axis.name: ", ".join(filter(None, (axis.doc, axis.role, axis.label, str(axis.size or "")))) for axis in one.axes
    },
    "size": lambda one: {name: str(size) for name, size in one.sizes},
    "constraint": lambda one: dict.fromkeys(one.constraints, "holds"),
    "doc": lambda one: {key: value for key in ("name", "doc", "source") if (value := getattr(one, key))},
}
