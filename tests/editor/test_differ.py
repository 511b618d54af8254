"""Differences: none between equal circuits, and applied to edits they name the edit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit
from editor.commands import (
    AddInput,
    AddNode,
    Command,
    Connect,
    Pin,
    RemoveNodes,
    RenameNode,
    SetAttribute,
    SetSize,
    Together,
    apply,
)
from editor.differ import NodeChange, difference
from editor.document import Document
from gallery import entry
from tests.editor.gestures import gesture
from tests.strategies import circuits

HEADS = entry("multi_head_attention").circuit


def after(*commands: Command) -> Circuit:
    applied = apply(Together(commands=commands), Document(HEADS))
    assert applied.refusals == ()
    return applied.document.main


@given(circuits())
def test_a_circuit_does_not_differ_from_itself(circuit: Circuit) -> None:
    assert difference(circuit, circuit).same


@given(circuits(), st.randoms(use_true_random=False))
def test_ids_and_order_make_no_difference(circuit: Circuit, random) -> None:  # type: ignore[no-untyped-def]
    ids = {node.id: f"other{number}" for number, node in enumerate(circuit.nodes)}

    def wire(text: str | None) -> str | None:
        id, dot, port = (text or "").rpartition(".")
        return f"{ids[id]}.{port}" if dot else text

    nodes = [
        replace(
            node,
            id=ids[node.id],
            inputs=tuple(map(wire, node.inputs)),
            feeds=tuple((name, str(wire(one))) for name, one in node.feeds),
        )
        for node in circuit.nodes
    ]
    random.shuffle(nodes)
    outputs = tuple(replace(item, wire=str(wire(item.wire))) for item in circuit.outputs)
    assert difference(circuit, replace(circuit, nodes=tuple(nodes), outputs=outputs)).same


@given(circuits(max_nodes=5), st.randoms(use_true_random=False))
def test_every_difference_is_turned_round(circuit: Circuit, random) -> None:  # type: ignore[no-untyped-def]
    document = Document(circuit)
    for _ in range(4):
        document = apply(gesture(random, document), document).document
    there, back = difference(circuit, document.main), difference(document.main, circuit)
    assert len(there.added) - len(there.removed) == len(back.removed) - len(back.added)
    assert len(circuit.nodes) - len(there.removed) == len(there.matched) == len(document.main.nodes) - len(there.added)
    if there.same:
        assert replace(document.main, view="{}", nodes=()) == replace(
            circuit, view="{}", nodes=(), outputs=document.main.outputs
        )


def test_what_was_added_and_removed_is_named() -> None:
    found = difference(
        HEADS, after(AddNode(op="softmax", attributes={"axis": "k"}, inputs=("n2.out",)), RemoveNodes(ids=("n3",)))
    )
    assert (found.added, found.removed, found.changed) == (("n6",), ("n3",), ())
    assert found.wires_added == (("n2.out", "n6.x"),)
    assert found.wires_removed == (("x", "n3.x"), ("n3.out", "n4.v"))


def test_what_was_changed_is_named() -> None:
    changed = after(
        RenameNode(node="n1", name="queries"),
        SetAttribute(node="n1", attribute="bias", value=False),
        SetAttribute(node="n3", attribute="spec", value="m -> v h"),
        SetSize(name="h", value=4),
        AddInput(name="z", type="[m]"),
    )
    found = difference(HEADS, changed)
    assert found.changed == (
        NodeChange("n1", "n1", (("name", "query", "queries"), ("bias", "default", "False"))),
        NodeChange("n3", "n3", (("spec", "m -> k h", "m -> v h"),)),
    )
    assert found.types[0] == ("n3.out", "[x k h]", "[x v h]")
    assert found.face == (("input z", "", "[m]"), ("size h", "8", "4"))


def test_a_moved_wire_is_one_taken_off_and_one_put_on() -> None:
    found = difference(HEADS, after(Connect(wire="x", node="n1")))
    assert (found.wires_removed, found.wires_added) == ((("y", "n1.x"),), (("x", "n1.x"),))


def test_a_view_makes_no_difference() -> None:
    assert difference(HEADS, after(Pin(node="n1", dy=3.0))).same
