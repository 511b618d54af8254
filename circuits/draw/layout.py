"""The layout of a diagram: ordered, placed and composed into a scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .blocks import Block, blocks
from .columns import columns
from .compose import Composer
from .diagram import Diagram
from .lanes import Weaver, weave
from .order import Order, broken, order
from .place import Placed, place
from .scene import Scene
from .spread import Spread, spread
from .theme import Style
from .wrap import breaks


def arranged(diagram: Diagram, style: Style, width: float = 0.0, pins: Mapping[str, float] | None = None) -> Scene:
    """The scene of a diagram."""
    ordered = order(diagram, columns(diagram))
    layout = laid(ordered, style, pins)
    if width:
        found = breaks(layout.weaver, layout.spread, layout.blocks, width)
        layout = laid(broken(ordered, found), style, pins) if found else layout
    return layout.composer(style).composed()


@dataclass(frozen=True)
class Layout:
    """A diagram with places: its lanes, their heights, its columns from left to right, its blocks."""

    weaver: Weaver
    placed: Placed
    spread: Spread
    blocks: list[Block]

    def composer(self, style: Style) -> Composer:
        """What makes the items of it."""
        return Composer(self.weaver, self.placed, self.spread, self.blocks, style)


def laid(ordered: Order, style: Style, pins: Mapping[str, float] | None = None) -> Layout:
    """Places for a diagram whose arrays are ordered."""
    woven = weave(ordered, style)
    found = blocks(woven)
    placed = place(woven, found, pins)
    return Layout(woven, placed, spread(woven, placed, found), found)
