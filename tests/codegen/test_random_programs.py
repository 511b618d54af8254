"""The printed program equals the reference interpreter on random circuits, for any number of leading dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import Circuit, initial, run
from codegen import build
from tests.strategies import arrays, circuits


def loaded(circuit: Circuit, state: dict[str, Any]) -> torch.nn.Module:
    """The module of a circuit's program in double precision, holding `state`."""
    program = build(circuit)
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(program.source, "program.py", "exec"), namespace)
    model: torch.nn.Module = namespace[program.name]().double().eval()
    model.load_state_dict({key: torch.as_tensor(np.array(array)) for key, array in state.items()})
    return model


@settings(max_examples=500)
@given(circuits(), st.integers(0, 9), st.sampled_from([(), (2,), (2, 3)]))
def test_program_equals_interpreter(circuit: Circuit, seed: int, leading: tuple[int, ...]) -> None:
    state = initial(circuit, seed=seed)
    inputs = arrays(circuit, seed, leading)
    expected = run(circuit, inputs, state)
    with torch.no_grad():
        found = loaded(circuit, state)(*(torch.as_tensor(array) for array in inputs.values()))
    outputs = found if isinstance(found, tuple) else (found,)
    for (name, array), output in zip(expected.outputs.items(), outputs, strict=True):
        assert tuple(output.shape) == array.shape, name
        np.testing.assert_allclose(output.numpy(), array, rtol=1e-10, atol=1e-10)
