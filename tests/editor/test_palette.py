"""The palette: found by letters, and for a wire only what it fits, filled in so that it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import REGISTRY, Circuit, Input, build, parse_type, relu
from editor.commands import AddCall, AddNode, apply
from editor.document import Document
from editor.palette import distance, search
from gallery import entries, entry
from tests.strategies import texts

TYPES = ("[x m]", "[t]", "[]", "Natural(v)[t]", "Index(x)[y]", "Bool[y x]", "Complex[t m]", "[b c y x]", "[n n']")


def fits(text: str) -> None:
    """All that is offered for a wire of a type has no problem but the ports that are still loose."""
    type = parse_type(text).type
    document = Document(Circuit("trial", (Input("x", type),)))
    for found in search("", type):
        applied = apply(found.wired("x"), document)
        assert applied.refusals == (), found.label
        (node,) = applied.document.main.nodes
        assert "x" in node.inputs
        loose = [problem.found for problem in applied.document.main.checked.own_problems]
        assert set(loose) <= {"nothing connected"}, (found.label, applied.document.problems)


@pytest.mark.parametrize("text", TYPES)
def test_what_is_offered_for_a_wire_fits_it(text: str) -> None:
    fits(text)


@given(texts())
def test_what_is_offered_for_a_random_wire_fits_it(text: str) -> None:
    found = search("linear", parse_type(text).type)
    document = Document(Circuit("trial", (Input("x", parse_type(text).type),)))
    for one in found:
        problems = apply(one.wired("x"), document).document.main.checked.own_problems
        assert {problem.found for problem in problems} <= {"nothing connected"}


def test_everything_can_be_found() -> None:
    labels = {found.label for found in search("")}
    holding = {
        name
        for name, kind in REGISTRY.items()
        if kind.model_fields.keys() & {"circuit", "content", "slots", "f", "body"}
    }
    assert set(REGISTRY) - holding <= labels
    assert {one.name for one in entries()} <= labels


def test_everything_without_a_wire_can_be_added() -> None:
    document = Document(Circuit("trial"))
    for found in search(""):
        assert apply(found.command, document).refusals == (), found.label


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("softmax", "softmax"),
        ("soft", "softmax"),
        ("lay", "layer_norm"),
        ("lnorm", "layer_norm"),
        ("mha", "multi_head_attention"),
        ("multi attention", "multi_head_attention"),
        ("elemwise", "elementwise"),
        ("cross", "cross_entropy"),
        ("dropout", "dropout"),
    ],
)
def test_letters_find_the_nearest_name(text: str, first: str) -> None:
    assert search(text)[0].label == first


def test_letters_that_nothing_has_find_nothing() -> None:
    assert search("qqqzzz") == []


@given(st.text(alphabet="abcdefgmnorstx_", min_size=1, max_size=8))
def test_a_name_is_never_farther_from_itself_than_from_others(word: str) -> None:
    assert distance(word, word) == 0
    assert all(distance(word, name) > 0 for name in REGISTRY if name != word)


def test_a_whole_number_is_offered_what_it_chooses_from() -> None:
    found = search("embedding", parse_type("Natural(v)[t]").type)[0]
    assert found.command == AddNode(op="embedding", attributes={"spec": "v -> k"})


def test_circuits_of_the_document_the_library_and_the_gallery_are_offered() -> None:
    part = build("mine", {"x": "[t m]"}, lambda x: relu(x))
    document = Document(entry("multi_head_attention").circuit)
    found = [
        (one.label, one.group) for one in search("attention", document=document) if isinstance(one.command, AddCall)
    ]
    assert found[:2] == [("attention", "document"), ("attention", "gallery")]
    (mine,) = (
        one for one in search("mine", parse_type("[a b]").type, document, {"mine": part}) if one.group == "library"
    )
    assert mine.attributes == "t=a m=b"
    added = apply(mine.wired("y"), document).document.main
    assert added.nodes[-1].op.bodies() == (part,)
