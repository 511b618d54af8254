"""Grounds behind whole columns, for teaching: what flows in one colour, what is done to it in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .lanes import Column, Lane, Weaver
from .place import Placed
from .scene import Item, Path, Tag, rectangle
from .spread import Spread
from .theme import Style

ABOVE, BELOW = 19.0, 11.0
APART = 2.0
# A column in which nothing is done is narrower than this.
_NARROW = 9.0


def shades(weaver: Weaver, placed: Placed, spread: Spread, style: Style) -> list[Item]:
    """The grounds from the left; their part is "object" or "morphism"."""
    theme = style.theme
    found: list[Item] = []
    settled: Sequence[Lane] = weaver.first.settled
    found += _ground(spread.begin, spread.first, _heights(settled, placed), "object", theme.object_column)
    for column, at in zip(weaver.columns, spread.columns, strict=True):
        done = at.settled - at.start > _NARROW
        if done:
            heights = _heights(settled, placed) + _glyphs(column, placed)
            found += _ground(at.start, at.settled, heights, "morphism", theme.morphism_column)
        settled = [lane for slot in column.slots for lane in slot.settled] or settled
        shown = list(_shown(column))
        if at.end - at.settled > _NARROW and any(lane.number in spread.written for lane in shown):
            found += _ground(at.settled, at.end, _heights(shown, placed), "object", theme.object_column)
    return found


def _ground(left: float, right: float, heights: Sequence[float], part: str, fill: str) -> Iterator[Path]:
    if heights and right - left > 2 * APART:
        shape = rectangle(left + APART, min(heights), right - APART, max(heights))
        yield Path(shape, fill=fill, tag=Tag(part))


def _heights(lanes: Sequence[Lane], placed: Placed) -> list[float]:
    """Heights of the upper and lower edges that lanes need."""
    heights = [placed.lanes[lane.number] for lane in lanes]
    return [min(heights) - ABOVE, max(heights) + BELOW] if heights else []


def _glyphs(column: Column, placed: Placed) -> list[float]:
    """Heights that the cells of a column need."""
    found = []
    for slot in column.slots:
        found += _heights((*slot.gathered, *slot.scattered), placed)
        met = [placed.lanes[lane.number] for lane in (*slot.touched, *slot.made)]
        if met and slot.cell is not None and slot.cell.kind == "glyph":
            found += [min(met) - slot.room.above - 7.0, max(met) + slot.room.below + 7.0]
    return found


def _shown(column: Column) -> Iterator[Lane]:
    """Lanes that are labelled right of a column, those that leave the picture there too."""
    for slot in column.slots:
        yield from slot.settled or (slot.gathered if slot.cell is not None and slot.cell.kind == "output" else ())
