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
    right end of the upper row lies over the beginning of the lower one.
    """
    above, below = [0.0] * len(upper.spread.columns), [0.0] * (len(lower.spread.columns) + 1)
    for one, other in _pairs(upper.weaver, lower.weaver):
        far = _middle(upper.spread.columns[one]) + sum(above[:one])
        left = upper.spread.right + sum(above) - far
        gone = _middle(lower.spread.columns[other]) + sum(below[: other + 1]) - lower.spread.begin
        if left > gone:
            below[other] += left - gone
        else:
            above[one] += gone - left
    first, *rest = below
    return (
        replace(upper, spread=stretched(upper.spread, above)),
        replace(lower, spread=stretched(later(lower.spread, first), rest)),
    )


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


def _pairs(upper: Weaver, lower: Weaver) -> list[tuple[int, int]]:
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
        shared = [owner for owner in owners if owner is not None and (not found or owner < found[-1][0])]
        if shared:
            found.append((max(shared), number))
    return found


def node_of(cell: str) -> str:
    """The path of the node that a cell of a backward pass pulls back through."""
    path, slash, name = cell.rpartition("/")
    return f"{path}{slash}{name.partition('.')[0]}"
