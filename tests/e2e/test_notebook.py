"""The canvas in JupyterLab: drawn in a cell, edited there, and read in the next cell as what it has become."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Tab

from tests.e2e.conftest import SECONDS_TO_START, free_port
from tests.source_tree import ROOT

PATIENCE = 30_000
TOKEN = "open"
CELLS = (
    "import editor\ncanvas = editor.show('multi_head_attention')\ncanvas",
    "print([node.name for node in canvas.circuit.nodes])",
    "editor.show(canvas.circuit)",
    "print(len(canvas.circuit.nodes), 'nodes')",
)


def notebook(*sources: str) -> str:
    """A notebook with cells of code."""
    empty = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**empty, "id": f"cell{place}", "source": source} for place, source in enumerate(sources)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def wait_until_served(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None and time.monotonic() < deadline, "JupyterLab does not start"
            time.sleep(0.1)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a notebook in a JupyterLab of its own, whose settings and data lie in the test's folder."""
    if find_spec("jupyterlab") is None:
        pytest.skip("expected the package jupyterlab, found none. Run pip install jupyterlab.")
    port, work = free_port(), tmp_path / "work"
    work.mkdir()
    (work / "canvas.ipynb").write_text(notebook(*CELLS), encoding="utf-8")
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    own = {kind: str(tmp_path / kind) for kind in (*kinds, "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    options = (f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0")
    quiet = ("--no-browser", "--allow-root", "--LabApp.news_url=", "--LabApp.extension_manager=readonly")
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, *quiet],
            cwd=work,
            env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_served(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}/lab/tree/canvas.ipynb?token={TOKEN}"
    finally:
        server.terminate()
        server.wait(timeout=60)


def run_cell(tab: Tab, place: int) -> Locator:
    """Run a cell; its output."""
    cell = tab.locator(".jp-Notebook .jp-CodeCell").nth(place)
    cell.locator(".cm-content").click()
    tab.keyboard.press("Control+Enter")
    return cell.locator(".jp-OutputArea")


@pytest.mark.slow
def test_a_circuit_is_edited_in_a_cell_and_read_in_the_next(page: Tab, lab: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 1600})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(lab)
    expect(page.get_by_text("(ipykernel) | Idle")).to_be_visible()
    canvas = run_cell(page, 0)
    expect(canvas.locator('.figure[data-id="query"]')).to_be_visible()
    canvas.locator(".surface").focus()
    page.keyboard.press("Tab")
    for key in ("a", *"relu"):
        page.keyboard.press(key)
    expect(canvas.locator(".entries li").first).to_contain_text("relu")
    page.keyboard.press("Enter")
    expect(canvas.locator('.figure[data-id="relu"]')).to_be_visible()
    # keys that mean something to a notebook: add a cell, cut one, run one
    for key in ("b", "x", "Shift+Enter"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(len(CELLS))
    expect(run_cell(page, 1)).to_contain_text("['query', 'key', 'value', 'attention', 'output', 'relu']")
    expect(run_cell(page, 2).locator('.figure[data-id="relu"]')).to_be_visible()
    # the first canvas still answers
    canvas.locator(".surface").focus()
    page.keyboard.press("Control+z")
    expect(canvas.locator('.figure[data-id="relu"]')).to_have_count(0)
    expect(run_cell(page, 3)).to_contain_text("5 nodes")
