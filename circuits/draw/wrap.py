"""Pictures in several rows: broken between columns where least is cut, arrows leading from row to row."""

from __future__ import annotations

import itertools
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .blocks import Block
from .frame import bounds_of, shifted
from .lanes import Lane, Weaver
from .place import Placed
from .scene import Item, Path, Tag, Text, line, polygon, rectangle
from .spread import GAP, LABEL, Spread
from .theme import Style
from .typeset import measure

LEAD = 26.0
# How far the arrows from row to row go down.
DROP = 12.0

Break = TypeVar("Break")


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the picture between two places; `enters` and `leaves` are the strands at its ends."""

    left: float
    right: float
    enters: tuple[Lane, ...]
    leaves: tuple[Lane, ...]


def rows(weaver: Weaver, spread: Spread) -> list[Row]:
    """The rows of a picture that is woven in rows."""
    spans = weaver.rows()
    leads = [span.start for span in spans[1:]]
    enters = [_settled(weaver, number) for number in leads]
    leaves = [_settled(weaver, number - 1) for number in leads]
    lefts = [spread.begin - 1e6, *(spread.columns[number].start for number in leads)]
    rights = [*lefts[1:], spread.right + 1e6]
    return [Row(*row) for row in zip(lefts, rights, [(), *enters], [*leaves, ()], strict=True)]


def _settled(weaver: Weaver, number: int) -> tuple[Lane, ...]:
    """Lanes right of a column."""
    return tuple(lane for slot in weaver.columns[number].slots for lane in slot.settled)


def breaks(weaver: Weaver, spread: Spread, blocks: Sequence[Block], width: float) -> list[int]:
    """Columns after which a picture is broken, so that rows keep to a width, are of like lengths, and little is cut."""
    costs = [cut(weaver, blocks, number) for number in range(len(spread.columns) - 1)]
    return evened(lambda room: _broken(weaver, spread, costs, room), spread.right, width)


def evened(broken: Callable[[float], list[Break]], whole: float, width: float) -> list[Break]:
    """Where a picture is broken at the least width that needs no more rows than the one it has."""
    found = broken(width)
    least, most = whole / (len(found) + 1), width
    for _ in range(6):
        middle = (least + most) / 2
        tried = broken(middle)
        if len(tried) <= len(found):
            found, most = tried, middle
        else:
            least = middle
    return found


def _broken(weaver: Weaver, spread: Spread, costs: Sequence[int], width: float) -> list[int]:
    """Breaks from the left, each row as full as a clean break allows."""
    found: list[int] = []
    left, number, last = 0.0, 0, len(spread.columns) - 2
    room = width - LEAD * 2
    while spread.right - left > room and number <= last:
        full = [at for at in range(number, last + 1) if spread.columns[at].end - left <= room] or [number]
        wide = [at for at in full if spread.columns[at].end - left >= room * 0.6] or full[-1:]
        best = min(wide, key=lambda at: (costs[at], -at))
        found.append(best)
        left, number = spread.columns[best].end - _lead(weaver, best), best + 1
    return found


def _lead(weaver: Weaver, number: int) -> float:
    """The width of the labels at the beginning of the row after a column."""
    widths = [measure(lane.strand.label, LABEL, "math").width for lane in _settled(weaver, number)]
    return max(widths, default=0.0) + 2 * GAP


def cut(weaver: Weaver, blocks: Sequence[Block], number: int) -> int:
    """What a break after a column cuts: strands; blocks, three times as dear, and more near their ends."""
    total = len(_settled(weaver, number))
    for block in blocks:
        first, last = block.columns[0], block.columns[-1]
        if first <= number < last:
            total += 3 + (6 if number - first < 2 or last - number < 2 else 0)
    return total


def parted(
    items: Sequence[Item], found: Sequence[Row], placed: Placed, style: Style, *, rises: bool = False
) -> list[list[Item]]:
    """The items of every row where the layout has them, with the arrows that lead to the row below.

    A picture that is read from below `rises`: its arrows lead to the row above.
    """
    if len(found) < 2:
        return [list(items)]
    return [
        [*inside, *_leads(row, placed, style, -DROP if rises else DROP)]
        for row, inside in zip(found, _by_row(items, found), strict=True)
    ]


def stacked(rows: Sequence[Sequence[Item]], apart: float) -> list[Item]:
    """Rows below each other, so far apart."""
    if len(rows) < 2:
        return [item for row in rows for item in row]
    made: list[Item] = []
    under = 0.0
    for inside in rows:
        bounds = bounds_of(inside)
        made += [shifted(item, -bounds.left, under - bounds.top) for item in inside]
        under += bounds.bottom - bounds.top + apart
    return made


def _by_row(items: Sequence[Item], found: Sequence[Row]) -> list[list[Item]]:
    """The items of every row: those whose middle lies in it, and its part of lines over many columns."""
    rights = [row.right for row in found[:-1]]
    inside: list[list[Item]] = [[] for _ in found]
    for item in items:
        if isinstance(item, Text):
            inside[bisect(rights, item.x)].append(item)
            continue
        bounds = item.bounds()
        first, last = bisect(rights, bounds.left), bisect(rights, bounds.right)
        if first != last and item.tag.part in ("separator", "loop"):
            for number in range(first, last + 1):
                inside[number] += _clipped(item, found[number])
            continue
        number = bisect(rights, (bounds.left + bounds.right) / 2)
        # the shadow of a glyph has its shape, that of a ground is a rectangle and stands for no node
        if item.tag.part == "fence" or (item.tag.part == "shadow" and not item.tag.node):
            left = found[number].left
            if bounds.left < left:
                item = replace(item, commands=rectangle(left, bounds.top, bounds.right, bounds.bottom))
        inside[number].append(item)
    return inside


def _clipped(item: Path, row: Row) -> Iterator[Path]:
    """The part of a line of straight pieces between two places."""
    points = [(float(command[-2]), float(command[-1])) for command in item.commands if len(command) > 1]
    kept: list[tuple[float, float]] = []
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        if max(x, to_x) <= row.left or min(x, to_x) >= row.right:
            continue
        ends = [_at(x, y, to_x, to_y, min(max(place, row.left), row.right)) for place in (x, to_x)]
        kept += ends if not kept or kept[-1] != ends[0] else ends[1:]
    if len(kept) > 1:
        yield replace(item, commands=line(*kept))


def _at(x: float, y: float, to_x: float, to_y: float, place: float) -> tuple[float, float]:
    """The point of a straight piece at a place."""
    return (place, y if to_x == x else y + (to_y - y) * (place - x) / (to_x - x))


def _leads(row: Row, placed: Placed, style: Style, drop: float) -> Iterator[Item]:
    """Arrows that leave a row at its right end and enter one at its left end."""
    ink = style.theme.ink
    for lane in row.leaves:
        y = placed.lanes[lane.number]
        yield from _arrow(lane, row.right, y, row.right + LEAD, y + drop, ink, leaves=True)
    for lane in row.enters:
        y = placed.lanes[lane.number]
        yield from _arrow(lane, row.left - LEAD, y - drop, row.left, y, ink, leaves=False)


def _arrow(lane: Lane, x: float, y: float, to_x: float, to_y: float, ink: str, *, leaves: bool) -> Iterator[Path]:
    """A bent arrow from one row to the next: level where it leaves, bent down at its end, and the other way round."""
    tag = Tag("lead", "", lane.array, lane.strand.axes)
    # the direction in which its tip points
    across, down = (0.8, 0.6 if to_y > y else -0.6) if leaves else (1.0, 0.0)
    end, under = to_x - 6.5 * across, to_y - 6.5 * down
    for offset in (-1.5, 1.5) if lane.strand.double else (0.0,):
        if leaves:
            bend = ("C", x + 9.0, y + offset, end - 7.0 * across, under - 7.0 * down + offset, end, under + offset)
        else:
            bend = ("C", x + 8.0, to_y + offset, end - 6.0, to_y + offset, end, to_y + offset)
        yield Path((("M", x, y + offset), bend), stroke=ink, tag=tag)
    base, low = to_x - 8.0 * across, to_y - 8.0 * down
    head = ((to_x, to_y), (base + 4.0 * down, low - 4.0 * across), (base - 4.0 * down, low + 4.0 * across))
    yield Path(polygon(*head), fill=ink, tag=tag)
