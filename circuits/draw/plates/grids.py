"""Arrays as tables of cells, with the sizes of their axes at the edges."""

from __future__ import annotations

from collections.abc import Collection

from ..scene import Item, Path, Scene, Tag, Text, line, rectangle
from .parts import INK, part

CELL = 21.0
RULE = 3.4
FOOT = 8.0
LABEL = 16.0
EMPTY = "#f3f3f4"


def grid(
    down: int,
    across: int,
    *,
    filled: Collection[tuple[int, int]] = (),
    fill: str = "#1346fe",
    down_label: str = "",
    across_label: str = "",
    down_ink: str = INK,
    bounded: bool = True,
    right: bool = False,
) -> Scene:
    """A table of `down` by `across` cells; `filled` ones (row, column) are coloured.

    A label at an edge draws the axis there as a thick rule; the one down stands on the left, or on the `right`.
    """
    items: list[Item] = []
    for row in range(down):
        for column in range(across):
            colour = fill if (row, column) in filled else EMPTY
            left, top = column * CELL, row * CELL
            items.append(Path(rectangle(left, top, left + CELL, top + CELL), INK, colour, tag=Tag("cell")))
    wide = across * CELL
    if across_label:
        items += _rule((0.0, 0.0), (wide, 0.0), INK, foot=bounded)
        items.append(Text(wide / 2, -7.0, across_label, LABEL, "middle", INK, tag=Tag("size")))
    if down_label:
        items += ruler(down, down_label, down_ink, wide if right else 0.0, label_right=right).items
    return part(*items)


def ruler(
    cells: int, label: str = "", ink: str = INK, x: float = 0.0, *, head: bool = False, label_right: bool = False
) -> Scene:
    """The axis of a column of so many cells: a thick rule with a foot, and with a `head` if it stands for itself."""
    high = cells * CELL
    items = _rule((0.0 if label_right else x, 0.0), (0.0 if label_right else x, high), ink, foot=True)
    if head:
        items.append(Path(line((x - FOOT, 0.0), (x + FOOT, 0.0)), ink, width=RULE, tag=Tag("size")))
    if label:
        place, anchor = (x + 8.0, "start") if label_right else (x - 8.0, "end")
        items.append(Text(place, high / 2 + 5.0, label, LABEL, anchor, ink, tag=Tag("size")))
    return part(*items)


def _rule(start: tuple[float, float], end: tuple[float, float], ink: str, *, foot: bool) -> list[Item]:
    """A thick line with a short one across its end."""
    found: list[Item] = [Path(line(start, end), ink, width=RULE, tag=Tag("size"))]
    if foot:
        level = start[1] == end[1]
        ends = (
            [(end[0], end[1] - FOOT), (end[0], end[1] + FOOT)]
            if level
            else [(end[0] - FOOT, end[1]), (end[0] + FOOT, end[1])]
        )
        found.append(Path(line(*ends), ink, width=RULE, tag=Tag("size")))
    return found
