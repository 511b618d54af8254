"""Flat circuits mean the same, have the same parameters and draws, and hold primitives and regions only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import (
    Circuit,
    CircuitError,
    Primitive,
    Region,
    Wire,
    arg,
    build,
    call,
    flatten,
    initial,
    linear,
    repeat,
    run,
)
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import check_flat, normal
from tests.strategies import arrays, circuits

CASES = {
    models.heads: {"y": (2, 5, 4), "x": (2, 6, 4)},
    models.stack: {"x": (3, 4), "memory": (5, 4)},
    models.captured: {"x": (2, 5, 4)},
    models.folded: {"n": (2, 5, 3)},
    models.crossed: {"m": (3, 5, 4), "n": (5, 4)},
    models.experts: {"x": (2, 3, 4)},
    models.noise: {"x": (3, 5, 4)},
    models.normed: {"x": (6, 3)},
    models.nested: {"x": (2, 3, 2)},
}


@pytest.mark.parametrize("circuit", CASES, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("unroll", [False, True])
def test_it_means_the_same(circuit: Circuit, unroll: bool) -> None:
    flat = check_flat(circuit, normal(**CASES[circuit]), unroll=unroll)
    for node in flat.nodes:
        assert isinstance(node.op, Primitive | Region)
        assert not (unroll and node.op.name == "repeat")


def test_whole_numbers_are_of_the_element_that_a_call_gives_them() -> None:
    passed = build("passed", {"i": "Natural(v)[t]"}, lambda i: i)

    def body(x: Wire) -> tuple[Wire, Wire]:
        best = arg("max", x, axis="m")
        return best, call(passed, best, sizes="v=m")

    circuit = build("best", {"x": "[t m]"}, body).valid()
    flat = check_flat(circuit, normal(x=(3, 4)))
    assert [str(flat.checked.type(item.wire)) for item in flat.outputs] == ["Index(m)[t]", "Natural(m)[t]"]


def test_positions_follow_their_axis() -> None:
    inputs = {"j": np.array([4, 0, 2]), **normal(words=(5, 3))}
    check_flat(models.looked_up, inputs)


@settings(max_examples=40, deadline=None)
@given(circuits(max_nodes=5), st.integers(0, 3))
def test_random_circuits_mean_the_same(circuit: Circuit, seed: int) -> None:
    check_flat(circuit, arrays(circuit, seed, (2,)))


def test_nodes_are_named_by_their_paths() -> None:
    names = [node.name for node in flatten(models.stack).nodes]
    assert "layer.1.heads_2.out.weight" in names
    assert "layer.0.heads.attention.softmax.raised" in names
    assert len(set(names)) == len(names)


def test_names_from_inside_are_kept_apart() -> None:
    flat = flatten(models.captured)
    (inside,) = flat.by_name["hidden.elementwise"].outputs()
    assert flat.checked.type(inside).axes == ("y", "y_2")
    assert flat.checked.size("y_2") == 7
    assert flat.checked.size("y") != 7


def test_a_flat_circuit_is_flat() -> None:
    flat = flatten(models.nested)
    assert str(flatten(flat)) == str(flat)


def test_tied_rounds_stay_a_region_unless_they_are_written_out() -> None:
    step = build("step", {"x": "[m=3]"}, lambda x: x * 0.5)
    circuit = build("rounds", {"x": "[m=3]"}, lambda x: repeat(step, x, times=3, tied=True)).valid()
    assert [node.op.name for node in flatten(circuit).nodes] == ["repeat"]
    assert [node.name for node in flatten(circuit, unroll=True).nodes] == [
        f"step.@{number}.elementwise" for number in range(3)
    ]


def test_an_output_that_depends_on_nothing_has_the_axes_it_is_typed_with() -> None:
    step = build("step", {"s": "[]", "c": "[]"}, lambda s, c: s * 0.5)
    circuit = build("loop", {"s": "[]", "c": "[t]"}, lambda s, c: repeat(step, s, c, times=2)).valid()
    flat = flatten(circuit, unroll=True)
    inputs = {"s": np.array(3.0), "c": np.zeros(4)}
    assert flat.checked.type(flat.outputs[0].wire).axes == ("t",)
    np.testing.assert_array_equal(run(flat, inputs).only, np.full(4, 0.75))
    np.testing.assert_array_equal(run(circuit, inputs).only, np.full(4, 0.75))


def test_sizes_given_to_a_call_hold_inside() -> None:
    def wide(x: Wire) -> Wire:
        return linear("k -> m", linear("m -> k", x))

    inner = build("inner", {"x": "[m]"}, wide, sizes={"k": 2})
    circuit = build(
        "outer",
        {"x": "[m=3]"},
        lambda x: call(inner, call(inner, x, sizes="k=2*m", name="one"), sizes="k=5", name="two"),
    ).valid()
    flat = check_flat(circuit, normal(x=(2, 3)))
    shapes = {key: array.shape for key, array in initial(flat).items()}
    assert shapes["one.linear.weight"] == (6, 3)
    assert shapes["two.linear.weight"] == (5, 3)


def test_a_circuit_with_problems_is_refused() -> None:
    broken = build("broken", {"x": "[m]"}, lambda x: linear("z -> k", x))
    with pytest.raises(CircuitError, match="expected an axis 'z'"):
        flatten(broken)
