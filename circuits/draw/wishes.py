"""What a person asked of a picture by dragging: wishes in a circuit's view, which never change its meaning."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..circuit import Circuit
from .asked import Pair

# Units; a picture of a stranger's view stays a picture.
FARTHEST = 100_000.0
# Circuits inside each other can be many more than a document has definitions.
MOST = 10_000
# What is open has columns of its own, so a circuit of few nodes can have many; larger ones are drawn plainly.
MOST_COLUMNS = 1000
# Of more orders than a person drags, and than columns are sorted by at once, the newest count.
MOST_PAIRS = 500


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


@lru_cache(maxsize=64)
def wishes_of(circuit: Circuit) -> Wishes:
    """The wishes of a circuit's view and, by paths, of the views of what it holds.

    What they say of no node, or not in their form, is left out.
    """
    pins: dict[str, float] = {}
    columns: dict[str, int] = {}
    pairs: list[Pair] = []
    for path, one in _holding(circuit):
        view = _view(one)
        held = _dictionary(view.get("pins"))
        for node in one.nodes if held else ():
            pin = _dictionary(held.get(node.id))
            by, column = pin.get("dy"), pin.get("column")
            if by and isinstance(by, int | float) and abs(by) < FARTHEST:
                pins[path + node.name] = float(by)
            if isinstance(column, int) and 0 < column <= MOST_COLUMNS:
                columns[path + node.name] = column
        pairs += [(path + above, path + below) for above, below in _pairs(one, view.get("order"))]
    newest = list(dict.fromkeys(reversed(pairs)))[:MOST_PAIRS]
    return Wishes(pins, columns, tuple(reversed(newest)))


def _holding(circuit: Circuit) -> Iterator[tuple[str, Circuit]]:
    """The circuit, and those inside it that ask for anything, each with the beginning of the paths in it."""
    asking: set[Circuit] = set()
    for one in circuit.definitions():
        if _view(one) or any(inner in asking for node in one.nodes for inner in node.op.bodies()):
            asking.add(one)
    waiting = deque([("", circuit)])
    for _ in range(MOST):
        if not waiting:
            return
        path, one = waiting.popleft()
        yield path, one
        for node in one.nodes:
            waiting += [(f"{path}{node.name}/", inner) for inner in node.op.bodies()[:1] if inner in asking]


@lru_cache(maxsize=4096)
def _view(circuit: Circuit) -> Mapping[str, Any]:
    """The view as data; empty where it is none that can be read."""
    try:
        found = json.loads(circuit.view) if circuit.view else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


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
