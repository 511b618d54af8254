"""The page in a real browser: documents are opened, edited, compared, printed, shared and trained; nothing is lost."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Page as Tab

from circuits import dumps
from circuits.draw import Detail, opened_paths
from editor.app import App
from editor.opened import Opened, added
from editor.panels import Choice, exported
from editor.static_page import static_page
from editor.store import Database, Workspace
from gallery import entry
from tests.e2e.conftest import free_port, wait_until_alive
from tests.source_tree import ROOT

Serve = Callable[[Callable[[], Any]], str]
PATIENCE = 30_000
HEADS = entry("multi_head_attention").circuit
RUN = "import sys; from editor.cli import main; main(sys.argv[1:])"


@dataclass
class Served:
    """The page served in this process, and the objects behind every tab of it."""

    address: str
    apps: list[App]


@pytest.fixture
def served(serve: Serve, page: Tab, tmp_path: Path) -> Iterator[Served]:
    workspace = Workspace(Database(tmp_path / "workspace.sqlite"))
    added(workspace, HEADS)
    apps: list[App] = []

    def make() -> Any:
        apps.append(App(Opened(workspace, HEADS.name)))
        apps[-1].live()
        return apps[-1].view()

    prepare(page)
    yield Served(serve(make), apps)
    workspace.database.close()


def prepare(tab: Tab) -> None:
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)


def ready(tab: Tab, address: str, title: str = HEADS.name) -> None:
    """Go to an address and wait for the canvas."""
    tab.goto(address)
    expect(tab.locator(".bar h1")).to_have_text(title)
    expect(tab.locator(".figure").first).to_be_visible()


def body(tab: Tab, node: str) -> Locator:
    return tab.locator(f'.figure[data-id="{node}"] .body').first


def delete(tab: Tab, node: str) -> None:
    """Delete a node and wait for Python's answer."""
    body(tab, node).click()
    tab.keyboard.press("Delete")
    expect(tab.locator(f'.figure[data-id="{node}"]')).to_have_count(0)


def panel(tab: Tab, name: str) -> None:
    tab.get_by_label("Panels").get_by_role("button", name=name).click()


@contextmanager
def process(*words: str) -> Iterator[Any]:
    """A server in a process of its own, killed at the end."""
    port = free_port()
    command = [sys.executable, "-c", RUN, *words, "--port", str(port), "--json"]
    started = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_alive(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}/", started
    finally:
        started.kill()
        started.wait()


def test_a_killed_server_loses_nothing(page: Tab, tmp_path: Path) -> None:
    prepare(page)
    words = ("edit", "--no-browser", "--store", str(tmp_path / "workspace.sqlite"))
    with process(*words) as (address, server):
        ready(page, address, "digit_classifier")
        panel(page, "Files")
        page.get_by_label("New from the gallery").select_option(HEADS.name)
        expect(page.locator(".bar h1")).to_have_text(HEADS.name)
        page.get_by_label("Close the panel").click()
        delete(page, "value")
        box = body(page, "key").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(box["x"] + 5, box["y"] + 45, steps=3)
        page.goto("about:blank")
        server.send_signal(signal.SIGKILL)
    with process(*words) as (address, _):
        ready(page, address)
        expect(page.locator(".notice")).to_contain_text("Nothing is lost: all 1 gestures are here")
        expect(page.locator('.figure[data-id="value"]')).to_have_count(0)
        page.locator(".surface").focus()
        page.keyboard.press("Control+z")
        expect(page.locator('.figure[data-id="value"]')).to_be_visible()
        page.goto("about:blank")


def test_two_tabs_stay_in_step(served: Served, page: Tab) -> None:
    ready(page, served.address)
    other = page.context.new_page()
    prepare(other)
    ready(other, served.address)
    delete(page, "value")
    expect(other.locator('.figure[data-id="value"]')).to_have_count(0)
    other.locator(".surface").focus()
    other.keyboard.press("Control+z")
    expect(page.locator('.figure[data-id="value"]')).to_be_visible()
    assert [app.opened.circuit for app in served.apps] == [HEADS, HEADS]


def test_versions_are_compared_and_a_deleted_document_comes_back(served: Served, page: Tab) -> None:
    ready(page, served.address)
    panel(page, "Files")
    page.get_by_label("Name of the version").fill("first")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_label("Close the panel").click()
    delete(page, "value")
    panel(page, "Files")
    page.locator(".versions .link", has_text="first").click()
    expect(page.locator("dialog tr.removed").first).to_contain_text("value")
    expect(page.locator("dialog figure svg")).to_have_count(2)
    page.get_by_role("button", name="Close", exact=True).last.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".bar h1")).to_have_text("digit_classifier")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".bar h1")).to_have_text(HEADS.name)
    expect(page).to_have_url(f"{served.address}/?d={HEADS.name}")
    page.go_back()
    expect(page.locator(".bar h1")).to_have_text("digit_classifier")


def test_what_is_downloaded_is_what_is_drawn_and_what_is_shared_opens(served: Served, page: Tab) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ready(page, served.address)
    panel(page, "Export")
    page.get_by_label("Paper").select_option("column")
    expect(page.locator(".command")).to_contain_text("--paper column")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download").last.click()
    choice = Choice(paper="column", opened=tuple(opened_paths(HEADS, Detail())))
    assert Path(found.value.path()).read_bytes() == exported(HEADS, choice)
    panel(page, "Files")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".notice")).to_contain_text("on the clipboard")
    assert "?c=c1." in page.evaluate("navigator.clipboard.readText()")
    mine = {
        "name": "mine.circuit.json",
        "mimeType": "application/json",
        "buffer": dumps(entry("attention").circuit).encode(),
    }
    page.locator(".files input[type=file]").set_input_files([mine])  # type: ignore[list-item]
    expect(page.locator(".bar .about")).to_have_text("mine")
    assert served.apps[-1].opened.circuit == entry("attention").circuit


def test_a_circuit_is_trained_killed_trained_again_and_looked_into(
    served: Served, page: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    ready(page, served.address)
    panel(page, "Files")
    page.get_by_label("New from the gallery").select_option("digit_classifier")
    expect(page.locator(".bar h1")).to_have_text("digit_classifier")
    panel(page, "Train")
    training, status = served.apps[-1].workshop.training, page.get_by_role("status").filter(visible=True)
    page.get_by_label("Data").select_option("digits")
    for label, text in (("Steps", "100000"), ("Batch size", "8"), ("Evaluate every", "50000")):
        write(page, label, text)
    page.get_by_role("button", name="Train", exact=True).last.click()
    expect(status.first).to_contain_text("of 100,000")
    plots = page.locator(".bk-Figure").filter(visible=True)
    expect(plots.first).to_be_visible()
    before, deadline = plots.first.screenshot(), time.monotonic() + PATIENCE / 1000
    while plots.first.screenshot() == before:
        assert time.monotonic() < deadline, "the plot does not move"
        page.wait_for_timeout(100)
    assert training.worker is not None
    os.kill(training.worker.process.pid, signal.SIGKILL)
    expect(page.locator(".problem:visible")).to_contain_text("found it dead (signal 9)")
    write(page, "Steps", "5")
    write(page, "Evaluate every", "5")
    page.get_by_role("button", name="Train", exact=True).last.click()
    expect(status.first).to_contain_text(re.compile(r"Done after 5 steps.*Held-out data: loss"))
    assert training.charts.curves["loss"].steps == [1, 2, 3, 4, 5]
    page.locator(".bk-tab", has_text="Look").click()
    page.get_by_label("Wire").select_option("image")
    expect(status.first).to_contain_text("image [sample=8 y=8 x=8]: mean")
    # who trains sees on the canvas what it does to every node, and looks into what is selected there
    page.get_by_label("Colour nodes by").select_option("trained gradients")
    expect(page.locator(".legend .scale")).to_be_visible()
    hot = page.locator(".figure.hot").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert set(hot) == {name.split("/")[0] for name in training_paths(served)}
    body(page, hot[0]).click()
    expect(status.first).to_contain_text(f"{hot[0]} [sample=8")


def training_paths(served: Served) -> list[str]:
    """The nodes of which the last evaluation knew gradients."""
    return list(served.apps[-1].canvas.desk.heat.trained["gradients"])


def write(tab: Tab, label: str, text: str) -> None:
    """Fill a field and leave it."""
    tab.get_by_label(label, exact=True).fill(text)
    tab.get_by_label(label, exact=True).press("Enter")


def test_a_lab_logs_in(page: Tab, browser: Browser, tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"ada": "right", "grace": "also right"}), encoding="utf-8")
    users.chmod(0o600)
    prepare(page)
    store = str(tmp_path / "workspace.sqlite")
    with process("serve", "--users", str(users), "--store", store) as (address, _):
        assert handshake(address, "http://127.0.0.1", "")[0] == 403
        page.goto(address)
        log_in(page, "ada", "wrong")
        expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
        log_in(page, "ada", "right")
        expect(page.locator(".bar h1")).to_have_text("digit_classifier")
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())  # type: ignore[typeddict-item]
        assert handshake(address, "http://elsewhere.example", cookies)[0] == 403
        assert handshake(address, address.rstrip("/"), cookies)[0] == 101
        page.goto("about:blank")
    with Database(Path(store)).reading() as connection:
        found = connection.exec_driver_sql("select name from workspaces").all()
    assert [name for (name,) in found] == ["ada"]


def log_in(tab: Tab, name: str, password: str) -> None:
    tab.get_by_label("Name").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Log in").click()


def handshake(address: str, origin: str, cookies: str) -> tuple[int, bytes]:
    """How the server answers a browser on a page of `origin` that asks for a websocket."""
    host = address.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Origin": origin,
        "Cookie": cookies,
    }
    connection.request("GET", "/ws", headers=headers)
    answer = connection.getresponse()
    found = answer.status, b""
    connection.close()
    return found


def test_a_static_page_is_looked_at(page: Tab, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(static_page(HEADS), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.get_by_role("heading", name=HEADS.name)).to_be_visible()
    before = page.locator("main svg").bounding_box()
    page.locator("main").focus()
    page.keyboard.press("+")
    after = page.locator("main svg").bounding_box()
    assert before is not None and after is not None and after["width"] > before["width"]
    page.get_by_text("Costs", exact=True).click()
    expect(page.get_by_role("columnheader", name="parameters")).to_be_visible()
