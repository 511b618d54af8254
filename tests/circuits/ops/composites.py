"""Composites with their weights as inputs held against torch: values, slopes and the literal loop, in float64."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from circuits import REAL, Circuit, run
from circuits.rewrites.reverse import reverse
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal

TOLERANCE: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-10}
Oracle = Callable[..., torch.Tensor | tuple[torch.Tensor, ...]]


def randoms(*shape: int, seed: int = 0) -> Array:
    """Normal numbers."""
    return np.random.default_rng((seed, *shape)).normal(size=shape)


def check_values(circuit: Circuit, arrays: Mapping[str, Array], oracle: Oracle) -> None:
    """Outputs equal those of torch, given the inputs in their order; so does the loop over single indices."""
    with torch.no_grad():
        expected = oracle(*(torch.tensor(array) for array in arrays.values()))
    listed = expected if isinstance(expected, tuple) else (expected,)
    found = run(circuit, arrays)
    assert len(listed) == len(circuit.outputs)
    for item, tensor in zip(circuit.outputs, listed, strict=True):
        assert tuple(found[item.name].shape) == tuple(tensor.shape)
        np.testing.assert_allclose(found[item.name], tensor.numpy(), **TOLERANCE, err_msg=item.name)
    check_literal(Traced(circuit, arrays))


def check_slopes(circuit: Circuit, arrays: Mapping[str, Array], oracle: Oracle) -> None:
    """Derivatives of the sum of y**3 / 3 + y over all outputs y, by every Real input, equal torch's."""
    real = {item.name for item in circuit.inputs if item.type.element == REAL}
    tensors = {name: torch.tensor(array, requires_grad=name in real) for name, array in arrays.items()}
    made = oracle(*tensors.values())
    total = sum(((y**3 / 3 + y).sum() for y in (made if isinstance(made, tuple) else (made,))), torch.zeros(()))
    total.backward()
    outcome = run(circuit, arrays)
    cotangents = {f"d_{item.name}": outcome[item.name] ** 2 + 1.0 for item in circuit.outputs}
    slopes = run(reverse(circuit), {**arrays, **cotangents}, sizes=dict(circuit.sizes))
    for name in real:
        gradient = tensors[name].grad
        expected = np.zeros_like(arrays[name]) if gradient is None else gradient.numpy()
        np.testing.assert_allclose(slopes[f"d_{name}"], expected, **TOLERANCE, err_msg=f"slope of {name}")


def check(circuit: Circuit, arrays: Mapping[str, Array], oracle: Oracle) -> None:
    """Values, slopes and the literal loop."""
    check_values(circuit, arrays, oracle)
    check_slopes(circuit, arrays, oracle)
