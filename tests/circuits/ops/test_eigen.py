"""Eigenvectors and singular vectors: what they are, at every passing index, and their slopes."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Circuit, build, eigh, run, svd
from tests.circuits.gradients import Array, check_vjp
from tests.circuits.laws import Traced, check_literal, passing, problems
from tests.circuits.ops.pulled import pulled

LENGTHS = {"p": 2, "q": 3}


def outputs(function: Any, names: str, text: str, constraints: tuple[str, ...] = ()) -> Circuit:
    """A circuit of all outputs by name."""

    def body(a: Any) -> dict[str, Any]:
        return dict(zip(names.split(), function(a), strict=True))

    return build("f", {"a": text}, body, constraints=constraints).valid()


def normal(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


@given(data=st.data(), n=st.integers(1, 4))
def test_eigenvectors_are_the_same_one_index_at_a_time(data: st.DataObject, n: int) -> None:
    axes = data.draw(passing("n n'"))
    circuit = outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", f"[{' '.join(axes)}]")
    array = normal(*({**LENGTHS, "n": n, "n'": n}[axis] for axis in axes))
    check_literal(Traced(circuit, {"a": array}))


@given(data=st.data(), x=st.integers(1, 3), more=st.integers(0, 2))
def test_singular_vectors_are_the_same_one_index_at_a_time(data: st.DataObject, x: int, more: int) -> None:
    axes = data.draw(passing("y x"))
    circuit = outputs(lambda a: svd(a, "y x -> s"), "u s v", f"[{' '.join(axes)}]")
    array = normal(*({**LENGTHS, "y": x + more, "x": x}[axis] for axis in axes))
    check_literal(Traced(circuit, {"a": array}))


@pytest.mark.parametrize("n", [1, 2, 6])
def test_eigenvectors_diagonalise_the_symmetric_part(n: int) -> None:
    array = normal(3, n, n)
    symmetric = 0.5 * (array + array.swapaxes(-1, -2))
    circuit = outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", "[b n n']")
    assert [str(circuit.checked.type(item.wire)) for item in circuit.outputs] == ["[b e]", "[b n e]"]
    values, vectors = run(circuit, {"a": array}).outputs.values()
    np.testing.assert_allclose(values, torch.linalg.eigvalsh(torch.tensor(symmetric)), atol=1e-12)
    np.testing.assert_allclose(symmetric @ vectors, values[:, None] * vectors, atol=1e-12)
    np.testing.assert_allclose(vectors.swapaxes(-1, -2) @ vectors, np.broadcast_to(np.eye(n), (3, n, n)), atol=1e-12)


@pytest.mark.parametrize(("y", "x"), [(1, 1), (4, 1), (4, 4), (7, 3)])
def test_singular_vectors_multiply_to_the_matrix(y: int, x: int) -> None:
    array = normal(2, y, x)
    circuit = outputs(lambda a: svd(a, "y x -> s"), "u s v", "[b y x]")
    assert [str(circuit.checked.type(item.wire)) for item in circuit.outputs] == ["[b y s]", "[b s]", "[b x s]"]
    u, s, v = run(circuit, {"a": array}).outputs.values()
    np.testing.assert_allclose((u * s[:, None]) @ v.swapaxes(-1, -2), array, atol=1e-12)
    np.testing.assert_allclose(s, torch.linalg.svdvals(torch.tensor(array)), atol=1e-12)
    for vectors in (u, v):
        np.testing.assert_allclose(
            vectors.swapaxes(-1, -2) @ vectors, np.broadcast_to(np.eye(x), (2, x, x)), atol=1e-12
        )


@pytest.mark.parametrize("n", [1, 2, 4])
def test_slopes_of_eigenvectors_are_right(n: int) -> None:
    check_vjp(outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", "[b n n']"), {"a": normal(2, n, n)})


@pytest.mark.parametrize(("y", "x"), [(1, 1), (3, 1), (3, 3), (4, 2)])
def test_slopes_of_singular_vectors_are_right(y: int, x: int) -> None:
    check_vjp(outputs(lambda a: svd(a, "y x -> s"), "u s v", "[b y x]"), {"a": normal(2, y, x)})


def test_twins_and_names_of_one_size_are_told_apart() -> None:
    square = outputs(lambda a: svd(a, "n n' -> n''"), "u s v", "[n n']")
    check_vjp(square, {"a": normal(3, 3)})
    named = outputs(lambda a: eigh(a, "r c -> e"), "values vectors", "[r c]", ("r = c",))
    check_vjp(named, {"a": normal(3, 3)})
    passed_over = outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", "[e' n n']", ("e = n",))
    check_vjp(passed_over, {"a": normal(3, 3, 3)})


def test_cotangents_of_eigenvectors_are_those_of_torch_up_to_signs() -> None:
    array, cotangents = normal(2, 4, 4), (normal(2, 4, seed=1), normal(2, 4, 4, seed=2))
    circuit = outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", "[b n n']")
    ours = run(circuit, {"a": array})["vectors"]
    a = torch.tensor(array, requires_grad=True)
    values, vectors = torch.linalg.eigh(0.5 * (a + a.mT))
    signs = np.sign((ours * vectors.detach().numpy()).sum(axis=-2, keepdims=True))
    torch.autograd.backward((values, vectors), (torch.tensor(cotangents[0]), torch.tensor(signs * cotangents[1])))
    found = pulled(lambda a: eigh(a, "n n' -> e"), {"a": "[b n n']"}, {"a": array}, cotangents)
    np.testing.assert_allclose(found["a"], a.grad, atol=1e-10)


def test_cotangents_of_singular_vectors_are_those_of_torch_up_to_signs() -> None:
    array = normal(2, 5, 3)
    cotangents = (normal(2, 5, 3, seed=1), normal(2, 3, seed=2), normal(2, 3, 3, seed=3))
    ours = run(outputs(lambda a: svd(a, "y x -> s"), "u s v", "[b y x]"), {"a": array})["u"]
    a = torch.tensor(array, requires_grad=True)
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    signs = np.sign((ours * u.detach().numpy()).sum(axis=-2, keepdims=True))
    given_back = (signs * cotangents[0], cotangents[1], signs * cotangents[2])
    torch.autograd.backward((u, s, vh.mT), tuple(map(torch.tensor, given_back)))
    found = pulled(lambda a: svd(a, "y x -> s"), {"a": "[b y x]"}, {"a": array}, cotangents)
    np.testing.assert_allclose(found["a"], a.grad, atol=1e-10)


def test_equal_values_leave_the_slope_of_what_does_not_depend_on_the_choice_of_vectors() -> None:
    # the trace of the square of a matrix is the sum of its squared eigenvalues
    array = np.diag([2.0, 2.0, 5.0])
    found = pulled(
        lambda a: eigh(a, "n n' -> e"),
        {"a": "[n n']"},
        {"a": array},
        [2.0 * np.array([2.0, 2.0, 5.0]), np.zeros((3, 3))],
    )
    np.testing.assert_allclose(found["a"], 2.0 * array, atol=1e-12)
    found = pulled(
        lambda a: svd(a, "n n' -> s"),
        {"a": "[n n']"},
        {"a": np.diag([3.0, 3.0, 0.0])},
        [np.zeros((3, 3)), np.array([3.0, 3.0, 0.0]), np.zeros((3, 3))],
    )
    np.testing.assert_allclose(found["a"], np.diag([3.0, 3.0, 0.0]), atol=1e-12)


def test_a_matrix_of_nan_is_told() -> None:
    circuit = outputs(lambda a: eigh(a, "n n' -> e"), "values vectors", "[n n']")
    with pytest.raises(BindingError) as caught:
        run(circuit, {"a": np.full((3, 3), np.nan)})
    assert str(caught.value) == (
        "eigh: expected a matrix of finite numbers, found another (Eigenvalues did not converge). Look for nan and "
        "infinities in it."
    )


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda a: svd(a, "y x -> s"),
            "[y=3 x=4]",
            "f/svd (svd): expected at most 3, found 4 (svd of [y x]; name the longer axis first). Enlarge the axis, or "
            "lower the bound.",
        ),
        (
            lambda a: eigh(a, "n n' -> n"),
            "[n n']",
            "eigh (eigh): expected a new axis on the right of \"n n' -> n\", found 'n'. Give it another name.",
        ),
        (
            lambda a: eigh(a, "n -> e"),
            "[n n']",
            "eigh (eigh): expected the two axes of a matrix on the left of 'n -> e', found 'n'. Name both.",
        ),
        (
            lambda a: eigh(a, "n n' -> e=4"),
            "[n=3 n']",
            "f/eigh (eigh): expected e = 4 ('e' is given as 4 at f/eigh (eigh); axis 'n' is declared as 3 at f), "
            "found 3 (a matrix along 'n' has so many eigenvalues). Make the sizes equal, or give one axis another "
            "name.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    (found,) = problems(function, a=text)
    assert found.removeprefix("f/") == message.removeprefix("f/")
