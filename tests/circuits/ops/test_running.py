"""Running statistics and the mode: what is given, what is held, and where slopes flow."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Circuit, Wire, build, elementwise, parameters, reduce, run, running, training
from tests.circuits.laws import problems
from tests.circuits.ops.pulled import pulled


def averaged(**attributes: Any) -> Circuit:
    """The mean over b of every c, and the spread as what the buffer follows."""

    def body(x: Wire) -> Wire:
        mean = reduce("mean", x, axes="b")
        return running(mean, mean * 2.0, axes="c", name="held", **attributes)

    return build("f", {"x": "[b c]"}, body, sizes={"c": 3}).valid()


@given(momentum=st.floats(0, 1), start=st.floats(-3, 3), seed=st.integers(0, 99))
def test_training_gives_what_is_current_and_moves_the_buffer(momentum: float, start: float, seed: int) -> None:
    circuit = averaged(momentum=momentum, start=start)
    array = np.random.default_rng(seed).normal(size=(4, 3))
    before = {"held": np.full(3, start)}
    found = run(circuit, {"x": array}, before, training=True)
    np.testing.assert_allclose(found.only, array.mean(0))
    np.testing.assert_allclose(found.state["held"], (1 - momentum) * start + momentum * 2 * array.mean(0), atol=1e-12)
    later = run(circuit, {"x": array}, found.state)
    np.testing.assert_array_equal(later.only, found.state["held"])
    np.testing.assert_array_equal(later.state["held"], found.state["held"])
    np.testing.assert_array_equal(before["held"], np.full(3, start))


def test_the_buffer_has_the_key_of_its_node_and_is_not_learned() -> None:
    (held,) = parameters(averaged(start=2.0)).values()
    assert (held.key, held.axes, held.shape, held.buffer, held.trainable) == ("held", ("c",), (3,), True, False)
    np.testing.assert_array_equal(run(averaged(start=2.0), {"x": np.zeros((1, 3))}).only, np.full(3, 2.0))


def test_buffers_per_axis_keep_their_order_whatever_order_arrays_have() -> None:
    circuit = build(
        "f", {"x": "[g e c]"}, lambda x: running(x, x, axes="c", per="e g", momentum=1.0, name="held")
    ).valid()
    array = np.arange(12.0).reshape(2, 3, 2)
    found = run(circuit, {"x": array}, sizes={"g": 2, "e": 3, "c": 2}, training=True)
    np.testing.assert_array_equal(found.state["held"], array.transpose(1, 0, 2))
    np.testing.assert_array_equal(run(circuit, {"x": 0.0 * array}, found.state).only, array)


def test_the_mode_is_a_truth_value() -> None:
    circuit = build("f", {"x": "[m]"}, lambda x: elementwise("where(t, x, -x)", training(), x)).valid()
    np.testing.assert_array_equal(run(circuit, {"x": np.ones(2)}, training=True).only, [1, 1])
    np.testing.assert_array_equal(run(circuit, {"x": np.ones(2)}).only, [-1, -1])


@pytest.mark.parametrize("mode", [False, True])
def test_slopes_flow_to_what_is_current_and_in_training_only(mode: bool) -> None:
    cotangent = np.array([1.0, -2.0, 3.0])
    found = pulled(
        lambda x, y: running(x, y, axes="c"),
        {"x": "[c]", "y": "[c]"},
        {"x": np.ones(3), "y": np.ones(3)},
        [cotangent],
        training=mode,
    )
    assert found.keys() == {"x"}
    np.testing.assert_array_equal(found["x"], cotangent * mode)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: running(x, x, axes="c"),
            "f/running (running): expected no axis passing over an op that updates buffers, found [b]. Consume it, or "
            "give it per='b'.",
        ),
        (
            lambda x: running(x, x, axes="b c", momentum=2.0),
            "running: expected attributes of 'running' (axes, momentum, start), found momentum: Input should be less "
            "than or equal to 1. See its documentation.",
        ),
        (
            lambda x: running(x, axes="b c"),
            "f/running (running): expected 2 inputs (current, update), found 1. Connect one wire to each port.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, message: str) -> None:
    assert problems(function, x="[b c]") == [message]


def test_axes_that_nobody_declared_do_not_pass_over_a_buffer_in_training() -> None:
    with pytest.raises(BindingError) as caught:
        run(averaged(), {"x": np.ones((2, 4, 3))}, training=True)
    assert str(caught.value) == (
        "held: expected no axes passing over a buffer in training, found 1. Give arrays of the declared axes only."
    )
    assert run(averaged(), {"x": np.ones((2, 4, 3))}).only.shape == (2, 3)
