"""Checking: an edit equals checking anew, whatever was edited, and costs what it touches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits import (
    ArrayType,
    Axis,
    Call,
    Checked,
    Circuit,
    CircuitError,
    Input,
    Node,
    Output,
    Wire,
    build,
    call,
    dumps,
    elementwise,
    linear,
    loads,
    rename,
    softmax,
)
from circuits.elementwise import Elementwise
from circuits.rewrites.rename_axes import rename_axes
from tests.strategies import AXES, circuits

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _same(edited: Circuit) -> None:
    """What is known of an edited circuit is what checking it from nothing finds."""
    assert "_previous" in edited.__dict__
    anew = loads(dumps(edited))
    assert [str(problem) for problem in edited.problems] == [str(problem) for problem in anew.problems]
    here, there = edited.checked, anew.checked
    assert dict(here.types) == dict(there.types)
    assert (here.facts, here.names, here.free_names) == (there.facts, there.names, there.free_names)
    assert _sizes(here) == _sizes(there)
    assert list(here.records) == list(there.records)


def _sizes(checked: Checked) -> dict[str, str]:
    return {name: str(checked.size(name)) for name in sorted(checked.names)}


def _renamed(draw: Draw, circuit: Circuit) -> Circuit:
    node = draw(st.sampled_from(circuit.nodes))
    return circuit.with_node(replace(node, name=draw(st.sampled_from([f"{node.name}_new", circuit.nodes[0].name]))))


def _other_op(draw: Draw, circuit: Circuit) -> Circuit:
    node, other = draw(st.sampled_from(circuit.nodes)), draw(st.sampled_from(circuit.nodes))
    return circuit.with_node(replace(node, op=other.op))


def _rewired(draw: Draw, circuit: Circuit) -> Circuit:
    node = draw(st.sampled_from(circuit.nodes))
    wires = [*circuit.checked.types, "nowhere", None]
    return circuit.with_node(replace(node, inputs=tuple(draw(st.sampled_from(wires)) for _ in node.inputs)))


def _added(draw: Draw, circuit: Circuit) -> Circuit:
    wire = draw(st.sampled_from(list(circuit.checked.types)))
    return circuit.with_node(Node("new", "new", Elementwise(expression="tanh(a)"), (wire,)))


def _removed(draw: Draw, circuit: Circuit) -> Circuit:
    node = draw(st.sampled_from(circuit.nodes))
    return circuit.evolve(nodes=tuple(one for one in circuit.nodes if one is not node))


def _moved(draw: Draw, circuit: Circuit) -> Circuit:
    return circuit.evolve(nodes=tuple(draw(st.permutations(circuit.nodes))))


def _retyped(draw: Draw, circuit: Circuit) -> Circuit:
    axes = tuple(draw(st.lists(st.sampled_from(AXES), max_size=3, unique=True)))
    one = draw(st.sampled_from(circuit.inputs))
    return circuit.evolve(
        inputs=tuple(replace(item, type=ArrayType(axes=axes)) if item is one else item for item in circuit.inputs)
    )


def _resized(draw: Draw, circuit: Circuit) -> Circuit:
    axis, size = draw(st.sampled_from(AXES)), draw(st.integers(1, 5))
    return circuit.evolve(constraints=(*circuit.constraints, f"{axis} = {size}"))


def _redeclared(draw: Draw, circuit: Circuit) -> Circuit:
    wire, axes = draw(st.sampled_from(list(circuit.checked.types))), draw(st.permutations(AXES))[:2]
    return circuit.evolve(outputs=(*circuit.outputs, Output("declared", wire, ArrayType(axes=tuple(axes)))))


def _inside(draw: Draw, circuit: Circuit) -> Circuit:
    calls = [node for node in circuit.nodes if isinstance(node.op, Call)]
    assume(calls)
    node = draw(st.sampled_from(calls))
    assert isinstance(node.op, Call)
    body = node.op.circuit
    assume(body.nodes)
    edited = draw(st.sampled_from([_other_op, _added, _removed, _retyped]))(draw, body)
    return circuit.with_node(replace(node, op=Call(**{**node.op.attributes(), "circuit": edited})))


EDITS = (_renamed, _other_op, _rewired, _added, _removed, _moved, _retyped, _resized, _redeclared, _inside)


@given(circuits(max_nodes=5), st.data())
def test_edits_are_checked_as_if_anew(circuit: Circuit, data: st.DataObject) -> None:
    assume(circuit.nodes)
    for _ in range(data.draw(st.integers(1, 3))):
        assert circuit.checked is not None
        circuit = data.draw(st.sampled_from(EDITS))(data.draw, circuit)
        _same(circuit)
        assume(circuit.nodes)


def test_a_new_input_keeps_two_sizes_apart_again() -> None:
    """The facts stay the same, but what they may join does not."""
    circuit = build("f", {"x": "[a]"}, lambda x: linear("c -> b", rename(x, "a -> c")))
    circuit = circuit.evolve(constraints=("b = c",)).evolve(constraints=())
    assert not circuit.problems
    _same(circuit.evolve(inputs=(*circuit.inputs, Input("y", ArrayType(axes=("c",))))))


@given(circuits(), st.permutations([f"z{number}" for number in range(len(AXES))]))
def test_renaming_all_axes_changes_names_only(circuit: Circuit, names: list[str]) -> None:
    pairs = dict(zip(AXES, names, strict=True))
    other = rename_axes(circuit, pairs)
    assert not other.problems
    for wire, found in circuit.checked.types.items():
        assert found is not None
        renamed = other.checked.type(wire)
        assert renamed.axes == tuple(_renamed_axis(axis, pairs) for axis in found.axes)
        assert renamed.element == found.element


def _renamed_axis(axis: str, pairs: dict[str, str]) -> str:
    root = axis.rstrip("'")
    return pairs.get(root, root) + axis[len(root) :]


def _flat(count: int) -> Circuit:
    def body(x: Wire) -> Wire:
        for number in range(count // 2):
            x = elementwise("a + 0.5 * b", x, softmax(x, axis="m"), name=f"node{number}")
        return x

    return build("flat", {"x": "[b m]"}, body)


def test_an_edit_types_only_what_follows_from_it() -> None:
    circuit = _flat(200)
    assert not circuit.problems
    before = circuit.checked.records
    node = circuit.by_name["node50"]
    edited = circuit.with_node(replace(node, op=Elementwise(expression="a - b")))
    assert not edited.problems
    changed = [name for name, record in edited.checked.records.items() if record is not before[name]]
    assert changed == [node.id]
    assert edited.checked.solution is circuit.checked.solution


def test_definitions_are_checked_once_however_often_they_are_used() -> None:
    inner = build("inner", {"x": "[a]"}, lambda x: x * 2.0)
    wrong = inner.with_node(replace(inner.nodes[0], inputs=(None,)))
    outer = build("outer", {"x": "[a]"}, lambda x: call(inner, call(inner, x)))
    nodes = tuple(replace(node, op=Call(circuit=wrong)) for node in outer.nodes)
    problems = [str(problem) for problem in outer.evolve(nodes=nodes).problems]
    assert sum(problem.startswith("inner/") for problem in problems) == 1


def test_a_circuit_with_problems_says_all_of_them_at_once() -> None:
    broken = Circuit(
        "broken",
        (Input("x", ArrayType(axes=("a",))),),
        (Output("out", "n9.out"),),
        (Node("n1", "one", Elementwise(expression="tanh(a)"), ("y",)), Node("n2", "one", Elementwise(expression="a"))),
        axes=(Axis("a"),),
        constraints=("a",),
    )
    with pytest.raises(CircuitError) as caught:
        broken.valid()
    found = [problem.where for problem in caught.value.problems]
    nodes = ["broken/one (elementwise)"] * 2
    assert found == ["broken", *nodes, "broken/out (output)", "broken (constraint)"]
    assert broken.checked.types["x"] == ArrayType(axes=("a",))
