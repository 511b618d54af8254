"""A glyph as data: what is shown for one node, the room it takes, where it is drawn and what was drawn."""

from __future__ import annotations

from dataclasses import dataclass

from .scene import Item


@dataclass(frozen=True, slots=True)
class Sign:
    """A glyph as it is drawn for one node: outline, mark in TeX, and for learned maps their instance name and bias.

    `detail` tells variants of an outline apart, as `Glyph.detail` does. The `name` of a named component and of a
    region is its title, in plain words.
    """

    outline: str = "box"
    mark: str = ""
    name: str = ""
    bias: bool = False
    learned: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The room of a glyph: its width, and how far it reaches above the first and below the last strand it touches.

    A glyph that `floats` touches no strand: it takes a lane of its own, `above` high over the lane and `below` under.
    """

    width: float
    above: float
    below: float
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a glyph is drawn: left end, width, and the heights of the strands it touches on both sides, from the top.

    A floating glyph has the height of its lane as its only strand on both sides. `core` are the heights on which its
    shape sits where it does not lie over all strands it touches; `double` those of double wires.
    """

    x: float
    width: float
    left: tuple[float, ...]
    right: tuple[float, ...]
    core: tuple[float, ...] = ()
    double: tuple[float, ...] = ()

    @property
    def top(self) -> float:
        """Height of the first strand it touches."""
        return min((*self.left, *self.right))

    @property
    def bottom(self) -> float:
        """Height of the last strand it touches."""
        return max((*self.left, *self.right))

    @property
    def middle(self) -> float:
        """Half way between the first and the last strand."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """Half way between the left and the right end."""
        return self.x + self.width / 2

    @property
    def end(self) -> float:
        """The right end."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Bend:
    """How a strand bends to a round glyph: its number on its side, the point it touches and the centre of the round."""

    strand: int
    right: bool
    x: float
    y: float
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn glyph: its items, and where the strands meet it from the left and leave it to the right (x of each).

    Strands with `bends` are level only as far as there.
    """

    items: tuple[Item, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    bends: tuple[Bend, ...] = ()


def met(items: tuple[Item, ...], place: Place, left: float, right: float) -> Drawn:
    """A glyph that all strands meet at the same two ends."""
    return Drawn(items, (left,) * len(place.left), (right,) * len(place.right))
