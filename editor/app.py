"""The page of the editor: the rail with its panels at the left, the canvas beside it; one for every browser tab.

Python holds the document. A tab looks a few times a second whether other sessions have written to its log, so two tabs
stay in step also where two servers share a database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import panel as pn

from circuits import CircuitloomError

from .canvas import Canvas
from .opened import Opened, added, document_for, entry_of, start_document
from .outcome import problems_of
from .panels import Side, Workshop
from .share import unpacked
from .store import Database, Workspace

FOLLOW_MS = 400
TRAIN_WIDTH = 480
RAIL_WIDTH = 64
HOME = "home"
_BODY = """
html, body { height: 100%; margin: 0; overflow: hidden; background: #f7f8fa; }
html[data-theme="dark"], html[data-theme="dark"] body { background: #14181d; }
"""
_HEADING = """
h2 { margin: 0; padding: 14px 16px; border-bottom: 1px solid #e4e7ec; color: #1d2430;
  font: 600 14px/19px system-ui, sans-serif; }
"""
_SLOT = """
:host { border-right: 1px solid #e4e7ec; background: #ffffff; overflow: auto;
  box-shadow: 6px 0 18px rgba(16, 24, 40, 0.08); }
:host-context(html[data-theme="dark"]) { background: #f7fcff; filter: invert(0.9) hue-rotate(180deg); }
"""

if _BODY not in pn.config.raw_css:
    pn.config.raw_css.append(_BODY)


def page(database: Database, first: str = "") -> pn.viewable.Viewable:
    """The page for whoever asks for it: in the workspace of its user, with what the address names open.

    `?d=NAME` is a document, `?c=TEXT` a circuit in a link, `?g=NAME` one of the gallery; else `first`, a document.
    """
    user = pn.state.user or ""
    workspace = Workspace(database, user or HOME)
    asked = {key: values[0].decode(errors="replace") for key, values in pn.state.session_args.items() if values}
    name, problem = asked_document(workspace, asked, first, user)
    app = App(Opened(workspace, name, user), problem)
    app.live()
    return app.view()


def asked_document(workspace: Workspace, asked: Mapping[str, str], first: str, author: str = "") -> tuple[str, str]:
    """The name of the document that an address asks for, and what is wrong with it, "" for nothing.

    Circuits of links and of the gallery become documents of the workspace; a link is read like any stranger's file.
    """
    try:
        if "c" in asked:
            return added(workspace, unpacked(asked["c"]), author=author), ""
        if "g" in asked:
            return document_for(workspace, asked["g"], author, files=False), ""
    except CircuitloomError as error:
        return start_document(workspace, first, author), "\n".join(one["text"] for one in problems_of(error))
    return start_document(workspace, asked.get("d", first), author), ""


def about(opened: Opened) -> str:
    """What stands behind the name of the circuit: the name of its document, where that is another."""
    return "" if opened.name == opened.circuit.name else opened.name


class App:
    """One open page."""

    def __init__(self, opened: Opened, problem: str = "") -> None:
        self.opened, self.failing = opened, False
        self.canvas = Canvas(opened.session, about=about(opened), library=opened.workspace.library)
        start = {"reply": {"fail": problem}} if problem else {"say": opened.says}
        self.side = Side(opened, lambda: self.canvas.desk.opened, self.shows, self.asked, start=json.dumps(start))
        self.workshop = Workshop(lambda: opened.circuit, entry_of(opened))
        self.canvas.desk.chosen = self.workshop.select
        self.workshop.learned = self.canvas.desk.trained
        self.slot = pn.Column(
            pn.pane.HTML("<h2>Train</h2>", stylesheets=[_HEADING], width=TRAIN_WIDTH, margin=0),
            self.workshop.view(),
            visible=False,
            width=TRAIN_WIDTH,
            margin=0,
            stylesheets=[_SLOT],
            # a drawer over the canvas, as the other panels are: the picture stays where it is
            styles={"position": "absolute", "left": f"{RAIL_WIDTH}px", "top": "0", "height": "100vh", "z-index": "20"},
        )
        opened.listeners.append(self.changed)

    def view(self) -> pn.viewable.Viewable:
        """The page as Panel draws it."""
        return pn.Row(
            self.side, self.slot, self.canvas, sizing_mode="stretch_both", margin=0, styles={"height": "100vh"}
        )

    def shows(self, panel: str) -> None:
        """Show what a panel needs beside the rail."""
        self.slot.visible = panel == "train"

    def asked(self, what: str) -> None:
        """Undo or redo, when the keys were pressed beside the canvas."""
        self.canvas.desk.receive(json.dumps({"ask": what}))

    def changed(self) -> None:
        """Show another document."""
        self.canvas.desk.open(self.opened.session, about(self.opened))
        self.workshop.reset(entry_of(self.opened))
        self.canvas.desk.trained({})
        if self.opened.says:
            self.side.rail.tell(say=self.opened.says)
        self.address()

    def follow(self) -> None:
        """Show what other sessions did, and bring the panels up to date; a store that fails is told once."""
        try:
            self.canvas.desk.follow(about(self.opened))
            self.side.rail.refresh()
            self.failing = False
        except CircuitloomError as error:
            if not self.failing:
                self.side.rail.tell(reply={"fail": str(error)})
            self.failing = True

    def live(self) -> None:
        """Begin to follow, until the tab is closed."""
        pn.state.add_periodic_callback(self.follow, period=FOLLOW_MS)
        pn.state.on_session_destroyed(lambda _: self.close())
        if pn.state.location is not None:
            pn.state.onload(self.address)

    def close(self) -> None:
        """Leave the document, and end the training that was started here."""
        self.workshop.halt()
        self.opened.close()

    def address(self) -> None:
        """Name the open document in the address, so that it can be kept and gone back to."""
        if pn.state.location is not None:
            pn.state.location.search = "?" + urlencode({"d": self.opened.name})
