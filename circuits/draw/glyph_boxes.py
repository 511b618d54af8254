"""Glyphs that are boxes: plain operations, learned maps, named components and what is set down in a note."""

from __future__ import annotations

from .brush import LETTER, MARK, Brush, Outline, high, reach
from .glyph import Drawn, Footprint, Place, Sign, met
from .scene import Command, Item, polygon, rectangle
from .theme import Style
from .typeset import measure

CHIP = 10.0
DEPTH = 8.3
TITLE = 13.0
_LINE = 17.0
_WIDEST_TITLE = 96.0


def _box_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    text = measure(sign.mark, MARK)
    out = reach(high(text) + 9.0, left, right, 12.0)
    return Footprint(max(text.width + 14.0, 30.0), out, out)


def _box(sign: Sign, place: Place, brush: Brush) -> Drawn:
    out = _box_room(sign, brush.style, len(place.left), len(place.right)).above
    shape = rectangle(place.x, place.top - out, place.end, place.bottom + out)
    fill = brush.style.theme.note if sign.detail == "note" else brush.style.theme.glyph
    items = (brush.line(shape, fill), *brush.word(sign.mark, place.centre, place.middle))
    return met(items, place, place.x, place.end)


def chip_label(sign: Sign, style: Style) -> tuple[str, float]:
    """What a learned map is labelled, with its bias and its name, and how large."""
    bias = "+" if sign.bias else ""
    above, below = (sign.name, bias) if style.dialect == "d24" else ("", ",".join(filter(None, (sign.name, bias))))
    label = sign.mark + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return label, LETTER if measure(sign.mark, LETTER).width < 20.0 else MARK


def _chip_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    label, size = chip_label(sign, style)
    text = measure(label, size)
    out = reach(high(text) + 6.0, left, right, 12.5)
    return Footprint(max(text.width + 16.0, 38.0), out, out)


def _chip(sign: Sign, place: Place, brush: Brush) -> Drawn:
    out = _chip_room(sign, brush.style, len(place.left), len(place.right)).above
    shape = chipped(place.x, place.top - out, place.end, place.bottom + out)
    label, size = chip_label(sign, brush.style)
    fill = brush.style.theme.learned
    ground = brush.solid(shape, fill) if brush.style.dialect == "d24" else brush.line(shape, fill)
    items = (*brush.shadow(shape), ground, *brush.word(label, place.centre, place.middle, size))
    return met(items, place, place.x, place.end)


def chipped(left: float, top: float, right: float, bottom: float) -> tuple[Command, ...]:
    """A rectangle whose lower left corner is cut off; the cut stays clear of the strand in the middle of a low one."""
    cut = min(CHIP, (bottom - top) * 0.36)
    return polygon((left, top), (right, top), (right, bottom), (left + cut, bottom), (left, bottom - cut))


def titled(title: str) -> tuple[str, ...]:
    """The title of a component on as few lines as fit."""
    lines: list[str] = []
    for word in title.split() or [""]:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, TITLE, "sans").width <= _WIDEST_TITLE:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _solid_room(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    lines = titled(sign.name)
    widths = [measure(line, TITLE, "sans").width for line in lines] + [measure(sign.mark, MARK).width]
    rows = len(lines) + (1 if sign.mark else 0)
    out = reach(_LINE * rows + 8.0, left, right, 12.0)
    return Footprint(max(max(widths) + 16.0, 40.0) + DEPTH, out + DEPTH, out)


def _solid(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A box in space, the front of which holds the title."""
    theme = brush.style.theme
    out = _solid_room(sign, brush.style, len(place.left), len(place.right)).below
    left, right, top, bottom = place.x, place.end - DEPTH, place.top - out, place.bottom + out
    fill = theme.nested_box if sign.detail == "nested" else theme.box
    whole = polygon(
        (left, top),
        (left + DEPTH, top - DEPTH),
        (place.end, top - DEPTH),
        (place.end, bottom - DEPTH),
        (right, bottom),
        (left, bottom),
    )
    edges = (
        ("M", left, top),
        ("L", right, top),
        ("L", right, bottom),
        ("M", right, top),
        ("L", place.end, top - DEPTH),
    )
    rows = [*((line, TITLE, "sans") for line in titled(sign.name)), *([(sign.mark, MARK, "math")] if sign.mark else [])]
    first = place.middle - _LINE * (len(rows) - 1) / 2
    words: list[Item] = []
    for number, (text, size, font) in enumerate(rows):
        words += brush.written(text, (left + right) / 2, first + _LINE * number, size, "middle", font)
    items = (*brush.shadow(whole), brush.line(whole, fill), brush.line(edges), *words)
    return Drawn(items, (left,) * len(place.left), (place.end,) * len(place.right))


BOX = Outline(_box_room, _box)
CHIPPED = Outline(_chip_room, _chip)
SOLID = Outline(_solid_room, _solid)
