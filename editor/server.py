"""Serving the editor: to one person on this machine, or to a lab that logs in.

What runs where. The server's process holds documents, checks them, lays them out, counts their costs and prints them as
programs and pictures: all of that reads circuits as data, with the limits of `circuits.loads`, and never runs a program
that it printed. Training and what looks into it runs in a process of its own for every run (`worker`), so a circuit can
exhaust or kill only that. A browser gets pictures and texts, never code of a document.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import panel as pn

from circuits import CircuitloomError, Problem

from .app import page
from .login import Login
from .opened import document_for
from .store import Database, Workspace, leave_all

TRIES = 100
UPLOAD_MB = 20
Announce = Callable[[str, int], None]
Page = Callable[[], pn.viewable.Viewable]


@dataclass(frozen=True)
class Place:
    """Where the editor is served: port and address, the origins that browsers may come from, the most of an upload."""

    port: int
    address: str = "127.0.0.1"
    origins: Sequence[str] = ()
    upload_mb: int = UPLOAD_MB

    def settings(self) -> dict[str, Any]:
        """What Panel and its server are told."""
        here = [f"{name}:{self.port}" for name in ("127.0.0.1", "localhost")]
        limit = self.upload_mb * 1_000_000
        return {
            "port": self.port,
            "address": self.address,
            "websocket_origin": [*here, *self.origins],
            "websocket_max_message_size": limit,
            "http_server_kwargs": {"max_buffer_size": limit, "max_body_size": limit},
        }


def opened_store(where: str = "") -> Database:
    """The database at a path or URL; by default a file in the user's data folder. Raises StoreError."""
    if "://" in where:
        return Database(where)
    if where:
        return Database(Path(where))
    data = os.environ.get("XDG_DATA_HOME")
    folder = Path(data) if data else Path.home() / ".local" / "share"
    return Database(folder / "circuitloom" / "workspace.sqlite")


def free_port(wanted: int, tries: int = TRIES) -> int:
    """The first port from `wanted` on that nothing on this machine uses; raises CircuitloomError if there is none."""
    last = min(wanted + tries - 1, 65535)
    for port in range(wanted, last + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CircuitloomError(str(Problem("edit", f"a free port from {wanted} to {last}", "none", "Give another --port.")))


def edit(name: str, database: Database, *, port: int, browser: bool, announce: Announce) -> None:
    """Serve the page on this machine with a circuit open, on `port` or the next free one, until it is interrupted.

    `announce` is given the address and the port once the page can be asked for. A browser is opened if there is one.
    """
    first = document_for(Workspace(database), name) if name else ""
    place = Place(free_port(port))
    run(database, place, {}, announce, lambda: page(database, first), browser=browser)


def serve(database: Database, place: Place, login: Login, announce: Announce) -> None:
    """Serve the page to all who may come in, each in a workspace of their own, until it is interrupted."""

    def made() -> pn.viewable.Viewable:
        # asked here, not by Panel: a session can also be begun without Panel's own page
        return page(database) if login.admits(pn.state.user or "", pn.state.user_info) else refusal(pn.state.user or "")

    run(database, place, login.settings(), announce, made)


def refusal(user: str) -> pn.viewable.Viewable:
    """What somebody sees who is logged in and not let in."""
    fix = "Ask whoever runs this server, or log out and come as somebody else."
    text = escape(str(Problem("serve", "a user who is let in", f"'{user}'", fix)))
    return pn.pane.HTML(f'<p role="alert">{text}</p><p><a href="logout">Log out</a></p>', margin=40)


def settle() -> None:
    """Leave what was imported alone from now on: looking through it for garbage takes 0.2 s, every few gestures."""
    gc.collect()
    gc.freeze()


def run(
    database: Database,
    place: Place,
    more: dict[str, Any],
    announce: Announce,
    made: Page,
    *,
    browser: bool = False,
) -> None:
    """Serve what `made` makes for every tab, until interrupted."""
    server = pn.serve(
        {"/": made},
        show=False,
        start=False,
        title="Circuitloom",
        liveness=True,
        verbose=False,
        **place.settings(),
        **more,
    )
    address = f"http://{place.address}:{place.port}/"
    announce(address, place.port)
    server.start()
    server.io_loop.add_callback(settle)
    signal.signal(signal.SIGTERM, lambda *_: server.io_loop.add_callback_from_signal(server.io_loop.stop))
    if browser and has_browser():
        server.io_loop.add_callback(webbrowser.open, address)
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        server.stop()
    finally:
        leave_all(database)
        database.close()


def has_browser() -> bool:
    """Whether this machine has a browser to open."""
    try:
        return webbrowser.get() is not None
    except webbrowser.Error:
        return False
