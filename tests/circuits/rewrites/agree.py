"""Rewrites held against what they rewrite: flat circuits, lifted parameters, backward passes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from circuits import REAL, Circuit, flatten, initial, lift_parameters, reverse, run
from tests.circuits.gradients import Array

STEP = 1e-5
Tensors = dict[str, Tensor]
Oracle = Callable[[Tensors, Tensors], Any]
Loss = Callable[[Mapping[str, Array]], Array]


def normal(seed: int = 0, **shapes: tuple[int, ...]) -> dict[str, Array]:
    """Normal numbers of these shapes."""
    draws = np.random.default_rng(seed)
    return {name: draws.normal(size=shape) for name, shape in shapes.items()}


def check_flat(circuit: Circuit, inputs: Mapping[str, Array], *, unroll: bool = False) -> Circuit:
    """A flat circuit has the same parameters, starts, outputs and next buffers, in training and in evaluation."""
    flat = flatten(circuit, unroll=unroll)
    state, again = initial(circuit), initial(flat)
    assert state.keys() == again.keys()
    for key, array in state.items():
        np.testing.assert_array_equal(array, again[key], err_msg=key)
    for training in (False, True):
        expected = run(circuit, inputs, state, training=training)
        found = run(flat, inputs, state, training=training)
        for name, array in expected.outputs.items():
            np.testing.assert_allclose(found[name], array, rtol=1e-12, atol=1e-12, err_msg=name, strict=True)
        for key, array in expected.state.items():
            np.testing.assert_allclose(found.state[key], array, rtol=1e-12, atol=1e-12, err_msg=key)
    return flat


def check_reverse(
    circuit: Circuit, inputs: Mapping[str, Array], *, training: bool = False, tolerance: float = 1e-6
) -> Circuit:
    """A backward pass gives what central differences give, for every real input and every parameter."""
    state, lifted, back = initial(circuit), lift_parameters(circuit), reverse(circuit)
    given = {**inputs, **lifted.inputs(state)}
    buffers = {key: array for key, array in state.items() if key not in lifted.names}
    outputs = run(lifted.circuit, given, buffers, training=training).outputs
    real = {name: array for name, array in outputs.items() if np.asarray(array).dtype.kind == "f"}
    seeds = normal(7, **{name: np.shape(array) for name, array in real.items()})
    found = run(back, {**given, **{f"d_{name}": seed for name, seed in seeds.items()}}, buffers, training=training)

    def loss(changed: Mapping[str, Array]) -> Array:
        """The sum of all outputs times their cotangents, for every index of a leading axis if there is one."""
        made = run(lifted.circuit, changed, buffers, training=training)
        total = np.zeros(())
        for name, seed in seeds.items():
            total = total + (made[name] * seed).sum(axis=tuple(range(-seed.ndim, 0)))
        return total

    for item in lifted.circuit.inputs:
        if item.type.element == REAL:
            # in training, draws differ along a leading axis and running statistics refuse it
            slopes = (_one_by_one if training else _at_once)(loss, given, item.name)
            scale = max(1.0, float(np.abs(slopes).max(initial=0.0)))
            np.testing.assert_allclose(
                found[f"d_{item.name}"], slopes, rtol=tolerance, atol=tolerance * scale, err_msg=item.name
            )
    return back


def _at_once(loss: Loss, given: Mapping[str, Array], name: str) -> Array:
    """Central differences by every element of one input, each at an index of a leading axis."""
    array = np.asarray(given[name], np.float64)
    nudges = STEP * np.eye(array.size).reshape(array.size, *array.shape)
    above, below = (loss({**given, name: array + sign * nudges}) for sign in (1.0, -1.0))
    return np.broadcast_to((above - below) / (2.0 * STEP), array.size).reshape(array.shape)


def _one_by_one(loss: Loss, given: Mapping[str, Array], name: str) -> Array:
    """Central differences by every element of one input, a run for each."""
    array = np.asarray(given[name], np.float64)
    slopes = np.zeros_like(array)
    for at in np.ndindex(*array.shape):
        nudge = np.zeros_like(array)
        nudge[at] = STEP
        above, below = (loss({**given, name: array + sign * nudge}) for sign in (1.0, -1.0))
        slopes[at] = (above - below) / (2.0 * STEP)
    return slopes


def check_torch(circuit: Circuit, inputs: Mapping[str, Array], oracle: Oracle, *, tolerance: float = 1e-9) -> None:
    """Outputs and gradients are those of torch for the same computation.

    `oracle` gets the inputs and the parameters by key, and gives the outputs in order.
    """
    state, lifted = initial(circuit), lift_parameters(circuit)
    given = {name: _leaf(array) for name, array in inputs.items()}
    weights = {key: _leaf(array) for key, array in state.items()}
    made = oracle(given, weights)
    tensors = made if isinstance(made, tuple) else (made,)
    outputs = run(circuit, inputs, state).outputs
    seeds = normal(3, **{name: np.shape(array) for name, array in outputs.items()})
    for (name, array), tensor in zip(outputs.items(), tensors, strict=True):
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=name)
    pairs = zip(seeds.values(), tensors, strict=True)
    torch.stack([(torch.asarray(seed) * tensor).sum() for seed, tensor in pairs]).sum().backward()
    cotangents = {f"d_{name}": seed for name, seed in seeds.items()}
    found = run(reverse(circuit), {**inputs, **lifted.inputs(state), **cotangents})
    leaves = {name: leaf for name, leaf in given.items() if leaf.requires_grad}
    leaves |= {name: weights[key] for key, name in lifted.names.items()}
    for name, leaf in leaves.items():
        expected = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        np.testing.assert_allclose(found[f"d_{name}"], expected, rtol=tolerance, atol=tolerance, err_msg=f"d_{name}")


def _leaf(array: Array) -> Tensor:
    tensor = torch.tensor(array)
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor
