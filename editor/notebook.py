"""The canvas in a notebook."""

from __future__ import annotations

import panel as pn
import pyviz_comms

from circuits import Circuit

from .canvas import Canvas
from .document import Document
from .opening import open_entry
from .session import Session


class Uncaught(list[str]):
    """What a gesture prints is left where it goes.

    `pyviz_comms` catches it by putting something else in the place of `sys.stdout`. A kernel handles gestures in other
    threads than cells: what a cell prints meanwhile would be lost, and after two gestures at once all that follows.
    """

    def __enter__(self) -> Uncaught:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to give back."""


def show(circuit: Circuit | str, height: int = 640) -> Canvas:
    """The circuit on a canvas, to be looked at and edited in a cell; `height` in pixels.

    A text is the name of a circuit of the gallery, or of a file. The component's `circuit` is what it has become.
    Nothing is fetched from outside, so every call puts Panel's scripts into the notebook, 6 MB; nothing is saved.
    """
    if not pn.state.curdoc:
        pyviz_comms.StandardOutput = Uncaught
        pn.extension(inline=True)
    drawn = circuit if isinstance(circuit, Circuit) else open_entry(circuit).circuit
    return Canvas(Session.of(Document(drawn)), sizing_mode="stretch_width", height=height)
