"""Reverse rules of expressions and einsums with complex numbers, held against torch.autograd."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from circuits import Wire, cast, einsum, elementwise, reduce
from circuits.expressions import parse_expression
from tests.circuits.gradients import Array
from tests.circuits.ops.pulled import pulled

GENERATOR = np.random.default_rng(5)
EXPRESSIONS = (
    "z * w",
    "z / w",
    "z * a + b",
    "a / z",
    "z ** 2 - w ** 3",
    "z ** w",
    "a ** z",
    "z ** 0",
    "exp(z * a)",
    "log(z) * sqrt(w) * rsqrt(z)",
    "sin(z) + cos(w) * tan(z)",
    "sinh(z) * cosh(w) - tanh(z)",
    "asin(z) * acos(w) * atan(z)",
    "real(z) * w",
    "imag(z * w) + a",
    "conj(z) * z * w",
    "abs(z) * abs(w) + abs(a)",
    "abs(z - w) ** 2",
    "angle(z * w)",
    "complex(a, b) * z",
    "abs(complex(a * b, b))",
    "real(complex(a, b) * conj(z))",
    "complex(abs(z), imag(w) * a)",
    "where(a > 0, z, conj(w)) * z",
    "max(a, b, real(z)) * w",
    "exp(conj(z) + a) + conj(a) * angle(a)",
    "clip(abs(z), 0.5, 1.0)",
)
NAMES = (
    *("exp", "log", "sqrt", "rsqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "abs"),
    *("real", "imag", "conj", "angle", "complex", "where", "clip"),
)
TORCH: dict[str, Callable[..., Any]] = {
    **{name: getattr(torch, name) for name in NAMES},
    "max": lambda *args: torch.maximum(args[0], torch.maximum(*args[1:])),
}
TYPES = {"a": "[x]", "b": "[x]", "z": "Complex[x]", "w": "Complex[x]"}


def _numbers(type: str, *shape: int) -> Array:
    real = GENERATOR.normal(size=shape)
    return real + 1j * GENERATOR.normal(size=shape) if type.startswith("Complex") else real


def _by_torch(function: Callable[..., Any], arrays: Sequence[Array], cotangent: Array) -> list[Array]:
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    value = function(*tensors)
    dtype = torch.complex128 if value.is_complex() else torch.float64
    value.backward(torch.tensor(cotangent).to(dtype) if value.is_complex() else torch.tensor(cotangent.real))
    return [np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.resolve_conj().numpy() for tensor in tensors]


def _check(function: Callable[..., Wire], torch_function: Callable[..., Any], types: dict[str, str], size: int) -> None:
    arrays = {name: _numbers(type, *(size for _ in type.partition("[")[2].split())) for name, type in types.items()}
    value = torch_function(*map(torch.tensor, arrays.values()))
    cotangent = _numbers("Complex" if value.is_complex() else "", *value.shape)
    found = pulled(function, types, arrays, [cotangent])
    expected = _by_torch(torch_function, list(arrays.values()), cotangent)
    for (name, array), wanted in zip(arrays.items(), expected, strict=True):
        given = found.get(name, np.zeros(array.shape))
        assert np.iscomplexobj(given) == np.iscomplexobj(array) or name not in found, name
        np.testing.assert_allclose(given, wanted, rtol=1e-9, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_pull_back_as_torch_does(text: str) -> None:
    tree = parse_expression(text)
    code = compile(text, "expression", "eval")
    types = {name: TYPES[name] for name in tree.names}

    def by_torch(*tensors: Any) -> Any:
        return eval(code, TORCH | dict(zip(tree.names, tensors, strict=True)))

    _check(lambda *wires: elementwise(text, *wires), by_torch, types, 5)


@pytest.mark.parametrize("first", ["", "Complex"])
@pytest.mark.parametrize("second", ["", "Complex"])
@pytest.mark.parametrize("third", ["", "Complex"])
def test_einsums_conjugate_the_other_factors(first: str, second: str, third: str) -> None:
    types = {"a": f"{first}[x y]", "b": f"{second}[y z]", "c": f"{third}[z w]"}

    def by_torch(*tensors: Any) -> Any:
        mixed = any(tensor.is_complex() for tensor in tensors)
        same = [tensor.to(torch.complex128) if mixed else tensor for tensor in tensors]
        return torch.einsum("xy,yz,zw->xz", *same)

    _check(lambda *wires: einsum("x y, y z, z w -> x z", *wires), by_torch, types, 3)


def test_a_real_array_that_becomes_complex_has_a_real_cotangent() -> None:
    found = pulled(lambda x: cast(x, element="Complex"), {"x": "[a]"}, {"x": np.ones(3)}, [np.full(3, 2 - 3j)])
    np.testing.assert_array_equal(found["x"], np.full(3, 2.0))
    assert not np.iscomplexobj(found["x"])


@pytest.mark.parametrize("text", ["abs(z)", "angle(z)", "z ** 2", "z ** w"])
def test_slopes_at_zero_are_finite(text: str) -> None:
    types = {name: TYPES[name] for name in parse_expression(text).names}
    arrays = {"z": np.zeros(2, complex), "w": np.full(2, 2 + 0j)}
    found = pulled(lambda *w: elementwise(text, *w), types, {name: arrays[name] for name in types}, [np.ones(2)])
    np.testing.assert_array_equal(found["z"], np.zeros(2))


@pytest.mark.parametrize("kind", ["sum", "mean", "prod"])
def test_reductions_of_complex_numbers(kind: str) -> None:
    function = getattr(torch, kind)
    _check(lambda x: reduce(kind, x, axes="b"), lambda x: function(x, dim=1), {"x": "Complex[a b]"}, 3)


@pytest.mark.parametrize("axes", ["b", "b a", "a b c"])
def test_products_with_zeros_have_the_slopes_of_torch(axes: str) -> None:
    x = GENERATOR.normal(size=(2, 3, 2)) + 0j
    x[0, 1, 0] = x[1, 2, 1] = 0.0
    places = ["abc".index(axis) for axis in axes.split()]
    for array in (x.real, x * (1 + 1j)):
        tensor = torch.tensor(array, requires_grad=True)
        product = tensor.permute(*(place for place in range(3) if place not in places), *places)
        product = product.reshape(*product.shape[: 3 - len(places)], -1).prod(-1)
        cotangent = _numbers("Complex" if np.iscomplexobj(array) else "", *product.shape)
        product.backward(torch.tensor(cotangent))
        type = "Complex[a b c]" if np.iscomplexobj(array) else "[a b c]"
        found = pulled(lambda x: reduce("prod", x, axes=axes), {"x": type}, {"x": array}, [cotangent])
        np.testing.assert_allclose(found["x"], tensor.grad, rtol=1e-10, atol=1e-12)


def test_extrema_share_their_cotangent_equally_among_ties() -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    for kind, sign in (("max", 1.0), ("min", -1.0)):
        found = pulled(
            lambda x, kind=kind: reduce(kind, x, axes="b"), {"x": "[a b]"}, {"x": sign * x}, [np.full(2, 6.0)]
        )
        np.testing.assert_array_equal(found["x"], [[0.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
