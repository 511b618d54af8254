"""Backward passes as circuits: against central differences, and what their ends are called."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    arg,
    batch_norm,
    build,
    call,
    constant,
    elementwise,
    flatten,
    initial,
    lift_parameters,
    linear,
    parameters,
    reduce,
    reverse,
    run,
    svd,
    topk,
    value_and_gradient,
)
from circuits.ops.stop_gradient import stop_gradient
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import check_reverse, normal
from tests.strategies import arrays, circuits

CASES = {
    models.heads: {"y": (3, 4), "x": (2, 4)},
    models.stack: {"x": (2, 4), "memory": (3, 4)},
    models.captured: {"x": (2, 4)},
    models.folded: {"n": (4, 3)},
    models.crossed: {"m": (2, 3, 2), "n": (3, 2)},
    models.experts: {"x": (2, 3, 4)},
    models.noise: {"x": (3, 4)},
    models.normed: {"x": (5, 3)},
    models.nested: {"x": (2, 3, 2)},
}


@pytest.mark.parametrize("circuit", CASES, ids=lambda circuit: circuit.name)
def test_gradients_are_the_slopes(circuit: Circuit) -> None:
    check_reverse(circuit, normal(**CASES[circuit]))


@pytest.mark.parametrize("circuit", [models.noise, models.normed], ids=lambda circuit: circuit.name)
def test_gradients_in_training_are_the_slopes(circuit: Circuit) -> None:
    check_reverse(circuit, normal(**CASES[circuit]), training=True)


@settings(max_examples=25, deadline=None)
@given(circuits(max_nodes=5), st.integers(0, 3))
def test_gradients_of_random_circuits_are_the_slopes(circuit: Circuit, seed: int) -> None:
    check_reverse(circuit, arrays(circuit, seed), tolerance=1e-4)


def test_ends_are_named_after_what_they_belong_to() -> None:
    back = reverse(models.heads)
    lifted = lift_parameters(models.heads)
    assert [item.name for item in back.inputs] == [item.name for item in lifted.circuit.inputs] + ["d_out"]
    assert [item.name for item in back.outputs] == [f"d_{item.name}" for item in lifted.circuit.inputs]
    assert [item.type for item in back.outputs] == [item.type for item in lifted.circuit.inputs]


def test_gradients_may_be_asked_for_by_name() -> None:
    back = reverse(models.heads, ["x", "out.bias"])
    assert [item.name for item in back.outputs] == ["d_x", "d_out_bias"]
    assert [item.name for item in back.inputs] == ["y", "x", "out_bias", "d_out"]
    assert parameters(back).keys() | {"out.bias"} == parameters(models.heads).keys()
    everything, some = reverse(models.heads), normal(y=(3, 4), x=(2, 4), d_out=(3, 4))
    state, lifted = initial(models.heads), lift_parameters(models.heads)
    expected = run(everything, {**some, **lifted.inputs(state)})
    rest = {key: array for key, array in state.items() if key != "out.bias"}
    found = run(back, {**some, "out_bias": state["out.bias"]}, rest)
    np.testing.assert_allclose(found["d_x"], expected["d_x"], rtol=1e-12)
    np.testing.assert_allclose(found["d_out_bias"], expected["d_out_bias"], rtol=1e-12)


def test_unknown_names_are_told() -> None:
    with pytest.raises(AttributeProblem) as caught:
        reverse(models.heads, ["q.wait"])
    assert str(caught.value) == (
        "expected a real input or a parameter of 'heads', found 'q.wait'. Name one of them. Did you mean 'q.weight'?"
    )


def test_each_passing_index_has_its_own_gradient() -> None:
    back, state = reverse(models.hidden), initial(models.hidden)
    weights = lift_parameters(models.hidden).inputs(state)
    inputs = normal(x=(5, 4), d_out=(5, 3))
    together = run(back, {**inputs, **weights})
    for number in range(5):
        alone = run(back, {name: array[number] for name, array in inputs.items()} | weights)
        for name, array in alone.outputs.items():
            np.testing.assert_allclose(together[name][number], array, rtol=1e-12, atol=1e-12, err_msg=name)


def test_a_copied_array_gets_the_sum() -> None:
    circuit = build("copied", {"x": "[m]"}, lambda x: elementwise("x * y + z", x, x, x))
    check_reverse(circuit, normal(x=(3,)))


def test_what_nothing_depends_on_gets_zeros() -> None:
    circuit = build("unused", {"x": "[m]", "y": "[m k]"}, lambda x, y: x * 2.0)
    found = run(reverse(circuit), {**normal(x=(3,), y=(3, 2)), "d_out": np.ones(3)})
    np.testing.assert_array_equal(found["d_y"], np.zeros((3, 2)))
    np.testing.assert_array_equal(found["d_x"], np.full(3, 2.0))


def test_stopped_gradients_stop() -> None:
    circuit = build("stopped", {"x": "[m]"}, lambda x: x * stop_gradient(elementwise("x * x", x)))
    x = normal(x=(3,))["x"]
    np.testing.assert_allclose(run(reverse(circuit), {"x": x, "d_out": np.ones(3)})["d_x"], x * x)


def test_no_gradient_flows_through_positions() -> None:
    def body(x: Wire) -> dict[str, Wire]:
        return {"at": arg("max", x, axis="m"), "top": reduce("max", x, axes="m")}

    circuit = build("positions", {"x": "[t m]"}, body).valid()
    back = reverse(circuit)
    assert [item.name for item in back.inputs] == ["x", "d_top"]
    found = run(back, {"x": np.array([[1.0, 3.0, 2.0]]), "d_top": np.array([5.0])})
    np.testing.assert_array_equal(found["d_x"], [[0.0, 5.0, 0.0]])


def test_outputs_without_a_cotangent_count_as_zero() -> None:
    def first(x: Wire) -> Wire:
        values, _ = topk(x, axis="m", into="k=2")
        return values

    check_reverse(build("top", {"x": "[t m]"}, first).valid(), normal(x=(2, 5)))

    def values_only(x: Wire) -> Wire:
        return svd(x, "m n -> r")[1]

    check_reverse(build("values", {"x": "[m n]"}, values_only).valid(), normal(x=(3, 2)))


def test_a_value_and_its_gradient() -> None:
    def loss(x: Wire, y: Wire) -> dict[str, Wire]:
        made = linear("m -> k=2", x, name="linear")
        return {"loss": reduce("mean", elementwise("(a - b) ** 2", made, y), axes="b k"), "made": made}

    circuit = build("loss", {"x": "[b m=3]", "y": "[b k]"}, loss).valid()
    both, state, inputs = value_and_gradient(circuit, ["linear.weight"]), initial(circuit), normal(x=(4, 3), y=(4, 2))
    assert [item.name for item in both.outputs] == ["loss", "made", "d_linear_weight"]
    found = run(both, {**inputs, "linear_weight": state["linear.weight"]}, {"linear.bias": state["linear.bias"]})
    expected = run(circuit, inputs, state)
    np.testing.assert_array_equal(found["loss"], expected["loss"])
    np.testing.assert_array_equal(found["made"], expected["made"])
    slope = 2.0 * np.einsum("bk,bm->km", expected["made"] - inputs["y"], inputs["x"]) / 8.0
    np.testing.assert_allclose(found["d_linear_weight"], slope, rtol=1e-12)


def test_a_gradient_needs_a_single_number() -> None:
    with pytest.raises(AttributeProblem) as caught:
        value_and_gradient(models.heads)
    assert str(caught.value) == "expected 'out' to be a single real number, found [y m]. Take its mean."


def test_running_statistics_move_once_in_a_gradient() -> None:
    def loss(x: Wire) -> Wire:
        return reduce("sum", elementwise("sin(y) * y", batch_norm(x, channel="c", axes="b")), axes="b c")

    circuit = build("normed", {"x": "[b c=3]"}, loss).valid()
    state, lifted, inputs = initial(circuit), lift_parameters(circuit), normal(x=(4, 3))
    buffers = {key: array for key, array in state.items() if key not in lifted.names}
    found = run(value_and_gradient(circuit), {**inputs, **lifted.inputs(state)}, buffers, training=True)
    expected = run(circuit, inputs, state, training=True)
    for key in buffers:
        np.testing.assert_array_equal(found.state[key], expected.state[key])
        assert not np.array_equal(found.state[key], state[key])


def test_sums_are_contracted_where_they_arise() -> None:
    circuit = build("dense", {"x": "[b m=3]"}, lambda x: linear("m -> k=2", x)).valid()
    back = reverse(circuit)
    for wire, type in back.checked.types.items():
        assert type is not None and len(type.axes) <= 2, f"{wire} {type}"


def test_a_second_derivative_is_the_backward_pass_of_a_backward_pass() -> None:
    circuit = build("cube", {"x": "[]"}, lambda x: elementwise("x ** 3", x)).valid()
    once = reverse(circuit)
    seeded = build("seeded", {"x": "[]"}, lambda x: call(once, x, constant(1.0)))
    found = run(reverse(seeded), {"x": np.array(2.0), "d_out": np.array(1.0)})
    np.testing.assert_allclose(found["d_x"], 12.0)


def test_backward_passes_are_flat_circuits() -> None:
    back = reverse(models.stack)
    assert str(flatten(back)) == str(back)
