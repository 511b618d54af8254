"""Pictures of backward passes: mirrored below their circuits, tapes between the rows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit, Wire, backward, circuit, gelu, layer_norm, linear
from circuits.draw import Detail, Path, Scene, Style, Tag, Text, backward_picture, picture, to_svg
from circuits.draw.alignment import node_of
from circuits.draw.frame import item_bounds
from circuits.draw.mirror import mirrored
from circuits.draw.tape import tracks
from circuits.draw.taps import Tap
from gallery import entry
from tests.circuits.draw.scene_strategies import scenes
from tests.strategies import circuits

NEAR = 0.01


@circuit(sizes={"t": 5, "m": 8, "f": 16})
def residual_block(x: Wire["t m"]) -> Wire["t m"]:
    """A map of two layers, added to what it reads."""
    hidden = gelu(linear("m -> f", layer_norm(x, axes="m", name="norm"), name="up"))
    return x + linear("f -> m", hidden, name="down")


NAMED = {
    "attention": entry("attention").circuit,
    "multi_head_attention": entry("multi_head_attention").circuit,
    "digit_classifier": entry("digit_classifier").circuit,
    "residual_block": residual_block,
}


def named(scene: Scene) -> dict[str, Text]:
    """The names at the ends of both rows."""
    return {item.text: item for item in scene.texts if item.tag.part == "name"}


def divide(scene: Scene) -> float:
    """The height of the line between the rows."""
    heights = [path.bounds().top for path in scene.paths if path.tag.part == "divide"]
    assert len(heights) == 2
    return sum(heights) / 2


def check(scene: Scene, drawn: Circuit) -> None:
    """Gradients stand left of the backward row in the order of inputs; rows keep to their side of the line."""
    names, rule = named(scene), divide(scene)
    inputs = [item.name for item in drawn.inputs]
    gradients = [names[f"\\partial {name}"] for name in inputs]
    assert [text.y for text in gradients] == sorted(text.y for text in gradients)
    assert all(text.y > rule and text.anchor == "end" for text in gradients)
    cotangents = [names[f"\\partial {item.name}"] for item in drawn.outputs]
    assert [text.y for text in cotangents] == sorted(text.y for text in cotangents)
    assert all(text.y > rule and text.anchor == "start" for text in cotangents)
    assert max(text.x for text in gradients) < min(text.x for text in cotangents)
    for item in scene.items:
        bounds = item_bounds(item)
        assert bounds.left >= -NEAR and bounds.right <= scene.width + NEAR
        assert bounds.top >= -NEAR and bounds.bottom <= scene.height + NEAR
        if item.tag.node.startswith("R/") or item.tag.wire.startswith("R/"):
            assert bounds.top > rule
        elif item.tag.node or (item.tag.wire and item.tag.part != "tape"):
            assert bounds.bottom < rule


@settings(max_examples=30, deadline=None)
@given(circuits(max_nodes=6))
def test_random_circuits_are_mirrored(drawn: Circuit) -> None:
    check(backward_picture(drawn), drawn)


@pytest.mark.parametrize("name", NAMED)
def test_named_circuits_are_mirrored(name: str) -> None:
    check(backward_picture(NAMED[name]), NAMED[name])


@settings(max_examples=15, deadline=None)
@given(circuits(max_nodes=6), st.booleans())
def test_a_picture_is_the_same_twice(drawn: Circuit, weights: bool) -> None:
    assert backward_picture(drawn, weights=weights) == backward_picture(drawn, weights=weights)


@pytest.mark.parametrize("name", NAMED)
def test_every_kept_array_is_dropped_and_grabbed(name: str) -> None:
    drawn = NAMED[name]
    scene, found = backward_picture(drawn), backward(drawn, [item.name for item in drawn.inputs])
    rule = divide(scene)
    lines = [path for path in scene.paths if path.tag.part == "tape" and path.stroke]
    assert {path.bounds().top < rule < path.bounds().bottom for path in lines} == {True}
    assert len({path.tag.wire for path in lines}) == len(found.tape)
    wires = [path.bounds() for path in scene.paths if path.tag.part == "wire"]
    for path in lines:
        ends = [tuple(map(float, command[-2:])) for command in (path.commands[0], path.commands[-1])]
        for x, y in ends:
            met = [one for one in wires if one.left - 2 <= x <= one.right + 2 and one.top - 2 <= y <= one.bottom + 2]
            assert met, (path.tag, x, y)


@pytest.mark.parametrize("name", NAMED)
def test_lines_of_different_arrays_never_run_along_each_other(name: str) -> None:
    scene = backward_picture(NAMED[name])
    pieces = []
    for path in scene.paths:
        if path.tag.part == "tape" and path.stroke:
            points = [tuple(map(float, command[-2:])) for command in path.commands]
            pieces += [(path.tag.wire, *one, *other) for one, other in pairwise(points)]
    for number, (wire, x, y, to_x, to_y) in enumerate(pieces):
        for other, x2, y2, to_x2, to_y2 in pieces[number + 1 :]:
            upright = x == to_x and x2 == to_x2 and abs(x - x2) < 2.0 and y < to_y2 and y2 < to_y
            assert wire == other or not upright, (wire, other, x)


def test_weights_have_gradients_where_they_are_asked_for() -> None:
    scene = backward_picture(residual_block, weights=True)
    assert [text for text in named(scene) if text.startswith("\\partial")] == [
        "\\partial out",
        "\\partial x",
        "\\partial \\mathrm{norm\\ weight}",
        "\\partial \\mathrm{norm\\ bias}",
        "\\partial \\mathrm{up\\ weight}",
        "\\partial \\mathrm{up\\ bias}",
        "\\partial \\mathrm{down\\ weight}",
        "\\partial \\mathrm{down\\ bias}",
    ]


def test_without_real_inputs_the_first_parameters_have_gradients() -> None:
    scene = backward_picture(entry("gpt").circuit)
    assert [text for text in named(scene) if text.startswith("\\partial")] == [
        "\\partial out",
        "\\partial \\mathrm{table\\ weight}",
        "\\partial \\mathrm{positions\\ value}",
    ]


def test_blocks_are_opened_in_both_rows() -> None:
    drawn = NAMED["multi_head_attention"]
    titles = [item.text for item in backward_picture(drawn).texts if item.tag.part == "title"]
    assert titles == ["Attention", "R[Attention]", "R[Multi Head Attention]"]
    closed = backward_picture(drawn, Detail(closed=frozenset({"attention"})))
    assert [item.text for item in closed.texts if item.tag.part == "title"] == ["R[Multi Head Attention]"]


def test_what_a_closed_block_keeps_is_one_line_to_the_block_that_pulls_it_back() -> None:
    closed = Detail(closed=frozenset({"attention"}))
    scene = backward_picture(NAMED["multi_head_attention"], closed)
    lines = {path.tag.wire for path in scene.paths if path.tag.part == "tape"}
    assert lines == {"query", "key", "value", "attention/"}
    boxes = {
        node: [path.bounds() for path in scene.paths if path.tag.part == "glyph" and path.tag.node == node]
        for node in ("attention", "R/attention")
    }
    line = next(path.bounds() for path in scene.paths if path.tag.wire == "attention/" and path.stroke)
    assert line.top == pytest.approx(max(bounds.bottom for bounds in boxes["attention"]), abs=1.0)
    assert line.bottom == pytest.approx(min(bounds.top for bounds in boxes["R/attention"]), abs=1.0)


def test_the_upper_row_is_the_picture_of_the_circuit() -> None:
    drawn = NAMED["attention"]
    above = [item.text for item in picture(drawn).texts]
    assert [item.text for item in backward_picture(drawn).texts][: len(above)] == above


@pytest.mark.parametrize("name", NAMED)
def test_glyphs_face_those_they_pull_back_through(name: str) -> None:
    scene = backward_picture(NAMED[name])
    centres: dict[str, list[float]] = {}
    for path in scene.paths:
        if path.tag.part == "glyph":
            bounds = path.bounds()
            centres.setdefault(path.tag.node, []).append((bounds.left + bounds.right) / 2)
    for node, xs in centres.items():
        owner = node_of(node.removeprefix("R/"))
        if node.startswith("R/") and owner in centres and name in ("digit_classifier", "residual_block"):
            assert abs(sum(xs) / len(xs) - sum(centres[owner]) / len(centres[owner])) < 8.0, node


def test_printed() -> None:
    scene = backward_picture(NAMED["attention"], style=Style(axis_colours=True))
    assert to_svg(scene).count("<svg") == 1
    assert scene.title == "R[attention]"
    assert "einsum_2.einsum" in scene.description


@given(scenes, st.floats(-500, 500))
def test_mirrored_twice_is_as_before(scene: Scene, around: float) -> None:
    for item in scene.items:
        again = mirrored(mirrored(item, around), around)
        assert again.tag == item.tag
        if isinstance(item, Path):
            assert isinstance(again, Path)
            assert np.array(list(again.points())) == pytest.approx(np.array(list(item.points())), abs=1e-6)
        else:
            assert isinstance(again, Text)
            assert (again.anchor, again.text) == (item.anchor, item.text)
            assert again.x == pytest.approx(item.x, abs=1e-6)


def test_short_ways_lie_above_long_ones_and_share_a_track_where_they_are_apart() -> None:
    pairs = [
        (Tap(array, 0, x, (0.0,)), Tap(array, 0, to, (9.0,)))
        for array, x, to in (("a", 0, 100), ("b", 10, 40), ("c", 60, 90))
    ]
    assert tracks(pairs) == {"b": 0, "c": 0, "a": 1}


def test_tags_tell_the_rows_apart() -> None:
    tags = {item.tag.node for item in backward_picture(residual_block).items if item.tag.part == "glyph"}
    assert {"up", "R/up", "norm", "R/norm"} <= tags
    assert Tag().node not in tags
