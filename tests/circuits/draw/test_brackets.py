"""Laws of blocks: titles and bounds keep clear of brackets, of grounds that are not theirs and of each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit
from circuits.draw import Detail, picture
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


def bracket_faults(scene: Scene) -> list[str]:
    """Titles, bounds and labels that a bracket runs through, and bounds that lie on a ground's edge."""
    brackets = [polyline(path) for path in scene.paths if path.tag.part == "bracket"]
    edges = [polyline(path) for path in scene.paths if path.tag.part in ("fence", "ground")]
    found = []
    for text in scene.texts:
        box = text_bounds(text).grown(-0.4)
        if text.tag.part in ("title", "bound"):
            found += [f"a bracket runs through {said(text)}" for points in brackets if crossed(box, points)]
        if text.tag.part == "bound":
            found += [f"a ground begins in {said(text)}" for points in edges if crossed(box, points)]
    return found


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("width", [0.0, 500.0, 900.0])
@pytest.mark.parametrize("dialect", ["d24", "d26"])
def test_brackets_of_the_gallery_are_clear(circuit: Circuit, width: float, dialect: str) -> None:
    diagram = expand(circuit, Detail(budget=200))
    assert bracket_faults(arranged(diagram, Style(dialect=dialect), width)) == []


@given(circuits(), st.sampled_from([0.0, 400.0]))
def test_brackets_of_random_circuits_are_clear(circuit: Circuit, width: float) -> None:
    assert bracket_faults(arranged(expand(circuit), Style(), width)) == []


@pytest.mark.parametrize("width", [0.0, 500.0])
def test_grounds_of_what_holds_learned_maps_are_chipped(width: float) -> None:
    circuit = next(one for one in GALLERY if one.name == "transformer")
    diagram = expand(circuit, Detail(budget=200))
    chips = {fence.id for fence in diagram.fences if fence.learned and fence.kind in ("call", "composite")}
    for dialect, wanted in (("d24", chips), ("d26", set[str]())):
        scene = arranged(diagram, Style(dialect=dialect), width)
        grounds = [path for path in scene.paths if path.tag.part == "fence"]
        assert {path.tag.node for path in grounds if len(path.commands) > 5} == wanted
    assert 0 < len(chips) < len(diagram.fences)


def test_counts_stand_behind_round_brackets_and_before_square_ones() -> None:
    circuit = next(one for one in GALLERY if one.name == "transformer")
    for dialect, place in (("d24", 1), ("d26", 0)):
        scene = picture(circuit, Detail(budget=200), Style(dialect=dialect))
        for text in (text for text in scene.texts if text.tag.part == "bound"):
            ends = sorted(
                path.bounds().left
                for path in scene.paths
                if path.tag.part == "bracket" and path.tag.node == text.tag.node
            )
            assert abs(text_bounds(text).left - ends[place]) < 20.0
