"""Nodes typed in one line."""

from circuits import ArrayType, Circuit
from editor.commands import AddCall, AddNode
from editor.document import Document
from editor.typed import attributes_in, line, typed

EMPTY = Document(Circuit("mine"))


def test_a_line_says_a_name_an_op_and_its_attributes() -> None:
    (first, *_) = typed("query = linear m -> k h=8", ArrayType(axes=("x", "m")), EMPTY)
    assert first.command == AddNode(op="linear", attributes={"spec": "m -> k h=8"}, name="query")
    assert first.port == 0


def test_a_size_in_a_spec_is_no_name() -> None:
    said = line("linear m -> k h=8")
    assert (said.name, said.words, said.rest) == ("", "linear m -> k h=8", "m -> k h=8")


def test_attributes_are_said_by_name_too() -> None:
    assert attributes_in("m -> k bias=False", "linear") == {"spec": "m -> k", "bias": False}


def test_circuits_are_meant_by_their_word() -> None:
    (first, *_) = typed("attention circuit", None, EMPTY)
    assert first.command == AddCall(circuit="attention")
