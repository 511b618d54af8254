"""Where nodes were dragged to: pins and asked orders of a circuit's view, as a picture takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..circuit import Circuit


def pins_of(circuit: Circuit) -> dict[str, float]:
    """How far nodes were dragged down, by name; what a view says of none, or not as a number, is left out."""
    held = _part(circuit, "pins")
    found = {}
    for node in circuit.nodes:
        pin = held.get(node.id) if isinstance(held, dict) else None
        by = pin.get("dy") if isinstance(pin, dict) else None
        if by and isinstance(by, int | float) and abs(by) < FARTHEST:
            found[node.name] = float(by)
    return found


def asked_of(circuit: Circuit) -> tuple[tuple[str, str], ...]:
    """What should lie above what: pairs of names of nodes, or of wires ("x", "scores.out"), the newest last.

    What a view says of anything else, or not as pairs, is left out.
    """
    names = {node.id: node.name for node in circuit.nodes} | {item.name: item.name for item in circuit.inputs}
    found = []
    for pair in _part(circuit, "order") or ():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair):
            above, below = (_named(one, names) for one in pair)
            if above and below and above != below:
                found.append((above, below))
    return tuple(found)


def _named(one: str, names: Mapping[str, str]) -> str:
    """A node or wire by the name it has in a picture; "" for none."""
    node, dot, port = one.partition(".")
    return names.get(node, "") + (f".{port}" if dot else "") if node in names else ""


def _part(circuit: Circuit, key: str) -> Any:
    """A part of the view; None where it has none that can be read."""
    try:
        view = json.loads(circuit.view)
    except (ValueError, RecursionError):
        return None
    return view.get(key) if isinstance(view, dict) else None


# Units; a picture of a stranger's view stays a picture.
FARTHEST = 100_000.0
