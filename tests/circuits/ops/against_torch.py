"""Composites held against torch: copied weights, values and gradients in float64, the literal loop."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from circuits import Circuit, Composite, Wire, build, elementwise, reduce, run
from circuits.rewrites.lift_parameters import lift_parameters
from circuits.rewrites.reverse import value_and_gradient
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
    *,
    sizes: Mapping[str, int] | None = None,
    buffers: Mapping[str, Array] | None = None,
    training: bool = False,
) -> None:
    """Hold the composite of a circuit against torch.

    `oracle` takes x, then the weights in their order; the loss is the sum of y**3 / 3 + y.
    """
    node = circuit.nodes[0].name
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *weights.values())]
    expected = oracle(*tensors)
    (expected**3 / 3 + expected).sum().backward()
    held = {f"{node}.{name}": array for name, array in (buffers or {}).items()}
    state = held | {f"{node}.{name}": array for name, array in weights.items()}
    found = run(circuit, {"x": x}, state, sizes=sizes, training=training).only
    np.testing.assert_allclose(found, expected.detach().numpy(), **TOLERANCE)
    loss = _loss(circuit)
    names = lift_parameters(loss).names
    inputs = {"x": x} | {names[f"{node}.{name}"]: array for name, array in weights.items()}
    assert len(inputs) == 1 + len(names)
    keys = ["x", *(f"{node}.{name}" for name in weights)]
    slopes = run(value_and_gradient(loss, keys), inputs, held, sizes=sizes, training=training)
    for tensor, name in zip(tensors, inputs, strict=True):
        assert tensor.grad is not None
        np.testing.assert_allclose(slopes[f"d_{name}"], tensor.grad.numpy(), **TOLERANCE, err_msg=f"slope of {name}")


def _loss(circuit: Circuit) -> Circuit:
    """The sum of y**3 / 3 + y over the output of a circuit of one op."""
    (node,), (given,) = circuit.nodes, circuit.inputs

    def body(x: Wire) -> Wire:
        (y,) = x.builder.add(node.op, [x], name=node.name, per=node.per)
        loss = elementwise("y ** 3 / 3 + y", y)
        return reduce("sum", loss, axes=" ".join(loss.axes)) if loss.axes else loss

    return build("loss", {given.name: given.type}, body).valid()


def check_loop(circuit: Circuit, x: Array, sizes: Mapping[str, int] | None = None) -> None:
    """All indices of the passing axes at once are the same as one after the other."""
    check_literal(Traced(circuit, {"x": x}, dict(sizes or {})))
