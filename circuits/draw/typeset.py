"""Labels set in Computer Modern: their extents for layout and their outlines for printers.

Positions come from matplotlib's mathtext at a size so large that its rounding does not show, in units of an em; y grows
downwards from the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path as FilePath
from threading import Lock
from typing import Literal
from unicodedata import normalize

from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser, VectorParse

from .glyph_outlines import FONTS, Step, cubics, has_letter, moved, outline
from .scene import Path, Text, rectangle
from .tex import ACCENTS, COMMANDS, SYMBOLS, Writing, cleaned, read

# Mathtext's parser keeps its state in itself, and pyparsing's tables are shared.
_LOCK = Lock()
_PARSER = MathTextParser("path")
_SIZE = 1000.0
_WORDS = {"math": "cmr10", "sans": "cmss10", "sans bold": "cmss10", "mono": "cmtt10"}
# Computer Modern has these in both cuts where ASCII has them.
_IN_WORDS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !#%&'()*+,-./:;=?@[]")
# The typewriter cut follows ASCII in these too; a dollar would begin mathematics.
_ONLY_MONO = frozenset('"<>\\^_`{|}~')
_ESCAPED = {"\\": "\\backslash", "^": "ˆ", '"': "”", "`": "‘", "~": "\\sim", **COMMANDS}
_MISSING = "□"
_COMBINING = {mark: command for command, mark in ACCENTS.items() if command != "\\overline"}
# There is no bold sans among mathtext's fonts: the outlines are drawn with a line of this width (em), and set wider.
BOLD_LINE = 0.04
_BOLD_SPACE = 0.045


# How a file holds its letters: as shapes that look the same everywhere, or as words that can be searched.
Letters = Literal["outlines", "text"]


@dataclass(frozen=True, slots=True)
class Extent:
    """The room of a label: its width, and how far it reaches above and below its baseline."""

    width: float
    ascent: float
    descent: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter of a font, placed: `scale` is 1 for letters of the size of the label."""

    font: str
    index: int
    scale: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """What a label is made of: letters, bars (left, top, right, bottom), and the width of a line around the letters."""

    extent: Extent
    glyphs: tuple[Glyph, ...]
    bars: tuple[tuple[float, float, float, float], ...]
    bold: float


def measure(text: str, size: float = 14.0, font: str = "math") -> Extent:
    """The room of a label in units of the scene; any text has one."""
    extent = typeset(text, font).extent
    return Extent(extent.width * size, extent.ascent * size, extent.descent * size)


@lru_cache(maxsize=8192)
def typeset(text: str, font: str = "math") -> Line:
    """The label in units of an em; what is no TeX of the small set is set as plain words."""
    found = _parsed(text, font)[1]
    glyphs = tuple(
        Glyph(FilePath(str(face.fname)).stem, index, _em(size), _em(x), _em(-y))
        for face, size, _, index, x, y in found.glyphs
    )
    bars = tuple((_em(x), _em(-y - high), _em(x + wide), _em(-y)) for x, y, wide, high in found.rects)
    extent = Extent(_em(found.width), _em(found.height - found.depth), _em(found.depth))
    return Line(extent, glyphs, bars, BOLD_LINE if font == "sans bold" else 0.0)


@lru_cache(maxsize=8192)
def source(text: str, font: str) -> str:
    """The label as mathtext reads it, for sure."""
    return _parsed(text, font)[0]


def _parsed(text: str, font: str) -> tuple[str, VectorParse]:
    """The label as mathtext reads it, and what it makes of it."""
    tried = mathtext(text, font)
    with _LOCK, rc_context({"mathtext.default": "normal"}):
        try:
            return tried, _PARSER.parse(tried, 72, properties(font, _SIZE))
        except ValueError:
            # mathtext knows no way to write some rows of signs as words: letters and numbers are left of those
            return plain(text), _PARSER.parse(plain(text), 72, properties(font, _SIZE))


def lacking(text: str, font: str = "math") -> tuple[str, ...]:
    """The letters of a label that no font here has: they are drawn as boxes."""
    letters = dict.fromkeys(letter for letter in normalize("NFC", text) if not letter.isascii() and letter != _MISSING)
    return tuple(letter for letter in letters if _MISSING in mathtext(letter, font))


def _em(length: float) -> float:
    return float(length) / _SIZE


def outlines(text: Text) -> tuple[Path, ...]:
    """A label as filled paths, for those who have no fonts."""
    line, left = typeset(text.text, text.font), start(text)
    steps: list[Step] = []
    for each in line.glyphs:
        x, y = left + text.size * each.x, text.y + text.size * each.y
        steps += moved(outline(each.font, each.index), text.size * each.scale, x, y)
    for x, y, right, bottom in line.bars:
        steps += moved(rectangle(x, y, right, bottom), text.size, left, text.y)
    if not steps:
        return ()
    stroke = text.fill if line.bold else ""
    commands = tuple(cubics(iter(steps)))
    return (Path(commands, stroke=stroke, fill=text.fill, width=line.bold * text.size, tag=text.tag),)


def start(text: Text) -> float:
    """The left end of a label."""
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor]
    return text.x - share * measure(text.text, text.size, text.font).width


def properties(font: str, size: float) -> FontProperties:
    """What mathtext is told besides the text: the font of plain words, and Computer Modern for mathematics."""
    return FontProperties(fname=str(FONTS / f"{_WORDS[font]}.ttf"), size=size, math_fontfamily="cm")


def shift(source: str, face: FontProperties) -> float:
    """How far above the baseline mathtext puts the first letter of its text, in points."""
    with _LOCK, rc_context({"mathtext.default": "normal"}):
        return float(_PARSER.parse(source, 72, face).glyphs[0][-1])


def plain(text: str) -> str:
    """What mathtext takes of any text: letters, numbers and spaces, and a box for everything else."""
    kept = (each if each.isascii() and (each.isalnum() or each == " ") else f"${_MISSING}$" for each in text)
    return "".join(kept) or " "


def mathtext(text: str, font: str) -> str:
    """The label as mathtext should read it."""
    row = read(text) if font == "math" else None
    if row:
        return f"${Writing(_letter, mathtext=True).row(row)}$"
    if row is not None:
        return ""
    words = [_word(each, _WORDS[font]) for each in normalize("NFC", cleaned(text))]
    # a sign of mathematics right behind it would be escaped
    words = ["$\\backslash$" if one == "\\" and two[:1] == "$" else one for one, two in pairwise([*words, ""])]
    return f"$\\hspace{{{_BOLD_SPACE}}}$".join(words) if font == "sans bold" else "".join(words)


def _word(letter: str, font: str) -> str:
    """A letter of plain words: those that the font lacks are set as mathematics."""
    if letter in _IN_WORDS or (font == "cmtt10" and letter in _ONLY_MONO):
        return letter
    base, *marks = list(normalize("NFD", letter))
    if len(marks) == 1 and base in _IN_WORDS and marks[0] in _COMBINING:
        alphabet = "\\mathsf" if font == "cmss10" else "\\mathrm"
        return f"${_COMBINING[marks[0]]}{{{alphabet}{{{base}}}}}$"
    return f"$\\mathrm{{{_letter(letter)}}}$"


def _letter(letter: str) -> str:
    """A letter as mathtext shows it: by its command, as itself where there is a font for it, else as a box."""
    escaped = _ESCAPED.get(letter, f"\\{letter}")
    if escaped in SYMBOLS or letter in _ESCAPED:
        return escaped
    return letter if has_letter("STIXGeneral", letter) else _MISSING
