"""Rows of backward pictures: where the two passes are broken so that what belongs together stands below each other.

A system, as in a score, is a forward row with the part of the backward pass that pulls back through it mirrored below.
Systems follow each other down the page; the backward pass is read from the last one up.
"""

from __future__ import annotations

from itertools import accumulate

from .alignment import facing, row_ends, shared
from .layout import Layout, Plan
from .order import broken
from .spread import NAME
from .typeset import measure
from .wrap import LEAD, cut, evened

# A break may lie so far from the full width if it cuts less there.
SLACK = 0.6
# How often a narrower width is tried where labels and arrows make rows wider than they were in one row.
TRIES = 4


def broken_systems(above: Plan, below: Plan, width: float) -> tuple[Layout, Layout]:
    """Layouts of both passes, broken alike into rows of at most a width where one is given."""
    upper, lower = above.layout(), below.layout()
    best, tried = (upper, lower), width
    for _ in range(TRIES):
        wide = _widest(*facing(*best))
        if not width or wide <= width:
            break
        found = _breaks(upper, lower, tried)
        forward, back = ([pair[side] for pair in found] for side in (0, 1))
        best = (
            Plan(broken(above.ordered, forward), above.style).layout(),
            Plan(broken(below.ordered, sorted(back)), below.style).layout(),
        )
        tried *= 0.9
    return best


def _widest(upper: Layout, lower: Layout) -> float:
    """The width of the widest system with the arrows and names at its ends."""
    rows = [[_width(layout, columns) for columns in layout.weaver.rows()] for layout in (upper, lower)]
    arrows = 2 * LEAD if len(rows[0]) > 1 else 0.0
    return max(max(pair) for pair in zip(rows[0], reversed(rows[1]), strict=True)) + arrows


def _width(layout: Layout, columns: range) -> float:
    """The width of a row with the names before and behind it."""
    left, right = row_ends(layout, columns)
    return (
        right
        - (left if columns.start else 0.0)
        + (_named(layout) if columns.stop == len(layout.weaver.columns) else 0.0)
    )


def _named(layout: Layout) -> float:
    """The room of the names of what leaves."""
    slots = layout.weaver.columns[-1].slots if layout.weaver.columns else []
    names = [slot.cell.sign.mark for slot in slots if slot.cell is not None]
    return max((measure(name, NAME).width + 6.0 for name in names if name != "out"), default=0.0)


def _breaks(upper: Layout, lower: Layout, width: float) -> list[tuple[int, int]]:
    """Columns above and below after which the passes are broken, from the left above and so from the right below.

    A row is as full as a clean break allows, as rows of a single pass are.
    """
    candidates = _candidates(upper, lower)
    costs = [cut(upper.weaver, upper.blocks, one) + cut(lower.weaver, lower.blocks, two) for one, two in candidates]
    # how far each pass has come from the left at a break, and at the end
    ways = [
        (upper.spread.columns[one].end, lower.spread.right - lower.spread.columns[two].end) for one, two in candidates
    ]
    begin = (0.0, -_named(lower))
    whole = (upper.spread.right + _named(upper), lower.spread.right)

    def broken_at(width: float) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        start, number, room = begin, 0, width - 2 * LEAD
        while _apart(start, whole) > room and number < len(candidates):
            full = [at for at in range(number, len(candidates)) if _apart(start, ways[at]) <= room] or [number]
            wide = [at for at in full if _apart(start, ways[at]) >= room * SLACK] or full[-1:]
            best = min(wide, key=lambda at: (costs[at], -at))
            found.append(candidates[best])
            start, number = ways[best], best + 1
        return found

    return evened(broken_at, _apart(begin, whole), width)


def _apart(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The width of a system between two breaks: that of its wider row."""
    return max(end[0] - start[0], end[1] - start[1])


def _candidates(upper: Layout, lower: Layout) -> list[tuple[int, int]]:
    """For every column above after which the pass may be broken, the column below after which it then is.

    No two columns that share a node come apart. Among the columns that this leaves, it is the nearest.
    """
    pairs = shared(upper.weaver, lower.weaver)
    over, under = facing(upper, lower)
    around = over.spread.right + under.spread.begin
    last = len(lower.spread.columns) - 2
    if last < 0:
        return []
    found = []
    for one in range(len(upper.spread.columns) - 1):
        least = max((below for above, below in pairs if above > one), default=0)
        most = min((below - 1 for above, below in pairs if above <= one), default=last)
        least, most = min(least, last), max(min(most, last), 0)
        choices = range(min(least, most), max(least, most) + 1)
        far = [abs(around - under.spread.columns[below].settled - over.spread.columns[one].end) for below in choices]
        found.append(choices[far.index(min(far))])
    # below, breaks go back where those above go on
    return list(enumerate(accumulate(found, min)))
