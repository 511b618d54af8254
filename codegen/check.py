"""What a program checks itself against: small sizes, filled arrays, and a few numbers of the reference's outputs.

Program and builder fill parameters and inputs by one formula, so that the file need not hold them.

The numbers are rounded. The last digits of the reference follow the order in which a machine's linear algebra adds, and
a circuit must print the same text everywhere. Machines differ by some 1e-15 of an output's norm, so numbers are kept to
ten digits below the norm: two machines then print different ones only where a number lies that near to the middle
between two multiples of 1e-10, about once in 50,000 numbers. A rounded number is off by at most half a multiple, 5e-11
of the norm, while programs tolerate 1e-9 of it: a program that passes is within 1.05e-9 of the reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuits import BindingError, Circuit, CircuitloomError, Input, Outcome, Size, costs, open_names, parameters, run

Numbers = NDArray[np.float64]
GOLDEN = 0.6180339887498949
_START = 1000
_SAMPLES = 4
# digits kept below the leading digit of an output's norm
_DIGITS = 10
# operations of the largest circuit worth a run while a program is printed: some seconds
_DEAREST = 2_000_000_000
# sizes tried for axes that nothing fixes: small and different first, then such as kernels and heads divide
_TRIALS: tuple[tuple[int, ...], ...] = ((3, 4, 2, 5), (6, 4, 8, 2), (9, 12, 8, 16), (16, 32, 64, 24))


@dataclass(frozen=True)
class CheckInput:
    """Shape and kind of an input: "real", "complex", "bool", or the bound of a whole number."""

    name: str
    shape: tuple[int, ...]
    kind: str | int


@dataclass(frozen=True)
class CheckOutput:
    """Shape of an output, its norm and some of its numbers; none of them where it is drawn at random."""

    name: str
    shape: tuple[int, ...]
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class Check:
    """Everything `--check` needs."""

    sizes: Mapping[str, int]
    inputs: tuple[CheckInput, ...]
    outputs: tuple[CheckOutput, ...]


def make_check(circuit: Circuit) -> Check | None:
    """Run the reference at small sizes; None where it accepts none that were tried, or would run for long."""
    for sizes in _proposals(circuit):
        try:
            found = _checked(circuit, sizes)
        except (CircuitloomError, ValueError, IndexError, ArithmeticError):
            continue
        if found is not None:
            return found
    return None


def _proposals(circuit: Circuit) -> Iterator[dict[str, int]]:
    names = _open(circuit)
    for trial in _TRIALS:
        given: dict[str, int] = {}
        for place, name in enumerate(names):
            number = _fitting(circuit, given, name, trial[place % 4 :] + trial[: place % 4])
            if number is not None:
                given[name] = number
        yield given
    yield {}


def _open(circuit: Circuit) -> list[str]:
    """Sizes that may be chosen: axes of the inputs in their order, then the rest by name."""
    free = open_names(circuit)
    first = [axis.rstrip("'") for item in circuit.inputs for axis in item.type.axes]
    return [name for name in dict.fromkeys([*first, *sorted(free)]) if name in free]


def _fitting(circuit: Circuit, given: Mapping[str, int], name: str, numbers: Sequence[int]) -> int | None:
    """The first number the size may have beside those given; None where they tell it."""
    solution = circuit.checked.solution
    if name in solution.concrete([name], given, {}, circuit.name):
        return None
    for number in numbers:
        try:
            solution.concrete([name], {**given, name: number}, {}, circuit.name)
        except BindingError:
            continue
        return number
    return None


def _checked(circuit: Circuit, sizes: Mapping[str, int]) -> Check | None:
    numbers = circuit.checked.concrete(sizes)
    inputs = tuple(_input(circuit, item, numbers) for item in circuit.inputs)
    arrays = {item.name: fill(item.shape, item.kind, _START * place) for place, item in enumerate(inputs, 1)}
    found = sorted(parameters(circuit, numbers).items())
    state = {}
    for place, (key, item) in enumerate(found, 1 + len(inputs)):
        state[key] = fill(item.shape, "buffer" if item.buffer else "real", _START * place)
    if costs(circuit, numbers).total.operations > _DEAREST:
        return None
    outcome = run(circuit, arrays, state, sizes=numbers)
    drawn = _draws(circuit) and not _same(outcome, run(circuit, arrays, state, sizes=numbers, seed=1))
    outputs = tuple(_output(name, np.asarray(array), drawn) for name, array in outcome.outputs.items())
    return Check({**sizes, **{name: numbers[name] for name in open_names(circuit) if name in numbers}}, inputs, outputs)


def _draws(circuit: Circuit) -> bool:
    return any(record.node.op.signature.draws for record in circuit.checked.records.values())


def _same(one: Outcome, other: Outcome) -> bool:
    """Whether two runs that draw differently end the same: what drops out in training does nothing else."""
    return all(np.array_equal(array, other[name], equal_nan=True) for name, array in one.outputs.items())


def _input(circuit: Circuit, item: Input, numbers: Mapping[str, int]) -> CheckInput:
    shape = tuple(Size.name(axis).evaluate(numbers) for axis in item.type.axes)
    element = item.type.element
    match element.kind:
        case "Natural":
            assert element.bound is not None
            return CheckInput(item.name, shape, circuit.checked.solution.size(element.bound).evaluate(numbers))
        case "Index":
            return CheckInput(item.name, shape, Size.name(element.axis).evaluate(numbers))
        case "Int":
            return CheckInput(item.name, shape, 2 ** min(element.bits - 1, 3))
        case kind:
            return CheckInput(item.name, shape, kind.lower())


def fill(shape: tuple[int, ...], kind: str | int, start: int) -> NDArray[np.generic]:
    """Deterministic numbers: multiples of the golden ratio, modulo one."""
    steps = np.arange(start, start + math.prod(shape), dtype=np.float64)
    numbers = (steps * GOLDEN % 1.0).reshape(shape)
    if isinstance(kind, int):
        return np.asarray(np.floor(numbers * kind).astype(np.int64))
    match kind:
        case "bool":
            return numbers < 0.5
        case "complex":
            return np.asarray(numbers - 0.5 + 1j * (0.5 - numbers * numbers))
        case "buffer":
            return numbers + 0.5
        case _:
            return numbers - 0.5


def _output(name: str, array: NDArray[np.generic], drawn: bool) -> CheckOutput:
    if drawn:
        return CheckOutput(name, array.shape, ())
    parts = np.stack([array.real, array.imag], -1) if np.iscomplexobj(array) else array
    flat = np.asarray(parts, np.float64).reshape(-1)
    count = min(_SAMPLES, flat.size)
    picks = [flat[place * (flat.size - 1) // max(count - 1, 1)] for place in range(count)]
    norm = float(np.linalg.norm(flat))
    return CheckOutput(name, array.shape, tuple(rounded(float(number), norm) for number in (norm, *picks)))


def rounded(number: float, norm: float) -> float:
    """A number without the digits that depend on the machine; those beside an infinite norm go by their own size."""
    if not math.isfinite(number):
        return number
    # the exponent of few digits, so that a norm of 9.999999999999999 counts as the 10 it is elsewhere
    exponent = int(f"{max(1.0, norm if math.isfinite(norm) else abs(number)):.3e}".partition("e")[2])
    # adding zero turns a negative zero into the other one
    return round(number, _DIGITS - exponent) + 0.0
