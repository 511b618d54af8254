"""Traces: a diagonal that is summed at once, as strands that turn into each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from circuits import Wire, build, diagonal, einsum, reduce
from circuits.draw import Detail, picture
from circuits.draw.expand import expand
from circuits.draw.layout import arranged
from circuits.draw.read import polyline, read_glyphs
from circuits.draw.scene import Path, Scene
from circuits.draw.theme import Style
from tests.circuits.draw.geometry import faults, nodes_read, wires_read

SUMS: dict[str, Callable[[Wire], Wire]] = {
    "reduce": lambda wire: reduce("sum", wire, axes="x", name="sum"),
    "einsum": lambda wire: einsum("x -> ", wire, name="sum"),
}
TYPES = ["[b x x' c]", "[x b x']", "[x x']"]


def glyphs(scene: Scene, node: str) -> list[Path]:
    return [path for path in scene.paths if path.tag.node == node and path.tag.part == "glyph"]


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", SUMS)
def test_a_trace_is_one_turn_and_an_arrow(name: str, type: str) -> None:
    circuit = build("f", {"z": type}, lambda z: SUMS[name](diagonal(z, "x x' -> x", name="same")))
    diagram = expand(circuit, Detail(groups=False))
    scene = arranged(diagram, Style())
    assert faults(scene, diagram) == []
    assert nodes_read(scene, circuit) == wires_read(circuit)
    turn, *_ = (polyline(path) for path in glyphs(scene, "same"))
    (start, *_, end), apex = turn, max(turn)
    assert start[0] == end[0] < apex[0]
    assert apex[1] == (start[1] + end[1]) / 2
    # the arrow begins at the apex and ends at the sum
    head = glyphs(scene, "sum")[-1].bounds()
    assert (head.top + head.bottom) / 2 == apex[1]
    assert {axes for _, axes in read_glyphs(scene)["same"].taken} == {("x",), ("x'",)}
    assert not [text.text for text in scene.texts if text.tag.part == "mark"]


@pytest.mark.parametrize(
    "body",
    [
        lambda z: diagonal(z, "x x' -> x", name="same"),
        lambda z: reduce("max", diagonal(z, "x x' -> x", name="same"), axes="x", name="sum"),
        lambda z: reduce("sum", diagonal(z, "x x' -> x", name="same"), axes="b", name="sum"),
    ],
    ids=["no sum", "a maximum", "a sum of something else"],
)
def test_other_diagonals_keep_their_dot(body: Callable[[Wire], Wire]) -> None:
    scene = picture(build("f", {"z": "[b x x']"}, body))
    dots = [path for path in glyphs(scene, "same") if path.fill]
    assert len(dots) == 1


def test_a_diagonal_with_other_readers_keeps_its_dot() -> None:
    def body(z: Wire) -> dict[str, Wire]:
        same = diagonal(z, "x x' -> x", name="same")
        return {"a": SUMS["reduce"](same), "b": same}

    scene = picture(build("f", {"z": "[b x x']"}, body))
    assert [path.fill for path in glyphs(scene, "same") if path.fill]
