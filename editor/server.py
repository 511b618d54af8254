"""Serving the editor page on this machine only."""

from __future__ import annotations

import socket
import webbrowser

import panel as pn

from .page import page


def free_port(wanted: int, tries: int = 100) -> int:
    """The first port from `wanted` on that nothing on this machine uses; raises OSError if there is none."""
    for port in range(wanted, wanted + tries):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"edit: expected a free port from {wanted} to {wanted + tries - 1}, found none. Give another --port.")


def serve(name: str, *, port: int = 5006, browser: bool = True) -> None:
    """Serve the page with the circuit `name` open, print its address, and open a browser if there is one."""
    port = free_port(port)
    address = f"http://127.0.0.1:{port}/"
    print(f"Circuitloom is at {address} (stop it with Ctrl-C)", flush=True)
    if browser and has_browser():
        webbrowser.open(address)
    pn.serve(
        {"/": lambda: page(name)},
        port=port,
        address="127.0.0.1",
        show=False,
        title="Circuitloom",
        websocket_origin=[f"127.0.0.1:{port}", f"localhost:{port}"],
        liveness=True,
    )


def has_browser() -> bool:
    """Whether this machine has a browser to open."""
    try:
        return webbrowser.get() is not None
    except webbrowser.Error:
        return False
