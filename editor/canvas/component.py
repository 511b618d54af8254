"""The canvas as a Panel component: our own SVG and JavaScript, nothing fetched from anywhere else.

The JavaScript lies in small ES modules in `js/`. They are joined when this module is imported: each becomes a function
that gives what it exports, behind those it imports. So a reader has modules, a browser one text that comes with the
page, and nobody needs a bundler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent

from circuits import Circuit
from circuits.draw import CANVAS, DARK, Theme, colour_roles

from ..session import Session
from ..store import Library
from .desk import Desk

FOLDER = Path(__file__).parent / "js"
_IMPORT = re.compile(r"^import (\{[^}]*\}) from \"\./(\w+)\.js\";$", re.MULTILINE)
_EXPORT = re.compile(r"^export (function|class|const|async function) (\w+)", re.MULTILINE)


def bundle(entry: str = "app", folders: Sequence[Path] = (FOLDER,)) -> str:
    """The modules that `entry` imports and itself, looked for in the folders, as one module that exports `render`."""
    done: dict[str, str] = {}

    def visit(name: str) -> None:
        path = next(path for folder in folders if (path := folder / f"{name}.js").is_file())
        source = path.read_text(encoding="utf-8")
        for _, needed in _IMPORT.findall(source):
            if needed not in done:
                visit(needed)
        done[name] = joined(name, source)

    visit(entry)
    return "\n".join(done.values()) + f"\nexport default {{ render: {entry}_js.render }};\n"


def joined(name: str, source: str) -> str:
    """A module as a constant that holds what it exports."""
    exported = ", ".join(found for _, found in _EXPORT.findall(source))
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(r"const \1 = \2_js;", source))
    return f"const {name}_js = (() => {{\n{body}return {{ {exported} }};\n}})();"


def styles() -> list[str]:
    """The style sheets, as texts: a page that is saved to a file fetches none."""
    return [*(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.css"))), colours()]


def colours() -> str:
    """The colours of the picture by their roles, in light and in dark."""
    light, dark = (
        "".join(f"--p-{role}:{colour};" for role, colour in colour_roles(theme).items()) for theme in (Theme(), DARK)
    )
    painted = "".join(
        f".f-{role}{{fill:var(--p-{role})}}.s-{role}{{stroke:var(--p-{role})}}" for role in colour_roles(CANVAS)
    )
    return f'.app, .side{{{light}}}.app[data-theme="dark"], .side[data-theme="dark"]{{{dark}}}{painted}'


def later(act: Callable[[], None]) -> None:
    """Do something once the browser has been sent what it is owed; in a notebook, which waits for nothing, at once."""
    document = pn.state.curdoc
    if document is None or document.session_context is None:
        act()
    else:
        document.add_next_tick_callback(act)


class Canvas(JSComponent):
    """A circuit drawn and edited in the browser."""

    start = param.String(default="", doc="The first message to the browser.")

    _esm = bundle()
    _stylesheets = styles()

    def __init__(self, session: Session, about: str = "", library: Library | None = None, **settings: Any) -> None:
        # not a parameter: Panel would send it to the browser
        self._desk = Desk(session, self._send_msg, about, library, later)
        # the kernel of a notebook may hand over two messages at once, each in a thread
        self._lock = RLock()
        super().__init__(start=self._desk.start(), **{"sizing_mode": "stretch_both", "margin": 0, **settings})

    @property
    def desk(self) -> Desk:
        """The document as this browser sees it."""
        return self._desk

    @property
    def circuit(self) -> Circuit:
        """The circuit as it is now."""
        return self._desk.circuit

    def _handle_msg(self, data: Any) -> None:
        with self._lock:
            self._desk.receive(data if isinstance(data, str) else str(data))
