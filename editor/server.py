"""Serving the editor page on this machine only."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable

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


def serve(name: str, *, port: int, browser: bool, announce: Callable[[str, int], None]) -> None:
    """Serve the page with the circuit `name` open, on `port` or the next free one, until the process is interrupted.

    `announce` is given the address and the port once the page can be asked for. A browser is opened if there is one.
    """
    port = free_port(port)
    address = f"http://127.0.0.1:{port}/"
    server = pn.serve(
        {"/": lambda: page(name)},
        port=port,
        address="127.0.0.1",
        show=False,
        start=False,
        title="Circuitloom",
        websocket_origin=[f"127.0.0.1:{port}", f"localhost:{port}"],
        liveness=True,
        verbose=False,
    )
    announce(address, port)
    server.start()
    if browser and has_browser():
        server.io_loop.add_callback(webbrowser.open, address)
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        server.stop()


def has_browser() -> bool:
    """Whether this machine has a browser to open."""
    try:
        return webbrowser.get() is not None
    except webbrowser.Error:
        return False
