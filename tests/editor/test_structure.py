"""Commands that rebuild circuits keep what they mean: the same numbers come out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits import Circuit, Composite, Derived, build, call, initial, linear, parameters, relu, run, scan, softmax
from circuits import Wire as W
from editor.commands import (
    AddCall,
    Command,
    Disable,
    Duplicate,
    EditDefinition,
    Enable,
    Expand,
    MakeSubcircuit,
    Paste,
    RemoveNodes,
    SetAttribute,
    SetInput,
    SetOutput,
    Tie,
    WrapRepeat,
    WrapScan,
    apply,
    fragment,
    read,
)
from editor.document import Document
from gallery import entry
from tests.strategies import arrays, circuits

HEADS = entry("multi_head_attention").circuit


def declared(circuit: Circuit) -> Circuit:
    """The circuit with the types of its outputs declared: the order of axes is layout, and may change elsewhere."""
    types = circuit.checked.types
    return replace(circuit, outputs=tuple(replace(item, type=types[item.wire]) for item in circuit.outputs))


DRAWN = circuits().map(declared).filter(lambda circuit: circuit.nodes)


def done(circuit: Circuit, *commands: Command) -> Circuit:
    """The circuit after commands none of which is refused."""
    document = Document(circuit)
    for command in commands:
        applied = apply(read(command.line()), document)
        assert [str(problem) for problem in applied.refusals] == []
        document = applied.document
    return document.main


def refused(circuit: Circuit, command: Command) -> list[str]:
    applied = apply(command, Document(circuit))
    assert applied.document.main is circuit
    return [str(problem) for problem in applied.refusals]


def same_numbers(before: Circuit, after: Circuit) -> None:
    """Both compute the same from the same inputs and the same parameters, which stand in the same order."""
    assert after.problems == ()
    inputs = arrays(before, 0)
    sizes = before.checked.known({})
    old, new = parameters(before), parameters(after)
    assert [one.shape for one in old.values()] == [one.shape for one in new.values()]
    state = initial(before, sizes, 0)
    moved = {key: state[other] for key, other in zip(new, old, strict=True)}
    one, other = run(before, inputs, state), run(after, inputs, moved)
    for name, array in one.outputs.items():
        np.testing.assert_allclose(other[name], array, rtol=1e-12, atol=1e-12)


@given(circuit=DRAWN, data=st.data())
def test_an_expanded_node_computes_the_same(circuit: Circuit, data: st.DataObject) -> None:
    derived = [node for node in circuit.nodes if isinstance(node.op, Derived)]
    assume(derived)
    node = data.draw(st.sampled_from(derived))
    expanded = done(circuit, Expand(node=node.id))
    assert node.id not in expanded.by_id
    same_numbers(circuit, expanded)


@given(circuit=DRAWN, data=st.data())
def test_a_subcircuit_computes_the_same(circuit: Circuit, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(circuit.nodes) - 1))
    run_of = circuit.nodes[start : start + data.draw(st.integers(1, 4))]
    applied = apply(MakeSubcircuit(ids=tuple(node.id for node in run_of), name="part"), Document(circuit))
    assume(not applied.refusals)
    made = applied.document.main
    assert len(made.nodes) == len(circuit.nodes) - len(run_of) + 1
    same_numbers(circuit, made)
    opened = done(made, Expand(node=made.by_name["part"].id))
    same_numbers(circuit, opened)


@given(circuit=DRAWN, data=st.data())
def test_what_is_disabled_and_enabled_is_as_it_was(circuit: Circuit, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(circuit.nodes))
    applied = apply(Disable(node=node.id), Document(circuit))
    assume(not applied.refusals)
    off = applied.document.main
    assert not any(wire in other.wires for other in off.nodes for wire in node.outputs() if other is not node)
    assert done(off, Enable(node=node.id)) == circuit


def test_a_disabled_node_passes_on_the_input_of_its_own_type() -> None:
    main = build("main", {"x": "[t m]"}, lambda x: relu(softmax(relu(x), axis="t")))
    off = done(main, Disable(node="n2"))
    assert off.by_id["n3"].inputs == ("n1.out",)
    np.testing.assert_array_equal(
        run(off, {"x": np.eye(3)}).only,
        run(build("two", {"x": "[t m]"}, lambda x: relu(relu(x))), {"x": np.eye(3)}).only,
    )


def test_everything_of_multi_head_attention_is_opened_and_closed() -> None:
    flat = done(HEADS, Expand(node="n4"))
    assert [node.op.name for node in flat.nodes] == [
        "linear", "linear", "linear", "einsum", "elementwise", "softmax", "einsum", "linear",
    ]  # fmt: skip
    flattest = flat
    while any(isinstance(node.op, Composite) for node in flattest.nodes):
        flattest = done(flattest, Expand(node=next(n.id for n in flattest.nodes if isinstance(n.op, Composite))))
    same_numbers(HEADS, flattest)
    inside = [node.id for node in flat.nodes if node.op.name in ("einsum", "elementwise", "softmax")]
    closed = done(flat, MakeSubcircuit(ids=tuple(inside), name="heads"))
    body = closed.by_name["heads"].op.bodies()[0]
    assert [(item.name, str(item.type)) for item in body.inputs] == [
        ("query", "[y k h]"),
        ("key", "[x k h]"),
        ("value", "[x k h]"),
    ]
    assert {axis.name for axis in body.axes} == {"y", "x", "h", "k"}
    same_numbers(HEADS, closed)


def stack(x: W) -> W:
    return linear("k -> m", relu(linear("m -> k", x)), name="back")


STACK = build("stack", {"x": "[t m]"}, stack, sizes={"t": 3, "m": 4, "k": 5})


def test_nodes_wrapped_in_a_repeat_are_run_again() -> None:
    once = done(STACK, WrapRepeat(ids=("n1", "n2", "n3"), times=1))
    same_numbers(STACK, once)
    tied = done(STACK, WrapRepeat(ids=("n1", "n2", "n3"), times=3, tied=True, name="layer"))
    state = initial(STACK, STACK.checked.known({}), 0)
    x = np.arange(12.0).reshape(3, 4) / 12
    expected = x
    for _ in range(3):
        expected = run(STACK, {"x": expected}, state).only
    moved = {key: state[other] for key, other in zip(parameters(tied), parameters(STACK), strict=True)}
    np.testing.assert_allclose(run(tied, {"x": x}, moved).only, expected)


def test_what_cannot_be_carried_is_not_repeated() -> None:
    assert refused(STACK, WrapRepeat(ids=("n1", "n2"))) == [
        "stack: expected an input that 'n2.out' [t k] can take the place of in the next round, found 'x' [t m]. "
        "Select nodes that give back what they take."
    ]


def test_nodes_wrapped_in_a_scan_run_step_by_step() -> None:
    same_numbers(STACK, done(STACK, WrapScan(ids=("n1", "n2", "n3"), axis="t", name="step")))


def test_a_scan_carries_its_states() -> None:
    def add(h: W, x: W) -> W:
        return linear("m -> m", h) + x

    main = build("main", {"h": "[m]", "x": "[t m]"}, add, sizes={"t": 3, "m": 2})
    made = done(main, WrapScan(ids=("n1", "n2"), axis="t", states=(("h", "n2.out"),), name="cell"))
    made = done(made, SetOutput(name="out", type=""))
    body = made.nodes[0].op.bodies()[0]
    assert [(item.name, str(item.type)) for item in body.inputs] == [("h", "[m]"), ("x", "[m]")]
    state = initial(made, made.checked.known({}), 0)
    weight, bias = state.values()
    h, x = np.ones(2), np.arange(6.0).reshape(3, 2)
    for row in x:
        h = weight @ h + bias + row
    np.testing.assert_allclose(run(made, {"h": np.ones(2), "x": x}, state).only, h)


def test_a_selection_that_a_path_leaves_and_enters_again_is_refused() -> None:
    assert refused(STACK, MakeSubcircuit(ids=("n1", "n3"), name="part")) == [
        "stack: expected nodes that no path leaves and enters again, found 'relu' between them, which is not chosen. "
        "Select 'relu' too."
    ]


def test_a_tie_that_would_cross_the_border_is_refused() -> None:
    twice = build("twice", {"x": "[m]"}, lambda x: linear("m -> m", linear("m -> m", x)))
    tied = done(twice, Tie(node="n2", to="n1"))
    assert refused(tied, MakeSubcircuit(ids=("n2",), name="part")) == [
        "twice: expected weights that are shared on one side only, found 'linear_2' tied to 'linear'. "
        "Select both, or untie them."
    ]
    assert refused(tied, Expand(node="n2")) == [
        "Expand: expected a node that shares no weights, found 'linear' at the other end. Untie them first."
    ]


def test_pasted_nodes_are_wired_among_themselves_and_keep_their_circuits() -> None:
    piece = fragment(HEADS, ("n1", "n4"))
    target = build("target", {"x": "[t m]"}, lambda x: relu(x))
    pasted = done(target, Paste(fragment=piece))
    query, heads = pasted.nodes[1:]
    assert (query.id, heads.id) == ("n2", "n3")
    assert (query.inputs, heads.inputs) == ((None,), ("n2.out", None, None))
    assert heads.op.bodies() == (entry("attention").circuit,)
    assert dict(pasted.sizes)["m"] == 512


def test_a_duplicate_reads_what_the_first_reads() -> None:
    made = done(HEADS, Duplicate(ids=("n1", "n4")))
    assert made.by_name["query_2"].inputs == ("y",)
    assert made.by_name["attention_2"].inputs == ("n6.out", "n2.out", "n3.out")


def test_ports_follow_a_definition_that_changes() -> None:
    document = Document(HEADS)

    def inside(command: Command) -> None:
        nonlocal document
        applied = apply(EditDefinition(name="attention", command=command), document)
        assert applied.refusals == ()
        document = applied.document

    def use() -> tuple[str | None, ...]:
        return document.main.by_id["n4"].inputs

    inside(SetInput(name="v", place=0))
    assert use() == ("n3.out", "n1.out", "n2.out")
    inside(SetOutput(name="out", rename="values"))
    assert document.main.by_id["n5"].inputs == ("n4.values",)
    # broken inside, and mended: the wires outside are still there
    inside(SetAttribute(node="n3", attribute="axis", value="z"))
    inside(SetInput(name="q", rename="query"))
    assert document.problems
    assert use() == ("n3.out", "n1.out", "n2.out")
    inside(SetAttribute(node="n3", attribute="axis", value="x"))
    assert document.problems == ()
    inside(RemoveNodes(ids=("n1",)))
    assert use() == ("n3.out", "n1.out", "n2.out")


@pytest.mark.parametrize("key", ["heads", "attentoin"])
def test_a_definition_that_is_not_there_is_named(key: str) -> None:
    (found,) = refused(HEADS, EditDefinition(name=key, command=RemoveNodes(ids=("n1",))))
    assert found.startswith(f"multi_head_attention: expected a circuit '{key}' in the document, found none.")


def test_a_region_keeps_its_wires_when_its_body_changes() -> None:
    body = build("cell", {"h": "[m]", "x": "[m]"}, lambda h, x: h + x)
    main = build("main", {"h": "[m]", "x": "[t m]"}, lambda h, x: relu(scan(body, h, x, axis="t", along="x")))
    document = Document(main)
    renamed = apply(EditDefinition(name="cell", command=SetOutput(name="out", rename="h")), document).document.main
    assert renamed.by_id["n2"].inputs == ("n1.h",)
    assert renamed.problems == ()


def test_a_circuit_is_never_put_inside_itself() -> None:
    outer = build("outer", {"x": "[m]"}, lambda x: call(build("inner", {"x": "[m]"}, relu), x))
    whole = Document(outer)
    applied = apply(EditDefinition(name="inner", command=AddCall(circuit="outer")), whole)
    assert [str(problem) for problem in applied.refusals] == [
        "inner: expected circuits that do not hold themselves, found 'inner' inside itself. "
        "Use repeat, scan or fixed_point for what comes again."
    ]
