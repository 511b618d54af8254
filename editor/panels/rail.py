"""The rail beside the canvas: which panel is open, and what it shows. Messages are JSON; no Panel here.

A message has `show` (a panel, or "" for none), `panel` and what that panel is asked, `visit` with an address gone back
to, or `ask` with undo or redo. Back come `state` with what a
panel lists, and `reply` with what was asked for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from pydantic import ValidationError

from circuits import Circuit, CircuitloomError

from .. import views
from ..opened import Opened
from ..outcome import problems_of
from .export import Choice, command_line, exported, file_name, options, preview
from .files import Files

# Larger circuits are printed when they are downloaded, not while one chooses.
PREVIEWED = 300


class Rail:
    """The panels of one tab.

    `paths` tells what is open on the canvas; `shows` is called with the panel that is shown, `ask` with undo or redo.
    """

    def __init__(
        self,
        opened: Opened,
        send: Callable[[str], None],
        paths: Callable[[], frozenset[str]],
        shows: Callable[[str], None],
        ask: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.opened, self.send, self.paths, self.shows, self.ask = opened, send, paths, shows, ask
        self.files = Files(opened)
        self.choice = Choice()
        self.shown = ""
        self.told: object = None

    def receive(self, text: str) -> None:
        """Answer a message of the browser."""
        message = json.loads(text)
        if "show" in message:
            self.shown = str(message["show"])
            self.shows(self.shown)
            self.told = None
        elif message.get("ask") in ("undo", "redo"):
            self.ask(message["ask"])
        elif "visit" in message:
            self.visit(str(message["visit"]))
        elif message.get("panel") == "files":
            self.tell(reply=self.files.act(message))
            self.told = None
        elif message.get("panel") == "export":
            self.export(message)
        self.refresh()

    def visit(self, search: str) -> None:
        """Open what the address names after its reader went back or forth."""
        asked = parse_qs(search.removeprefix("?")).get("d", [""])[0]
        if asked and asked != self.opened.name:
            self.tell(reply=self.files.act({"do": "open", "name": asked}))

    def refresh(self) -> None:
        """Send what the panel that is shown lists, if it has changed."""
        known = (self.shown, self.opened.name, self.opened.session.revision, self.paths(), self.choice)
        if known == self.told or self.shown not in ("files", "cost", "export"):
            return
        self.told = known
        self.tell(state={self.shown: getattr(self, f"_{self.shown}")()})

    def tell(self, **parts: Any) -> None:
        """Send a message."""
        self.send(json.dumps(parts, separators=(",", ":")))

    def export(self, message: Mapping[str, Any]) -> None:
        """Take another choice, and print what is to be downloaded."""
        try:
            self.choice = Choice.model_validate(message.get("choice") or {})
        except ValidationError as error:
            self.tell(reply={"fail": f"export: expected a way to print, found {error.error_count()} that are none."})
            return
        if not message.get("download"):
            return
        try:
            data = exported(self.circuit, self._chosen())
        except CircuitloomError as error:
            self.tell(reply={"fail": "\n".join(problem["text"] for problem in problems_of(error))})
            return
        name = file_name(self.circuit, self.choice)
        self.tell(reply={"save": {"name": name, "base64": base64.b64encode(data).decode()}})

    @property
    def circuit(self) -> Circuit:
        """The circuit that is shown."""
        return self.opened.circuit

    def _chosen(self) -> Choice:
        """The choice, with what is open on the canvas."""
        return self.choice.model_copy(update={"opened": tuple(sorted(self.paths()))})

    def _files(self) -> dict[str, Any]:
        return self.files.state()

    def _cost(self) -> dict[str, Any]:
        return {"html": views.cost(self.circuit)}

    def _export(self) -> dict[str, Any]:
        choice = self._chosen()
        large = sum(len(one.nodes) for one in self.circuit.definitions()) > PREVIEWED
        shown = {"svg": "", "fail": ""} if large else preview(self.circuit, choice)
        return {
            "choice": choice.model_dump(mode="json", exclude={"opened"}),
            "options": options(),
            "command": command_line(self.circuit, choice),
            "large": large,
            **shown,
        }
