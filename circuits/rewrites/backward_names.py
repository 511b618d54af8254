"""Names in a backward pass: nodes after what they pull back, axes as ops call them, parameters by their owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..circuit import Circuit
from ..ops.views import rename
from ..trace import Wire, current_builder
from .backward_rules import plain
from .fitting import unused
from .slots import Slot


def name_nodes(start: int, prefix: str) -> None:
    """Name the nodes that pull back through one node after it."""
    builder = current_builder()
    builder.taken.add(prefix)
    for number, node in enumerate(builder.nodes[start:], start):
        if node.id not in builder.named:
            name = unused(f"{prefix}.{node.op.name}", builder.taken)
            builder.taken.add(name)
            builder.named.add(node.id)
            builder.nodes[number] = replace(node, name=name, op=plain(node.op))


def renamed(wire: Wire, old: Sequence[str], new: Sequence[str]) -> Wire:
    """A wire with axes called otherwise."""
    pairs = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    if not pairs:
        return wire
    return rename(wire, f"{' '.join(one for one, _ in pairs)} -> {' '.join(other for _, other in pairs)}")


def owned(circuit: Circuit, slots: Mapping[str, Slot]) -> dict[str, list[str]]:
    """Keys of parameters by the node that owns them; the names of nodes may hold dots."""
    found: dict[str, list[str]] = {}
    names = {node.name for node in circuit.nodes if not node.weights}
    for key in slots:
        parts = key.split(".")
        owner = next(name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in names)
        found.setdefault(owner, []).append(key)
    return found
