"""Where nodes were dragged to: the pins in a circuit's view, as a picture takes them."""

from __future__ import annotations

import json
from typing import Any

from ..circuit import Circuit


def pins_of(circuit: Circuit) -> dict[str, float]:
    """How far nodes were dragged down, by name; what a view says of none, or not as a number, is left out."""
    try:
        view = json.loads(circuit.view)
    except (ValueError, RecursionError):
        return {}
    held: Any = view.get("pins") if isinstance(view, dict) else None
    found = {}
    for node in circuit.nodes:
        pin = held.get(node.id) if isinstance(held, dict) else None
        by = pin.get("dy") if isinstance(pin, dict) else None
        if by and isinstance(by, int | float) and abs(by) < FARTHEST:
            found[node.name] = float(by)
    return found


# Units; a picture of a stranger's view stays a picture.
FARTHEST = 100_000.0
