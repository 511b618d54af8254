"""The law of passing axes for regions: all indices at once is each index by itself."""

from collections.abc import Mapping

import numpy as np

from circuits import Circuit, flatten, initial, run
from tests.circuits.gradients import Array


def check_passing(circuit: Circuit, inputs: Mapping[str, Array], count: int = 3) -> None:
    """A leading axis passes over the circuit: exactly what one index after the other gives, flat or not.

    `inputs` have the axes the circuit declares; the leading axis is made by moving them apart.
    """
    state = initial(circuit)
    steps = np.linspace(-1.0, 1.0, count)
    leading = {name: array + _column(steps, array) * 0.7 for name, array in inputs.items()}
    together = run(circuit, leading, state)
    flat = run(flatten(circuit), leading, state)
    literal = run(circuit, leading, state, literal=True)
    for number in range(count):
        alone = run(circuit, {name: array[number] for name, array in leading.items()}, state)
        for name, array in alone.outputs.items():
            np.testing.assert_allclose(together[name][number], array, rtol=1e-13, atol=1e-13, err_msg=name)
            np.testing.assert_allclose(flat[name][number], array, rtol=1e-13, atol=1e-13, err_msg=name)
            np.testing.assert_allclose(literal[name][number], array, rtol=1e-13, atol=1e-13, err_msg=name)


def _column(steps: Array, array: Array) -> Array:
    return steps.reshape(-1, *(1 for _ in range(np.ndim(array))))
