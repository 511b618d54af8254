"""The page in a real browser: another circuit is chosen, its parts and texts are read, and it is trained."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from circuits import Circuit as Made
from circuits import Input, Output, dumps
from circuits.types import ArrayType
from editor.page import Page

Serve = Callable[[Callable[[], Any]], str]
PATIENCE = 60_000


@pytest.fixture
def opened(serve: Serve, page: Tab) -> tuple[Tab, list[Page]]:
    """The page in a browser, and the objects behind every tab of it."""
    pages: list[Page] = []

    def make() -> Any:
        pages.append(Page("digit_classifier"))
        return pages[-1].view()

    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(serve(make))
    expect(page.locator(".drawing svg")).to_be_visible()
    return page, pages


def test_a_circuit_is_shown_and_another_chosen(opened: tuple[Tab, list[Page]]) -> None:
    tab, _ = opened
    drawing = tab.locator(".drawing")
    expect(drawing).to_contain_text("first_map")
    expect(drawing).to_contain_text("k=10")
    box, room = drawing.locator("svg").bounding_box(), drawing.bounding_box()
    assert box is not None and room is not None
    assert room["x"] <= box["x"] and box["x"] + box["width"] <= room["x"] + room["width"]  # not cropped
    tab.get_by_label("Circuit", exact=True).select_option("multi_head_attention")
    expect(drawing).to_contain_text("y k h")
    expect(tab.locator("pre").first).to_contain_text("class MultiHeadAttention")
    tab.get_by_text("Listing", exact=True).click()
    # a trial click asks whether the text is really on top, not in a tab behind
    tab.locator("pre", has_text="multi_head_attention(y [y m], x [x m])").click(trial=True)
    tab.get_by_text("Cost", exact=True).click()
    tab.get_by_role("columnheader", name="parameters").click(trial=True)
    tab.get_by_text("Problems", exact=True).click()
    tab.get_by_text("No problems.", exact=True).click(trial=True)
    tab.get_by_label("Part").select_option("attention")
    expect(drawing).to_contain_text("softmax")


def test_training_is_followed_to_its_end_and_stopped(opened: tuple[Tab, list[Page]]) -> None:
    tab, pages = opened
    tab.get_by_label("Data").select_option("digits")
    tab.get_by_label("Steps").fill("5")
    tab.get_by_label("Steps").press("Enter")
    tab.get_by_role("button", name="Train").click()
    expect(tab.locator(".status")).to_contain_text(re.compile(r"Done after 5 steps.*Held-out data: loss"))
    data = pages[-1].training.points.data
    assert list(data["step"]) == [1, 2, 3, 4, 5] and all(loss > 0 for loss in data["loss"])
    expect(tab.get_by_role("button", name="Train")).to_be_visible()
    expect(tab.locator(".bk-Figure")).to_be_visible()
    tab.get_by_label("Steps").fill("100000")
    tab.get_by_label("Steps").press("Enter")
    tab.get_by_role("button", name="Train").click()
    expect(tab.locator(".status")).to_contain_text("of 100,000")
    tab.get_by_role("button", name="Stop").click()
    expect(tab.locator(".status")).to_contain_text("Stopped after")


def test_a_dead_training_process_is_reported(opened: tuple[Tab, list[Page]]) -> None:
    tab, pages = opened
    tab.get_by_label("Data").select_option("digits")
    tab.get_by_role("button", name="Train").click()
    expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    worker = pages[-1].training.worker
    assert worker is not None
    worker.process.kill()
    expect(tab.locator(".problem:visible")).to_contain_text("found it dead (signal 9)")
    expect(tab.get_by_role("button", name="Train")).to_be_visible()


def test_a_file_is_opened(opened: tuple[Tab, list[Page]]) -> None:
    tab, _ = opened
    made = Made("by_hand", (Input("x", ArrayType(axes=("m",))),), (Output("out", "x"),))
    files = {"name": "by_hand.circuit.json", "mimeType": "application/json", "buffer": dumps(made).encode()}
    tab.locator("input[type=file]").set_input_files([files])  # type: ignore[list-item]
    expect(tab.get_by_role("heading", name="by_hand")).to_be_visible()
