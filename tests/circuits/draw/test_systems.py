"""Backward pictures in rows: every forward row stands above the part of the backward pass that belongs to it."""

from bisect import bisect
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit
from circuits.draw import COLUMN, PAGE, Path, Scene, backward_picture, draw
from circuits.draw.alignment import node_of
from circuits.draw.drawing import row_width
from circuits.draw.frame import item_bounds
from circuits.draw.read import first
from circuits.draw.wrap import LEAD
from gallery import entries, entry
from tests.circuits.draw.geometry import glyph_faults, label_faults
from tests.strategies import circuits

WIDTHS = (row_width(COLUMN), row_width(PAGE))
GALLERY = [one.circuit for one in entries()]
LONG = ["digit_classifier", "multi_head_attention", "vit_digits"]


def rules(scene: Scene) -> list[float]:
    """The heights of the lines between forward and backward rows, from the top."""
    heights = sorted(path.bounds().top for path in scene.paths if path.tag.part == "divide")
    assert len(heights) % 2 == 0
    return [(one + other) / 2 for one, other in zip(heights[::2], heights[1::2], strict=True)]


def systems(scene: Scene, parts: set[str]) -> dict[str, set[int]]:
    """The systems in which every node or array has items of these parts: one of the backward pass lies below a line."""
    heights = rules(scene)
    bottoms = [_bottom(scene, one, other) for one, other in pairwise([*heights, 1e9])]
    found: dict[str, set[int]] = {}
    for item in scene.items:
        name = item.tag.node or item.tag.wire
        if item.tag.part not in parts or not name:
            continue
        middle = (item_bounds(item).top + item_bounds(item).bottom) / 2
        number = bisect(bottoms, middle)
        if name.startswith("R/"):
            assert middle > heights[number]
        elif item.tag.part != "tape":
            assert middle < heights[number]
        found.setdefault(name, set()).add(number)
    return found


def _bottom(scene: Scene, rule: float, following: float) -> float:
    """Where the backward row below a line ends."""
    inside = [item_bounds(item) for item in scene.items if item.tag.wire.startswith("R/")]
    return max(box.bottom for box in inside if rule < box.top < following) + 1.0


def check(scene: Scene) -> None:
    """Nothing lies on anything else or outside, and rows keep to their side of the lines."""
    assert [*glyph_faults(scene), *label_faults(scene)] == []
    for item in scene.items:
        bounds = item_bounds(item)
        assert bounds.left >= -0.01 and bounds.right <= scene.width + 0.01
    systems(scene, {"glyph", "wire", "dot", "mark"})


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("width", WIDTHS)
def test_rows_of_the_gallery_are_in_order(circuit: Circuit, width: float) -> None:
    check(backward_picture(circuit, width=width))


@settings(max_examples=20, deadline=None)
@given(circuits(max_nodes=6), st.sampled_from([200.0, 300.0, 500.0]))
def test_rows_of_random_circuits_are_in_order(drawn: Circuit, width: float) -> None:
    check(backward_picture(drawn, width=width))


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("width", WIDTHS)
def test_rows_keep_to_the_width_and_lose_nothing(name: str, width: float) -> None:
    drawn = entry(name).circuit
    whole, scene = backward_picture(drawn), backward_picture(drawn, width=width)
    assert scene.width <= width * 1.1
    assert whole.width <= width or len(rules(scene)) > 1
    for part in ("glyph", "mark", "name", "tape"):
        found = [
            {(item.tag.node, item.tag.wire) for item in one.items if item.tag.part == part} for one in (whole, scene)
        ]
        # a function that bears its arrow in one row may stand by itself in several
        assert found[0] <= found[1] if part == "glyph" else found[0] == found[1], part


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("width", WIDTHS)
def test_what_pulls_back_through_a_node_stands_below_it(name: str, width: float) -> None:
    found = systems(backward_picture(entry(name).circuit, width=width), {"glyph"})
    for node, numbers in found.items():
        owner = node_of(node.removeprefix("R/"))
        if node.startswith("R/") and owner in found:
            assert numbers == found[owner], node


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
def test_the_tape_is_followed_from_row_to_row(circuit: Circuit) -> None:
    scene = backward_picture(circuit, width=WIDTHS[0])
    lines = [path for path in scene.paths if path.tag.part == "tape" and path.stroke]
    heights = rules(scene)
    for wire in {path.tag.wire for path in lines}:
        own = [path for path in lines if path.tag.wire == wire]
        assert any(_begins(path, scene, wire) for path in own), wire
        assert any(_ends_below(path, heights) for path in own), wire
        numbers = systems(scene, {"tape"})[wire]
        assert numbers == set(range(min(numbers), max(numbers) + 1)), wire


def _begins(path: Path, scene: Scene, wire: str) -> bool:
    """Whether a line of the tape begins at its array, or below the block that keeps it."""
    if wire.endswith("/"):
        return first(path.commands)[0] > LEAD
    x, y = first(path.commands)
    parts = [one for one in scene.paths if one.tag.wire == wire and one.tag.part == "wire"]
    return any(
        box.left - 2 <= x <= box.right + 2 and box.top - 2 <= y <= box.bottom + 2 for box in map(Path.bounds, parts)
    )


def _ends_below(path: Path, heights: list[float]) -> bool:
    """Whether a line of the tape ends in a backward row."""
    bounds = path.bounds()
    return any(bounds.top < height < bounds.bottom for height in heights)


def test_wide_papers_leave_a_picture_as_it_is() -> None:
    drawn = entry("attention").circuit
    assert backward_picture(drawn, width=2000.0) == backward_picture(drawn)


def test_a_file_for_a_column_has_rows(tmp_path: object) -> None:
    drawn = entry("digit_classifier").circuit
    texts = {
        paper: draw(drawn, f"{tmp_path}/{paper}.svg", paper=paper, backward=True).read_text("utf-8")
        for paper in ("screen", "column")
    }
    assert texts["column"].count("divide") > texts["screen"].count("divide")
