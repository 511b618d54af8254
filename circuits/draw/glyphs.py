"""The outlines of glyphs by name, and how one is drawn."""

from __future__ import annotations

from .brush import Brush, Outline
from .glyph import Drawn, Footprint, Place, Sign
from .glyph_boxes import BOX, CHIPPED, SOLID
from .glyph_circles import CIRCLE, ROTARY
from .glyph_floats import ARROWS, CAST, FOLD, LIGHTNING, PLUS
from .glyph_regions import REGION
from .glyph_shapes import DIAMOND, HEXAGON, MASK, SOURCE, TAG, TRIANGLE
from .glyph_views import BAR, CAP, DOTTED, NONE, TIP, TURN
from .glyph_windows import POOL, STAR, WINDOW
from .theme import Style

OUTLINES: dict[str, Outline] = {
    "arrows": ARROWS,
    "bar": BAR,
    "box": BOX,
    "box3d": SOLID,
    "brackets": REGION,
    "cap": CAP,
    "cast": CAST,
    "chip": CHIPPED,
    "circle": CIRCLE,
    "diamond": DIAMOND,
    "dot": DOTTED,
    "fold": FOLD,
    "hexagon": HEXAGON,
    "lightning": LIGHTNING,
    "none": NONE,
    "pentagon": SOURCE,
    "plus": PLUS,
    "pool": POOL,
    "rotary": ROTARY,
    "square": MASK,
    "star": STAR,
    "tag": TAG,
    "tip": TIP,
    "triangle": TRIANGLE,
    "turn": TURN,
    "window": WINDOW,
}


def footprint(sign: Sign, style: Style, left: int, right: int) -> Footprint:
    """The room of a glyph that touches so many strands on the left and on the right."""
    return OUTLINES[sign.outline].room(sign, style, left, right)


def drawn(sign: Sign, style: Style, place: Place, node: str) -> Drawn:
    """The items of the glyph of a node, and where the strands meet it."""
    return OUTLINES[sign.outline].drawn(sign, place, Brush(style, node))
