"""The newcomer's script of `docs/first-circuit.md`, followed step by step from an empty canvas to a trained network."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.source_tree import ROOT

from .test_editor import panel, prepare, process, ready

SCRIPT = (ROOT / "docs" / "first-circuit.md").read_text()
# "press `I`. Type `image [y=8 x=8]`", "Press `A` and type `active = relu`"
TYPED = re.compile(r"ress `([IAO])`(?:\. T| and t)ype `([^`]+)`")
MINUTE = 60_000


def test_a_newcomer_gets_to_a_trained_network(page: Tab, tmp_path: Path) -> None:
    typed = TYPED.findall(SCRIPT)
    assert [key for key, _ in typed] == list("IAAAAO")
    prepare(page)
    with process("edit", "--no-browser", "--store", str(tmp_path / "workspace.sqlite")) as (address, _):
        ready(page, address, "digit_classifier")
        panel(page, "Files")
        page.get_by_role("button", name="Empty circuit").click()
        expect(page.locator(".figure")).to_have_count(0)
        panel(page, "Files")
        page.locator(".surface").click(position={"x": 600, "y": 500})
        for count, (key, words) in enumerate(typed, start=1):
            page.keyboard.press(key.lower())
            page.locator("input:focus").fill(words)
            page.keyboard.press("Enter")
            expect(page.locator(".figure")).to_have_count(count)
        page.get_by_role("tab", name="Sizes").click()
        page.get_by_label("size n").fill("64")
        page.get_by_label("size n").press("Enter")
        panel(page, "Train")
        page.get_by_label("Data").select_option("digits")
        page.get_by_label("Steps", exact=True).fill("300")
        page.get_by_label("Steps", exact=True).press("Enter")
        page.get_by_role("button", name="Train", exact=True).last.click()
        told = page.get_by_text(re.compile(r"Done after 300 steps.*accuracy")).first
        expect(told).to_be_visible(timeout=2 * MINUTE)
        found = re.search(r"accuracy ([0-9]+\.[0-9]+)", told.inner_text())
        assert found is not None
        assert float(found[1]) > 0.8
        page.goto("about:blank")
