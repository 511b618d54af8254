"""Items moved and measured, and scenes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import ceil, floor

from .scene import Bounds, Command, Item, Path, Scene, Text
from .typeset import measure

MARGIN = 12.0
# Whoever draws a circuit again after a gesture finds most items as they were.
KEPT = 1 << 13


@lru_cache(maxsize=KEPT)
def item_bounds(item: Item) -> Bounds:
    """The rectangle around an item."""
    return item.bounds() if isinstance(item, Path) else text_bounds(item)


def text_bounds(text: Text) -> Bounds:
    """The rectangle around a label, by the metrics of its font."""
    extent = measure(text.text, text.size, text.font)
    left = text.x - extent.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor]
    return Bounds(left, text.y - extent.ascent, left + extent.width, text.y + extent.descent)


def bounds_of(items: Sequence[Item]) -> Bounds:
    """The rectangle around items; one of no size at the origin where there are none."""
    found = None
    for item in items:
        bounds = item_bounds(item)
        found = bounds if found is None else found.joined(bounds)
    return found or Bounds(0.0, 0.0, 0.0, 0.0)


@lru_cache(maxsize=KEPT)
def shifted(item: Item, right: float, down: float) -> Item:
    """An item moved."""
    if isinstance(item, Text):
        return replace(item, x=item.x + right, y=item.y + down)
    return replace(item, commands=tuple(_moved(command, right, down) for command in item.commands))


def _moved(command: Command, right: float, down: float) -> Command:
    numbers = [round(float(value) + (right if place % 2 == 0 else down), 3) for place, value in enumerate(command[1:])]
    return (command[0], *numbers)  # type: ignore[return-value]


def framed(items: Sequence[Item], title: str = "", description: str = "", paper: str = "") -> Scene:
    """A scene of items, moved so that all of them lie within it."""
    found = bounds_of(items).grown(MARGIN)
    frame = Bounds(floor(found.left), floor(found.top), ceil(found.right), ceil(found.bottom))
    moved = tuple(shifted(item, -frame.left, -frame.top) for item in items)
    return Scene(frame.right - frame.left, frame.bottom - frame.top, moved, title, description, paper)
