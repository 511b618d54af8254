"""Factors, solutions, inverses and determinants: what they solve, at every passing index, and their slopes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg

from circuits import (
    BindingError,
    build,
    cholesky,
    cholesky_solve,
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
Variant = Mapping[str, bool]
VARIANTS = [
    {"lower": lower, "transpose": transpose, "unit": unit}
    for lower in (True, False)
    for transpose in (True, False)
    for unit in (True, False)
]


def matrices(*shape: int, seed: int = 0) -> Array:
    """Square matrices far from singular ones."""
    generator = np.random.default_rng(seed)
    return generator.normal(size=(*shape, shape[-1])) + 2.0 * np.sqrt(shape[-1]) * np.eye(shape[-1])


def positive(*shape: int, seed: int = 0) -> Array:
    """Symmetric positive definite matrices."""
    factor = matrices(*shape, seed=seed)
    return factor @ factor.swapaxes(-1, -2)


def placed(axes: tuple[str, ...], n: int, make: Callable[..., Array]) -> Array:
    """Matrices with passing axes, in the order of `axes`."""
    over = [axis for axis in axes if axis not in AXES.split()]
    array = make(*(LENGTHS[axis] for axis in over), n)
    return array.transpose([(*over, *AXES.split()).index(axis) for axis in axes])


def text(axes: tuple[str, ...]) -> str:
    return f"[{' '.join(axes)}]"


def vectors(a: Array, b: Array, routine: Callable[[Array, Array], Array]) -> Array:
    """A routine for one matrix and one vector, at every passing index."""
    over = np.broadcast_shapes(a.shape[:-2], b.shape[:-1])
    a, b = np.broadcast_to(a, (*over, *a.shape[-2:])), np.broadcast_to(b, (*over, b.shape[-1]))
    return np.stack([routine(a[at], b[at]) for at in np.ndindex(*over)]).reshape(*over, -1)


OPS: dict[str, tuple[Callable[[Any], Any], Callable[..., Array]]] = {
    "cholesky": (lambda a: cholesky(a, axes=AXES), positive),
    "inverse": (lambda a: inverse(a, axes=AXES), matrices),
    "logdet": (lambda a: logdet(a, axes=AXES), matrices),
    "sign": (lambda a: slogdet(a, axes=AXES)[0], matrices),
}


@pytest.mark.parametrize("name", OPS)
@given(data=st.data(), n=st.integers(1, 4))
def test_ops_of_a_matrix_are_the_same_one_index_at_a_time(name: str, data: st.DataObject, n: int) -> None:
    function, make = OPS[name]
    axes = data.draw(passing(AXES))
    circuit = build("f", {"a": text(axes)}, function).valid()
    check_literal(Traced(circuit, {"a": placed(axes, n, make)}))


@given(data=st.data(), n=st.integers(1, 4), variant=st.sampled_from(VARIANTS))
def test_solutions_are_the_same_one_index_at_a_time(data: st.DataObject, n: int, variant: Variant) -> None:
    axes, given_axis = data.draw(passing(AXES)), "n'" if variant["transpose"] else "n"
    right = data.draw(passing(given_axis))
    inputs = {"a": text(axes), "b": text(right)}
    arrays = {"a": placed(axes, n, matrices), "b": numbers(right, {**LENGTHS, "n": n})}
    for function in (
        lambda a, b: triangular_solve(a, b, axes=AXES, **variant),
        lambda a, b: solve(a, b, axes=AXES, transpose=variant["transpose"]),
    ):
        check_literal(Traced(build("f", inputs, function).valid(), arrays))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_factors_are_those_of_scipy_and_of_the_symmetric_part(n: int) -> None:
    array, circuit = positive(3, n), build("f", {"a": "[b n n']"}, lambda a: cholesky(a, axes=AXES)).valid()
    expected = np.stack([linalg.cholesky(one, lower=True) for one in array])
    np.testing.assert_allclose(run(circuit, {"a": array}).only, expected, atol=1e-12)
    skew = np.triu(np.ones((n, n)), 1) - np.tril(np.ones((n, n)), -1)
    np.testing.assert_allclose(run(circuit, {"a": array + skew}).only, expected, atol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_triangular_solutions_are_those_of_scipy(variant: Variant) -> None:
    a, b = matrices(2, 1, 5), numbers(("c", "n"), {"c": 3, "n": 5})
    inputs = {"a": "[p n n']", "b": "[c n']" if variant["transpose"] else "[c n]"}
    found = "[p c n]" if variant["transpose"] else "[p c n']"
    circuit = build("f", inputs, lambda a, b: triangular_solve(a, b, axes=AXES, **variant), outputs=[found]).valid()
    trans, unit, lower = int(variant["transpose"]), variant["unit"], variant["lower"]
    expected = vectors(a, b, lambda a, b: linalg.solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit))
    np.testing.assert_allclose(run(circuit, {"a": a[:, 0], "b": b}).only, expected, atol=1e-12)


@pytest.mark.parametrize("transpose", [False, True])
def test_solutions_solve_their_equations(transpose: bool) -> None:
    a, b = matrices(4), numbers(("c", "n"), {"c": 3, "n": 4})
    inputs = {"a": "[n n']", "b": "[c n']" if transpose else "[c n]"}
    out = "[c n]" if transpose else "[c n']"
    circuit = build("f", inputs, lambda a, b: solve(a, b, axes=AXES, transpose=transpose), outputs=[out]).valid()
    found = run(circuit, {"a": a, "b": b}).only
    np.testing.assert_allclose(found @ a if transpose else found @ a.T, b, atol=1e-12)


def test_the_inverse_maps_rows_to_columns_and_twice_is_the_matrix() -> None:
    array = matrices(2, 3)
    once = build("f", {"a": "[b n n']"}, lambda a: inverse(a, axes=AXES), outputs=["[b n' n]"])
    np.testing.assert_allclose(run(once.valid(), {"a": array}).only, np.linalg.inv(array), atol=1e-12)
    twice = build("f", {"a": "[b n n']"}, lambda a: inverse(inverse(a, axes=AXES), axes=AXES), outputs=["[b n n']"])
    np.testing.assert_allclose(run(twice.valid(), {"a": array}).only, array, atol=1e-12)


def test_determinants_are_those_of_numpy() -> None:
    array = np.stack([np.diag([2.0, -3.0]), np.diag([0.5, 4.0]), np.zeros((2, 2))])
    circuit = build("f", {"a": "[b n n']"}, lambda a: (*slogdet(a, axes=AXES), logdet(a, axes=AXES))).valid()
    sign, log, again = run(circuit, {"a": array}).outputs.values()
    np.testing.assert_array_equal(sign, [-1.0, 1.0, 0.0])
    np.testing.assert_allclose(log, [np.log(6.0), np.log(2.0), -np.inf])
    np.testing.assert_array_equal(again, log)


def test_solving_by_the_factor_is_solving() -> None:
    a, b = positive(4), numbers(("c", "n"), {"c": 3, "n": 4})

    def body(a: Any, b: Any) -> Any:
        return cholesky_solve(cholesky(a, axes=AXES), b, axes=AXES)

    circuit = build("f", {"a": "[n n']", "b": "[c n]"}, body, outputs=["[c n]"]).valid()
    np.testing.assert_allclose(run(circuit, {"a": a, "b": b}).only, np.linalg.solve(a, b.T).T, atol=1e-12)


def test_rows_and_columns_may_have_names_of_their_own() -> None:
    array = positive(2, 3)

    def body(a: Any) -> Any:
        return cholesky(a, axes="r c")

    circuit = build("f", {"a": "[b r c]"}, body, constraints=["r = c"]).valid()
    np.testing.assert_allclose(run(circuit, {"a": array}).only, np.linalg.cholesky(array), atol=1e-12)
    check_vjp(circuit, {"a": array})
    logs = build("f", {"a": "[b r c]"}, lambda a: logdet(a, axes="r c"), constraints=["r = c"]).valid()
    np.testing.assert_allclose(run(logs, {"a": array}).only, np.linalg.slogdet(array)[1])


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("name", ["cholesky", "inverse"])
def test_slopes_of_matrices_are_right(name: str, n: int) -> None:
    function, make = OPS[name]
    check_vjp(build("f", {"a": "[b n n']"}, function).valid(), {"a": make(2, n)})


@pytest.mark.parametrize("n", [1, 3])
def test_slopes_of_determinants_are_right(n: int) -> None:
    check_vjp(build("f", {"a": "[b n n']"}, lambda a: slogdet(a, axes=AXES)[1]).valid(), {"a": matrices(2, n)})


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("variant", VARIANTS)
def test_slopes_of_triangular_solutions_are_right(variant: Variant, n: int) -> None:
    inputs = {"a": "[p n n']", "b": "[c n']" if variant["transpose"] else "[c n]"}
    circuit = build("f", inputs, lambda a, b: triangular_solve(a, b, axes=AXES, **variant)).valid()
    check_vjp(circuit, {"a": matrices(2, n), "b": numbers(("c", "n"), {"c": 3, "n": n})})


@pytest.mark.parametrize("transpose", [False, True])
def test_slopes_of_solutions_are_right(transpose: bool) -> None:
    inputs = {"a": "[p n n']", "b": "[p n']" if transpose else "[p n]"}
    circuit = build("f", inputs, lambda a, b: solve(a, b, axes=AXES, transpose=transpose)).valid()
    check_vjp(circuit, {"a": matrices(2, 3), "b": numbers(("p", "n"), {"p": 2, "n": 3})})


@pytest.mark.parametrize(
    ("name", "second"),
    [("cholesky", torch.linalg.cholesky), ("inverse", torch.linalg.inv)],
)
def test_cotangents_are_those_of_torch(name: str, second: Any) -> None:
    function, make = OPS[name]
    array, cotangent = make(2, 4), np.random.default_rng(5).normal(size=(2, 4, 4))
    a = torch.tensor(array, requires_grad=True)
    second(a).backward(torch.tensor(cotangent))
    circuit = build("f", {"a": "[b n n']"}, function).valid()
    own = circuit.checked.type(circuit.outputs[0].wire).axes
    turned = cotangent.transpose([("b", "n'", "n").index(axis) for axis in own]) if name == "inverse" else cotangent
    found = pulled(function, {"a": "[b n n']"}, {"a": array}, [turned])
    np.testing.assert_allclose(found["a"], a.grad, atol=1e-10)


@pytest.mark.parametrize(
    ("function", "a", "message"),
    [
        (
            lambda a: cholesky(a, axes=AXES),
            -np.eye(2),
            "cholesky: expected a positive definite matrix, found another (Matrix is not positive definite). Add a "
            "multiple of the identity.",
        ),
        (
            lambda a: inverse(a, axes=AXES),
            np.zeros((2, 2)),
            "inverse: expected a matrix with an inverse, found another (Singular matrix). Add a multiple of the "
            "identity.",
        ),
    ],
)
def test_matrices_without_an_answer_are_told(function: Any, a: Array, message: str) -> None:
    with pytest.raises(BindingError) as caught:
        run(build("f", {"a": "[n n']"}, function).valid(), {"a": a})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (
            lambda a: cholesky(a, axes="n"),
            {"a": "[n n']"},
            "cholesky (cholesky): expected the two axes of a matrix, rows and columns, found 'n'. Write \"n n'\".",
        ),
        (
            lambda a: cholesky(a, axes="r c"),
            {"a": "[r=3 c=4]"},
            "f/cholesky (cholesky): expected r = 3 (axis 'c' is declared as 4 at f; axis 'r' is declared as "
            "3 at f), found 4 (a matrix [r c] is square). Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda a, b: solve(a, b, axes=AXES),
            {"a": "[n n']", "b": "[m]"},
            "f/solve (solve): expected an axis 'n' at 'b', found [m]. Rename an axis or add 'n'.",
        ),
        (
            lambda a: inverse(a, axes=AXES),
            {"a": "Complex[n n']"},
            "f/inverse (inverse): expected Real at 'a', found Complex. Cast it, or change its type.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, inputs: dict[str, str], message: str) -> None:
    (found,) = problems(function, **inputs)
    assert found.removeprefix("f/") == message.removeprefix("f/")
