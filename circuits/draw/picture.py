"""The picture of a circuit: expanded, laid out, and with the remarks of its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..circuit import Circuit
from .asked import Pair
from .columns import columns
from .detail import Detail
from .expand import expand
from .layout import Plan, arranged
from .order import order
from .remarks import remarked
from .scene import Scene
from .theme import Style


def picture(
    circuit: Circuit,
    detail: Detail | None = None,
    style: Style | None = None,
    *,
    width: float = 0.0,
    pins: Mapping[str, float] | None = None,
    pairs: Sequence[Pair] = (),
) -> Scene:
    """The scene of a circuit; one with problems is drawn as far as it is known, with question marks.

    With a `width`, in units of the scene, it is broken into rows of at most that width. Notes, legend and titles of the
    circuit's view are drawn where the style has notes, those that do not fit it left out: `remarks` says which. `pins`
    say by path of a node how far it should lie below the place it has by itself, `pairs` which node or wire should lie
    above which.
    """
    style = style or Style()
    scene = arranged(expand(circuit, detail), style, width, pins, pairs)
    return remarked(scene, circuit, style) if style.notes else scene


class Drawn:
    """A circuit to be drawn again and again while only its view changes: what that leaves alone is made once."""

    def __init__(
        self,
        circuit: Circuit,
        detail: Detail | None = None,
        style: Style | None = None,
        pairs: Sequence[Pair] = (),
    ) -> None:
        self.style = style or Style()
        diagram = expand(circuit, detail)
        self.plan = Plan(order(diagram, columns(diagram), pairs), self.style)

    def picture(self, circuit: Circuit, pins: Mapping[str, float] | None = None) -> Scene:
        """The same as `picture` gives of the circuit, which has the same meaning as that at first, in one row."""
        scene = self.plan.layout(pins).composer(self.style).composed()
        return remarked(scene, circuit, self.style) if self.style.notes else scene
