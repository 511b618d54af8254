"""Functions on the arrow of a cap: where they stand, when they do not, and that they read back as before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from circuits import Circuit, Wire, build, einsum, relu, size
from circuits.draw import Detail, picture
from circuits.draw.expand import expand
from circuits.draw.frame import text_bounds
from circuits.draw.layout import arranged
from circuits.draw.read import polyline
from circuits.draw.scene import Scene, Text
from circuits.draw.theme import Style
from gallery import entries
from tests.circuits.draw.geometry import crossed, nodes_read, wires_read
from tests.strategies import circuits

GALLERY = [entry.circuit for entry in entries()]
TYPES = {"q": "[y k]", "k": "[x k]"}


def scores(q: Wire, k: Wire) -> Wire:
    return einsum("y k, x k -> y x", q, k, name="scores")


def mark(scene: Scene, node: str) -> Text:
    return next(text for text in scene.texts if text.tag.node == node and text.tag.part == "mark")


def heads(scene: Scene, node: str) -> int:
    return sum(path.tag.node == node and path.tag.part == "glyph" for path in scene.paths)


def mark_faults(circuit: Circuit, detail: Detail) -> list[str]:
    """Strands that run through what stands on the arrow of a cap."""
    diagram = expand(circuit, detail)
    scene = arranged(diagram, Style())
    lone = {cell.id for cell in diagram.cells if cell.sign.outline == "arrows" and not heads(scene, cell.id)}
    marks = [text for text in scene.texts if text.tag.part == "mark" and text.tag.node in lone]
    lines = [(path.tag.wire, polyline(path)) for path in scene.paths if path.tag.part == "wire"]
    return [
        f"{wire} runs through {text.tag.node}"
        for text in marks
        for wire, points in lines
        if crossed(text_bounds(text).grown(-0.4), points)
    ]


def test_a_factor_stands_over_the_arrow_of_its_cap() -> None:
    circuit = build("f", TYPES, lambda q, k: relu(scores(q, k) * size("k") ** -0.5, name="out"))
    scene = picture(circuit, Detail(groups=False))
    node = next(text.tag.node for text in scene.texts if "1/2" in text.text)
    arrow = max((path.bounds() for path in scene.paths if path.tag.part == "cap"), key=lambda box: box.right)
    shaft = min((path.bounds() for path in scene.paths if path.tag.part == "cap"), key=lambda box: box.left)
    box = text_bounds(mark(scene, node))
    assert shaft.left < box.left < box.right < arrow.right
    assert arrow.top - 14.0 < box.bottom <= arrow.top
    assert heads(scene, node) == 0
    # what follows it stands between arrowheads of its own
    assert heads(scene, "out") == 2
    assert nodes_read(scene, circuit) == wires_read(circuit)


OTHERS: dict[str, Callable[..., Any]] = {
    "another reader": lambda q, k: {"a": relu(s := scores(q, k), name="out"), "b": s},
    "two caps": lambda q, k: relu(einsum("y k, y k -> ", q, q, name="scores"), name="out"),
    "no cap": lambda q, k: relu(einsum("y k, x k -> y x k", q, k, name="scores"), name="out"),
    "no einsum": lambda q, k: relu(q, name="out"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_functions_of_anything_else_stand_by_themselves(name: str) -> None:
    scene = picture(build("f", TYPES, OTHERS[name]), Detail(groups=False))
    assert heads(scene, "out") == 2


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
def test_nothing_runs_through_what_stands_on_arrows_in_the_gallery(circuit: Circuit) -> None:
    assert mark_faults(circuit, Detail(budget=200)) == []


@given(circuits())
def test_nothing_runs_through_what_stands_on_arrows(circuit: Circuit) -> None:
    assert mark_faults(circuit, Detail()) == []
