"""Parts of one's own in a real browser: kept, found by what they fit, used everywhere, renamed, removed and put back."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Tab

from editor.app import App
from editor.opened import Opened, added
from editor.parts import part_of
from editor.store import Database, Workspace

from .test_editor import HEADS, body, panel, prepare, process, ready

Serve = Callable[[Callable[[], Any]], str]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace(Database(tmp_path / "workspace.sqlite"))
    added(made, HEADS)
    yield made
    made.database.close()


@pytest.fixture
def address(serve: Serve, workspace: Workspace) -> str:
    def make() -> Any:
        app = App(Opened(workspace, HEADS.name, "ada"))
        app.live()
        return app.view()

    return serve(make)


def own(tab: Tab, name: str = "") -> Locator:
    """Entries of the shelf of one's own parts."""
    shelf = tab.locator("details", has=tab.locator("summary", has_text="My parts"))
    return shelf.locator(".op", has_text=name)


def choose(tab: Tab, *nodes: str) -> None:
    body(tab, nodes[0]).click()
    for node in nodes[1:]:
        body(tab, node).click(modifiers=["Shift"])


def keep(tab: Tab, name: str, words: str = "") -> None:
    """Fill in the form that is open and send it."""
    expect(tab.get_by_label("Name of the part")).to_be_focused()
    tab.get_by_label("Name of the part").fill(name)
    tab.get_by_label("What it does").fill(words)
    tab.get_by_label("What it does").press("Enter")


def test_a_part_outlives_the_server_and_is_used_in_another_document(page: Tab, tmp_path: Path) -> None:
    prepare(page)
    words = ("edit", "--no-browser", "--store", str(tmp_path / "workspace.sqlite"))
    with process(*words) as (address, server):
        ready(page, f"{address}?g={HEADS.name}")
        choose(page, "query", "key")
        body(page, "key").click(button="right")
        page.get_by_role("menuitem", name="Save as a part").click()
        keep(page, "asked", "What is asked, and what it is held against")
        expect(page.locator(".toast.fine")).to_contain_text("'asked' is kept")
        page.goto("about:blank")
        server.send_signal(signal.SIGKILL)
    with process(*words) as (address, _):
        ready(page, f"{address}?g=attention", "attention")
        expect(page.locator("summary").first).to_have_text("My parts")
        own(page, "asked").drag_to(page.locator(".surface"), target_position={"x": 300, "y": 600})
        expect(page.locator('.figure[data-id="asked"]')).to_be_visible()
        drop_wire(page, "in:q")
        page.get_by_role("combobox", name="Search").fill("ask")
        expect(page.locator(".entries li").first).to_contain_text("asked")
        page.get_by_role("combobox", name="Search").press("Enter")
        second = page.locator('.figure[data-id="asked_2"]')
        expect(second.locator(".port.in").first).to_have_attribute("aria-label", "input y [y k]")
        second.focus()
        page.keyboard.press("Enter")
        expect(page.locator('.figure[data-id="asked_2/query"]')).to_be_visible()
        page.goto("about:blank")


def drop_wire(tab: Tab, figure: str) -> None:
    """Draw a wire to where nothing is."""
    port = tab.locator(f'.figure[data-id="{figure}"] .port.out').first.bounding_box()
    assert port is not None
    tab.mouse.move(port["x"] + port["width"] / 2, port["y"] + port["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(700, 820, steps=5)
    tab.mouse.up()
    expect(tab.get_by_role("combobox", name="Search")).to_be_focused()


def test_two_tabs_have_one_library(workspace: Workspace, address: str, page: Tab) -> None:
    prepare(page)
    ready(page, address)
    other = page.context.new_page()
    prepare(other)
    ready(other, address)
    choose(page, "query")
    page.keyboard.press("p")
    keep(page, "asked")
    expect(own(other, "asked")).to_be_visible()
    assert workspace.library.circuits() == {"asked": part_of(HEADS, ["n1"], "asked")}

    choose(other, "output")
    other.keyboard.press("p")
    keep(other, "asked")
    expect(other.get_by_role("alert").filter(visible=True)).to_have_text(
        "workspace home: expected a part of a name of its own, found 'asked', which is taken. Name it otherwise."
    )
    other.get_by_role("button", name="Replace it").click()
    expect(other.locator(".part-form")).to_be_hidden()
    assert workspace.library.circuit("asked") == part_of(HEADS, ["n5"], "asked")

    own(other, "asked").click(button="right")
    other.get_by_role("menuitem", name="Rename").click()
    other.get_by_role("combobox", name="Search").fill("told")
    other.get_by_role("combobox", name="Search").press("Enter")
    expect(own(page, "told")).to_be_visible()
    own(page, "told").focus()
    page.keyboard.press("Delete")
    expect(own(other)).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(own(other, "told")).to_be_visible()
    assert [one.author for one in workspace.library.parts()] == ["ada"]


def test_what_is_no_part_is_said_where_it_is_named(workspace: Workspace, address: str, page: Tab) -> None:
    prepare(page)
    ready(page, address)
    page.locator(".surface").focus()
    page.keyboard.press("p")
    expect(page.locator(".toast")).to_contain_text("Save as a part: expected nodes that are selected, found none.")
    choose(page, "query", "output")
    page.keyboard.press("p")
    keep(page, "both")
    expect(page.locator(".part-form .problem")).to_contain_text("Select 'attention' too.")
    page.keyboard.press("Escape")
    expect(page.locator(".part-form")).to_be_hidden()
    assert workspace.library.parts() == []
    panel(page, "Files")
    expect(page.locator(".drawer h2").first).to_contain_text("Files")
