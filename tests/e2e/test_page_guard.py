"""The guard over browser tests sees what it must see, and a served page passes it."""

from collections.abc import Callable
from typing import Any

import panel
from playwright.sync_api import Page, expect


def test_a_served_page_is_clean(page: Page, serve: Callable[[Callable[[], Any]], str]) -> None:
    clicks = []

    def make_page() -> panel.viewable.Viewable:
        button = panel.widgets.Button(label="press")
        label = panel.pane.Markdown("not yet")

        def press(_event: object) -> None:
            clicks.append(1)
            label.object = "pressed"

        button.on_click(press)
        return panel.Column(button, label)

    page.goto(serve(make_page))
    page.get_by_role("button", name="press").click()
    expect(page.get_by_text("pressed")).to_be_visible()
    assert clicks == [1]


def test_a_console_error_is_a_problem(page: Page, page_problems: list[str]) -> None:
    page.evaluate("console.error('lost a wire')")
    assert page_problems == ["console error: lost a wire"]
    page_problems.clear()


def test_an_uncaught_error_is_a_problem(page: Page, page_problems: list[str]) -> None:
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('no such axis') })")
    assert page_problems == ["page error: no such axis"]
    page_problems.clear()


def test_a_fetch_from_outside_is_a_problem(page: Page, page_problems: list[str]) -> None:
    page.context.route("**/*", lambda route: route.abort())
    page.evaluate("fetch('http://outside.invalid/font.woff').catch(() => 0)")
    assert page_problems[0] == "fetched from outside: http://outside.invalid/font.woff"
    page_problems.clear()


def test_a_socket_to_outside_is_a_problem(page: Page, page_problems: list[str]) -> None:
    page.evaluate("new Promise(done => { new WebSocket('ws://outside.invalid/feed').onerror = done; })")
    assert page_problems[0] == "fetched from outside: ws://outside.invalid/feed"
    page_problems.clear()
