"""Glyphs that only join strands: bars of views, dots of diagonals, caps of products, and none at all."""

from __future__ import annotations

from collections.abc import Sequence

from .brush import SMALL, THICK, THIN, Brush, Outline, arrowhead, gather, joints
from .glyph import Drawn, Footprint, Place, Sign, met
from .glyph_shapes import middle, over
from .scene import ARC, Command, Item, circle, line
from .theme import Style
from .typeset import measure

DOT = 3.2
OVERSHOOT = 5.0
_LEGS = 26.0
HEAD = 10.7
_WIDE = 14.0


def _bar_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return Footprint(max(10.0, measure(sign.mark, SMALL).width), OVERSHOOT + 1.0 + over(sign), OVERSHOOT + 1.0)


def _bar(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A thick bar over all strands it joins: the same data in other axes."""
    top = place.top - OVERSHOOT
    items = (
        brush.line(line((place.centre, top), (place.centre, place.bottom + OVERSHOOT)), width=THICK),
        *brush.word(sign.mark, place.centre, top - 1.0 - over(sign) / 2, SMALL),
    )
    return met(items, place, place.centre, place.centre)


def _dot_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return Footprint(_LEGS, DOT + 1.0 + over(sign), DOT + 1.0)


def _dot(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A dot where strands of one axis meet."""
    heights = place.right or place.left
    y = heights[0] if len(heights) == 1 else place.middle
    legs = [
        *(brush.line(_bend(place.x, height, place.centre, y)) for height in place.left),
        *(brush.line(_bend(place.centre, y, place.end, height)) for height in place.right),
    ]
    items: tuple[Item, ...] = (*legs, brush.solid(circle(place.centre, y, DOT)))
    mark = brush.word(sign.mark, place.centre, place.top - DOT - 1.0 - over(sign) / 2, SMALL)
    return met((*items, *mark), place, place.x, place.end)


def _bend(x: float, y: float, to_x: float, to_y: float) -> tuple[Command, ...]:
    if y == to_y:
        return line((x, y), (to_x, to_y))
    middle = (x + to_x) / 2
    return (("M", x, y), ("C", middle, y, middle, to_y, to_x, to_y))


def _cap_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, SMALL).width
    above = 14.0 if sign.mark and left < 2 else 6.0
    return Footprint(max(14.0 + 16.0, 14.0 + 4.0 + text) + (8.0 if right else 0.0), above, 6.0)


def _cap(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """Strands that turn into each other, an arrow at the apex that leads to what is made of them, or to nothing."""
    upper, lower = (place.left[0], place.left[-1]) if place.left else (place.middle, place.middle)
    apex, y = place.x + _WIDE, (upper + lower) / 2
    items: list[Item] = [brush.line(line((place.x, each), (apex, each)), width=THIN) for each in _single(place.left)]
    items += [brush.line(_turn(place.x, upper, lower))] if upper != lower else []
    items += [brush.solid(circle(place.x + DOT, each, DOT)) for each in place.left[1:-1]]
    tip = apex + 14.0
    items += [brush.line(line((apex, y), (tip - 5.0, y))), brush.solid(arrowhead(tip, y, 0.8))]
    items += brush.word(sign.mark, apex + 3.0, y - 8.0, SMALL, "start")
    items += [brush.line(_bend(tip - 3.0, y, place.end, height)) for height in place.right]
    return met(tuple(items), place, place.x, place.end)


def _single(heights: Sequence[float]) -> Sequence[float]:
    return heights if len(heights) == 1 else ()


def _turn(x: float, upper: float, lower: float) -> tuple[Command, ...]:
    """Half a circle to the right, or as much of it as 14 units hold, with level ends."""
    wide, half = _WIDE, (lower - upper) / 2
    apex, radius = (upper + lower) / 2, min(wide, half)
    start, bend = x + wide - radius, ARC * half
    return (
        ("M", x, upper),
        ("L", start, upper),
        ("C", start + ARC * radius, upper, x + wide, apex - bend, x + wide, apex),
        ("C", x + wide, apex + bend, start + ARC * radius, lower, start, lower),
        ("L", x, lower),
    )


def _turn_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return Footprint(_WIDE + 6.0, 1.0, 1.0)


def _turned(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """Two strands that turn into each other, and from the apex the one they have become."""
    apex = place.x + _WIDE
    upper, lower = place.left[0], place.left[-1]
    items = [brush.line(_turn(place.x, upper, lower))]
    items += [brush.line(_bend(apex, (upper + lower) / 2, place.end, height)) for height in place.right]
    return met(tuple(items), place, place.x, place.end)


def _tip_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    before, behind = gather(left, right)
    return Footprint(before + HEAD + behind, 5.5, 5.5)


def _tip(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """An arrowhead at the end of strands: they are summed."""
    y, tip = middle(place), place.end - gather(len(place.left), len(place.right))[1]
    lines, left, right = joints(place, y, tip - HEAD * 0.6, tip, brush)
    return met((*lines, brush.solid(arrowhead(tip, y))), place, left, right)


def _none_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, 14.0)
    return Footprint(text.width + 6.0 if sign.mark else 0.0, 8.0, 8.0)


def _none(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """Strands alone, or a bare mark."""
    return met(brush.word(sign.mark, place.centre, place.middle, 14.0), place, place.x, place.end)


BAR = Outline(_bar_room, _bar)
DOTTED = Outline(_dot_room, _dot)
CAP = Outline(_cap_room, _cap)
NONE = Outline(_none_room, _none)
TURN = Outline(_turn_room, _turned)
TIP = Outline(_tip_room, _tip)
