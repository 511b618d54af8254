"""What is drawn, as data: a list of shapes that every printer and the canvas read, so that all of them agree.

Lengths are in units of which 20 are the distance of two wires of an array; y grows downwards. Colours are written
`#rrggbb`. Items are painted in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

PITCH = 20.0

# ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y) or ("Z",)
Command = tuple[str] | tuple[str, float, float] | tuple[str, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Tag:
    """What an item stands for.

    `part` says what it is: wire, separator, glyph, dot, copy, fence, bracket, label, title, note, mark, shade, overlay;
    object and morphism are the grounds of columns.
    `node` is the path of a node (`blocks/attention/softmax`), `wire` the array and `axes` the axes it belongs to;
    those of an array that passes through nodes stay the same. Empty where an item stands for none.
    """

    part: str = ""
    node: str = ""
    wire: str = ""
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rectangle: left, top, right and bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: Bounds) -> Bounds:
        """The smallest rectangle around both."""
        return Bounds(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, by: float) -> Bounds:
        """The rectangle with a margin, or without one where `by` is negative."""
        return Bounds(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Bounds) -> bool:
        """Whether the two have an inner point in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Path:
    """Straight and curved lines. Empty colours are not painted; `opacity` is that of stroke and fill together."""

    commands: tuple[Command, ...]
    stroke: str = ""
    fill: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    tag: Tag = field(default_factory=Tag)

    def points(self) -> Iterator[tuple[float, float]]:
        """All points that are named, control points included: their hull holds the path."""
        for command in self.commands:
            for place in range(1, len(command), 2):
                yield float(command[place]), float(command[place + 1])

    def bounds(self) -> Bounds:
        """The rectangle around all points, without the width of the stroke."""
        xs, ys = zip(*self.points(), strict=True)
        return Bounds(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Text:
    """A label. `x`, `y` is its left end, middle or right end (`anchor`: start, middle, end) on the baseline.

    `text` is TeX of a small set in `font` "math" (`\\bar{x}`, `c_{\\lambda-1}`, `\\mathbf{L}`, `k^{-1/2}`), plain words
    in "sans" and "sans bold", code in "mono".
    """

    x: float
    y: float
    text: str
    size: float = 14.0
    anchor: str = "start"
    fill: str = "#000000"
    font: str = "math"
    tag: Tag = field(default_factory=Tag)


Item = Path | Text


@dataclass(frozen=True)
class Scene:
    """A picture: its size, its items from the back to the front, and what it says to those who cannot see it."""

    width: float
    height: float
    items: tuple[Item, ...]
    title: str = ""
    description: str = ""
    background: str = ""

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The items that are lines."""
        return tuple(item for item in self.items if isinstance(item, Path))

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The items that are labels."""
        return tuple(item for item in self.items if isinstance(item, Text))


def polygon(*points: tuple[float, float]) -> tuple[Command, ...]:
    """A closed line through points."""
    first, *rest = points
    return (("M", *first), *(("L", *point) for point in rest), ("Z",))


def rectangle(left: float, top: float, right: float, bottom: float) -> tuple[Command, ...]:
    """A closed rectangle."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def chipped(box: Bounds, left: float = 0.0, right: float = 0.0) -> tuple[Command, ...]:
    """A closed rectangle whose lower corners are cut off, so much of the one on the left and of that on the right."""
    corner = ((box.right, box.bottom - right), (box.right - right, box.bottom)) if right else ((box.right, box.bottom),)
    other = ((box.left + left, box.bottom), (box.left, box.bottom - left)) if left else ((box.left, box.bottom),)
    return polygon((box.left, box.top), (box.right, box.top), *corner, *other)


def line(*points: tuple[float, float]) -> tuple[Command, ...]:
    """An open line through points."""
    first, *rest = points
    return (("M", *first), *(("L", *point) for point in rest))


# How far a cubic's control points lie on the tangent so that it comes closest to a quarter of a circle.
ARC = 0.5522847498


def circle(x: float, y: float, radius: float) -> tuple[Command, ...]:
    """A circle of four cubics."""
    bend = ARC * radius
    return (
        ("M", x + radius, y),
        ("C", x + radius, y + bend, x + bend, y + radius, x, y + radius),
        ("C", x - bend, y + radius, x - radius, y + bend, x - radius, y),
        ("C", x - radius, y - bend, x - bend, y - radius, x, y - radius),
        ("C", x + bend, y - radius, x + radius, y - bend, x + radius, y),
        ("Z",),
    )
