"""Titles of blocks where no strand crosses them: in the middle if that is free, else as near to it as can be."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from .frame import text_bounds
from .read import polyline
from .scene import Bounds, Item, Path, Text

STEP = 6.0


def cleared(items: Sequence[Item]) -> list[Item]:
    """The items, with titles moved along their band to where no wire runs through them."""
    grounds = [(item.tag.node, item.bounds()) for item in items if item.tag.part == "fence" and isinstance(item, Path)]
    wires = [(item.bounds(), item) for item in items if isinstance(item, Path) and item.tag.part == "wire"]
    found: list[Item] = []
    for item in items:
        own = next((box for node, box in grounds if node == item.tag.node and _holds(box, item)), None)
        found.append(_clear(item, own, wires) if own is not None and isinstance(item, Text) else item)
    return found


def _holds(box: Bounds, item: Item) -> bool:
    """Whether a title lies on a ground."""
    return (
        isinstance(item, Text)
        and item.tag.part == "title"
        and box.left <= item.x <= box.right
        and box.top <= item.y <= box.bottom
    )


def _clear(title: Text, ground: Bounds, wires: Sequence[tuple[Bounds, Path]]) -> Text:
    """A title at the place nearest to where it is at which nothing crosses it; there where no place is free."""
    box = text_bounds(title)
    band = Bounds(ground.left, box.top, ground.right, box.bottom)
    near = [polyline(path) for bounds, path in wires if bounds.meets(band)]
    if not near:
        return title
    half = (box.right - box.left) / 2 + 3.0
    places = [title.x]
    steps = int((ground.right - ground.left) / 2 / STEP)
    for step, side in itertools.product(range(1, steps + 1), (-1.0, 1.0)):
        place = title.x + side * step * STEP
        if ground.left + half <= place <= ground.right - half:
            places.append(place)
    for place in places:
        tried = replace(title, x=place)
        if not any(crosses(text_bounds(tried).grown(1.0), line) for line in near):
            return tried
    return title


def crosses(box: Bounds, points: Sequence[tuple[float, float]]) -> bool:
    """Whether a line of straight pieces has a point in a rectangle."""
    return any(_meets(box, *one, *other) for one, other in itertools.pairwise(points))


def _meets(box: Bounds, x: float, y: float, to_x: float, to_y: float) -> bool:
    low, high = 0.0, 1.0
    for start, move, least, most in ((x, to_x - x, box.left, box.right), (y, to_y - y, box.top, box.bottom)):
        if abs(move) < 1e-9:
            if not least < start < most:
                return False
            continue
        one, other = (least - start) / move, (most - start) / move
        low, high = max(low, min(one, other)), min(high, max(one, other))
    return low < high
