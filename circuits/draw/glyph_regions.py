"""Glyphs of closed regions: a titled box between brackets, or under a loop that leads back to its beginning."""

from __future__ import annotations

from .brush import MARK, THICK, THIN, Brush, Outline, reach
from .glyph import Drawn, Footprint, Place, Sign, met
from .glyph_boxes import TITLE, titled
from .scene import Command, Item, polygon, rectangle
from .theme import Style
from .typeset import measure

_LINE = 17.0
_SIDE = 11.0
_LOOP = 13.0
_COUNT = 12.0


def _rows(sign: Sign) -> list[tuple[str, float, str]]:
    """The lines of a box: its title, and a mark that is no count of repetitions."""
    lines = [(line, TITLE, "sans") for line in titled(sign.name)] if sign.name else []
    return lines + ([(sign.mark, MARK, "math")] if sign.mark and sign.detail != "repeat" else [])


def _inner(sign: Sign) -> float:
    return max(max((measure(text, size, font).width for text, size, font in _rows(sign)), default=0.0) + 14.0, 34.0)


def _region_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    out = reach(_LINE * len(_rows(sign)) + 8.0, left, right, 13.0)
    count = measure(sign.mark, _COUNT).width + 2.0 if sign.detail == "repeat" else 0.0
    side = _SIDE if sign.detail == "repeat" else 0.5
    return Footprint(_inner(sign) + 2 * side + count, out + _LOOP if sign.detail == "loop" else out + 2.0, out + 2.0)


def _region(sign: Sign, place: Place, brush: Brush) -> Drawn:
    out = _region_room(sign, brush.style, len(place.left), len(place.right)).below - 2.0
    repeated = sign.detail == "repeat"
    left = place.x + (_SIDE if repeated else 0.5)
    right, top, bottom = left + _inner(sign), place.top - out, place.bottom + out
    theme = brush.style.theme
    ground = rectangle(left, top, right, bottom)
    fill = theme.learned if sign.learned else theme.fences[0]
    items: list[Item] = [brush.solid(ground, fill) if repeated else brush.line(ground, fill)]
    if repeated:
        items += _brackets(left, top, right, bottom, brush)
        items += brush.word(sign.mark, right + _SIDE, top + 3.0, _COUNT, "start")
    if sign.detail == "loop":
        items += _loop(left, top, right, brush)
    rows = _rows(sign)
    first = place.middle - _LINE * (len(rows) - 1) / 2
    for number, (text, size, font) in enumerate(rows):
        items += brush.written(text, (left + right) / 2, first + _LINE * number, size, "middle", font)
    ends = (place.x + 2.5, right + _SIDE - 2.5) if repeated else (left, right)
    return met(tuple(items), place, *ends)


def _brackets(left: float, top: float, right: float, bottom: float, brush: Brush) -> list[Item]:
    """A pair of brackets, round in the style of 2024 and square in that of 2026."""
    items: list[Item] = []
    for x, turn in ((left - 9.0, 1.0), (right + 9.0, -1.0)):
        if brush.style.dialect == "d26":
            corner = x + 5.0 * turn
            shape: tuple[Command, ...] = (("M", corner, top), ("L", x, top), ("L", x, bottom), ("L", corner, bottom))
        else:
            third, far, out = (bottom - top) / 3, x + 8.0 * turn, x - 2.0 * turn
            shape = (("M", far, top), ("C", out, top + third, out, bottom - third, far, bottom))
        items.append(brush.line(shape, width=THICK))
    return items


def _loop(left: float, top: float, right: float, brush: Brush) -> list[Item]:
    """A line over the box, from its end back to its beginning."""
    high = top - 9.0
    line: tuple[Command, ...] = (
        ("M", right - 6.0, top),
        ("C", right - 6.0, high, right - 6.0, high, right - 14.0, high),
        ("L", left + 14.0, high),
        ("C", left + 6.0, high, left + 6.0, high, left + 6.0, top - 5.0),
    )
    head = polygon((left + 6.0, top), (left + 2.5, top - 7.0), (left + 6.0, top - 5.0), (left + 9.5, top - 7.0))
    return [brush.line(line, width=THIN), brush.solid(head)]


REGION = Outline(_region_room, _region)
