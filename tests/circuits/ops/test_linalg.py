"""Factors, solutions, inverses and determinants: what they solve, at every passing index, and their slopes."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from circuits import (
    BindingError,
    build,
    cholesky,
    cholesky_solve,
    einsum,
    inverse,
    logdet,
    run,
    slogdet,
    solve,
    triangular_solve,
)
from tests.circuits.gradients import Array, check_vjp
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems
from tests.circuits.ops.pulled import pulled

LENGTHS = {"p": 2, "q": 3}
AXES = "n n'"


def matrices(*shape: int, seed: int = 0) -> Array:
    """Square matrices far from singular ones."""
    generator = np.random.default_rng(seed)
    return generator.normal(size=(*shape, shape[-1])) + 2.0 * np.sqrt(shape[-1]) * np.eye(shape[-1])


def positive(*shape: int, seed: int = 0) -> Array:
    """Symmetric positive definite matrices."""
    factor = matrices(*shape, seed=seed)
    return factor @ factor.swapaxes(-1, -2)


def placed(axes: tuple[str, ...], lengths: dict[str, int], make: Any) -> Array:
    """Matrices [n n'] with passing axes, in the order of `axes`."""
    over = [axis for axis in axes if axis not in AXES.split()]
    array = make(*(lengths[axis] for axis in over), lengths["n"])
    return array.transpose([(*over, "n", "n'").index(axis) for axis in axes])


def square(axes: tuple[str, ...]) -> str:
    return f"[{' '.join(axes)}]"


@given(data=st.data(), n=st.integers(1, 4))
def test_factors_are_lower_triangular_and_multiply_to_the_matrix(data: st.DataObject, n: int) -> None:
    axes, lengths = data.draw(passing(AXES)), {**LENGTHS, "n": n}

    def body(a: Any) -> Any:
        factor = cholesky(a, axes=AXES)
        return {"factor": factor, "again": einsum("n k, k n' -> n n'", *_sides(factor))}

    circuit = build("f", {"a": square(axes)}, body).valid()
    array = placed(axes, lengths, positive)
    check_literal(Traced(circuit, {"a": array}))
    found = run(circuit, {"a": array})
    rows, columns = axes.index("n"), axes.index("n'")
    np.testing.assert_allclose(_last(found["again"], circuit, "again"), np.moveaxis(array, (rows, columns), (-2, -1)))
    factor = _last(found["factor"], circuit, "factor")
    np.testing.assert_array_equal(factor, np.tril(factor))


def _sides(factor: Any) -> tuple[Any, Any]:
    from circuits import rename

    return rename(factor, "n' -> k"), rename(factor, "n n' -> n' k")
