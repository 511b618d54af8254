"""The shapes of letters, in units of an em; y grows downwards from the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path as FilePath

from matplotlib import get_data_path
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags

from .scene import Command

FONTS = FilePath(get_data_path()) / "fonts" / "ttf"
_SIZE = 1000.0
# Names and points of matplotlib's codes; the letters of TrueType are made of quadratic curves.
_CODES = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3), 79: ("Z", 1)}

# As a scene's command, with ("Q", x1, y1, x, y) besides.
Step = tuple[str | float, ...]


@cache
def outline(font: str, index: int) -> tuple[Step, ...]:
    """The shape of a letter of a font of matplotlib's, filled by the nonzero rule."""
    face = get_font(str(FONTS / f"{font}.ttf"))
    face.set_size(_SIZE, 72)
    face.load_glyph(index, flags=LoadFlags.NO_HINTING)  # type: ignore[arg-type]
    points, codes = face.get_path()
    found: list[Step] = []
    place = 0
    while place < len(codes):
        name, count = _CODES[int(codes[place])]
        ends = points[place : place + count]
        found.append((name,) if name == "Z" else (name, *(_em(each) for x, y in ends for each in (x, -y))))
        place += count
    return tuple(found)


@cache
def has_letter(font: str, letter: str) -> bool:
    """Whether a font of matplotlib's has a letter."""
    return bool(get_font(str(FONTS / f"{font}.ttf")).get_char_index(ord(letter)))


def moved(steps: tuple[Step, ...], scale: float, x: float, y: float) -> Iterator[Step]:
    """The shape scaled about the origin and then moved."""
    for name, *numbers in steps:
        pairs = zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True)
        yield (name, *(each for px, py in pairs for each in (x + scale * px, y + scale * py)))


def cubics(steps: Iterator[Step]) -> Iterator[Command]:
    """The shape in commands of a scene: a quadratic curve becomes a cubic one."""
    x0, y0 = 0.0, 0.0
    for name, *numbers in steps:
        values = [float(each) for each in numbers]
        if name == "Q":
            x1, y1, x2, y2 = values
            yield ("C", (x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3, (x2 + 2 * x1) / 3, (y2 + 2 * y1) / 3, x2, y2)
        else:
            yield (str(name), *values)  # type: ignore[misc]
        x0, y0 = values[-2:] or (x0, y0)


def _em(length: float) -> float:
    return float(length) / _SIZE
