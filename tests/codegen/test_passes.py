"""Passes keep the meaning, the parameters and their keys."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from circuits import (
    Call,
    Circuit,
    Wire,
    build,
    call,
    dropout,
    elementwise,
    initial,
    linear,
    mixture,
    ode,
    parameters,
    reduce,
    repeat,
    run,
    softmax,
)
from codegen import PASSES, run_passes
from codegen.passes.merge_duplicates import merge_duplicates
from codegen.passes.remove_dead import remove_dead
from codegen.passes.unfold import unfold
from tests.strategies import arrays, circuits


def assert_same(before: Circuit, after: Circuit) -> None:
    """Both have the same parameters and give the same."""
    assert {key: item.shape for key, item in parameters(after).items()} == {
        key: item.shape for key, item in parameters(before).items()
    }
    state, inputs = initial(before), arrays(before, 0)
    one, other = run(before, inputs, state), run(after, inputs, state)
    for name, array in one.outputs.items():
        np.testing.assert_allclose(other[name], array, rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(circuits())
def test_passes_keep_the_meaning(circuit: Circuit) -> None:
    found = run_passes(circuit)
    assert_same(circuit, found)
    assert run_passes(found) == found


def names(circuit: Circuit) -> list[str]:
    return [node.name for node in circuit.nodes]


def test_dead_nodes_go_but_not_their_parameters() -> None:
    def body(x: Wire) -> Wire:
        elementwise("tanh(x)", x, name="dead")
        linear("m -> k", elementwise("x + 1", x, name="feeds"), name="owner")
        return elementwise("x * 2", x, name="live")

    circuit = build("c", {"x": "[m]"}, body, sizes={"m": 2, "k": 3})
    assert names(remove_dead(circuit)) == ["feeds", "owner", "live"]
    assert_same(circuit, remove_dead(circuit))


def test_equal_nodes_are_merged_through_what_they_read() -> None:
    def body(x: Wire) -> Wire:
        one = elementwise("tanh(x)", softmax(x, axis="m", name="a"), name="b")
        other = elementwise("tanh(x)", softmax(x, axis="m", name="c"), name="d")
        return elementwise("p * q", one, other, name="e")

    circuit = build("c", {"x": "[m]"}, body, sizes={"m": 2})
    assert names(run_passes(circuit)) == ["a", "b", "e"]
    assert_same(circuit, run_passes(circuit))


def test_weights_and_draws_are_never_merged() -> None:
    def body(x: Wire) -> Wire:
        one, other = (linear("m -> k", x, name=name) for name in "ab")
        first, second = (dropout(reduce("sum", one + other, axes="k"), rate=0.5, name=name) for name in "cd")
        return first + second

    circuit = build("c", {"x": "[m]"}, body, sizes={"m": 2, "k": 3})
    assert set("abcd") <= set(names(merge_duplicates(circuit)))


def test_passes_reach_bodies_and_keep_equal_ones_equal() -> None:
    def body(x: Wire) -> Wire:
        elementwise("tanh(x)", x, name="dead")
        return elementwise("x * 2", x, name="live")

    inner = build("inner", {"x": "[m]"}, body)
    circuit = build(
        "c",
        {"x": "[m]"},
        lambda x: repeat(inner, call(inner, call(inner, x, name="a"), name="b"), times=2),
        sizes={"m": 2},
    )
    found = run_passes(circuit)
    assert [names(used) for used in found.definitions()] == [["live"], ["a", "b", "inner"]]
    assert_same(circuit, found)


def test_unfolding_regions_become_calls_with_the_same_keys() -> None:
    field = build("field", {"y": "[m]"}, lambda y: linear("k -> m", linear("m -> k", y, name="up"), name="down"))
    inner = build("inner", {"y": "[m]"}, lambda y: ode(field, y, steps=2, name="flow"))

    def body(y: Wire, w: Wire) -> Wire:
        return mixture((inner, field), w, y, axis="e", name="mix")

    circuit = build("c", {"y": "[m]", "w": "[e]"}, body, sizes={"m": 2, "k": 3, "e": 2})
    found = unfold(circuit)
    assert all(isinstance(node.op, Call) for node in found.nodes)
    assert "mix.0.flow.up.weight" in parameters(found)
    assert_same(circuit, found)


def test_every_step_can_be_watched() -> None:
    seen: list[str] = []
    circuit = build("c", {"x": "[m]"}, lambda x: x * 2, sizes={"m": 2})
    run_passes(circuit, watch=lambda step, after: seen.append(f"{step.__name__} {len(after.nodes)}"))
    assert seen == [f"{step.__name__} 1" for step in PASSES]
