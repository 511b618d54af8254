"""Running folds: values, empty beginnings, both directions and slopes, zeros and ties included."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from circuits import Wire, build, cummax, cumprod, cumsum, elementwise, run
from tests.circuits.gradients import Array, check_vjp
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems
from tests.circuits.ops.pulled import pulled

LENGTHS = {"p": 2, "q": 3}
FOLDS: dict[Callable[..., Wire], tuple[Callable[..., Array], float]] = {
    cumsum: (np.add.accumulate, 0.0),
    cumprod: (np.multiply.accumulate, 1.0),
    cummax: (np.maximum.accumulate, -np.inf),
}


def expected(fold: Callable[..., Wire], array: Array, reverse: bool, exclusive: bool) -> Array:
    """The fold along the last dimension, by numpy."""
    accumulate, empty = FOLDS[fold]
    turned = array[..., ::-1] if reverse else array
    if exclusive:
        start = np.full((*array.shape[:-1], 1), empty)
        turned = np.concatenate([start, turned[..., :-1]], axis=-1)
    folded = accumulate(turned, axis=-1)
    return folded[..., ::-1] if reverse else folded


@pytest.mark.parametrize("fold", FOLDS)
@given(data=st.data(), n=st.integers(1, 5), reverse=st.booleans(), exclusive=st.booleans())
def test_folds_are_those_of_numpy_at_every_passing_index(
    fold: Callable[..., Wire], data: st.DataObject, n: int, reverse: bool, exclusive: bool
) -> None:
    axes = data.draw(passing("t"))
    text = f"[{' '.join(axes)}]"
    circuit = build("f", {"x": text}, lambda x: fold(x, axis="t", reverse=reverse, exclusive=exclusive)).valid()
    array = numbers(axes, {**LENGTHS, "t": n})
    check_literal(Traced(circuit, {"x": array}))
    found = np.moveaxis(run(circuit, {"x": array}).only, axes.index("t"), -1)
    wanted = expected(fold, np.moveaxis(array, axes.index("t"), -1), reverse, exclusive)
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("n", [1, 4])
def test_slopes_are_right(fold: Callable[..., Wire], reverse: bool, exclusive: bool, n: int) -> None:
    def body(x: Wire) -> Wire:
        y = fold(x, axis="t", reverse=reverse, exclusive=exclusive)
        return elementwise("where(isfinite(y), y, 0.0)", y)

    check_vjp(
        build("f", {"x": "[b t]"}, body).valid(),
        {"x": np.random.default_rng(n).normal(size=(2, n)) + (0.0 if fold is cummax else 1.0)},
    )


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("zeros", [[1], [0, 2], [0, 1, 2, 3]])
def test_products_have_their_slope_at_zeros(zeros: list[int], exclusive: bool) -> None:
    array = np.array([1.5, -2.0, 0.5, 3.0])
    array[zeros] = 0.0
    check_vjp(build("f", {"x": "[t]"}, lambda x: cumprod(x, axis="t", exclusive=exclusive)).valid(), {"x": array})


def test_of_equal_elements_the_first_has_the_slope_of_the_maximum() -> None:
    array, cotangent = np.array([1.0, 3.0, 3.0, 2.0, 4.0]), np.array([1.0, 10.0, 100.0, 1000.0, 10000.0])
    found = pulled(lambda x: cummax(x, axis="t"), {"x": "[t]"}, {"x": array}, [cotangent])
    np.testing.assert_array_equal(found["x"], [1.0, 1110.0, 0.0, 0.0, 10000.0])


@pytest.mark.parametrize(
    ("fold", "second"), [(cumsum, torch.cumsum), (cumprod, torch.cumprod), (cummax, lambda x, d: torch.cummax(x, d)[0])]
)
def test_slopes_are_those_of_torch(fold: Callable[..., Wire], second: Any) -> None:
    generator = np.random.default_rng(1)
    array, cotangent = generator.normal(size=(3, 6)), generator.normal(size=(3, 6))
    x = torch.tensor(array, requires_grad=True)
    second(x, -1).backward(torch.tensor(cotangent))
    found = pulled(lambda x: fold(x, axis="t"), {"x": "[b t]"}, {"x": array}, [cotangent])
    np.testing.assert_allclose(found["x"], x.grad, rtol=1e-12)


def test_cotangents_may_carry_more_axes_than_the_input() -> None:
    cotangent = np.arange(12.0).reshape(3, 4)
    circuit = build(
        "f",
        {"x": "[t]", "w": "[b t]"},
        lambda x, w: elementwise("a * b", cumprod(x, axis="t", exclusive=True), w),
    ).valid()
    check_vjp(circuit, {"x": np.array([2.0, 0.0, -1.0, 0.5]), "w": cotangent})


def test_whole_and_complex_numbers_are_folded_where_that_has_a_sense() -> None:
    def elements(text: str, fold: Callable[..., Wire]) -> str:
        circuit = build("f", {"x": text}, lambda x: fold(x, axis="t")).valid()
        return str(circuit.checked.type(circuit.outputs[0].wire))

    assert elements("Natural(5)[t]", cumsum) == "Int(64)[t]"
    assert elements("Natural(5)[t]", cumprod) == "Int(64)[t]"
    assert elements("Index(s)[t]", cummax) == "Index(s)[t]"
    assert elements("Complex[t]", cumsum) == "Complex[t]"
    array = np.array([1 + 2j, 3 - 1j])
    found = pulled(lambda x: cumsum(x, axis="t"), {"x": "Complex[t]"}, {"x": array}, [array])
    np.testing.assert_array_equal(found["x"], [4 + 1j, 3 - 1j])
    assert elements("Complex[t]", cumprod) == "Complex[t]"
    found = pulled(lambda x: cumprod(x, axis="t"), {"x": "Complex[t]"}, {"x": array}, [array])
    tensor = torch.tensor(array, requires_grad=True)
    torch.cumprod(tensor, 0).backward(torch.tensor(array))
    np.testing.assert_allclose(found["x"], tensor.grad, rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda x: cumsum(x, axis="t"),
            "Bool[t]",
            "f/cumsum (cumsum): expected numbers that 'cumsum' is defined for, found Bool. Cast it to Real.",
        ),
        (
            lambda x: cummax(x, axis="t"),
            "Complex[t]",
            "f/cummax (cummax): expected numbers that 'cummax' is defined for, found Complex. Cast it to Real.",
        ),
        (
            lambda x: cummax(x, axis="t", exclusive=True),
            "Natural(3)[t]",
            "f/cummax (cummax): expected numbers that 'cummax' is defined for, found Natural(3). Cast it to Real.",
        ),
        (
            lambda x: cumsum(x, axis="time"),
            "[t]",
            "f/cumsum (cumsum): expected an axis 'time' at 'x', found [t]. Rename an axis or add 'time'.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    assert problems(function, x=text) == [message]
