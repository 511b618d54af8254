"""Serving the editor page on this machine only."""

from __future__ import annotations

import socket
import webbrowser

import panel as pn

from circuits import CircuitloomError, Problem

from .page import page

TRIES = 100


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


def address_at(port: int) -> str:
    """The address of the page at a port of this machine."""
    return f"http://127.0.0.1:{port}/"


def serve(name: str, *, port: int, browser: bool = True) -> None:
    """Serve the page with the circuit `name` open until the process is interrupted; opens a browser if there is one."""
    pn.serve(
        {"/": lambda: page(name)},
        port=port,
        address="127.0.0.1",
        show=browser and has_browser(),
        title="Circuitloom",
        websocket_origin=[f"127.0.0.1:{port}", f"localhost:{port}"],
        liveness=True,
        verbose=False,
    )


def has_browser() -> bool:
    """Whether this machine has a browser to open."""
    try:
        return webbrowser.get() is not None
    except webbrowser.Error:
        return False
