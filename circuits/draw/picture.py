"""The picture of a circuit: expanded, laid out, and with the remarks of its document."""

from __future__ import annotations

from collections.abc import Mapping

from ..circuit import Circuit
from .detail import Detail
from .expand import expand
from .layout import arranged
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
) -> Scene:
    """The scene of a circuit; one with problems is drawn as far as it is known, with question marks.

    With a `width`, in units of the scene, it is broken into rows of at most that width. Notes, legend and titles of the
    circuit's view are drawn where the style has notes, those that do not fit it left out: `remarks` says which. `pins`
    say by path of a node how far below the place that it would have by itself it should lie.
    """
    style = style or Style()
    scene = arranged(expand(circuit, detail), style, width, pins)
    return remarked(scene, circuit, style) if style.notes else scene
