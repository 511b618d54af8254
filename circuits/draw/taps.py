"""Where the tape meets the rows of a backward picture: arrays dropped above and grabbed below, room made for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .alignment import later, stretched
from .lanes import Lane, Slot
from .layout import Layout

STEP = 7.0
BESIDE = 3.0


@dataclass(frozen=True)
class Tap:
    """A place where the tape meets a row: in a column (-1 before the first), at the heights of strands.

    `lanes` are the strands; there are none where the tape begins below the glyph that keeps an array inside. At an
    `edge` of a row it goes on in another one.
    """

    array: str
    column: int
    x: float
    heights: tuple[float, ...]
    lanes: tuple[Lane, ...] = ()
    end: float = 0.0
    edge: bool = False


def dropped(layout: Layout, array: str, row: int = 0) -> Tap:
    """Where an array of the forward pass is dropped: right of where it was made, or below the glyph that keeps it.

    An array that goes on in other rows is dropped in the one nearest to `row`.
    """
    places = list(_places(layout, array)) or [_under(layout, array)]
    return min(places, key=lambda tap: (abs(row_of(layout, tap.column) - row), tap.column))


def row_of(layout: Layout, column: int) -> int:
    """The number of the row in which a column lies."""
    return sum(columns.start <= column for columns in layout.weaver.rows()[1:])


def _places(layout: Layout, array: str) -> Iterator[Tap]:
    """Every place at which an array lies together."""
    first = tuple(lane for lane in layout.weaver.first.settled if lane.array == array)
    if first:
        yield Tap(array, -1, layout.spread.first - BESIDE, _heights(layout, first), first)
    for number, column in enumerate(layout.weaver.columns):
        lanes = tuple(lane for slot in column.slots for lane in slot.settled if lane.array == array)
        if lanes:
            yield Tap(array, number, layout.spread.columns[number].end - BESIDE, _heights(layout, lanes), lanes)


def _under(layout: Layout, array: str) -> Tap:
    """Below the last glyph of a node, or of a block."""
    found = Tap(array, -1, layout.spread.first - BESIDE, ())
    for number, column in enumerate(layout.weaver.columns):
        for slot in column.slots:
            if slot.cell is not None and f"{slot.cell.id}/".startswith(array):
                at = layout.spread.columns[number]
                found = Tap(array, number, (at.gathered + at.scattered) / 2, (_bottom(layout, slot),))
    return found


def reached(layout: Layout, cell: str, block: str) -> Tap:
    """The top of a glyph that reads what is kept inside a block, before the row is mirrored."""
    column, slot = _slot(layout, cell)
    at = layout.spread.columns[column]
    top = min(_heights(layout, [*slot.touched, *slot.made])) - slot.room.above
    return Tap(block, column, (at.gathered + at.scattered) / 2, (top,))


def _slot(layout: Layout, cell: str) -> tuple[int, Slot]:
    """The column of a cell, and its slot."""
    return next(
        (number, slot)
        for number, column in enumerate(layout.weaver.columns)
        for slot in column.slots
        if slot.cell is not None and slot.cell.id == cell
    )


def grabbed(layout: Layout, cell: str, array: str) -> Tap:
    """Where a cell of the backward row grabs an array, before the row is mirrored."""
    column, slot = _slot(layout, cell)
    at, lanes = layout.spread.columns[column], tuple(slot.made)
    end = (at.gathered + at.scattered + slot.room.width) / 2 - 2.0
    return Tap(array, column, at.gathered - BESIDE, _heights(layout, lanes), lanes, end)


def ranked(taps: Iterable[Tap], far: Callable[[str], float]) -> dict[tuple[int, str], int]:
    """Numbers of the arrays that are tapped in one column, the one with the shortest way first."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for tap in taps:
        if tap.lanes:
            found[tap.column].setdefault(tap.array)
    return {
        (column, array): number
        for column, arrays in found.items()
        for number, array in enumerate(sorted(arrays, key=lambda array: (far(array), array)))
    }


def apart(tap: Tap, ranks: Mapping[tuple[int, str], int]) -> Tap:
    """A tap moved to the left, clear of the others of its column."""
    return replace(tap, x=tap.x - STEP * ranks.get((tap.column, tap.array), 0))


def roomy(layout: Layout, taps: Sequence[Tap], *, before: bool) -> Layout:
    """A layout with room for several taps in a column: before its glyphs, or behind its labels."""
    counts: dict[int, set[str]] = defaultdict(set)
    for tap in taps:
        if tap.lanes:
            counts[tap.column].add(tap.array)
    spread = layout.spread
    first, extra = 0.0, [0.0] * len(spread.columns)
    for column, arrays in counts.items():
        more = STEP * (len(arrays) - 1)
        if before:
            at = spread.columns[column]
            more = max(0.0, more + BESIDE - (at.gathered - at.start))
            column -= 1
        if column < 0:
            first += more
        else:
            extra[column] += more
    return replace(layout, spread=stretched(later(spread, first), extra))


def _heights(layout: Layout, lanes: Sequence[Lane]) -> tuple[float, ...]:
    return tuple(layout.placed.lanes[lane.number] for lane in lanes)


def _bottom(layout: Layout, slot: Slot) -> float:
    lanes = [*slot.touched, *slot.made] or [*slot.gathered, *slot.scattered]
    return max(_heights(layout, lanes), default=0.0) + slot.room.below
