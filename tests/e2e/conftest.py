"""A headless Chromium, a served page, and a guard against silent errors and outside fetches."""

import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import panel
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS_TO_START = 30


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the system's own Chromium, where Playwright would look for one it has downloaded."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("expected the command 'chromium', found none. Install Debian's package chromium.")
    return {**browser_type_launch_args, "executable_path": executable, "args": list(FLAGS)}


def from_outside(url: str) -> bool:
    """Whether a page must go to another machine for this address."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


@pytest.fixture
def page_problems(context: BrowserContext) -> list[str]:
    """What went wrong on the pages of a test; one that provokes a problem empties the list."""
    problems: list[str] = []

    def fetched(url: str) -> None:
        if from_outside(url):
            problems.append(f"fetched from outside: {url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console error: {message.text}")

    def opened(page: Page) -> None:
        page.on("websocket", lambda websocket: fetched(websocket.url))

    context.on("page", opened)
    context.on("request", lambda request: fetched(request.url))
    context.on("weberror", lambda error: problems.append(f"page error: {error.error}"))
    context.on("console", said)
    return problems


@pytest.fixture(autouse=True)
def no_page_problems(page_problems: list[str]) -> Iterator[None]:
    """Fail every browser test in which a page had a problem."""
    yield
    assert not page_problems


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_alive(address: str) -> None:
    """Return once the server at the address answers."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(f"{address}/liveness", timeout=5):
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[], Any]], str]]:
    """Serve a function that makes a page, in this process so that tests see its state."""
    servers = []

    def start(make_page: Callable[[], Any]) -> str:
        port = free_port()
        server = panel.serve(
            make_page,
            port=port,
            address="127.0.0.1",
            threaded=True,
            show=False,
            liveness=True,
            websocket_origin=[f"127.0.0.1:{port}"],
        )
        servers.append(server)
        address = f"http://127.0.0.1:{port}"
        wait_until_alive(address)
        return address

    yield start
    for server in servers:
        server.stop()
