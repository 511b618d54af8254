"""Gradients of programs are those of the reverse rules, and backward passes are printed like any circuit."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit, Wire, build, call, elementwise, initial, lift_parameters, reduce, run, value_and_gradient
from codegen import build as print_program
from tests.codegen.verify import double_precision, load
from tests.strategies import arrays, circuits


def loss_of(circuit: Circuit) -> Circuit:
    """A single number of all outputs of a circuit."""

    def body(*inputs: Wire) -> Wire:
        made = call(circuit, *inputs, name="inner")
        terms = [elementwise("sin(x) + 0.5 * x", wire) for wire in (made if isinstance(made, tuple) else (made,))]
        sums = [reduce("sum", term, axes=" ".join(term.axes)) if term.axes else term for term in terms]
        return sums[0] if len(sums) == 1 else sums[0] + sums[1]

    return build("loss", {item.name: item.type for item in circuit.inputs}, body, sizes=dict(circuit.checked.defaults))


@settings(max_examples=40)
@given(circuits(max_nodes=5), st.integers(0, 9))
def test_gradients_are_those_of_the_reverse_rules(circuit: Circuit, seed: int) -> None:
    loss = loss_of(circuit)
    state, inputs = initial(loss, seed=seed), arrays(loss, seed)
    names = lift_parameters(loss).names
    given_arrays = {**inputs, **{name: state[key] for key, name in names.items()}}
    backward = value_and_gradient(loss)
    expected = run(backward, given_arrays)
    with double_precision():
        module = load(print_program(loss))()
        module.load_state_dict({key: torch.as_tensor(np.array(array)) for key, array in state.items()})
        tensors = {name: torch.tensor(array, requires_grad=True) for name, array in inputs.items()}
        module(*tensors.values()).backward()
        printed = load(print_program(backward))()
        again = printed(*(torch.as_tensor(np.array(given_arrays[item.name])) for item in backward.inputs))
    for (name, array), tensor in zip(expected.outputs.items(), again, strict=True):
        np.testing.assert_allclose(tensor.numpy(), array, rtol=1e-9, atol=1e-9, err_msg=name)
    parameters = dict(module.named_parameters())
    grads = {name: tensor.grad for name, tensor in tensors.items()}
    grads |= {name: parameters[key].grad for key, name in names.items()}
    for name, grad in grads.items():
        found = np.zeros(given_arrays[name].shape) if grad is None else grad.numpy()
        np.testing.assert_allclose(found, expected[f"d_{name}"], rtol=1e-9, atol=1e-9, err_msg=name)
