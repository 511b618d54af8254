"""Nodes are aligned, spread and let go in a real browser, and lie there to the pixel."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from circuits.draw import Wishes, wishes_of
from gallery import entry

from .bench import Bench

Serve = Callable[[Callable[[], Any]], str]


def choose(made: Bench, *nodes: str) -> None:
    made.figure(nodes[0]).locator(".body").first.click()
    for node in nodes[1:]:
        made.figure(node).locator(".body").first.click(modifiers=["Shift"])


def heights(made: Bench, *nodes: str) -> list[float]:
    """The middles of nodes on the screen, in pixels."""
    return [made.middle(made.figure(node).locator(".body").first)[1] for node in nodes]


def test_nodes_are_aligned_spread_and_let_go(page: Tab, serve: Serve) -> None:
    made = Bench(page, serve, entry("digit_classifier").circuit)
    first, chosen = made.text, ("first_map", "second", "pixels", "logits")
    before = heights(made, *chosen)
    assert max(before) - min(before) > 10
    choose(made, *chosen)
    made.settled(lambda: page.keyboard.press("l"))
    there = heights(made, *chosen)
    assert max(there) - min(there) <= 1.0
    expect(page.locator(".toast")).to_be_hidden()
    aligned = made.text
    made.settled(lambda: page.keyboard.press("Control+z"))
    assert made.text == first
    # the picture that was too large for its place was made smaller, so it is measured again
    before = heights(made, *chosen)

    made.settled(lambda: page.keyboard.press("e"))
    steps = [low - top for top, low in pairwise(sorted(heights(made, *chosen)))]
    assert max(steps) - min(steps) <= 1.0 and sum(steps) == pytest.approx(max(before) - min(before), abs=1.0)

    made.figure("second").locator(".body").first.click(button="right")
    made.settled(lambda: page.get_by_role("menuitem", name="Tidy selection").click())
    assert made.text == first
    made.settled(lambda: page.keyboard.press("l"))
    assert made.text == aligned
    made.settled(lambda: page.keyboard.press("Shift+T"))
    assert made.text == first and made.session.revision == 6


def test_what_cannot_be_arranged_is_said(page: Tab, serve: Serve) -> None:
    made = Bench(page, serve, entry("multi_head_attention").circuit)
    choose(made, "query", "key")
    page.keyboard.press("/")
    made.choose("Align what is selected at one height")
    expect(page.locator(".toast")).to_contain_text(
        "arrange: expected room for 'query', 'key', found glyphs in their way"
    )
    assert made.session.revision == 0
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("arrange: expected 3 to 1,000 nodes, found 2. Select more.")


def drag(made: Bench, node: str, dx: float, dy: float) -> None:
    """Take hold of a node in its middle and drop it elsewhere."""
    x, y = made.middle(made.figure(node).locator(".body").first)
    made.tab.mouse.move(x, y)
    made.tab.mouse.down()
    made.tab.mouse.move(x + dx, y + dy, steps=8)
    made.settled(made.tab.mouse.up)


def test_a_node_dragged_past_another_lies_beyond_it(page: Tab, serve: Serve) -> None:
    made = Bench(page, serve, entry("multi_head_attention").circuit)
    first, maps = made.text, ("query", "key", "value")
    assert sorted(heights(made, *maps)) == heights(made, *maps)
    key, value = heights(made, "key", "value")
    drag(made, "value", 0, 1.2 * (key - value))
    assert sorted(heights(made, "query", "value", "key")) == heights(made, "query", "value", "key")
    assert wishes_of(made.circuit) == Wishes(pairs=(("value", "key"),))
    drag(made, "query", 0, 12)
    assert wishes_of(made.circuit).pins.keys() == {"query"}
    page.locator(".surface").click(position={"x": 20, "y": 20})
    made.settled(lambda: page.keyboard.press("t"))
    assert (wishes_of(made.circuit), sorted(heights(made, *maps))) == (Wishes(), heights(made, *maps))
    assert made.history("Undo (Ctrl Z)", lambda: page.keyboard.press("Control+z")) == 3
    assert made.text == first


def test_a_node_dragged_to_the_right_stands_in_another_column(page: Tab, serve: Serve) -> None:
    made = Bench(page, serve, entry("multi_head_attention").circuit)
    query, output = (made.middle(made.figure(node).locator(".body").first)[0] for node in ("query", "output"))
    drag(made, "query", (output - query) / 2, 0)
    assert wishes_of(made.circuit).columns.keys() == {"query"}
    after, key = (made.middle(made.figure(node).locator(".body").first)[0] for node in ("query", "key"))
    assert after > key + 20


def test_what_is_dragged_inside_an_open_block_is_let_go_like_the_rest(page: Tab, serve: Serve) -> None:
    made = Bench(page, serve, entry("vit_digits").circuit)
    first = made.text
    page.locator(".surface").press("f")
    drag(made, "blocks/inner", 0, 12)
    assert wishes_of(made.circuit).pins.keys() == {"blocks/inner"}
    made.settled(lambda: page.locator(".surface").press("t"))
    assert wishes_of(made.circuit) == Wishes()
    assert made.history("Undo (Ctrl Z)", lambda: page.keyboard.press("Control+z")) == 2
    assert made.text == first
