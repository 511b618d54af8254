"""Glyphs that touch no strand: functions of every element, on a lane of their own, and folds at the end of strands."""

from __future__ import annotations

from .brush import MARK, SMALL, Brush, Outline, around_axis, arrowhead, gather, high, joints
from .glyph import Drawn, Footprint, Place, Sign, met
from .glyph_shapes import middle
from .scene import Command, polygon
from .theme import Style
from .typeset import measure

HEAD = 10.7
_GAP = 1.6
_BOLT = 8.0


def _size(text: str) -> float:
    """Long expressions are set smaller."""
    return MARK if measure(text, MARK).width < 60.0 else 12.0


def _arrows_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, _size(sign.mark))
    half = max(around_axis(sign.mark, _size(sign.mark)), 5.15) + 0.5
    return Footprint(text.width + 2 * (HEAD + _GAP), half, half, floats=True)


def _arrows(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A mark between two arrowheads: an axis of length one that comes and goes."""
    width = _arrows_room(sign, brush.style, 1, 1).width
    left, right, y = place.centre - width / 2, place.centre + width / 2, place.middle
    heads = (brush.solid(arrowhead(left + HEAD, y)), brush.solid(arrowhead(right, y)))
    items = (*heads, *brush.on_axis(sign.mark, place.centre, y, _size(sign.mark)))
    return met(items, place, place.x, place.end)


def _plus_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, _size(sign.mark))
    return Footprint(text.width + 4.0, high(text) / 2 + 1.0, high(text) / 2 + 1.0, floats=True)


def _plus(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """The mark of what happens at the dots below it."""
    return met(brush.word(sign.mark, place.centre, place.middle, _size(sign.mark)), place, place.x, place.end)


def _lightning_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return Footprint(2 * HEAD + _BOLT + 2 * _GAP + _beside(sign), 9.0, 9.0, floats=True)


def _beside(sign: Sign) -> float:
    """The width of the rate beside the bolt."""
    return measure(sign.mark, SMALL).width + 1.5 if sign.mark else 0.0


def _lightning(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A bolt between two arrowheads: values that are struck out by chance."""
    width = _lightning_room(sign, brush.style, 1, 1).width
    left, right, y = place.centre - width / 2, place.centre + width / 2, place.middle
    x = left + HEAD + _GAP + _BOLT / 2
    items = (
        brush.solid(arrowhead(left + HEAD, y)),
        brush.solid(bolt(x, y)),
        *brush.word(sign.mark, x + _BOLT / 2 + 1.0, y - 4.0, SMALL, "start"),
        brush.solid(arrowhead(right, y)),
    )
    return met(items, place, place.x, place.end)


def bolt(x: float, y: float) -> tuple[Command, ...]:
    """A bolt of lightning around a point."""
    corners = ((1.6, -8.2), (-3.8, 1.2), (-0.6, 1.2), (-2.0, 8.2), (3.8, -2.2), (0.4, -2.2))
    return polygon(*((x + right, y + down) for right, down in corners))


def _cast_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return Footprint(measure(sign.mark, 12.0).width + 18.0, 8.5, 8.5, floats=True)


def _cast(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A low hexagon with what elements become."""
    x, end, y = place.x + 0.5, place.end - 0.5, place.middle
    shape = polygon((x, y), (x + 6, y - 8), (end - 6, y - 8), (end, y), (end - 6, y + 8), (x + 6, y + 8))
    items = (brush.line(shape, brush.style.theme.glyph), *brush.word(sign.mark, place.centre, y, 12.0))
    return met(items, place, place.x, place.end)


def _fold_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, MARK)
    half = max(around_axis(sign.mark, MARK), 5.15) + 1.0
    before, behind = gather(left, right)
    end = _GAP + HEAD if not right else max(behind, 7.0) + 2.0
    return Footprint(max(before, 7.0 if right else 0.0) + 3.0 + text.width + end, half, half)


def _fold(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A word at the end of strands, and an arrowhead that drops what is left of them, or what the fold makes."""
    text, y = measure(sign.mark, MARK).width, middle(place)
    start = place.x + (7.0 if len(place.left) > 1 or place.right else 0.0)
    end = start + 3.0 + text
    lines, left, right = joints(place, y, start, end + 2.0, brush)
    items = (*lines, *brush.on_axis(sign.mark, start + 3.0, y, MARK, "start"))
    if place.right:
        return met(items, place, left, right)
    return met((*items, brush.solid(arrowhead(end + _GAP + HEAD, y))), place, left, end + _GAP + HEAD)


ARROWS = Outline(_arrows_room, _arrows)
PLUS = Outline(_plus_room, _plus)
LIGHTNING = Outline(_lightning_room, _lightning)
CAST = Outline(_cast_room, _cast)
FOLD = Outline(_fold_room, _fold)
