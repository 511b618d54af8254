"""Pools: legs as double as the strand, with the size of a window over all its axes or the whole extent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import circuits as c
from circuits import Wire, build
from circuits.draw import Detail, picture
from circuits.draw.expand import expand
from circuits.draw.glyph import Place, Sign
from circuits.draw.glyphs import drawn, footprint
from circuits.draw.pools import labelled
from circuits.draw.routes import HALF
from circuits.draw.scene import Path, Scene
from circuits.draw.theme import Style

STYLE = Style()


def marks(scene: Scene, node: str) -> list[str]:
    return [text.text for text in scene.texts if text.tag.node == node and text.tag.part == "mark"]


def pooled(body: Callable[[Wire], Wire], type: str = "[b y x]", detail: Detail | None = None) -> Scene:
    return picture(build("f", {"z": type}, body), detail)


@given(st.booleans(), st.sampled_from(["max", "mean", "global max", "global mean"]))
def test_legs_are_double_where_the_strand_is(double: bool, detail: str) -> None:
    shown = Sign("pool", "2", "1", detail=detail)
    width = footprint(shown, STYLE, 1, 1).width
    made = drawn(shown, STYLE, Place(0.0, width, (50.0,), (50.0,), (), (50.0,) if double else ()), "pool")
    legs = [item.bounds() for item in made.items if isinstance(item, Path) and item.commands[-1] != ("Z",)]
    heights = sorted(box.top for box in legs if box.top == box.bottom and box.left == 30.5)
    levels = [70.0, *([50.0] if detail.startswith("global") else [])]
    offsets = (-HALF, HALF) if double else (0.0,)
    assert heights == sorted(level + by for level in levels for by in offsets)


MARKS: dict[str, tuple[Callable[[Wire], Wire], list[str]]] = {
    "two axes": (lambda z: c.max_pool(z, over="y x", kernel=2, name="pool"), ["2^2", "\\mathrm{Max}"]),
    "one axis": (lambda z: c.avg_pool(z, over="x", kernel=3, name="pool"), ["3", "\\mathbb{E}"]),
    "sizes that differ": (
        lambda z: c.max_pool(z, over="y x", kernel="2 3", name="pool"),
        ["2\\times 3", "\\mathrm{Max}"],
    ),
    "the whole extent": (
        lambda z: c.global_avg_pool(z, over="y x", name="pool"),
        ["\\mathbf{x}", "\\mathbb{E}", "1^2"],
    ),
    "a whole axis": (lambda z: c.global_max_pool(z, over="x", name="pool"), ["x", "\\mathrm{Max}", "1"]),
}


@pytest.mark.parametrize("name", MARKS)
def test_sizes_stand_at_the_legs(name: str) -> None:
    body, wanted = MARKS[name]
    assert marks(pooled(body), "pool") == wanted


def test_strands_that_are_not_grouped_count_too() -> None:
    assert "2^2" in marks(pooled(MARKS["two axes"][0], detail=Detail(groups=False)), "pool")


def test_labels_of_pools_are_set_once_and_for_all() -> None:
    diagram = expand(build("f", {"z": "[b y x]"}, MARKS["two axes"][0]))
    assert labelled(diagram) == diagram
