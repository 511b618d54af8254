"""The reference interpreter: executes circuits from the primitives alone, plainly, in float64.

Every primitive is lifted over its passing axes by the law `out[p] = op(in_1[p], in_2[p], ...)`: all at once by
aligning the arrays, or, with `literal=True`, one index at a time. It is the judge of everything that is faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .circuit import Circuit
from .derived import open_names
from .errors import BindingError, did_you_mean
from .interpreter import Interpreter, Place, Watch
from .named import Named
from .numpy_namespace import numpy_namespace
from .parameters import State, initial, parameters
from .scope import require
from .types import composed


@dataclass(frozen=True)
class Outcome:
    """Outputs by name, in declared axis order behind the leading axes given, and the state after the run."""

    outputs: dict[str, Any]
    state: State

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]

    @property
    def only(self) -> Any:
        """The only output."""
        (output,) = self.outputs.values()
        return output


def run(
    circuit: Circuit,
    inputs: Mapping[str, Any],
    state: Mapping[str, Any] | None = None,
    *,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
    training: bool = False,
    literal: bool = False,
    xp: Any = numpy_namespace,
    watch: Watch | None = None,
) -> Outcome:
    """Execute a circuit.

    Args:
        circuit: a circuit without problems (else CircuitError).
        inputs: an array an input, axes in declared order behind any number of leading axes, which pass over.
        state: parameters and buffers by key; fresh ones from `seed` when None.
        sizes: sizes the inputs do not tell.
        training: whether dropout drops and running statistics move.
        literal: compute one passing index at a time.
        watch: is shown every wire of every circuit that is run, again in each round of a region: the place of its
            circuit, its id there, and its array; the place's `label` tells what an axis is called in this circuit.

    Raises BindingError if arrays or sizes do not fit.
    """
    circuit.valid()
    named = _named_inputs(circuit, inputs, xp)
    given = {composed(name): size for name, size in (sizes or {}).items()}
    scope = circuit.checked.known(_given(circuit, named, given))
    require(circuit.checked.names | open_names(circuit), scope, circuit.name)
    known = dict(state) if state is not None else dict(initial(circuit, scope, seed))
    _check_state(circuit, scope, known)
    machine = Interpreter(xp, known, seed, training, literal, watch=watch)
    arrays = machine.circuit(circuit, list(named.values()), scope, Place())
    outputs = {}
    for item, array in zip(circuit.outputs, arrays, strict=True):
        own = item.type.axes if item.type is not None else circuit.checked.type(item.wire).axes
        leading = sorted((axis for axis in array.axes if axis not in own), reverse=True)
        outputs[item.name] = array.ordered((*leading, *own), xp)
    return Outcome(outputs, {**known, **machine.updates})


def _named_inputs(circuit: Circuit, inputs: Mapping[str, Any], xp: Any) -> dict[str, Named]:
    names = [item.name for item in circuit.inputs]
    wrong = [name for name in inputs if name not in names]
    lacking = [name for name in names if name not in inputs]
    if wrong or lacking:
        near = did_you_mean(wrong[0], names) if wrong else ""
        raise BindingError(
            f"{circuit.name}: expected inputs {', '.join(names) or 'none'}, found {', '.join(inputs) or 'none'}. "
            f"Give one array an input.{near}"
        )
    named = {}
    for item in circuit.inputs:
        array = xp.asarray(inputs[item.name])
        leading = array.ndim - len(item.type.axes)
        if leading < 0:
            raise BindingError(
                f"{circuit.name}/{item.name}: expected {item.type}, found shape {tuple(array.shape)}. "
                "Give an array with these axes last."
            )
        named[item.name] = Named(array, (*(f"*{leading - i}" for i in range(leading)), *item.type.axes))
    return named


def _given(circuit: Circuit, named: Mapping[str, Named], sizes: dict[str, int]) -> dict[str, int]:
    """Sizes told by the inputs, checked against each other and the given ones."""
    origin = dict.fromkeys(sizes, "sizes")
    for item in circuit.inputs:
        for axis in item.type.axes:
            name, length = axis.rstrip("'"), named[item.name].length(axis)
            if sizes.setdefault(name, length) != length:
                raise BindingError(
                    f"{circuit.name}/{item.name}: expected {axis} = {sizes[name]} (from {origin[name]}), "
                    f"found {length}. Give arrays of equal size along '{name}'."
                )
            origin.setdefault(name, item.name)
    return sizes


def _check_state(circuit: Circuit, scope: Mapping[str, int], state: Mapping[str, Any]) -> None:
    problems = []
    for key, item in parameters(circuit, scope).items():
        if key not in state:
            problems.append(
                f"{key}: expected an array {item.shape}, found none. Give it in the state." + did_you_mean(key, state)
            )
        elif tuple(state[key].shape) != item.shape:
            problems.append(
                f"{key}: expected shape {item.shape} ({' '.join(item.axes)}), found "
                f"{tuple(state[key].shape)}. Reshape it."
            )
    if problems:
        raise BindingError("\n".join(problems))
