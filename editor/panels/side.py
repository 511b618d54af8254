"""The rail and its panels as a Panel component; the JavaScript is joined like that of the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from ..canvas.component import FOLDER as CANVAS_FOLDER
from ..canvas.component import bundle, colours
from ..opened import Opened
from .rail import Rail

FOLDER = Path(__file__).parent / "js"


def styles() -> list[str]:
    """The style sheets, as texts; the first two are the canvas's own."""
    shared = [(CANVAS_FOLDER / name).read_text(encoding="utf-8") for name in ("colours.css", "page.css")]
    return [*shared, *(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.css"))), colours()]


class Side(JSComponent):
    """The rail at the left of the page, and the panel that is open."""

    start = param.String(default="", doc="The first message to the browser.")

    _esm = bundle("side", (FOLDER, CANVAS_FOLDER))
    _stylesheets = styles()

    def __init__(
        self,
        opened: Opened,
        paths: Callable[[], frozenset[str]],
        shows: Callable[[str], None] = lambda _: None,
        ask: Callable[[str], None] = lambda _: None,
        **settings: Any,
    ) -> None:
        # not a parameter: Panel would send it to the browser
        self._rail = Rail(opened, self._send_msg, paths, shows, ask)
        super().__init__(**{"sizing_mode": "stretch_height", "margin": 0, **settings})

    @property
    def rail(self) -> Rail:
        """The panels as this browser sees them."""
        return self._rail

    def _handle_msg(self, data: Any) -> None:
        self._rail.receive(data if isinstance(data, str) else str(data))
