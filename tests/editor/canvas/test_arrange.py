"""Arranging without a browser: what is asked for is reached, or it is said what is not, and one undo takes it back."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from random import Random

import pytest

from circuits import Circuit, Input, Node, Output, relu
from circuits import build as traced
from circuits.types import ArrayType
from editor.canvas.arrange import Arranged, arranged
from editor.canvas.desk import Desk
from editor.canvas.grid import is_large
from editor.commands import AddNode, Pin, Together
from editor.document import Document
from editor.rewiring import Problems
from editor.session import Session
from editor.view_data import view_of
from gallery import entry, names
from tests.editor.canvas.test_desk import Browser

WITHIN = 1.0
HEADS = entry("multi_head_attention").circuit


def desk_of(circuit: Circuit) -> Desk:
    made = Desk(Session.of(Document(circuit)), lambda text: None)
    made.opened = frozenset()
    return made


def middles(desk: Desk, pins: dict[str, float], chosen: Collection[str]) -> dict[str, float]:
    boxes = {name: desk.draw(pins).figures[name].box for name in chosen}
    return {name: (box[1] + box[3]) / 2 for name, box in boxes.items()}


def off_level(desk: Desk, found: Arranged, chosen: Collection[str]) -> float:
    """How far the nodes that are not astray lie apart."""
    there = middles(desk, {**desk.wishes().pins, **found.pins}, [name for name in chosen if name not in found.astray])
    return max(there.values()) - min(there.values()) if there else 0.0


@pytest.mark.parametrize("name", names())
def test_nodes_come_to_one_height_or_are_named(name: str) -> None:
    desk, random = desk_of(entry(name).circuit), Random(name)
    every = [node.name for node in desk.circuit.nodes]
    for _ in range(4):
        chosen = random.sample(every, min(len(every), random.choice((2, 3, 4))))
        found = arranged(desk.draw, {}, chosen, "level")
        assert off_level(desk, found, chosen) <= WITHIN, (chosen, found)
        assert found.pins.keys() in (set(chosen), set())
        assert bool(found.says) == bool(found.astray)


def beside_each_other(desk: Desk) -> list[str]:
    """Nodes of which none lies above or below another."""
    boxes = sorted((desk.sketch().figures[node.name].box, node.name) for node in desk.circuit.nodes)
    found, right = [], 0.0
    for box, name in boxes:
        if box[0] >= right:
            found.append(name)
            right = box[2]
    return found


@pytest.mark.parametrize("name", names())
def test_nothing_is_astray_where_nothing_is_in_the_way(name: str) -> None:
    desk, random = desk_of(entry(name).circuit), Random(name)
    apart = beside_each_other(desk)
    for _ in range(3):
        chosen = random.sample(apart, min(len(apart), 3))
        assert arranged(desk.draw, {}, chosen, "level").astray == (), chosen


@pytest.mark.parametrize("name", ["gpt", "vit_digits", "digit_classifier", "unet"])
def test_nodes_come_to_equal_distances(name: str) -> None:
    desk, random = desk_of(entry(name).circuit), Random(7)
    apart = beside_each_other(desk)
    reached = 0
    for _ in range(6):
        chosen = random.sample(apart, min(len(apart), 4))
        before = middles(desk, {}, chosen)
        found = arranged(desk.draw, {}, chosen, "even")
        if found.astray:
            continue
        reached += 1
        there = middles(desk, dict(found.pins), chosen)
        steps = [low - top for top, low in pairwise(sorted(there.values()))]
        assert max(steps) - min(steps) <= 2 * WITHIN
        assert sum(steps) == pytest.approx(max(before.values()) - min(before.values()), abs=WITHIN)
    assert reached >= 3


def test_nodes_of_one_column_stay_apart_and_that_is_said() -> None:
    desk = desk_of(HEADS)
    found = arranged(desk.draw, {}, ["query", "key"], "level")
    assert found.pins == {}
    assert found.says == (
        "arrange: expected room for 'query', 'key', found glyphs in their way, which must not overlap. "
        "Select nodes that stand in different columns."
    )


def test_an_open_block_stays_and_the_others_go_by_it() -> None:
    desk = desk_of(HEADS)
    desk.opened = frozenset({"attention"})
    found = arranged(desk.draw, {}, ["attention", "output"], "level")
    assert (found.fixed, found.astray, list(found.pins)) == (("attention",), (), ["output"])
    spread = arranged(desk.draw, {}, ["query", "attention", "output"], "even")
    assert "attention" not in spread.pins
    assert spread.says in ("", (
        "arrange: expected room for 'attention', found 'attention' open around its nodes. Close it first, or leave it out."
    ))  # fmt: skip


def test_too_few_and_too_many_are_refused() -> None:
    desk = desk_of(HEADS)
    for how, chosen, said in (
        ("level", ["query"], "arrange: expected 2 to 1,000 nodes, found 1. Select more."),
        ("even", ["query", "key"], "arrange: expected 3 to 1,000 nodes, found 2. Select more."),
        ("level", ["query"] * 1001, "arrange: expected 2 to 1,000 nodes, found 1,001. Select fewer."),
    ):
        with pytest.raises(Problems) as raised:
            arranged(desk.draw, {}, chosen, how)
        assert str(raised.value) == said


def test_a_circuit_that_is_drawn_plainly_is_arranged_exactly() -> None:
    def chain(x):  # type: ignore[no-untyped-def]
        for _ in range(300):
            x = relu(x)
        return x

    desk = desk_of(traced("long", {"x": "[m]"}, chain))
    assert is_large(desk.circuit)
    desk.session.do(Together(commands=tuple(Pin(node=f"n{k}", dy=7.0 * k) for k in (2, 5))))
    chosen = [desk.circuit.by_id[f"n{k}"].name for k in (1, 2, 5, 9)]
    found = arranged(desk.draw, desk.wishes().pins, chosen, "level")
    assert found.astray == () and off_level(desk, found, chosen) < 0.1


def test_a_node_that_is_not_wired_is_aligned_too() -> None:
    desk = desk_of(HEADS)
    desk.session.do(AddNode(op="relu"))
    found = arranged(desk.draw, {}, ["relu", "output"], "level")
    assert off_level(desk, found, ["relu", "output"]) <= WITHIN and found.astray == ()


def test_aligning_is_one_gesture_and_tidying_gives_the_picture_back() -> None:
    browser = Browser("multi_head_attention")
    first = browser.desk.session.document.text()
    figures = json_figures(browser)
    browser.send(ask="arrange", how="level", ids=["n1", "n5"], number=1)
    assert browser.last == {"reply": 1, "say": ""}
    assert browser.shows_all() and set(browser.state["pins"]) == {"query", "output"}
    assert browser.desk.session.revision == 1
    browser.send(ask="undo")
    assert browser.desk.session.document.text() == first
    browser.send(ask="redo")
    browser.send(do="Pin", node="n2", dy=20)
    browser.send(do="Tidy", ids=["n1", "n5"])
    assert browser.state["pins"] == {"key": 20.0}
    browser.send(do="Tidy", ids=["n2"])
    assert json_figures(browser) == figures and browser.desk.circuit.view == HEADS.view
    browser.send(ask="arrange", how="even", ids=["n1", "n99"], number=2)
    assert browser.last["refusal"] == "arrange: expected 3 to 1,000 nodes, found 1. Select more."


def json_figures(browser: Browser) -> dict[str, object]:
    return dict(browser.state["figures"])


def test_tidying_drops_hints_of_the_chosen_alone() -> None:
    nodes = tuple(Node(f"n{k}", f"relu{k}", traced("r", {"x": "[m]"}, relu).nodes[0].op, ("x",)) for k in (1, 2, 3))
    view = {"order": [["n1", "n2"], ["n3.out", "x"], ["n2.out", "x"]], "pins": {"n1": {"dy": 5}, "n3": {"column": 2}}}
    circuit = Circuit("order", (Input("x", ArrayType(axes=("m",))),), (Output("out", "n1.out"),), nodes).with_view(view)
    session = Session.of(Document(circuit))
    session.do('{"do": "Tidy", "ids": ["n1", "n2"]}')
    assert view_of(session.document.main) == {"order": [["n3.out", "x"]], "pins": {"n3": {"column": 2}}}
    refused = session.do('{"do": "Tidy", "ids": ["n9"]}').refusals
    assert [str(one) for one in refused] == ["order: expected a node with the id 'n9', found none. Select others."]
