"""Batch norm against torch in training and evaluation: values, gradients, running statistics; ghost batches."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, initial, parameters, run
from circuits.ops.batch_norm import batch_norm, ghost_batch_norm
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import TOLERANCE, check_against, one_op, randoms

FOLDS = [("[b c]", "b", (4, 3)), ("[b c x]", "b x", (3, 2, 4)), ("[b c y x]", "b y x", (2, 3, 2, 3))]


def _state(circuit: Circuit, shape: tuple[int, ...]) -> dict[str, Any]:
    name = circuit.nodes[0].name
    arrays = {"weight": randoms((shape[1],), 1), "bias": randoms((shape[1],), 2)}
    arrays |= {"running_mean": randoms((shape[1],), 3), "running_var": randoms((shape[1],), 4) ** 2 + 0.1}
    return {
        f"{name}.{key}": array for key, array in arrays.items() if f"{name}.{key}" in parameters(circuit, _sizes(shape))
    }


def _sizes(shape: tuple[int, ...]) -> dict[str, int]:
    return dict(zip("bcyx" if len(shape) == 4 else "bcx", shape, strict=False))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("momentum", [0.1, 0.0, 1.0])
@pytest.mark.parametrize(("type", "axes", "shape"), FOLDS)
def test_values_and_running_statistics(
    type: str, axes: str, shape: tuple[int, ...], momentum: float, training: bool
) -> None:
    circuit = one_op(type, lambda x: batch_norm(x, channel="c", axes=axes, momentum=momentum, eps=1e-3))
    state = _state(circuit, shape)
    weight, bias, mean, variance = (torch.tensor(array) for array in state.values())
    x = 2.0 * randoms(shape) + 0.5
    expected = F.batch_norm(torch.tensor(x), mean, variance, weight, bias, training, momentum, 1e-3)
    outcome = run(circuit, {"x": x}, state, training=training)
    np.testing.assert_allclose(outcome.only, expected.numpy(), **TOLERANCE)
    np.testing.assert_allclose(outcome.state["batch_norm.running_mean"], mean.numpy(), **TOLERANCE)
    np.testing.assert_allclose(outcome.state["batch_norm.running_var"], variance.numpy(), **TOLERANCE)
    np.testing.assert_array_equal(outcome.state["batch_norm.weight"], state["batch_norm.weight"])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("type", "axes", "shape"), FOLDS)
def test_gradients(type: str, axes: str, shape: tuple[int, ...], training: bool) -> None:
    circuit = one_op(type, lambda x: batch_norm(x, channel="c", axes=axes))
    weight, bias, mean, variance = _state(circuit, shape).values()

    def oracle(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(x, torch.tensor(mean), torch.tensor(variance), weight, bias, training)

    check_against(
        circuit,
        randoms(shape),
        {"weight": weight, "bias": bias},
        oracle,
        buffers={"running_mean": mean, "running_var": variance},
        training=training,
    )


def test_many_steps_follow_torch() -> None:
    circuit = one_op("[b c x]", lambda x: batch_norm(x, channel="c", axes="b x", momentum=0.3))
    layer = torch.nn.BatchNorm1d(2, momentum=0.3).double()
    state = dict(initial(circuit, {"c": 2, "b": 4, "x": 3}))
    for step in range(4):
        x = (1.0 + step) * randoms((4, 2, 3), step) + step
        outcome = run(circuit, {"x": x}, state, training=True)
        state = dict(outcome.state)
        np.testing.assert_allclose(outcome.only, layer(torch.tensor(x)).detach().numpy(), **TOLERANCE)
    for name, array in layer.state_dict().items():
        if name != "num_batches_tracked":
            np.testing.assert_allclose(state[f"batch_norm.{name}"], array.numpy(), **TOLERANCE)
    layer.eval()
    x = randoms((5, 2, 3), 9)
    np.testing.assert_allclose(run(circuit, {"x": x}, state).only, layer(torch.tensor(x)).detach().numpy(), **TOLERANCE)


def test_names_layout_and_start() -> None:
    circuit = one_op("[b c x]", lambda x: batch_norm(x, channel="c", axes="b x"))
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[b c x]"
    found = parameters(circuit, {"b": 2, "c": 3, "x": 4})
    kinds = {key: (item.shape, item.buffer, item.trainable) for key, item in found.items()}
    assert kinds == {
        "batch_norm.weight": ((3,), False, True),
        "batch_norm.bias": ((3,), False, True),
        "batch_norm.running_mean": ((3,), True, False),
        "batch_norm.running_var": ((3,), True, False),
    }
    state = initial(circuit, {"b": 2, "c": 3, "x": 4})
    assert [float(array[0]) for array in state.values()] == [1.0, 0.0, 0.0, 1.0]
    bare = one_op("[b c]", lambda x: batch_norm(x, channel="c", axes="b", affine=False))
    assert list(parameters(bare, {"b": 2, "c": 3})) == ["batch_norm.running_mean", "batch_norm.running_var"]


def test_one_element_a_channel_in_evaluation() -> None:
    circuit = one_op("[b c]", lambda x: batch_norm(x, channel="c", axes="b", affine=False))
    state = initial(circuit, {"b": 1, "c": 2})
    x = randoms((1, 2))
    np.testing.assert_allclose(run(circuit, {"x": x}, state).only, x / np.sqrt(1.0 + 1e-5), rtol=1e-12)


def test_an_axis_of_copies_has_statistics_of_its_own() -> None:
    circuit = one_op("[e b c]", lambda x: batch_norm(x, channel="c", axes="b", per="e"))
    sizes = {"e": 2, "b": 5, "c": 3}
    state = dict(initial(circuit, sizes))
    assert state["batch_norm.running_mean"].shape == (2, 3)
    x = randoms((2, 5, 3))
    outcome = run(circuit, {"x": x}, state, training=True)
    for copy in range(2):
        layer = torch.nn.BatchNorm1d(3).double()
        np.testing.assert_allclose(outcome.only[copy], layer(torch.tensor(x[copy])).detach().numpy(), **TOLERANCE)
        assert layer.running_var is not None
        np.testing.assert_allclose(
            outcome.state["batch_norm.running_var"][copy], layer.running_var.numpy(), **TOLERANCE
        )


@pytest.mark.parametrize("training", [True, False])
def test_gradients_of_ghost_batches(training: bool) -> None:
    circuit = one_op("[b c x]", lambda x: ghost_batch_norm(x, channel="c", axes="b x", groups=2))
    weight, bias, mean, variance = _state(circuit, (4, 3, 2)).values()

    def oracle(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        held = torch.tensor(mean), torch.tensor(variance)
        return torch.cat([F.batch_norm(part, *held, weight, bias, training) for part in x.chunk(2)])

    check_against(
        circuit,
        randoms((4, 3, 2)),
        {"weight": weight, "bias": bias},
        oracle,
        buffers={"running_mean": mean, "running_var": variance},
        training=training,
    )


@pytest.mark.parametrize("groups", [2, 3])
def test_ghost_batches(groups: int) -> None:
    circuit = one_op(
        "[b c x]", lambda x: ghost_batch_norm(x, channel="c", axes="b x", groups=groups, momentum=0.2, eps=1e-3)
    )
    state = _state(circuit, (6, 3, 4))
    weight, bias, mean, variance = (torch.tensor(array) for array in state.values())
    x = randoms((6, 3, 4))
    parts = torch.tensor(x).chunk(groups)
    expected = torch.cat([F.batch_norm(part, None, None, weight, bias, True, 0.2, 1e-3) for part in parts])
    outcome = run(circuit, {"x": x}, state, training=True)
    np.testing.assert_allclose(outcome.only, expected.numpy(), **TOLERANCE)
    name = "ghost_batch_norm.running_"
    means = torch.stack([part.mean((0, 2)) for part in parts]).mean(0)
    variances = torch.stack([part.transpose(0, 1).flatten(1).var(1) for part in parts]).mean(0)
    np.testing.assert_allclose(outcome.state[name + "mean"], (0.8 * mean + 0.2 * means).numpy(), **TOLERANCE)
    np.testing.assert_allclose(outcome.state[name + "var"], (0.8 * variance + 0.2 * variances).numpy(), **TOLERANCE)
    evaluated = F.batch_norm(torch.tensor(x), mean, variance, weight, bias, False, 0.2, 1e-3)
    np.testing.assert_allclose(run(circuit, {"x": x}, state).only, evaluated.numpy(), **TOLERANCE)


@pytest.mark.parametrize(
    ("type", "function", "message"),
    [
        (
            "[b c y x]",
            lambda x: batch_norm(x, channel="c", axes="b"),
            "f/batch_norm (batch_norm): expected no axis passing over an op that updates buffers, found [y x]. "
            "Consume it, or give it per='y x'.",
        ),
        (
            "[b c]",
            lambda x: batch_norm(x, channel="c", axes="b c"),
            "batch_norm (batch_norm): expected other axes in axes= than the channels, found 'c' in both. Name it once.",
        ),
        (
            "[b c]",
            lambda x: batch_norm(x, channel="c", axes=""),
            "batch_norm (batch_norm): expected at least one axis in axes=, found none. Name the axes with axes=.",
        ),
        (
            "[b c]",
            lambda x: batch_norm(x, channel="c", axes="b", momentum=2),
            "batch_norm: expected attributes of 'batch_norm' (channel, axes, momentum, eps, affine), "
            "found momentum: Input should be less than or equal to 1. See its documentation.",
        ),
        (
            "[b=6 c]",
            lambda x: ghost_batch_norm(x, channel="c", axes="b", groups=4),
            "f/ghost_batch_norm (ghost_batch_norm): expected b = 6 (axis 'b' is declared as 6 at f), found 4*(b/4) "
            "('b' is split into g*b/4). Make the sizes equal, or give one axis another name.",
        ),
    ],
)
def test_messages(type: str, function: Any, message: str) -> None:
    assert problems(function, x=type) == [message]
