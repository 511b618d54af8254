"""Composites held against torch: copied weights, values and gradients in float64, the literal loop."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from circuits import Circuit, Composite, Wire, build, run
from tests.circuits.gradients import backward
from tests.circuits.laws import Traced, check_literal

Array = NDArray[Any]
TOLERANCE: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-10}


def randoms(shape: tuple[int, ...], seed: int = 0) -> Array:
    """Normal numbers; no two are equal, so a maximum is one of them."""
    return np.random.default_rng(seed).normal(size=shape)


def one_op(type: str, function: Callable[[Wire], Wire]) -> Circuit:
    """The circuit of one composite on an array of this type."""
    circuit = build("f", {"x": type}, function).valid()
    assert len(circuit.nodes) == 1 and isinstance(circuit.nodes[0].op, Composite)
    return circuit


def check_against(
    circuit: Circuit,
    x: Array,
    weights: Mapping[str, Array],
    oracle: Callable[..., torch.Tensor],
    sizes: Mapping[str, int] | None = None,
) -> None:
    """Hold the composite of a circuit against torch.

    `x` has one more leading axis than the op consumes; `oracle` takes x, then the weights, in their order.
    """
    node = circuit.nodes[0]
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *weights.values())]
    expected = oracle(*tensors)
    (expected**3 / 3 + expected).sum().backward()
    state = {f"{node.name}.{name}": array for name, array in weights.items()}
    found = run(circuit, {"x": x}, state, sizes=sizes).only
    np.testing.assert_allclose(found, expected.detach().numpy(), **TOLERANCE)
    body = node.op.body  # type: ignore[attr-defined]
    assert [item.name for item in body.inputs] == ["x", *weights]
    slopes = run(backward(body), {"x": x, **weights}, sizes=sizes)
    for tensor, (name, array) in zip(tensors, {"x": x, **weights}.items(), strict=True):
        slope = slopes[f"d_{name}"]
        assert tensor.grad is not None
        over = tuple(range(slope.ndim - array.ndim))
        np.testing.assert_allclose(slope.sum(axis=over), tensor.grad.numpy(), **TOLERANCE, err_msg=f"slope of {name}")


def check_loop(circuit: Circuit, x: Array, sizes: Mapping[str, int] | None = None) -> None:
    """All indices of the passing axes at once are the same as one after the other."""
    check_literal(Traced(circuit, {"x": x}, dict(sizes or {})))
