"""Fourier transforms: numbers of numpy, cotangents of torch, sizes even, odd and one."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Wire, build, fft, ifft, irfft, rfft, run
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems
from tests.circuits.ops.pulled import pulled

LENGTHS = {"p": 2, "q": 3}
SIZES = [1, 2, 3, 6, 7]


def complex_numbers(*shape: int, seed: int = 0) -> Array:
    generator = np.random.default_rng(seed)
    return generator.normal(size=shape) + 1j * generator.normal(size=shape)


@given(data=st.data(), n=st.integers(1, 7), is_complex=st.booleans(), inverse=st.booleans())
def test_transforms_are_those_of_numpy_at_every_passing_index(
    data: st.DataObject, n: int, is_complex: bool, inverse: bool
) -> None:
    axes = data.draw(passing("t"))
    element, function = "Complex" if is_complex else "Real", ifft if inverse else fft
    circuit = build("f", {"x": f"{element}[{' '.join(axes)}]"}, lambda x: function(x, axis="t")).valid()
    array = numbers(axes, {**LENGTHS, "t": n}) * ((1 - 2j) if is_complex else 1)
    check_literal(Traced(circuit, {"x": array}))
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == f"Complex[{' '.join(axes)}]"
    second = np.fft.ifft if inverse else np.fft.fft
    np.testing.assert_allclose(run(circuit, {"x": array}).only, second(array, axis=axes.index("t")), atol=1e-14)


@given(data=st.data(), n=st.integers(1, 7))
def test_half_transforms_are_those_of_numpy_and_undo_each_other(data: st.DataObject, n: int) -> None:
    axes = data.draw(passing("t"))

    def body(x: Wire) -> dict[str, Wire]:
        half = rfft(x, "t -> f")
        return {"half": half, "back": irfft(half, "f -> t")}

    circuit = build("f", {"x": f"[{' '.join(axes)}]"}, body).valid()
    assert str(circuit.checked.size("f")) == "t//2+1"
    array = numbers(axes, {**LENGTHS, "t": n})
    check_literal(Traced(circuit, {"x": array}))
    found = run(circuit, {"x": array})
    np.testing.assert_allclose(found["half"], np.fft.rfft(array, axis=axes.index("t")), atol=1e-14)
    np.testing.assert_allclose(found["back"], array, atol=1e-14)


def test_several_axes_are_transformed_at_once() -> None:
    array = complex_numbers(3, 4, 5)
    circuit = build("f", {"x": "Complex[y b x]"}, lambda x: fft(x, axis="y x")).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "Complex[y b x]"
    np.testing.assert_allclose(run(circuit, {"x": array}).only, np.fft.fft2(array, axes=(0, 2)), atol=1e-13)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize(("function", "second"), [(fft, torch.fft.fft), (ifft, torch.fft.ifft)])
def test_cotangents_are_those_of_torch(n: int, is_complex: bool, function: Any, second: Any) -> None:
    array = complex_numbers(2, n) if is_complex else complex_numbers(2, n).real
    cotangent = complex_numbers(2, n, seed=1)
    x = torch.tensor(array, requires_grad=True)
    second(x).backward(torch.tensor(cotangent))
    element = "Complex" if is_complex else "Real"
    found = pulled(lambda x: function(x, axis="t"), {"x": f"{element}[b t]"}, {"x": array}, [cotangent])
    assert found["x"].dtype == array.dtype
    np.testing.assert_allclose(found["x"], x.grad, atol=1e-13)


def test_cotangents_of_several_axes_are_those_of_torch() -> None:
    array, cotangent = complex_numbers(3, 4), complex_numbers(3, 4, seed=1)
    x = torch.tensor(array, requires_grad=True)
    torch.fft.ifft2(x).backward(torch.tensor(cotangent))
    found = pulled(lambda x: ifft(x, axis="y x"), {"x": "Complex[y x]"}, {"x": array}, [cotangent])
    np.testing.assert_allclose(found["x"], x.grad, atol=1e-13)


@pytest.mark.parametrize("n", SIZES)
def test_cotangents_of_half_transforms_are_those_of_torch(n: int) -> None:
    half = n // 2 + 1
    array, cotangent = complex_numbers(2, n).real, complex_numbers(2, half, seed=1)
    x = torch.tensor(array, requires_grad=True)
    torch.fft.rfft(x).backward(torch.tensor(cotangent))
    found = pulled(lambda x: rfft(x, "t -> f"), {"x": "[b t]"}, {"x": array}, [cotangent])
    np.testing.assert_allclose(found["x"], x.grad, atol=1e-13)

    z = torch.tensor(cotangent, requires_grad=True)
    torch.fft.irfft(z, n=n).backward(torch.tensor(array))
    found = pulled(lambda z: irfft(z, f"f -> t={n}"), {"z": "Complex[b f]"}, {"z": cotangent}, [array])
    np.testing.assert_allclose(found["z"], z.grad, atol=1e-13)


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda x: fft(x, axis="t"),
            "Natural(3)[t]",
            "f/fft (fft): expected Real or Complex numbers in 'fft', found Natural(3). Cast it to Real.",
        ),
        (
            lambda x: fft(x, axis=""),
            "[t]",
            "fft (fft): expected at least one axis to transform, found none. Name it with axis=.",
        ),
        (
            lambda x: rfft(x, "t -> f"),
            "Complex[t]",
            "f/rfft (rfft): expected Real at 'x', found Complex. Cast it, or change its type.",
        ),
        (
            lambda x: rfft(x, "t -> t"),
            "[t]",
            "rfft (rfft): expected two different axes such as 't -> f', found 't -> t'. Name one axis a side.",
        ),
        (
            lambda x: rfft(x, "t -> f=4"),
            "[t=8]",
            "f/rfft (rfft): expected f = 5 ('f' are the frequencies along 't' at f/rfft (rfft)), found 4 ('f' is given "
            "as 4). Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: irfft(x, "f -> t=8"),
            "Complex[f=4]",
            "f/irfft (irfft): expected f = 4 (axis 'f' is declared as 4 at f; 't' is given as 8 at f/irfft "
            "(irfft)), found 5 ('f' are the frequencies along 't'). Make the sizes equal, or give one axis another "
            "name.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    (found,) = problems(function, x=text)
    assert found.removeprefix("f/") == message.removeprefix("f/")


def test_a_size_that_two_numbers_fit_is_asked_for() -> None:
    circuit = build("f", {"x": "Complex[f]"}, lambda x: irfft(x, "f -> t")).valid()
    with pytest.raises(BindingError) as caught:
        run(circuit, {"x": np.ones(3)})
    assert str(caught.value) == (
        "f: expected a size for every axis, found none for t. Give sizes (t=...), or defaults in the circuit."
    )
    assert run(circuit, {"x": np.ones(3)}, sizes={"t": 5}).only.shape == (5,)
