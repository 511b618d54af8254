"""A lab's server: documents in PostgreSQL, which outlive a killed server and are the same on every server."""

import json
import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from editor.store import Database, Workspace
from tests.e2e.test_editor import HEADS, body, delete, log_in, panel, prepare, process
from tests.postgres import Cluster


def users_file(path: Path, *names: str) -> Path:
    path.write_text(json.dumps(dict.fromkeys(names, "right")), encoding="utf-8")
    path.chmod(0o600)
    return path


def enter(tab: Tab, address: str, name: str) -> None:
    """Log in on the server's own page."""
    tab.goto(address)
    log_in(tab, name, "right")
    expect(tab.locator(".bar h1")).to_be_visible()


def test_what_is_drawn_is_in_postgresql_whatever_server_dies(
    page: Tab, browser: Browser, cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.database()
    words = ("serve", "--users", str(users_file(tmp_path / "users.json", "ada")), "--store", url)
    prepare(page)
    with process(*words) as (address, server):
        enter(page, address, "ada")
        panel(page, "Files")
        page.get_by_label("New from the gallery").select_option(HEADS.name)
        expect(page.locator(".bar h1")).to_have_text(HEADS.name)
        page.get_by_label("Close the panel").click()
        delete(page, "value")
        page.goto("about:blank")
        os.kill(server.pid, signal.SIGKILL)
    with process(*words) as (one, _), process(*words) as (two, _):
        enter(page, one, "ada")
        expect(page.locator(".notice")).to_contain_text("Nothing is lost: all 1 gestures are here")
        other = browser.new_context()
        tab = other.new_page()
        prepare(tab)
        enter(tab, two, "ada")
        expect(tab.locator('.figure[data-id="value"]')).to_have_count(0)
        tab.locator(".surface").focus()
        tab.keyboard.press("Control+z")
        expect(body(page, "value")).to_be_visible()
        other.close()
        page.goto("about:blank")
    database = Database(url)
    session = Workspace(database, "ada").open(HEADS.name)
    assert [(entry.kind, entry.author) for entry in session.log.entries()] == [("do", "ada"), ("undo", "ada")]
    assert session.document.main == HEADS
    database.close()
