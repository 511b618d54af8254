"""Laws of dashed lines: level or at 45 degrees, no small steps, and never over a label."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit
from circuits.draw import Detail
from circuits.draw.dashes import STEP, Dashes, Range
from circuits.draw.expand import expand
from circuits.draw.frame import text_bounds
from circuits.draw.layout import arranged
from circuits.draw.read import polyline
from circuits.draw.scene import Scene
from circuits.draw.theme import Style
from gallery import entries
from tests.circuits.draw.geometry import crossed, said
from tests.strategies import circuits

GALLERY = [entry.circuit for entry in entries()]
Points = list[tuple[float, float]]


def restless(points: Points) -> Iterator[str]:
    """Pieces of a line that are neither level nor at 45 degrees, or are too small a step."""
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        step = abs(to_y - y)
        # scenes round their coordinates to thousandths
        if step > 1e-6 and abs(step - (to_x - x)) > 5e-3:
            yield f"{x:.1f},{y:.1f} to {to_x:.1f},{to_y:.1f} is no slope of 45 degrees"
        if 1e-6 < step < STEP - 1e-3:
            yield f"a step of {step:.2f} at {x:.1f},{y:.1f}"


def separator_faults(scene: Scene) -> list[str]:
    lines = [polyline(path) for path in scene.paths if path.tag.part == "separator"]
    labels = [text for text in scene.texts if text.tag.part in ("label", "name", "title", "bound", "mark")]
    over = [
        f"a separator runs over {said(text)}"
        for text in labels
        for points in lines
        if crossed(text_bounds(text).grown(-0.4), points)
    ]
    return [*over, *(fault for points in lines for fault in restless(points))]


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("detail", [Detail(depth=0), Detail(budget=200)], ids=["closed", "opened"])
def test_separators_of_the_gallery_are_calm(circuit: Circuit, detail: Detail) -> None:
    assert separator_faults(arranged(expand(circuit, detail), Style())) == []


@given(circuits())
def test_separators_of_random_circuits_are_calm(circuit: Circuit) -> None:
    assert separator_faults(arranged(expand(circuit), Style())) == []


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[float, float, Range, bool]]:
    """Stretches of a line from left to right, with gaps between some of them."""
    found, x = [], 0.0
    for _ in range(draw(st.integers(1, 8))):
        x += draw(st.sampled_from([0.0, 0.0, 12.0, 40.0]))
        width = draw(st.floats(1.0, 60.0))
        low, high, slack = draw(st.tuples(st.floats(0.0, 80.0), st.floats(0.0, 30.0), st.floats(0.0, 6.0)))
        found.append((x, x + width, Range(low, low + high, low - slack, low + high + slack), draw(st.booleans())))
        x += width
    return found


@given(courses())
def test_courses_are_calm_and_go_from_left_to_right(stretches: list[tuple[float, float, Range, bool]]) -> None:
    dashes = Dashes()
    for start, end, room, solid in stretches:
        dashes.to(start, end, room, solid=solid)
    parts = list(dashes.lines())
    assert [fault for points in parts for fault in restless(points)] == []
    places = [x for points in parts for x, _ in points]
    assert all(x <= to_x + 1e-6 for x, to_x in itertools.pairwise(places))
    assert (places[0], places[-1]) == (stretches[0][0], stretches[-1][1])


def test_a_height_that_serves_all_stretches_is_kept() -> None:
    dashes = Dashes()
    dashes.to(0.0, 50.0, Range(10.0, 30.0, 5.0, 35.0))
    dashes.to(50.0, 80.0, Range(32.0, 40.0, 28.0, 44.0), solid=True)
    dashes.to(80.0, 120.0, Range(8.0, 29.0, 4.0, 33.0))
    (points,) = dashes.lines()
    assert {y for _, y in points} == {points[0][1]}
    assert 28.0 <= points[0][1] <= 33.0
