"""Boxes beside a picture: notes in words, and the legend of what sizes follow from others."""

from __future__ import annotations

from .brush import Brush
from .frame import bounds_of
from .scene import Bounds, Item, Path, Tag, line, rectangle
from .theme import Style
from .typeset import measure

SIZE = 12.5
_PITCH = 17.0
_PAD = 8.0
_TITLE = "Legend"


def note(lines: tuple[str, ...], x: float, y: float, style: Style, id: str = "") -> tuple[Item, ...]:
    """Words on a yellow ground whose upper left corner is at (x, y)."""
    return _boxed([(each, "sans") for each in lines], x, y, style, Tag("note", id), style.theme.note)


def legend(equations: tuple[str, ...], x: float, y: float, style: Style) -> tuple[Item, ...]:
    """Equations in TeX under a title on a grey ground whose upper left corner is at (x, y)."""
    rows = [(_TITLE, "sans"), *((each, "math") for each in equations)]
    tag = Tag("note", "legend")
    items = _boxed(rows, x, y, style, tag, style.theme.legend, shift=4.0)
    box = room(items)
    rule = line((box.left + _PAD, y + _PAD + _PITCH), (box.right - _PAD, y + _PAD + _PITCH))
    return (*items, Path(rule, stroke=style.theme.ink, tag=tag))


def room(items: tuple[Item, ...]) -> Bounds:
    """The room of a box, without its shadow."""
    return bounds_of([item for item in items if item.tag.part != "shadow"])


def _boxed(
    rows: list[tuple[str, str]], x: float, y: float, style: Style, tag: Tag, fill: str, shift: float = 0.0
) -> tuple[Item, ...]:
    """Rows of words or TeX on a ground with a shadow; all rows after the first are moved down by `shift`."""
    width = max((measure(text, SIZE, font).width for text, font in rows), default=0.0) + 2 * _PAD
    height = _PITCH * len(rows) + 2 * _PAD + (shift if len(rows) > 1 else 0.0)
    shape = rectangle(x, y, x + width, y + height)
    brush = Brush(style, tag.node)
    items: list[Item] = [*brush.shadow(shape), Path(shape, fill=fill, tag=tag)]
    for number, (text, font) in enumerate(rows):
        middle = y + _PAD + _PITCH * (number + 0.5) + (shift if number else 0.0)
        items += brush.written(text, x + _PAD, middle, SIZE, "start", font)
    return tuple(items)
