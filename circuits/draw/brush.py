"""What the drawings of glyphs share: lines, labels and shadows of one node, in the colours of a style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

from .glyph import Drawn, Footprint, Place, Sign
from .scene import PITCH, Command, Item, Path, Tag, Text, polygon
from .theme import Style
from .typeset import Extent, measure

MARK, SMALL, LETTER = 15.0, 10.0, 22.0
THIN, THICK = 1.0, 3.0
_JOIN = 7.0
# How far the middle of letters lies above their baseline, by their size.
AXIS = 0.3
# Widths of the lines that add up to a soft shadow.
_SOFT = (6.0, 4.5, 3.0, 1.5)


@dataclass(frozen=True, slots=True)
class Outline:
    """How the glyphs of one outline are drawn: the room for so many strands on the left and right, and the items."""

    room: Callable[[Sign, Style, int, int], Footprint]
    drawn: Callable[[Sign, Place, Brush], Drawn]


@dataclass(frozen=True, slots=True)
class Brush:
    """Makes items that stand for one node."""

    style: Style
    node: str

    def line(
        self, commands: tuple[Command, ...], fill: str = "", width: float = THIN, dash: tuple[float, ...] = ()
    ) -> Item:
        """A line in ink, around a fill if there is one."""
        return Path(commands, self.style.theme.ink, fill, width, dash, tag=Tag("glyph", self.node))

    def solid(self, commands: tuple[Command, ...], fill: str = "") -> Item:
        """A shape without a line around it, in ink unless it has a colour."""
        return Path(commands, fill=fill or self.style.theme.ink, tag=Tag("glyph", self.node))

    def word(
        self, text: str, x: float, y: float, size: float = MARK, anchor: str = "middle", *, ink: str = ""
    ) -> tuple[Item, ...]:
        """A label in TeX whose ink is centred on the height `y`; none for an empty one."""
        return self.written(text, x, y, size, anchor, "math", ink)

    def on_axis(self, text: str, x: float, y: float, size: float = MARK, anchor: str = "middle") -> tuple[Item, ...]:
        """A label in TeX whose letters are centred on the height `y`, whatever scripts they have."""
        if not text:
            return ()
        return (Text(x, y + AXIS * size, text, size, anchor, self.style.theme.ink, tag=Tag("mark", self.node)),)

    def written(
        self, text: str, x: float, y: float, size: float, anchor: str, font: str, ink: str = ""
    ) -> tuple[Item, ...]:
        """A label in any font whose ink is centred on the height `y`."""
        if not text:
            return ()
        room = measure(text, size, font)
        baseline = y + (room.ascent - room.descent) / 2
        fill = ink or self.style.theme.ink
        return (Text(x, baseline, text, size, anchor, fill, font, Tag("mark", self.node)),)

    def shadow(self, commands: tuple[Command, ...]) -> tuple[Item, ...]:
        """A soft shadow around a shape: lines that are wider and wider, each nearly clear."""
        if not self.style.shadows:
            return ()
        theme = self.style.theme
        opacity = theme.shadow / len(_SOFT) * 1.6
        tag = Tag("shadow", self.node)
        return tuple(Path(commands, stroke=theme.ink, width=width, opacity=opacity, tag=tag) for width in _SOFT)


def reach(height: float, left: int, right: int, least: float = 10.0) -> float:
    """How far a shape of some height reaches over the strands it touches, when these lie close together."""
    return max(least, (height - PITCH * (max(left, right, 1) - 1)) / 2)


def around_axis(text: str, size: float) -> float:
    """How far a label on the axis of its letters reaches above or below it at most."""
    room = measure(text, size)
    return max(room.ascent - AXIS * size, room.descent + AXIS * size)


def high(extent: Extent) -> float:
    """The height of a label."""
    return extent.ascent + extent.descent


def arrowhead(x: float, y: float, size: float = 1.0) -> tuple[Command, ...]:
    """A stealth arrowhead to the right whose tip is at (x, y)."""
    back, notch, half = 10.7 * size, 7.1 * size, 5.15 * size
    return polygon((x, y), (x - back, y - half), (x - notch, y), (x - back, y + half))


def gather(left: int, right: int) -> tuple[float, float]:
    """The room before and behind a glyph of fixed height for the lines that join several strands."""
    return _JOIN if left > 1 else 0.0, _JOIN if right > 1 else 0.0


def joints(place: Place, y: float, left: float, right: float, brush: Brush) -> tuple[tuple[Item, ...], float, float]:
    """Lines that join several strands before `left` and behind `right`, and where strands then end and begin."""
    items: list[Item] = []
    ends = [left, right]
    for side, (heights, edge, step) in enumerate(((place.left, left, -_JOIN), (place.right, right, _JOIN))):
        if len(heights) > 1 or any(height != y for height in heights):
            x = edge + (step if len(heights) > 1 else 0.0)
            top, bottom = min(y, *heights), max(y, *heights)
            items.append(brush.line((("M", x, top), ("L", x, bottom), ("M", x, y), ("L", edge, y))))
            ends[side] = x
    return tuple(items), ends[0], ends[1]


def star(x: float, y: float, radius: float) -> tuple[Command, ...]:
    """A star of five points."""
    turns = [(-pi / 2 + step * pi / 5, radius * (1.0 if step % 2 == 0 else 0.382)) for step in range(10)]
    return polygon(*((round(x + cos(turn) * out, 4), round(y + sin(turn) * out, 4)) for turn, out in turns))
