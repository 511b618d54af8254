"""The page in a real browser: another circuit is chosen, its parts and texts are read, and it is trained."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
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


def write(tab: Tab, label: str, text: str) -> None:
    """Fill a field and leave it."""
    tab.get_by_label(label, exact=True).fill(text)
    tab.get_by_label(label, exact=True).press("Enter")


@pytest.fixture
def opened(
    serve: Serve, page: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Tab, list[Page]]]:
    """The page in a browser, and the objects behind every tab of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    pages: list[Page] = []

    def make() -> Any:
        pages.append(Page("digit_classifier"))
        return pages[-1].view()

    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(serve(make))
    expect(page.locator(".drawing svg")).to_be_visible()
    yield page, pages
    for one in pages:
        one.workshop.halt()


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


def test_a_circuit_is_trained_killed_trained_again_and_looked_into(opened: tuple[Tab, list[Page]]) -> None:
    tab, pages = opened
    training = pages[-1].workshop.training
    status = tab.get_by_role("status").filter(visible=True)
    tab.get_by_label("Data").select_option("digits")
    write(tab, "Steps", "100000")
    write(tab, "Batch size", "8")
    write(tab, "Evaluate every", "50000")
    tab.get_by_role("button", name="Train").click()
    expect(status).to_contain_text("of 100,000")
    plots = tab.locator(".bk-Figure").filter(visible=True)
    expect(plots.first).to_be_visible()
    before, deadline = plots.first.screenshot(), time.monotonic() + PATIENCE / 1000
    while plots.first.screenshot() == before:
        assert time.monotonic() < deadline, "the plot does not move"
        tab.wait_for_timeout(100)
    assert training.worker is not None
    os.kill(training.worker.process.pid, signal.SIGKILL)
    expect(tab.locator(".problem:visible")).to_contain_text("found it dead (signal 9)")
    write(tab, "Steps", "5")
    write(tab, "Evaluate every", "5")
    tab.get_by_role("button", name="Train").click()
    expect(status).to_contain_text(re.compile(r"Done after 5 steps.*Held-out data: loss"))
    assert training.charts.curves["loss"].steps == [1, 2, 3, 4, 5]
    tab.locator(".bk-tab", has_text="Look").click()
    tab.get_by_label("Wire").select_option("image")
    expect(status).to_contain_text("image [sample=8 y=8 x=8]: mean")
    tab.locator(".bk-tab", has_text="Runs").click()
    expect(tab.get_by_text("interrupted", exact=True)).to_be_visible()
    tab.locator("input[type=checkbox]").filter(visible=True).first.check()
    expect(tab.get_by_label("Compare")).to_be_visible()


def test_a_file_is_opened(opened: tuple[Tab, list[Page]]) -> None:
    tab, _ = opened
    made = Made("by_hand", (Input("x", ArrayType(axes=("m",))),), (Output("out", "x"),))
    files = {"name": "by_hand.circuit.json", "mimeType": "application/json", "buffer": dumps(made).encode()}
    tab.locator("input[type=file]").set_input_files([files])  # type: ignore[list-item]
    expect(tab.get_by_role("heading", name="by_hand")).to_be_visible()
