"""Circuits of the gallery drawn from nothing, one gesture after the other."""

from __future__ import annotations

from circuits import Circuit, dumps
from editor.commands import (
    AddCall,
    AddInput,
    AddNode,
    AddOutput,
    Command,
    Connect,
    EditDefinition,
    SetAttribute,
    SetAxis,
    SetDoc,
    SetInput,
    SetSize,
    read,
)
from editor.document import Document
from editor.session import Session
from gallery import entry

HEADS = entry("multi_head_attention").circuit
ATTENTION = entry("attention").circuit


def glossary(circuit: Circuit) -> list[Command]:
    """The gestures that write a circuit's glossary, sizes and texts."""
    axes = [SetAxis(name=axis.name, doc=axis.doc, role=axis.role) for axis in circuit.axes]
    return [*axes, *(SetSize(name=name, value=size) for name, size in circuit.sizes), texts(circuit)]


def texts(circuit: Circuit) -> Command:
    return SetDoc(doc=circuit.doc, source=circuit.source)


INSIDE: list[Command] = [
    AddInput(name="q", type="[y k]"),
    AddInput(name="k", type="[x k]"),
    AddInput(name="v", type="[x k]"),
    AddNode(op="einsum", attributes={"spec": "y k, x k -> y x"}, inputs=("q", "k")),
    AddNode(op="elementwise", attributes={"expression": "a * size(k) ** -0.5"}, name="scores", inputs=("n1.out",)),
    AddNode(op="softmax", name="weights"),
    Connect(wire="n2.out", node="n3"),
    SetAttribute(node="n3", attribute="axis", value="x"),
    AddNode(op="einsum", attributes={"spec": "y x, x k -> y k"}, name="einsum_2"),
    Connect(wire="v", node="n4", port="b"),
    Connect(wire="n3.out", node="n4", port="a"),
    AddOutput(name="out", wire="n4.out", type="[y k]"),
]
OUTSIDE: list[Command] = [
    AddInput(name="y", type="[y m]"),
    AddInput(name="x", type="[x m]"),
    AddNode(op="linear", attributes={"spec": "m -> k h"}, name="query", inputs=("y",)),
    AddNode(op="linear", attributes={"spec": "m -> k h"}, name="key", inputs=("x",)),
    AddNode(op="linear", attributes={"spec": "m -> k h"}, name="value", inputs=("x",)),
    AddCall(circuit="attention", new=True),
]
LAST: list[Command] = [
    Connect(wire="n1.out", node="n4", port="q"),
    Connect(wire="n3.out", node="n4", port="v"),
    Connect(wire="n2.out", node="n4", port="k"),
    AddNode(op="linear", attributes={"spec": "k h -> m"}, name="output", inputs=("n4.out",)),
    AddOutput(name="out", wire="n5.out", type="[y m]"),
]


def drawn() -> list[Command]:
    """Multi-head attention, gesture by gesture, its own attention inside."""
    definition = [EditDefinition(name="attention", command=one) for one in (*INSIDE, *glossary(ATTENTION))]
    return [*OUTSIDE, *definition, *LAST, *glossary(HEADS)]


def test_multi_head_attention_is_drawn_from_an_empty_document() -> None:
    session = Session.of(Document(Circuit("multi_head_attention")))
    for command in drawn():
        assert session.do(command.line()).refusals == (), command
    assert session.document.main == HEADS
    assert session.document.text() == dumps(HEADS)
    assert session.document.problems == ()


def test_it_is_taken_back_to_nothing_and_drawn_again() -> None:
    session = Session.of(Document(Circuit("multi_head_attention")))
    texts = [session.document.text()]
    for command in drawn():
        session.do(command)
        texts.append(session.document.text())
    for text in reversed(texts[:-1]):
        session.undo()
        assert session.document.text() == text
    for text in texts[1:]:
        session.redo()
        assert session.document.text() == text
    assert session.document.main == HEADS


def test_a_gallery_circuit_is_added_by_its_name() -> None:
    session = Session.of(Document(Circuit("mine")))
    session.do(AddInput(name="x", type="[t k]"))
    session.do(AddCall(circuit="attention", axes="y=t x=t'", inputs=("x", "x", "x")))
    assert session.document.main.by_name["attention"].op.bodies() == (ATTENTION,)
    assert session.document.problems == ()


def test_commands_are_the_same_after_json() -> None:
    for command in drawn():
        assert read(command.line()) == command
        assert read(command.data()) == command


def test_a_changed_definition_changes_all_its_uses() -> None:
    main = entry("transformer").circuit
    session = Session.of(Document(main))
    key = next(
        key for circuit, key in session.document.keys.items() if circuit.name == "attention" or "attention" in key
    )
    definition = session.document.definitions[key]
    uses = [
        (circuit.name, node.name)
        for circuit in main.definitions()
        for node in circuit.nodes
        if definition in node.op.bodies()
    ]
    assert uses
    first = definition.inputs[0].name
    session.do(EditDefinition(name=key, command=SetInput(name=first, rename="renamed")))
    now = session.document.definitions[key]
    assert now.inputs[0].name == "renamed"
    assert definition not in list(session.document.main.definitions())
    after = [
        (circuit.name, node.name)
        for circuit in session.document.main.definitions()
        for node in circuit.nodes
        if now in node.op.bodies()
    ]
    assert after == uses
    assert session.document.problems == ()
