"""Laws of ops that hold for any passing axes: the literal loop, and views as readings of single elements."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from circuits import AttributeProblem, Circuit, Wire, build, run
from tests.circuits.gradients import Array, check_vjp

Index = Mapping[str, int]
# For laws of many cases: a third of the examples the profile asks for.
FEWER = settings(max_examples=settings.default.max_examples // 3)


@dataclass(frozen=True)
class Reading:
    """A view as it is meant: every element of the result is one element of x, or the fill.

    `axes` are those the view consumes; `source` maps an index of the result to the index of x it reads, passing axes
    left out, and None to the fill. `produced` are sizes the scope has to be told.
    """

    axes: str
    sizes: Mapping[str, int]
    view: Callable[[Wire], Wire]
    source: Callable[[Index], Index | None]
    fill: float = 0.0
    produced: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Traced:
    """A circuit with arrays for its inputs."""

    circuit: Circuit
    arrays: Mapping[str, Array]
    sizes: Mapping[str, int] = field(default_factory=dict)


@st.composite
def passing(draw: st.DrawFn, own: str = "", names: str = "p q") -> tuple[str, ...]:
    """The axes of an array in any order: its own, and some of those that pass over."""
    over = [name for name in names.split() if draw(st.booleans())]
    return tuple(draw(st.permutations([*own.split(), *over])))


def numbers(axes: tuple[str, ...], sizes: Mapping[str, int], seed: int = 0, leading: tuple[int, ...] = ()) -> Array:
    """Different numbers for an array with these axes."""
    shape = (*leading, *(sizes[axis.rstrip("'")] for axis in axes))
    count = int(np.prod(shape))
    return np.random.default_rng(seed).permutation(count).reshape(shape) / (count + 1.0) + 0.25 * seed


def check_literal(traced: Traced) -> None:
    """The law of passing axes: all at once is the same as one index at a time."""
    together = run(traced.circuit, traced.arrays, sizes=traced.sizes)
    one_by_one = run(traced.circuit, traced.arrays, sizes=traced.sizes, literal=True)
    for name, array in together.outputs.items():
        np.testing.assert_allclose(array, one_by_one[name], rtol=1e-12, atol=1e-12)


def check_reading(reading: Reading, over: tuple[str, ...], lengths: Mapping[str, int]) -> None:
    """A view reads what it says, with and without unnamed leading axes, and its reverse rule is right."""
    sizes = {**lengths, **reading.sizes}
    circuit = build("view", {"x": f"[{' '.join(over)}]"}, lambda x: reading.view(x)).valid()
    axes = circuit.checked.type(circuit.outputs[0].wire).axes
    for leading in ((), (2,)):
        array = numbers(over, sizes, 1, leading)
        traced = Traced(circuit, {"x": array}, reading.produced)
        out = run(circuit, traced.arrays, sizes=reading.produced).only
        assert out.shape[: len(leading)] == (leading if out.ndim > len(axes) else ())
        for at in np.ndindex(*out.shape):
            index = dict(zip(axes, at[len(leading) :], strict=True))
            read = reading.source(index)
            expected = reading.fill
            if read is not None:
                where = {**index, **read}
                expected = array[(*at[: len(leading)], *(where[axis] for axis in over))]
            assert out[at] == expected, (index, read)
        check_literal(traced)
    if np.isfinite(reading.fill):
        check_vjp(circuit, {"x": numbers(over, sizes, 1)}, reading.produced)


def problems(function: Callable[..., Wire | tuple[Wire, ...]], **inputs: str) -> list[str]:
    """The whole texts of all problems of a circuit, or of the attributes that make none."""
    try:
        return [str(problem) for problem in build("f", inputs, function).problems]
    except AttributeProblem as error:
        return [str(error)]
