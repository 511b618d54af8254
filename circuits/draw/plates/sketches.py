"""Strands set by hand, for equations between wires that are no circuit of their own: caps, cups and letters."""

from __future__ import annotations

from ..scene import PITCH, Command, Item, Path, Scene, Tag, Text, circle, line
from ..typeset import measure
from .parts import INK, part

LABEL = 13.0
LETTER = 27.0
_BEND = 4.0 / 3.0


def strand(start: float, end: float, lane: float, label: str = "", at: float | None = None) -> Scene:
    """A level piece of a strand; lanes are counted from the top. Its label stands over its middle unless `at` says."""
    y = lane * PITCH
    items: list[Item] = [Path(line((start, y), (end, y)), INK, tag=Tag("wire"))]
    if label:
        x = (start + end) / 2 if at is None else at
        items.append(Text(x, y - 4.5, label, LABEL, "middle", INK, tag=Tag("label")))
    return part(*items)


def cap(x: float, upper: float, lower: float) -> Scene:
    """Two strands that end in each other: an inner product."""
    return _turn(x, upper, lower, 1.0)


def cup(x: float, upper: float, lower: float) -> Scene:
    """Two strands that begin in each other: the unit."""
    return _turn(x, upper, lower, -1.0)


def _turn(x: float, upper: float, lower: float, side: float) -> Scene:
    top, low = upper * PITCH, lower * PITCH
    out = x + side * _BEND * (low - top) / 2
    curve: tuple[Command, ...] = (("M", x, top), ("C", out, top, out, low, x, low))
    return part(Path(curve, INK, tag=Tag("wire")))


def letter(x: float, lane: float, text: str) -> Scene:
    """A map as a large letter in a gap of the wires, its middle at a place."""
    room = measure(text, LETTER)
    return part(Text(x, lane * PITCH + (room.ascent - room.descent) / 2, text, LETTER, "middle", INK, tag=Tag("glyph")))


def ring(x: float, y: float, colour: str) -> Scene:
    """A ring around a place that matters."""
    return part(Path(circle(x, y, 6.0), colour, width=4.0, tag=Tag("ring")))
