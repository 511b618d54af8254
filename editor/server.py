"""Serving the editor: to one person on this machine, or to a lab that logs in.

What runs where. The server's process holds documents, checks them, lays them out, counts their costs and prints them as
programs and pictures: all of that reads circuits as data, with the limits of `circuits.loads`, and never runs a program
that it printed. Training and what looks into it runs in a process of its own for every run (`worker`), so a circuit can
exhaust or kill only that. A browser gets pictures and texts, never code of a document.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import stat
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import panel as pn

from circuits import CircuitloomError, Problem

from .app import page
from .opened import document_for
from .store import Database, Workspace, leave_all

TRIES = 100
UPLOAD_MB = 20
LOGIN_PAGE = Path(__file__).parent / "static" / "login.html"
Announce = Callable[[str, int], None]


@dataclass(frozen=True)
class Login:
    """How users log in: a file of names and passwords, or an OAuth provider of Panel's; `cookies` signs their cookies.

    `cookies` is a file with the secret; without one a secret is drawn, and logins end with the server.
    """

    users: Path | None = None
    provider: str = ""
    key: str = ""
    secret: Path | None = None
    redirect: str = ""
    cookies: Path | None = None

    def settings(self) -> dict[str, Any]:
        """What Panel is told; raises CircuitloomError with everything that is missing or open to others."""
        problems: list[Problem] = []
        secret = _secret(self.cookies, "--cookie-secret", problems) if self.cookies else secrets.token_urlsafe(32)
        found: dict[str, Any] = {"cookie_secret": secret, "login_template": str(LOGIN_PAGE)}
        if bool(self.users) == bool(self.provider):
            both = "both" if self.users else "none"
            problems.append(Problem("serve", "one way to log in", both, "Give --users FILE, or --oauth NAME."))
        elif self.users:
            text = _secret(self.users, "--users", problems)
            if not problems and not _named_users(text):
                fix = 'Write {"name": "password", ...}.'
                problems.append(Problem(f"--users {self.users}", "names and passwords", "others", fix))
            found["basic_auth"] = str(self.users)
        else:
            if not self.key or self.secret is None:
                fix = "Give both, as your provider names them."
                problems.append(Problem("serve", "--oauth-key and --oauth-secret with --oauth", "not both", fix))
            found |= {
                "oauth_provider": self.provider,
                "oauth_key": self.key,
                "oauth_redirect_uri": self.redirect or None,
            }
            found["oauth_secret"] = _secret(self.secret, "--oauth-secret", problems) if self.secret else ""
            found["login_template"] = None
        if problems:
            raise CircuitloomError("\n".join(map(str, problems)))
        return found


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
    run(database, place, {}, announce, first=first, browser=browser)


def serve(database: Database, place: Place, login: Login, announce: Announce) -> None:
    """Serve the page to all who can log in, each in a workspace of their own, until it is interrupted."""
    run(database, place, login.settings(), announce)


def run(
    database: Database,
    place: Place,
    more: dict[str, Any],
    announce: Announce,
    *,
    first: str = "",
    browser: bool = False,
) -> None:
    """Serve until interrupted."""
    server = pn.serve(
        {"/": lambda: page(database, first)},
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


def _named_users(text: str) -> bool:
    """Whether a text is a JSON object of names and passwords."""
    try:
        users = json.loads(text)
    except ValueError:
        return False
    return (
        isinstance(users, dict) and bool(users) and all(name and isinstance(word, str) for name, word in users.items())
    )


def _secret(path: Path, option: str, problems: list[Problem]) -> str:
    """The text of a file that only its owner can read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            problems.append(
                Problem(
                    f"{option} {path}", "a file that only you can read", "one that others can", f"Run chmod 600 {path}."
                )
            )
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(f"{option} {path}", "a file that can be read", str(error), "Give another one."))
        return ""
