"""Glyphs of the convolution tensor: the star in short, the five-sided box in full, and pooling.

The box has a spatial strand on its left, the strand of its windows and, at its lower corner, that of the kernel on its
right (Abbott 2024, "Neural Circuit Diagrams", the convolution tensor).
"""

from __future__ import annotations

from .brush import MARK, SMALL, THICK, Brush, Outline, arrowhead, high, star
from .glyph import Drawn, Footprint, Place, Sign, met
from .glyph_shapes import HEXAGON
from .scene import PITCH, Item, line, polygon, rectangle
from .theme import Style
from .typeset import measure

_STAR = 5.6
BOX = 30.0
_RISE = 20.0
_WORDS = {"max": "\\mathrm{Max}", "mean": "\\mathbb{E}"}


def _star_size(sign: Sign) -> float:
    """The size of a mark that fits between two strands, scripts included."""
    return min(MARK, MARK * 14.5 / max(high(measure(sign.mark, MARK)), 1.0))


def _star_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, _star_size(sign))
    edge = THICK / 2 if sign.learned else 0.5
    out = 10.0 if max(left, right) < 2 else 0.0
    return Footprint(max(30.0, text.width + 2 * _STAR + 13.0), out + edge, out + edge)


def _star(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A star and the size of the kernel in a box from the first to the last strand."""
    edge = THICK / 2 if sign.learned else 0.5
    out = _star_room(sign, brush.style, len(place.left), len(place.right)).above - edge
    if place.bottom - place.top + 2 * out < _RISE:
        out = 10.0 - (place.bottom - place.top) / 2
    left, right = place.x + edge, place.end - edge
    shape = rectangle(left, place.top - out, right, place.bottom + out)
    text = measure(sign.mark, _star_size(sign)).width
    start = place.centre - (2 * _STAR + 3.0 + text) / 2
    fill = brush.style.theme.convolution if sign.learned else brush.style.theme.glyph
    items = (
        *brush.shadow(shape),
        brush.line(shape, fill, 2 * edge),
        brush.solid(star(start + _STAR, place.middle + 0.4, _STAR)),
        *brush.word(sign.mark, start + 2 * _STAR + 3.0, place.middle, _star_size(sign), "start"),
    )
    return met(items, place, place.x, place.end)


def _box(x: float, top: float, left: float, right: float, middle: float, sign: Sign, brush: Brush) -> list[Item]:
    """The five-sided box from `top` to `left` on its left and `right` on its right; a stride beside the diagonal."""
    shape = polygon((x, top), (x + BOX, top), (x + BOX, right), (x, left))
    low = min(left, right)
    begin, end = ((x, low), (x + BOX, middle)) if left <= right else ((x, middle), (x + BOX, low))
    if sign.mark and sign.detail not in _WORDS:
        share = 0.6
        end = (begin[0] + share * (end[0] - begin[0]), begin[1] + share * (end[1] - begin[1]))
    items: list[Item] = [
        *brush.shadow(shape),
        brush.line(shape, brush.style.theme.window),
        brush.line(line(begin, end)),
        brush.solid(star(x + 12.0, top + 11.5, _STAR)),
    ]
    if sign.mark and sign.detail not in _WORDS:
        items += brush.word(sign.mark, x + BOX - 2.5, end[1] + 0.5, 12.0, "end")
    return items


def _affine(sign: Sign) -> Sign:
    """The window in the style of 2026: the affine map of positions as a hexagon."""
    return Sign("hexagon", f"{sign.mark}\\cdot +" if sign.mark else "+")


def _window_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    if style.dialect == "d26":
        return HEXAGON.room(_affine(sign), style, left, right)
    low = 0.0 if (left if sign.detail == "transposed" else right) > 1 else _RISE
    return Footprint(BOX + 1.0 + (10.0 if sign.detail == "transposed" else 0.0), _RISE + 0.5, low + 10.5)


def _window(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """The tensor that reads windows, or turned about, with a T, the one that adds them up."""
    if brush.style.dialect == "d26":
        return HEXAGON.drawn(_affine(sign), place, brush)
    turned = sign.detail == "transposed"
    many, few = (place.left, place.right) if turned else (place.right, place.left)
    low = max(many) if len(many) > 1 else place.bottom + _RISE
    short = max(min(max(few, default=place.middle) + 10.0, low + 10.0), place.top + 10.0)
    x, end = place.x + 0.5, place.x + 0.5 + BOX
    ends = (low, short) if turned else (short, low)
    heart = min(max(place.top, place.top - _RISE + 18.0), ends[1] - 6.0)
    items = _box(x, place.top - _RISE, *ends, heart, sign, brush)
    items += brush.word("T", end + 1.5, place.top - _RISE + 6.0, 11.0, "start") if turned else ()
    return met(tuple(items), place, x, end)


def _pool_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    word = measure(_WORDS.get(sign.detail, ""), 13.0).width
    kernel = measure(sign.mark, SMALL).width
    leg = max(12.0, kernel + 5.0)
    return Footprint(BOX + 1.0 + leg + word + 12.0, _RISE + 0.5, _RISE + 7.0)


def _pool(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """Windows, and a fold on the strand of the kernel."""
    x, end, low = place.x + 0.5, place.x + 0.5 + BOX, place.bottom + _RISE
    word = _WORDS.get(sign.detail, "")
    leg = end + max(12.0, measure(sign.mark, SMALL).width + 5.0)
    tip = leg + 2.0 + measure(word, 13.0).width + 9.0
    items = _box(x, place.top - _RISE, place.bottom + PITCH / 2, low, place.bottom, sign, brush)
    items += [
        brush.line(line((end, low), (leg, low))),
        *brush.word(sign.mark, end + 2.5, low - 6.5, SMALL, "start"),
        *brush.word(word, leg + 1.5, low, 13.0, "start"),
        brush.solid(arrowhead(tip, low, 0.8)),
    ]
    return met(tuple(items), place, x, end)


STAR = Outline(_star_room, _star)
WINDOW = Outline(_window_room, _window)
POOL = Outline(_pool_room, _pool)
