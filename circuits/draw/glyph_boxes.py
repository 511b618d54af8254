"""Glyphs that are boxes: plain operations, learned maps, named components and what is set down in a note."""

from __future__ import annotations

from .brush import LETTER, MARK, Brush, Outline, high, reach
from .glyph import Drawn, Footprint, Place, Sign, met
from .scene import ARC, Bounds, Command, Item, chipped, polygon, rectangle
from .theme import Style
from .typeset import measure

CHIP = 10.0
DEPTH = 8.3
BITE = 8.0
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
    shape = _chip_shape(Bounds(place.x, place.top - out, place.end, place.bottom + out))
    label, size = chip_label(sign, brush.style)
    fill = brush.style.theme.learned
    ground = brush.solid(shape, fill) if brush.style.dialect == "d24" else brush.line(shape, fill)
    items = (*brush.shadow(shape), ground, *brush.word(label, place.centre, place.middle, size))
    return met(items, place, place.x, place.end)


def _chip_shape(box: Bounds) -> tuple[Command, ...]:
    """A rectangle whose lower left corner is cut off; the cut stays clear of the strand in the middle of a low one."""
    return chipped(box, min(CHIP, (box.bottom - box.top) * 0.36))


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
    depth = DEPTH if style.dialect == "d24" else 0.0
    return Footprint(max(max(widths) + 16.0, 40.0) + depth, out + depth, out)


def _solid(sign: Sign, place: Place, brush: Brush) -> Drawn:
    """A named component: a box in space in the style of 2024, one with two corners bitten off in that of 2026."""
    theme = brush.style.theme
    out = _solid_room(sign, brush.style, len(place.left), len(place.right)).below
    fill = theme.nested_box if sign.detail == "nested" else theme.box
    rows = [*((line, TITLE, "sans") for line in titled(sign.name)), *([(sign.mark, MARK, "math")] if sign.mark else [])]
    flat = brush.style.dialect != "d24"
    right = place.end if flat else place.end - DEPTH
    front = Bounds(place.x, place.top - out, right, place.bottom + out)
    drawn = _bitten(front, fill, brush) if flat else _deep(front, fill, brush)
    first = place.middle - _LINE * (len(rows) - 1) / 2
    words: list[Item] = []
    for number, (text, size, font) in enumerate(rows):
        words += brush.written(text, (front.left + right) / 2, first + _LINE * number, size, "middle", font)
    return Drawn((*drawn, *words), (front.left,) * len(place.left), (place.end,) * len(place.right))


def _bitten(front: Bounds, fill: str, brush: Brush) -> tuple[Item, ...]:
    """A rectangle with two opposite corners bitten off."""
    left, top, right, bottom = front.left, front.top, front.right, front.bottom
    far = BITE * (1.0 - ARC)
    shape: tuple[Command, ...] = (
        ("M", left + BITE, top),
        ("L", right, top),
        ("L", right, bottom - BITE),
        ("C", right - far, bottom - BITE, right - BITE, bottom - far, right - BITE, bottom),
        ("L", left, bottom),
        ("L", left, top + BITE),
        ("C", left + far, top + BITE, left + BITE, top + far, left + BITE, top),
        ("Z",),
    )
    return (*brush.shadow(shape), brush.line(shape, fill))


def _deep(front: Bounds, fill: str, brush: Brush) -> tuple[Item, ...]:
    """A box in space with this front."""
    left, top, right, bottom = front.left, front.top, front.right, front.bottom
    end = right + DEPTH
    whole = polygon(
        (left, top),
        (left + DEPTH, top - DEPTH),
        (end, top - DEPTH),
        (end, bottom - DEPTH),
        (right, bottom),
        (left, bottom),
    )
    edges = (
        ("M", left, top),
        ("L", right, top),
        ("L", right, bottom),
        ("M", right, top),
        ("L", end, top - DEPTH),
    )
    return (*brush.shadow(whole), brush.line(whole, fill), brush.line(edges))


BOX = Outline(_box_room, _box)
CHIPPED = Outline(_chip_room, _chip)
SOLID = Outline(_solid_room, _solid)
