"""What a person asked of a picture by dragging: wishes in a circuit's view, which never change its meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..circuit import Circuit
from .asked import Pair

# Units; a picture of a stranger's view stays a picture.
FARTHEST = 100_000.0


@dataclass(frozen=True)
class Wishes:
    """What should lie where, by paths of nodes.

    `pins` say how far nodes should lie below the place they have by themselves, `columns` before which column (from 0)
    they should not stand, `pairs` of which two nodes or wires the first should lie above the second, the newest last.
    """

    pins: Mapping[str, float] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()

    def of_nodes(self) -> frozenset[str]:
        """The nodes of which anything is asked, or of whose wires."""
        return frozenset((*self.pins, *self.columns, *(one.partition(".")[0] for pair in self.pairs for one in pair)))


def wishes_of(circuit: Circuit) -> Wishes:
    """The wishes of a circuit's view; what it says of no node, or not in their form, is left out."""
    try:
        view = json.loads(circuit.view)
    except (ValueError, RecursionError):
        return Wishes()
    if not isinstance(view, dict):
        return Wishes()
    held = _dictionary(view.get("pins"))
    pins, columns = {}, {}
    for node in circuit.nodes:
        pin = _dictionary(held.get(node.id))
        by, column = pin.get("dy"), pin.get("column")
        if by and isinstance(by, int | float) and abs(by) < FARTHEST:
            pins[node.name] = float(by)
        if isinstance(column, int) and 0 < column <= len(circuit.nodes):
            columns[node.name] = column
    return Wishes(pins, columns, tuple(_pairs(circuit, view.get("order"))))


def _pairs(circuit: Circuit, order: Any) -> list[Pair]:
    """Pairs by the names that nodes and wires have in a picture."""
    names = {node.id: node.name for node in circuit.nodes} | {item.name: item.name for item in circuit.inputs}
    found = []
    for pair in order if isinstance(order, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair):
            above, below = (_named(one, names) for one in pair)
            if above and below and above != below:
                found.append((above, below))
    return found


def _named(one: str, names: Mapping[str, str]) -> str:
    """A node or wire by the name it has in a picture; "" for none."""
    node, dot, port = one.partition(".")
    return f"{names[node]}{dot}{port}" if node in names else ""


def _dictionary(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}
