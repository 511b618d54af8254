"""Orders that a person asked for: the newest wish holds wherever both sides stand, and pictures stay in order."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit
from circuits.draw import Detail, asked_of, picture
from circuits.draw.columns import columns
from circuits.draw.expand import expand
from circuits.draw.layout import arranged
from circuits.draw.order import order
from circuits.draw.theme import Style
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
    assert faults(arranged(diagram, Style(), pairs=pairs), diagram) == []


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
    scene = picture(circuit, Detail(depth=0, groups=False), pairs=pairs)
    assert nodes_read(scene, circuit) == wires_read(circuit)


def test_learned_maps_lie_as_they_were_asked_to() -> None:
    def heights(*pairs: tuple[str, str]) -> list[str]:
        scene = picture(HEADS, pairs=pairs)
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
    asking = HEADS.evolve(view=json.dumps({"order": order}))
    names = {node.id: node.name for node in HEADS.nodes}
    assert asked_of(asking) == ((names["n3"], names["n2"]), ("x", f"{names['n1']}.out"))
    assert asked_of(HEADS.evolve(view="[")) == ()
