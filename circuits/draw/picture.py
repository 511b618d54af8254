"""The picture of a circuit: expanded, ordered, placed and composed into a scene."""

from __future__ import annotations

from ..circuit import Circuit
from .blocks import blocks
from .columns import columns
from .compose import Composer
from .detail import Detail
from .diagram import Diagram
from .expand import expand
from .lanes import weave
from .order import order
from .place import place
from .scene import Scene
from .spread import spread
from .theme import Style


def picture(circuit: Circuit, detail: Detail | None = None, style: Style | None = None) -> Scene:
    """The scene of a circuit; one with problems is drawn as far as it is known, with question marks."""
    return arranged(expand(circuit, detail), style or Style())


def arranged(diagram: Diagram, style: Style) -> Scene:
    """The scene of a diagram."""
    woven = weave(order(diagram, columns(diagram)), style)
    found = blocks(woven)
    placed = place(woven, found)
    return Composer(woven, placed, spread(woven, placed, found), found, style).composed()
