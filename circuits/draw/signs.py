"""The glyph of one node with its fields filled in, and the room it takes: what layout needs to know of a glyph."""

from __future__ import annotations

from dataclasses import dataclass

from .scene import Item


@dataclass(frozen=True, slots=True)
class Sign:
    """A glyph as it is drawn for one node: outline, mark in TeX, and for learned maps their instance name and bias."""

    outline: str = "box"
    mark: str = ""
    name: str = ""
    bias: bool = False
    learned: bool = False


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

    A floating glyph has the height of its lane as its only strand on both sides.
    """

    x: float
    width: float
    left: tuple[float, ...]
    right: tuple[float, ...]

    @property
    def top(self) -> float:
        """Height of the first strand it touches."""
        return min((*self.left, *self.right))

    @property
    def bottom(self) -> float:
        """Height of the last strand it touches."""
        return max((*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn glyph: its items, and where the strands meet it from the left and leave it to the right (x of each)."""

    items: tuple[Item, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
