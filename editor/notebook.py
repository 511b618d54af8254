"""The canvas in a notebook."""

from __future__ import annotations

import panel as pn

from circuits import Circuit

from .canvas import Canvas
from .document import Document
from .session import Session


def show(circuit: Circuit, height: int = 640) -> Canvas:
    """The circuit on a canvas, to be looked at and edited in a cell; `height` in pixels.

    The component's `circuit` is what it has become. Nothing is fetched from outside and nothing is saved.
    """
    if not pn.state.curdoc:
        pn.extension(inline=True)
    session = Session.of(Document(circuit))
    return Canvas(session, sizing_mode="stretch_width", height=height)
