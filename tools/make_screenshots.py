"""Pictures of the editor for the docs, taken of the real page in Chromium: python -m tools.make_screenshots.

Five circuits of the gallery in light and dark go to `docs/canvas/`; a vision transformer while it trains, its nodes
coloured by their gradients, to `docs/figures/page_training.png`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).parents[1] / "docs"
CIRCUITS = ("multi_head_attention", "transformer", "identity_resnet", "unet", "vit_digits")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZE = {"width": 1440, "height": 900}
MINUTE = 60_000


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The editor on an empty workspace; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = "from editor.cli import main; main()"
    words = ["edit", "--no-browser", "--port", str(port), "--store", str(folder / "workspace.sqlite")]
    process = subprocess.Popen([sys.executable, "-c", start, *words], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/liveness", timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def opened(browser: Browser, address: str, name: str, theme: str) -> Page:
    """A page with a circuit of the gallery."""
    page = browser.new_page(viewport=SIZE, color_scheme=theme)  # type: ignore[arg-type]
    page.set_default_timeout(MINUTE)
    page.goto(f"{address}?g={name}")
    page.locator(".figure").first.wait_for()
    page.wait_for_timeout(1500)
    return page


def canvases(browser: Browser, address: str) -> None:
    """Every circuit in both themes."""
    for name in CIRCUITS:
        for theme in ("light", "dark"):
            page = opened(browser, address, name, theme)
            page.screenshot(path=DOCS / "canvas" / f"{name}_{theme}.png")
            page.close()


def training(browser: Browser, address: str) -> None:
    """A circuit that trains, its nodes coloured by their gradients, and what its attention attends to."""
    page = opened(browser, address, "vit_digits", "light")
    page.get_by_label("Panels").get_by_role("button", name="Train").click()
    page.get_by_label("Colour nodes by").select_option("trained gradients")
    page.get_by_label("Evaluate every", exact=True).fill("20")
    page.get_by_label("Evaluate every", exact=True).press("Enter")
    page.get_by_role("button", name="Train", exact=True).last.click()
    page.get_by_text("Step 4").first.wait_for(timeout=5 * MINUTE)
    page.wait_for_timeout(8000)
    page.screenshot(path=DOCS / "figures" / "page_training.png")
    page.close()


def main() -> None:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        (DOCS / "canvas").mkdir(exist_ok=True)
        canvases(browser, address)
        training(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
