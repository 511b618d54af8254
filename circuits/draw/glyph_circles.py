"""Circles: normalisations by what is drawn inside them, and rotation; tall where they touch several strands."""

from __future__ import annotations

from collections.abc import Callable

from .brush import SMALL, THICK, Brush, Outline
from .glyph import Drawn, Footprint, Place, Sign, met
from .glyph_shapes import over
from .scene import ARC, Command, Item, line
from .theme import Style
from .typeset import measure

RADIUS = 10.0
_TURN = 12.0


def capsule(x: float, top: float, bottom: float, radius: float) -> tuple[Command, ...]:
    """A circle around (x, top), drawn long as far as (x, bottom)."""
    bend = ARC * radius
    return (
        ("M", x - radius, top),
        ("C", x - radius, top - bend, x - bend, top - radius, x, top - radius),
        ("C", x + bend, top - radius, x + radius, top - bend, x + radius, top),
        ("L", x + radius, bottom),
        ("C", x + radius, bottom + bend, x + bend, bottom + radius, x, bottom + radius),
        ("C", x - bend, bottom + radius, x - radius, bottom + bend, x - radius, bottom),
        ("Z",),
    )


def _width(sign: Sign) -> float:
    return THICK if sign.learned else 1.4


def _circle_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    out = RADIUS + _width(sign) / 2
    return Footprint(max(2 * out, measure(sign.mark, SMALL).width), out + over(sign), out)


def _circle(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A circle, thick where it is learned, with the sign of its kind."""
    width = _width(sign)
    shape = capsule(place.centre, place.top, place.bottom, RADIUS)
    inside = _INSIDE.get(sign.detail)
    items: tuple[Item, ...] = (
        brush.line(shape, brush.style.theme.glyph, width),
        *(inside(place, brush) if inside else ()),
        *brush.word(sign.mark, place.centre, place.top - RADIUS - width / 2 - over(sign) / 2, SMALL),
    )
    edge = RADIUS + width / 2
    return met(items, place, place.centre - edge, place.centre + edge)


def _diameter(place: Place, brush: Brush) -> tuple[Item, ...]:
    return (brush.line(line((place.centre, place.top - RADIUS), (place.centre, place.bottom + RADIUS)), width=1.6),)


def _root(place: Place, brush: Brush) -> tuple[Item, ...]:
    x, y = place.centre, place.middle
    return (
        brush.line(
            line((x - 6.5, y + 0.6), (x - 4.4, y - 0.8), (x - 1.6, y + 5.4), (x + 1.4, y - 4.6), (x + 6.6, y - 4.6)),
            width=1.4,
        ),
    )


def _chords(place: Place, brush: Brush) -> tuple[Item, ...]:
    end = RADIUS * 0.92
    return tuple(
        brush.line(line((x, place.top - end), (x, place.bottom + end)), width=1.4)
        for x in (place.centre - 3.6, place.centre + 3.6)
    )


def _dashes(place: Place, brush: Brush) -> tuple[Item, ...]:
    ends = (place.centre, place.top - RADIUS), (place.centre, place.bottom + RADIUS)
    return (brush.line(line(*ends), width=1.6, dash=(2.6, 2.4)),)


def _length(place: Place, brush: Brush) -> tuple[Item, ...]:
    return brush.word("\\ell_2", place.centre, place.middle, SMALL)


def _weight(place: Place, brush: Brush) -> tuple[Item, ...]:
    return brush.word("w", place.centre, place.middle, 12.0)


# By the kind of normalisation: layer, root mean square, groups, every instance, unit length, weights; batch has none.
_INSIDE: dict[str, Callable[[Place, Brush], tuple[Item, ...]]] = {
    "layer": _diameter,
    "root": _root,
    "group": _chords,
    "instance": _dashes,
    "length": _length,
    "weight": _weight,
}


def _rotary_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    out = _TURN + 0.5
    return Footprint(max(2 * out, measure(sign.mark, SMALL).width), out + over(sign), out)


def _rotary(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A circle with two waves that grow faster and a dotted line between them: angles by position."""
    x, y = place.centre, place.middle
    items = (
        brush.line(capsule(x, place.top, place.bottom, _TURN), brush.style.theme.glyph),
        brush.line(_chirp(x, y - 5.0), width=0.9),
        brush.line(_chirp(x, y + 5.0), width=0.9),
        brush.line(line((x - 9.0, y), (x + 9.0, y)), width=0.9, dash=(1.0, 1.6)),
        *brush.word(sign.mark, x, place.top - _TURN - over(sign) / 2, SMALL),
    )
    return met(items, place, x - _TURN, x + _TURN)


def _chirp(x: float, y: float) -> tuple[Command, ...]:
    """A wave whose periods grow shorter to the right."""
    commands: list[Command] = [("M", x - 8.5, y)]
    at, rise = x - 8.5, -3.0
    for length in (6.0, 4.4, 3.2, 2.0, 1.4):
        commands.append(("C", at + length * 0.4, y + rise * 1.3, at + length * 0.6, y + rise * 1.3, at + length, y))
        at, rise = at + length, -rise
    return tuple(commands)


CIRCLE = Outline(_circle_room, _circle)
ROTARY = Outline(_rotary_room, _rotary)
