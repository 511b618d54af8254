"""Notes that save an array to memory and load it again: what a repetition hands on by its index."""

from __future__ import annotations

from .glyph import Drawn, Footprint, Place, Sign
from .scene import Path, Tag, Text, rectangle
from .theme import Style
from .typeset import measure

SIZE = 17.0
PAD = 7.0


def memory_room(sign: Sign) -> Footprint:
    """The room of a note."""
    return Footprint(measure(_said(sign), SIZE, "math").width + 2 * PAD, 10.0, 10.0)


def memory_drawn(sign: Sign, place: Place, node: str, style: Style) -> Drawn:
    """A note at the end of strands (`-> C`) or at their beginning (`C ->`)."""
    tag = Tag("glyph", node)
    box = rectangle(place.x, place.top - 10.0, place.x + place.width, place.bottom + 10.0)
    middle = (place.top + place.bottom) / 2 + 6.0
    items = (
        Path(box, fill=style.theme.note, tag=tag),
        Text(place.x + PAD, middle, _said(sign), SIZE, "start", style.theme.ink, tag=Tag("mark", node)),
    )
    left, right = place.x + 2.0, place.x + place.width - 2.0
    return Drawn(items, (left,) * len(place.left), (right,) * len(place.right))


def _said(sign: Sign) -> str:
    return f"\\rightarrow {sign.mark}" if sign.outline == "save" else f"{sign.mark} \\rightarrow"
