"""Expressions as a whole: typing, derivatives, values and costs agree with each other and with plain arithmetic."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits.expressions import (
    Expression,
    ExpressionError,
    Kind,
    Name,
    cost,
    derivative,
    element,
    evaluate,
    parse_expression,
    substitute,
)
from circuits.numpy_namespace import numpy_namespace
from circuits.sizes import Size
from tests.circuits.expression_strategies import real_trees, smooth_trees

SIZES = {"k": 64, "h": 3}
REALS = {"x": Kind.REAL, "y": Kind.REAL}
points = st.tuples(st.floats(-2, 2), st.floats(-2, 2))


def _value(expression: Expression | str, **operands: Any) -> Any:
    tree = parse_expression(expression) if isinstance(expression, str) else expression
    return evaluate(tree, operands, numpy_namespace, lambda size: size.evaluate(SIZES))


@given(real_trees, points)
def test_arrays_hold_the_values_of_their_elements(tree: Expression, point: tuple[float, float]) -> None:
    x, y = np.array([0.0, point[0], 1.0]), np.array([[point[1]], [2.0]])
    whole = np.broadcast_to(_value(tree, x=x, y=y), (2, 3))
    for row in range(2):
        for column in range(3):
            one = _value(tree, x=float(x[column]), y=float(y[row, 0]))
            np.testing.assert_allclose(whole[row, column], one, rtol=1e-13)


@given(smooth_trees, points)
def test_derivatives_are_those_of_differences(tree: Expression, point: tuple[float, float]) -> None:
    def difference(step: float) -> float:
        places = point[0] + step * np.array([-2.0, -1.0, 1.0, 2.0])
        weights = np.array([1.0, -8.0, 8.0, -1.0]) / (12 * step)
        return float(np.sum(_value(tree, x=places, y=point[1]) * weights))

    coarse, fine = difference(2e-3), difference(1e-3)
    scale = 1 + abs(float(_value(tree, x=point[0], y=point[1])))
    assume(abs(coarse - fine) < 1e-5 * scale)
    slope = float(_value(derivative(tree, "x"), x=point[0], y=point[1]))
    assert slope == pytest.approx(fine, rel=1e-5, abs=1e-5 * scale)


@given(real_trees)
def test_derivatives_of_real_expressions_are_real(tree: Expression) -> None:
    slope = derivative(tree, "x") * Name("d")
    assert element(slope, {**REALS, "d": Kind.REAL}) is Kind.REAL
    assert set(slope.names) <= {"x", "y", "d"}


@given(real_trees)
def test_derivatives_by_other_operands_are_zero(tree: Expression) -> None:
    assert str(derivative(tree, "z")) == "0"


@given(real_trees, real_trees, points)
def test_substituting_is_evaluating_in_turn(tree: Expression, inner: Expression, point: tuple[float, float]) -> None:
    x, y = np.array(point[0]), np.array(point[1])
    at_once = _value(substitute(tree, {"x": inner}), x=x, y=y)
    np.testing.assert_allclose(at_once, _value(tree, x=_value(inner, x=x, y=y), y=y), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("a + b", "1"),
        ("b - a", "-1"),
        ("3 * a", "3"),
        ("a * b", "b"),
        ("a / 3", "1 / 3"),
        ("b / a", "-(b / a / a)"),
        ("a ** 2", "2 * a"),
        ("a ** 1", "1"),
        ("a ** 0", "0"),
        ("a ** -0.5", "-0.5 * a ** -1.5"),
        ("2 ** a", "2 ** a * log(2)"),
        ("a ** b", "where(b == 0, 0.0, b * a ** (b - 1))"),
        ("a * size(k) ** -0.5", "size(k) ** -0.5"),
        ("exp(2 * a)", "2 * exp(2 * a)"),
        ("cos(a)", "-sin(a)"),
        ("a * sigmoid(a)", "sigmoid(a) + a * (sigmoid(a) * (1 - sigmoid(a)))"),
        ("where(b > 0, a ** 2, -a)", "where(b > 0, 2 * a, -1.0)"),
        ("where(b > 0, a, a)", "1.0"),
        ("max(b, a, 0)", "where(b >= max(a, 0), 0, where(a >= 0, 1.0, 0.0))"),
        ("relu(a)", "where(a > 0, 1.0, 0.0)"),
        ("floor(a) + sign(a) + b", "0"),
        ("a % b", "1"),
        ("b", "0"),
    ],
)
def test_derivatives_read_well(text: str, slope: str) -> None:
    assert str(derivative(parse_expression(text), "a")) == slope


@pytest.mark.parametrize(
    ("text", "expected"),
    [("max(x, y)", (1, 0)), ("min(x, y)", (1, 0)), ("clip(x, y, 3)", (1, 0)), ("clip(x, 0, y)", (1, 0))],
)
def test_of_equal_arguments_the_first_has_the_slope(text: str, expected: tuple[int, int]) -> None:
    tree = parse_expression(text)
    assert tuple(int(_value(derivative(tree, name), x=2.0, y=2.0)) for name in "xy") == expected


@pytest.mark.parametrize(
    ("text", "x"),
    [("where(x > 0, sqrt(x), 0.0)", 0.0), ("where(x > 0, log(x), x)", -1.0), ("x ** y", 0.0), ("max(x, sqrt(y))", 1.0)],
)
def test_a_branch_not_taken_leaves_no_nan_in_the_slope(text: str, x: float) -> None:
    tree = parse_expression(text)
    assert np.isfinite(_value(derivative(tree, "x"), x=x, y=0.0))


def test_a_derivative_above_the_limits_is_an_error() -> None:
    tree = parse_expression("sin(" * 40 + "x" + ")" * 40)
    with pytest.raises(ExpressionError) as caught:
        derivative(tree, "x")
    assert str(caught.value).endswith("': expected at most 500 parts, found 524. Spread it over several nodes.")


def test_sizes_are_numbers() -> None:
    np.testing.assert_array_equal(_value("x * size(k) ** -0.5 + size(h*k)", x=np.array([8.0, 0.0])), [193, 192])
    assert _value("size(k) // 5 ** 2 - size(k - h) % 7") == 64 // 25 - 61 % 7
    assert _value("sqrt(size(k)) / size(h) ** -1") == 24


def test_numbers_alone_make_an_array() -> None:
    for text, expected, letter in (
        ("2", 2, "i"),
        ("1 / 4", 0.25, "f"),
        ("1 < 2", True, "b"),
        ("complex(1, 2)", 1 + 2j, "c"),
    ):
        value = _value(text)
        assert (value.shape, value.dtype.kind, value.item()) == ((), letter, expected)


def test_numbers_do_not_widen_arrays() -> None:
    x = np.ones(2, np.float32)
    assert _value("where(x > 0, x * sqrt(2) + size(k) / 3, 0.0)", x=x).dtype == np.float32


def test_whole_numbers_divide_as_in_python() -> None:
    i, j = np.array([7, -7, 7, -7]), np.array([2, 2, -2, -2])
    pairs = list(zip(i.tolist(), j.tolist(), strict=True))
    assert _value("i // j", i=i, j=j).tolist() == [a // b for a, b in pairs]
    assert _value("i % j", i=i, j=j).tolist() == [a % b for a, b in pairs]
    assert _value("i ** -1", i=i).tolist() == [1 / a for a in i.tolist()]


def test_missing_operands_are_named() -> None:
    with pytest.raises(ExpressionError) as caught:
        _value("a + b * c", b=1.0)
    assert str(caught.value) == (
        "expression 'a + b * c': expected a value for every operand, found none for a, c. Give the missing operands."
    )


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("x", 0),
        ("2 * size(k) + 1", 0),
        ("x + y * 2", 2),
        ("x * (2 * size(k) ** -0.5)", 1),
        ("x ** 1", 1),
        ("x ** 2", 1),
        ("x ** 3", 2),
        ("x ** 8", 3),
        ("(x + y) * (x + y)", 2),
        ("max(x, y, 0, 1)", 3),
    ],
)
def test_cost_counts_what_is_computed(text: str, operations: int) -> None:
    assert cost(parse_expression(text)) == operations


def test_dear_functions_cost_more() -> None:
    assert (
        cost(parse_expression("exp(x) + 1")) > cost(parse_expression("x / y + 1")) > cost(parse_expression("x * y + 1"))
    )


def test_sizes_reach_the_caller_as_sizes() -> None:
    asked = []

    def size(found: Size) -> int:
        asked.append(found)
        return 4

    assert evaluate(parse_expression("x * size(h*k)"), {"x": 2.0}, numpy_namespace, size) == 8
    assert asked == [Size.of("h*k")]
