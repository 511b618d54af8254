"""Rows above each other: columns moved apart so that what belongs together stands below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .lanes import Weaver
from .layout import Layout
from .spread import Spread, Stations


def facing(upper: Layout, lower: Layout) -> tuple[Layout, Layout]:
    """Two layouts, the lower one to be read from the right, stretched so that cells that share a node face each other.

    A cell below shares the node of the one above if it is called like it, or like it with a word behind a dot. The
    right end of a row above lies over the beginning of the row below it, which is the first below the last one above.
    """
    above, below = [0.0] * len(upper.spread.columns), [0.0] * (len(lower.spread.columns) + 1)
    pairs = shared(upper.weaver, lower.weaver)
    for over, under in zip(upper.weaver.rows(), reversed(lower.weaver.rows()), strict=True):
        right, begin = row_ends(upper, over)[1], row_ends(lower, under)[0]
        # a row that goes on from another begins where its first column does
        first = 0 if under.start == 0 else under.start + 1
        for one, other in ((one, other) for one, other in pairs if one in over and other in under):
            left = right + sum(above[one : over.stop]) - _middle(upper.spread.columns[one])
            gone = _middle(lower.spread.columns[other]) + sum(below[first : other + 1]) - begin
            if left > gone:
                below[other] += left - gone
            else:
                above[one] += gone - left
    start, *rest = below
    return (
        replace(upper, spread=stretched(upper.spread, above)),
        replace(lower, spread=stretched(later(lower.spread, start), rest)),
    )


def row_ends(layout: Layout, columns: range) -> tuple[float, float]:
    """Where a row begins and ends from left to right, without what leads from row to row."""
    spread = layout.spread
    left = spread.columns[columns.start].start if columns.start else spread.begin
    return left, spread.columns[columns[-1]].end if columns else spread.first


def stretched(spread: Spread, extra: Sequence[float]) -> Spread:
    """A spread with room added at the right end of columns."""
    columns, moved = [], 0.0
    for column, more in zip(spread.columns, extra, strict=True):
        placed = _moved(column, moved)
        columns.append(replace(placed, end=placed.end + more))
        moved += more
    return replace(spread, columns=tuple(columns))


def later(spread: Spread, by: float) -> Spread:
    """A spread whose columns begin later."""
    return replace(spread, first=spread.first + by, columns=tuple(_moved(column, by) for column in spread.columns))


def _moved(column: Stations, by: float) -> Stations:
    return Stations(
        column.start + by,
        column.level + by,
        column.gathered + by,
        column.scattered + by,
        column.settled + by,
        column.end + by,
    )


def _middle(column: Stations) -> float:
    return (column.gathered + column.scattered) / 2


def shared(upper: Weaver, lower: Weaver) -> list[tuple[int, int]]:
    """Columns that face each other: from the right above, from the left below, none of them twice."""
    numbers = {
        slot.cell.id: number
        for number, column in enumerate(upper.columns)
        for slot in column.slots
        if slot.cell is not None and slot.cell.kind not in ("output", "end")
    }
    found: list[tuple[int, int]] = []
    for number, column in enumerate(lower.columns):
        owners = [numbers.get(node_of(slot.cell.id)) for slot in column.slots if slot.cell is not None]
        facing_it = [owner for owner in owners if owner is not None and (not found or owner < found[-1][0])]
        if facing_it:
            found.append((max(facing_it), number))
    return found


def node_of(cell: str) -> str:
    """The path of the node that a cell of a backward pass pulls back through."""
    path, slash, name = cell.rpartition("/")
    return f"{path}{slash}{name.partition('.')[0]}"
