"""Orders that a person asked for: the newest wish holds wherever both sides stand, and pictures stay in order."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit, Wire, call, circuit
from circuits.draw import Detail, Wishes, picture, wishes_of
from circuits.draw.columns import columns
from circuits.draw.expand import expand
from circuits.draw.layout import arranged
from circuits.draw.order import order
from circuits.draw.theme import Style
from circuits.draw.wishes import MOST, MOST_PAIRS
from gallery import entries, entry
from tests.circuits.draw.geometry import faults, nodes_read, wires_read
from tests.strategies import circuits

GALLERY = [entry.circuit for entry in entries()]
HEADS = entry("multi_head_attention").circuit


def wishes(circuit: Circuit) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Some pairs of nodes."""
    pairs = list(itertools.permutations([node.name for node in circuit.nodes], 2))
    return st.lists(st.sampled_from(pairs), max_size=4) if pairs else st.just([])


def in_order(circuit: Circuit, pairs: list[tuple[str, str]], detail: Detail | None = None) -> None:
    diagram = expand(circuit, detail)
    found = order(diagram, columns(diagram), pairs)
    newest = order(diagram, columns(diagram), pairs[-1:]).asked
    for number, column in enumerate(found.columns):
        assert not newest.broken(number, column), (number, pairs)
    assert faults(arranged(diagram, Style(), wishes=Wishes(pairs=tuple(pairs))), diagram) == []


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("detail", [None, Detail(depth=0)], ids=["some open", "closed"])
@settings(max_examples=10)
@given(data=st.data())
def test_the_newest_wish_holds_in_the_gallery(circuit: Circuit, detail: Detail | None, data: Any) -> None:
    in_order(circuit, data.draw(wishes(circuit)), detail)


@given(circuits(), st.data())
def test_the_newest_wish_holds_in_random_circuits(circuit: Circuit, data: Any) -> None:
    pairs = data.draw(wishes(circuit))
    in_order(circuit, pairs, Detail(depth=0))
    scene = picture(circuit, Detail(depth=0, groups=False), wishes=Wishes(pairs=tuple(pairs)))
    assert nodes_read(scene, circuit) == wires_read(circuit)


def test_learned_maps_lie_as_they_were_asked_to() -> None:
    def heights(*pairs: tuple[str, str]) -> list[str]:
        scene = picture(HEADS, wishes=Wishes(pairs=pairs))
        tops = {
            path.tag.node: path.bounds().top
            for path in scene.paths
            if path.tag.node in ("query", "key", "value") and path.tag.part == "glyph"
        }
        return sorted(tops, key=tops.__getitem__)

    assert heights() == ["query", "key", "value"]
    assert heights(("value", "key")) == ["query", "value", "key"]
    assert heights(("value", "key"), ("key", "value")) == ["query", "key", "value"]


def test_a_view_says_what_should_lie_above_what() -> None:
    order: list[Any] = [["n3", "n2"], ["x", "n1.out"], ["n3", "gone"], ["n3"], "n3", [1, 2], ["n1", "n1"]]
    pins: dict[str, Any] = {
        "n1": {"dy": 4},
        "n2": {"column": 17},
        "n3": {"dy": "far", "column": 10**9},
        "gone": {"dy": 1},
    }
    asking = HEADS.evolve(view=json.dumps({"order": order, "pins": pins}))
    one, two, three = (node.name for node in HEADS.nodes[:3])
    assert wishes_of(asking) == Wishes({one: 4.0}, {two: 17}, ((three, two), ("x", f"{one}.out")))
    for view in ("[", "[]", '{"pins": 3, "order": 4}'):
        assert wishes_of(HEADS.evolve(view=view)) == Wishes()


def test_of_very_many_orders_the_newest_are_kept_each_once() -> None:
    many = [[f"n{place % 7 + 1}", f"n{place % 5 + 1}"] for place in range(100_000)]
    found = wishes_of(HEADS.evolve(view=json.dumps({"order": [*many, ["n3", "n2"]]}))).pairs
    one, two, three = (node.name for node in HEADS.nodes[:3])
    assert found[-1] == (three, two)
    assert len(set(found)) == len(found) <= MOST_PAIRS
    wires = [[f"n1.{place}", "n2"] for place in range(100_000)]
    found = wishes_of(HEADS.evolve(view=json.dumps({"order": wires}))).pairs
    assert (len(found), found[-1]) == (MOST_PAIRS, (f"{one}.99999", two))


def test_a_node_held_in_a_column_stands_there_and_what_reads_it_behind() -> None:
    held = order(expand(HEADS), columns(expand(HEADS), {"key": 2}))
    places = {
        item.key: number for number, column in enumerate(held.columns) for item in column if item.cell is not None
    }
    assert places["query"] == places["value"] == 0 < places["key"] < places["attention/scores"]
    assert faults(arranged(expand(HEADS), Style(), wishes=Wishes(columns={"key": 2})), expand(HEADS)) == []


def test_wishes_of_what_is_inside_are_found_by_path_however_often_it_is_used() -> None:
    inner = HEADS.evolve(view=json.dumps({"pins": {"n1": {"dy": 4}}, "order": [["n3", "n2"]]}))

    twice = twice_of(inner)
    one, two, three = (node.name for node in HEADS.nodes[:3])
    first, second = (node.name for node in twice.nodes)
    found = wishes_of(twice)
    assert found.pins == {f"{first}/{one}": 4.0, f"{second}/{one}": 4.0}
    assert found.pairs == tuple((f"{path}/{three}", f"{path}/{two}") for path in (first, second))
    deep = inner
    for _ in range(40):
        deep = twice_of(deep)
    assert len(wishes_of(deep).pins) <= MOST


def twice_of(inner: Circuit) -> Circuit:
    """A circuit that uses another one twice."""

    def both(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
        return call(inner, call(inner, y, x), x)

    return circuit(both)
