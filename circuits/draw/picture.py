"""The picture of a circuit: expanded, laid out, and with the remarks of its document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ..circuit import Circuit
from .detail import Detail
from .expand import expand
from .layout import arranged, planned
from .remarks import remarked
from .scene import Scene
from .theme import Style
from .wishes import Wishes


def picture(
    circuit: Circuit,
    detail: Detail | None = None,
    style: Style | None = None,
    *,
    width: float = 0.0,
    wishes: Wishes | None = None,
) -> Scene:
    """The scene of a circuit; one with problems is drawn as far as it is known, with question marks.

    With a `width`, in units of the scene, it is broken into rows of at most that width. Notes, legend and titles of the
    circuit's view are drawn where the style has notes, those that do not fit it left out: `remarks` says which.
    `wishes` are what a person asked for by dragging.
    """
    style = style or Style()
    scene = arranged(expand(circuit, detail), style, width, wishes)
    return remarked(scene, circuit, style) if style.notes else scene


class Drawn:
    """A circuit to be drawn again and again while only its view changes: what that leaves alone is made once."""

    def __init__(
        self,
        circuit: Circuit,
        detail: Detail | None = None,
        style: Style | None = None,
        wishes: Wishes | None = None,
    ) -> None:
        """Columns and pairs of `wishes` hold for all pictures; their pins come with each."""
        self.style = style or Style()
        self.plan = planned(expand(circuit, detail), self.style, wishes)

    def picture(self, circuit: Circuit, pins: Mapping[str, float] | None = None) -> Scene:
        """The same as `picture` gives of the circuit, which has the same meaning as that at first, in one row."""
        scene = self.plan.layout(pins).composer(self.style).composed()
        return remarked(scene, circuit, self.style) if self.style.notes else scene

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The first column in which a node has a cell, by path; blocks are where their first cell is."""
        found: dict[str, int] = {}
        for number, column in enumerate(self.plan.ordered.columns):
            for item in column:
                words = item.key.split("/") if item.cell is not None else []
                for last in range(1, len(words) + 1):
                    found.setdefault("/".join(words[:last]), number)
        return found
