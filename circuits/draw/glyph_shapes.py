"""Glyphs of one closed shape: softmax, sources, indices, affine maps, choices."""

from __future__ import annotations

from collections.abc import Sequence

from .brush import MARK, SMALL, THIN, Brush, Outline, gather, high, joints, reach
from .glyph import Drawn, Footprint, Place, Sign, met
from .scene import Item, line, polygon, rectangle
from .theme import Style
from .typeset import measure

_INSIDE = 12.0
_POINT = 10.0
GREEN = "#cce7cf"


def over(sign: Sign) -> float:
    """The height of a small mark above a glyph."""
    return high(measure(sign.mark, SMALL)) + 3.0 if sign.mark else 0.0


def slanted(x: float, place: Place, half: float, width: float, heights: Sequence[float]) -> tuple[float, ...]:
    """Where strands meet two edges that run from a point at (x, middle) to the corners `width` further on."""
    return tuple(x + width * min(abs(height - place.middle) / half, 1.0) for height in heights)


def _triangle_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    wide = max(20.0, measure(sign.mark, SMALL).width)
    return Footprint(wide + 2 * max(gather(left, right)), 14.5 + over(sign), 14.5)


def _triangle(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A triangle that grows to the right: what sums to one along the strand through it."""
    x, end = place.centre - 10.0, place.centre + 10.0
    y = middle(place)
    shape = polygon((x, y), (end, y - 14.0), (end, y + 14.0))
    items: list[Item] = [brush.line(shape, brush.style.theme.glyph)]
    if sign.detail == "mask":
        pink = brush.style.theme.mask[1]
        corner = polygon((end - 9, y - 4), (end - 2, y + 4), (end - 9, y + 4))
        items += [brush.solid(corner, pink), brush.line(polygon(*_square(end - 5.5, y)), width=0.7)]
    mark = brush.word(sign.mark, place.centre, y - 14.0 - over(sign) / 2, SMALL)
    lines, left, right = joints(place, y, x, end, brush)
    return met((*items, *mark, *lines), place, left, right)


def middle(place: Place) -> float:
    """The height of a glyph of fixed height: that of its only strand on one side, else half way."""
    for heights in (place.left, place.right):
        if len(heights) == 1:
            return heights[0]
    return place.middle


def _square(x: float, y: float) -> tuple[tuple[float, float], ...]:
    return (x - 3.5, y - 4.0), (x + 3.5, y - 4.0), (x + 3.5, y + 4.0), (x - 3.5, y + 4.0)


def _inner_room(sign: Sign, left: int, right: int, around: float, least: float) -> Footprint:
    text = measure(sign.mark, _INSIDE)
    out = reach(high(text) + 7.0, left, right, 9.5) + 0.5
    return Footprint(max(text.width + around, least), out, out)


def _source_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return _inner_room(sign, left, right, 17.0, 28.0)


def _source(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A pentagon that points to the left: an array that comes from nowhere."""
    out = _source_room(sign, brush.style, len(place.left), len(place.right)).above - 0.5
    x, end, top, bottom = place.x + 0.5, place.end - 0.5, place.top - out, place.bottom + out
    shape = polygon((x, place.middle), (x + _POINT, top), (end, top), (end, bottom), (x + _POINT, bottom))
    theme = brush.style.theme
    width = 2.0 if sign.learned else THIN
    items = (
        brush.line(shape, theme.learned if sign.learned else theme.glyph, width),
        *brush.word(sign.mark, place.centre + 2.5, place.middle, _letter(sign)),
    )
    left = slanted(x, place, (bottom - top) / 2, _POINT, place.left)
    return Drawn(items, left, (end,) * len(place.right))


def _letter(sign: Sign) -> float:
    """A single letter is set larger."""
    return MARK if measure(sign.mark, MARK).width < 15.0 else _INSIDE


def _tag_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return _inner_room(sign, left, right, 15.0, 25.0)


def _tag(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A pentagon that points to the right: one position of the strand that ends there."""
    out = _tag_room(sign, brush.style, len(place.left), len(place.right)).above - 0.5
    x, end, top, bottom = place.x + 0.5, place.end - 0.5, place.top - out, place.bottom + out
    tip = end - min(8.0, place.width * 0.35)
    shape = polygon((x, top), (tip, top), (end, place.middle), (tip, bottom), (x, bottom))
    theme = brush.style.theme
    word = brush.word(sign.mark, (x + tip) / 2 + 1.5, place.middle, _INSIDE, ink=theme.index_ink)
    right = tuple(
        end + x + _POINT - each for each in slanted(x + _POINT, place, (bottom - top) / 2, end - tip, place.right)
    )
    return Drawn(
        (brush.line(shape, theme.index), *word), (x,) * len(place.left), tuple(min(each, end) for each in right)
    )


def _hexagon_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    return _inner_room(sign, left, right, 22.0, 40.0)


def _hexagon(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A hexagon: an affine map of positions."""
    out = _hexagon_room(sign, brush.style, len(place.left), len(place.right)).above - 0.5
    x, end, top, bottom = place.x + 0.5, place.end - 0.5, place.top - out, place.bottom + out
    half = (bottom - top) / 2
    shape = polygon(
        (x, place.middle),
        (x + _POINT, top),
        (end - _POINT, top),
        (end, place.middle),
        (end - _POINT, bottom),
        (x + _POINT, bottom),
    )
    theme = brush.style.theme
    items = (brush.line(shape, theme.glyph), *brush.word(sign.mark, place.centre, place.middle, _INSIDE))
    right = tuple(x + end - each for each in slanted(x, place, half, _POINT, place.right))
    return Drawn(items, slanted(x, place, half, _POINT, place.left), right)


def _diamond_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    wide = max(25.0, measure(sign.mark, SMALL).width)
    return Footprint(wide + 2 * max(gather(left, right)), 12.5 + over(sign), 12.5)


def _diamond(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A split diamond: the greatest few along a strand."""
    y = middle(place)
    x, end, top, bottom = place.centre - 12.0, place.centre + 12.0, y - 12.0, y + 12.0
    shape = polygon((x, y), (place.centre, top), (end, y), (place.centre, bottom))
    items = (
        brush.line(shape, GREEN),
        brush.line(line((place.centre, top), (place.centre, bottom))),
        *brush.word(sign.mark, place.centre, top - over(sign) / 2, SMALL),
    )
    lines, left, right = joints(place, y, x, end, brush)
    return met((*items, *lines), place, left, right)


def _mask_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    side = max(left, right, 1) * 20.0 - 20.0
    out = max(6.0, (26.0 - side) / 2) + 0.5
    return Footprint(max(26.0, side + 12.0) + 1.0, out, out)


def _mask(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A square over query and key: pink where they may meet, dark elsewhere."""
    out = _mask_room(sign, brush.style, len(place.left), len(place.right)).above - 0.5
    left, right, top, bottom = place.x + 0.5, place.end - 0.5, place.top - out, place.bottom + out
    dark, pink = brush.style.theme.mask
    wide, tall = (right - left) / 3, (bottom - top) / 3
    allowed = {
        "band": polygon(
            (left, top),
            (left + wide, top),
            (right, bottom - tall),
            (right, bottom),
            (right - wide, bottom),
            (left, top + tall),
        ),
        "lower band": polygon((left, top), (right, bottom), (right - wide, bottom), (left, top + tall)),
        "padding": rectangle(left, top, left + 2 * wide, bottom),
    }.get(sign.detail, polygon((left, top), (right, bottom), (left, bottom)))
    square = rectangle(left, top, right, bottom)
    items = (brush.solid(square, dark), brush.solid(allowed, pink), brush.line(square))
    return met(items, place, left, right)


TRIANGLE = Outline(_triangle_room, _triangle)
SOURCE = Outline(_source_room, _source)
TAG = Outline(_tag_room, _tag)
HEXAGON = Outline(_hexagon_room, _hexagon)
DIAMOND = Outline(_diamond_room, _diamond)
MASK = Outline(_mask_room, _mask)
