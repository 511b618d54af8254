"""A circuit held against torch: the reference interpreter and the printed program, values and gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from circuits import REAL, Circuit, initial, lift_parameters, open_names, parameters, reverse, run
from codegen import build
from runtime.load import load_program

Array = NDArray[Any]
Tensors = dict[str, Tensor]
Oracle = Callable[[Tensors, Tensors], Any]
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Case:
    """A circuit with arrays for its inputs, sizes these do not tell, and its parameters (drawn where not given)."""

    circuit: Circuit
    inputs: Mapping[str, Array]
    sizes: Mapping[str, int] = field(default_factory=dict)
    state: Mapping[str, Array] | None = None
    tolerance: float = TOLERANCE
    # whether one index at a time must give the same, and whether arrays may have a leading axis
    literal: bool = False
    leading: bool = True
    gradients: bool = True

    @property
    def scope(self) -> dict[str, int]:
        """All sizes of the circuit."""
        told = dict(self.sizes)
        for item in self.circuit.inputs:
            lengths = np.asarray(self.inputs[item.name]).shape
            told |= {axis.rstrip("'"): length for axis, length in zip(item.type.axes, lengths, strict=True)}
        return self.circuit.checked.concrete(told)

    @property
    def weights(self) -> dict[str, Array]:
        """The parameters and buffers: none keeps a start that hides it, such as a bias of zeros."""
        if self.state is not None:
            return {key: np.asarray(array) for key, array in self.state.items()}
        draws = np.random.default_rng(7)
        start = initial(self.circuit, self.scope)
        return {key: array + 0.1 * np.abs(draws.normal(size=array.shape)) for key, array in start.items()}


def randoms(*shape: int, seed: int = 0) -> Array:
    """Normal numbers; no two are equal, so a maximum is one of them."""
    return np.random.default_rng(seed).normal(size=shape)


def agree(case: Case, oracle: Oracle) -> None:
    """Hold interpreter, then program against the oracle, a function of inputs and state (both tensors by name).

    It returns a tensor, a tuple of them in the order of the outputs, or a mapping.
    """
    inputs, state = tensors(case.inputs), tensors(case.weights)
    with double():
        expected = listed(oracle(inputs, state))
    interpreter_agrees(case, expected)
    theirs = slopes(expected, {**inputs, **state}) if case.gradients else {}
    if case.gradients:
        reverse_agrees(case, expected, theirs)
    model = printed(case)
    model.load_state_dict({key: torch.as_tensor(array) for key, array in case.weights.items()})
    given = tensors(case.inputs)
    found = listed(model(*given.values()))
    for one, other in zip(found, expected, strict=True):
        close(one, other, case.tolerance, "program")
    if case.leading:
        program_lifts(case, model)
    if case.gradients:
        slopes_agree(case, slopes(found, {**given, **dict(model.named_parameters())}), theirs)


def interpreter_agrees(case: Case, expected: list[Tensor]) -> None:
    """Hold the reference interpreter against the outputs expected."""
    ways = (False, True) if case.literal else (False,)
    for literal in ways:
        outcome = run(case.circuit, case.inputs, case.weights, sizes=case.sizes, literal=literal)
        for (name, one), other in zip(outcome.outputs.items(), expected, strict=True):
            assert one.shape == tuple(other.shape), name
            close(torch.tensor(one), other, case.tolerance, f"{name}, interpreter, literal={literal}")


def program_lifts(case: Case, model: nn.Module) -> None:
    """A leading axis passes over: every index of it gives what it gives alone."""
    scale = {True: 0.5, False: 1}
    rows = [{name: scaled(array, factor) for name, array in case.inputs.items()} for factor in scale.values()]
    stacked = [torch.as_tensor(np.stack([row[name] for row in rows])) for name in case.inputs]
    together = listed(model(*stacked))
    for place, row in enumerate(rows):
        alone = listed(model(*tensors(row).values()))
        for one, other in zip(together, alone, strict=True):
            # an output that depends on no input has no leading axis
            picked = one[place] if one.ndim > other.ndim else one
            close(picked, other, case.tolerance, "program with a leading axis")


def scaled(array: Array, factor: float) -> Array:
    """Real numbers times a factor, others as they are."""
    return array * factor if np.asarray(array).dtype.kind == "f" else np.asarray(array)


def reverse_agrees(case: Case, expected: list[Tensor], theirs: Tensors) -> None:
    """Gradients by the circuit's own reverse rules, as a circuit run by the interpreter."""
    learned = [key for key, item in parameters(case.circuit, case.scope).items() if item.trainable]
    real = [item.name for item in case.circuit.inputs if item.type.element == REAL]
    backward = reverse(case.circuit, [*real, *learned])
    lifted = lift_parameters(case.circuit, learned)
    given = {**case.inputs, **lifted.inputs(case.weights)}
    ends = [item.name for item in backward.inputs if item.name not in given]
    whole = [y.detach() for y in expected if y.is_floating_point()]
    given |= {name: (y**2 + 1.0).numpy() for name, y in zip(ends, whole, strict=True)}
    fixed = {key: array for key, array in case.weights.items() if key not in learned}
    made = run(backward, given, fixed, sizes=case.sizes)
    for name, array in zip([*real, *learned], made.outputs.values(), strict=True):
        close(torch.tensor(array), theirs[name], 10 * case.tolerance, f"slope of {name}, interpreter")


def slopes_agree(case: Case, ours: Tensors, theirs: Tensors) -> None:
    """Gradients of the sum of y**3 / 3 + y over all outputs, for all real inputs and parameters."""
    learned = {key for key, item in parameters(case.circuit, case.scope).items() if item.trainable}
    for name in ours:
        if name in case.inputs or name in learned:
            close(ours[name], theirs[name], 10 * case.tolerance, f"slope of {name}")


def slopes(outputs: list[Tensor], leaves: Mapping[str, Tensor]) -> Tensors:
    """The gradients by name; zeros where nothing flows."""
    loss = sum((y**3 / 3 + y).sum() for y in outputs if y.requires_grad)
    wanted = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    assert isinstance(loss, Tensor), "no output depends on anything learned"
    made = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
    return {
        name: torch.zeros_like(leaf) if slope is None else slope
        for (name, leaf), slope in zip(wanted.items(), made, strict=True)
    }


def printed(case: Case) -> nn.Module:
    """The printed program in double precision, made with the sizes of the case."""
    free = open_names(case.circuit)
    text = source(case.circuit, tuple(sorted((name, size) for name, size in case.scope.items() if name in free)))
    # cast behind its construction: what it makes in its forward has to follow its parameters and inputs
    return load_program(text)().double().eval()


@contextmanager
def double() -> Iterator[None]:
    """New tensors are in double precision: those of an oracle."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@lru_cache
def source(circuit: Circuit, sizes: tuple[tuple[str, int], ...]) -> str:
    """The text of the program."""
    return build(circuit, sizes=dict(sizes)).source


def tensors(arrays: Mapping[str, Array]) -> Tensors:
    """Fresh tensors; real ones may be differentiated by."""
    found = {name: torch.tensor(array) for name, array in arrays.items()}
    return {name: one.requires_grad_(one.is_floating_point()) for name, one in found.items()}


def listed(outputs: Any) -> list[Tensor]:
    """The outputs as a list."""
    if isinstance(outputs, Mapping):
        return list(outputs.values())
    return list(outputs) if isinstance(outputs, tuple | list) else [outputs]


def close(found: Tensor, expected: Tensor, tolerance: float, what: str) -> None:
    """Equal shapes, and numbers within the tolerance."""
    assert found.shape == expected.shape, f"{what}: expected {tuple(expected.shape)}, found {tuple(found.shape)}"
    one, other = found.detach(), expected.detach()
    if not one.is_floating_point() and not one.is_complex():
        assert torch.equal(one, other.to(one.dtype)), what
        return
    torch.testing.assert_close(
        one, other, rtol=tolerance, atol=tolerance, check_dtype=False, msg=lambda text: f"{what}: {text}"
    )
