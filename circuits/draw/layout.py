"""The layout of a diagram: ordered, placed and composed into a scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .blocks import Block, blocks
from .columns import columns
from .compose import Composer
from .diagram import Diagram
from .lanes import Weaver, weave
from .mounts import blocked, mounts, without
from .order import Order, broken, order
from .place import Placed, pinned, place
from .scene import Scene
from .spread import Spread, spread
from .theme import Style
from .wishes import Wishes
from .wrap import breaks


def arranged(diagram: Diagram, style: Style, width: float = 0.0, wishes: Wishes | None = None) -> Scene:
    """The scene of a diagram."""
    wishes = wishes or Wishes()
    plan, pins = planned(diagram, style, wishes), wishes.pins
    layout = plan.layout(pins)
    if width:
        found = breaks(layout.weaver, layout.spread, layout.blocks, width)
        layout = Plan(broken(plan.ordered, found), style).layout(pins) if found else layout
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


class Plan:
    """Places for a diagram whose arrays are ordered; what pins do not change is made once, however often they move."""

    def __init__(self, ordered: Order, style: Style) -> None:
        self.ordered, self.style = ordered, style
        self.mounts = mounts(ordered.diagram, ordered.columns)
        self.free: dict[frozenset[str], tuple[Weaver, list[Block], Placed]] = {}

    def layout(self, pins: Mapping[str, float] | None = None) -> Layout:
        """The places, `pins` dragged down from where they would be by themselves."""
        found = self.placed(frozenset(), pins)
        taken = blocked(found.weaver.columns, found.placed, found.spread)
        return self.placed(frozenset(taken), pins) if taken else found

    def placed(self, bare: frozenset[str], pins: Mapping[str, float] | None) -> Layout:
        """The places if some arrows bear no functions."""
        if bare not in self.free:
            woven = weave(self.ordered, self.style, without(self.mounts, bare))
            fenced = blocks(woven)
            self.free[bare] = woven, fenced, place(woven, fenced)
        woven, fenced, free = self.free[bare]
        held = pinned(woven, fenced, free, pins or {})
        return Layout(woven, held, spread(woven, held, fenced), fenced)


def planned(diagram: Diagram, style: Style, wishes: Wishes | None = None) -> Plan:
    """A diagram in columns and in order, with what is asked of both."""
    wishes = wishes or Wishes()
    return Plan(order(diagram, columns(diagram, wishes.columns), wishes.pairs), style)
