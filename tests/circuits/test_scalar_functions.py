"""The table of scalar functions: values against Python's own, slopes against differences, kinds against values."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits.expressions import (
    FUNCTIONS,
    MEMBERS,
    Call,
    Expression,
    ExpressionError,
    Kind,
    Name,
    derivative,
    element,
    evaluate,
    parse_expression,
)
from circuits.numpy_namespace import numpy_namespace
from circuits.sizes import Size
from tests.circuits.python_scalars import PYTHON, Scalar

WIDE, POSITIVE = (-5.0, 5.0), (0.05, 20.0)
DOMAINS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("log", "sqrt", "rsqrt", "lgamma", "digamma", "pow"), POSITIVE),
    **dict.fromkeys(("asin", "acos", "atanh"), (-0.95, 0.95)),
    "acosh": (1.05, 9.0),
    "log1p": (-0.95, 9.0),
    "erfc": (-5.0, 25.0),
    "tan": (-1.5, 1.5),
}
EACH = pytest.mark.parametrize("name", FUNCTIONS)


def _call(name: str) -> Call:
    return Call(name, tuple(map(Name, FUNCTIONS[name].parameters)))


def _takes_bool(name: str, parameter: str) -> bool:
    return FUNCTIONS[name].takes == {Kind.BOOL} or (name, parameter) == ("where", "c")


def _draw(data: st.DataObject, name: str) -> dict[str, Scalar]:
    """Arguments for a function; complex ones where it is about their parts."""
    low, high = DOMAINS.get(name, WIDE)
    real = st.floats(low, high)
    values: dict[str, Scalar] = {}
    for parameter in FUNCTIONS[name].parameters:
        strategy: st.SearchStrategy[Scalar] = st.booleans() if _takes_bool(name, parameter) else real
        if parameter == "z":
            strategy = st.builds(complex, real, real)
        values[parameter] = data.draw(strategy, parameter)
    if name in ("div", "floordiv", "mod"):
        assume(abs(values["b"]) > 1e-3)
    return values


def _no_size(size: Size) -> int:
    raise AssertionError(size)


def _value(expression: Expression, operands: Mapping[str, Scalar]) -> Scalar:
    return evaluate(expression, operands, numpy_namespace, _no_size)


def test_every_function_has_a_value_to_compare_with() -> None:
    assert PYTHON.keys() == FUNCTIONS.keys()


@EACH
@given(st.data())
def test_values_are_those_of_python(name: str, data: st.DataObject) -> None:
    """On arrays, and on the same numbers one by one."""
    operands = _draw(data, name)
    expected = PYTHON[name](*operands.values())
    # relative to lgamma and digamma themselves the error is not small near their zeros
    near_zero = 4e-15 if "gamma" in name else 0
    arrays = {parameter: np.full(3, one) for parameter, one in operands.items()}
    for found in (_value(_call(name), arrays), _value(_call(name), operands)):
        assert found == pytest.approx(np.full(found.shape, expected), rel=2e-15, abs=near_zero)
        assert (found.dtype == bool) == isinstance(expected, bool)


# those of complex numbers are pulled back in test_complex
SLOPED = [
    name
    for name, each in FUNCTIONS.items()
    if each.partials is not None and each.gives != "bool" and name not in ("conj", "angle")
]
STEPPED = ("sign", "floor", "ceil", "round", "relu", "abs", "max", "min", "clip", "mod", "floordiv")


def _difference(expression: Expression, at: dict[str, Scalar], name: str, step: float) -> float:
    """The slope by central differences of fourth order."""
    places = {**at, name: at[name] + step * np.array([-2.0, -1.0, 1.0, 2.0])}
    weights = np.array([1.0, -8.0, 8.0, -1.0]) / (12 * step)
    return float(np.sum(_value(expression, places) * weights))


# between the halves, where nothing rounds or changes sign
between_steps = st.builds(lambda halves, rest: halves / 2 + rest, st.integers(-6, 6), st.floats(0.03, 0.47))


def _apart(values: list[float]) -> bool:
    differ = all(abs(one - other) > 0.02 for place, one in enumerate(values) for other in values[:place])
    quotient = values[0] / values[-1]
    return differ and (len(values) == 1 or abs(quotient - round(quotient)) > 0.1)


@pytest.mark.parametrize("name", SLOPED)
@given(st.data())
def test_slopes_are_those_of_differences(name: str, data: st.DataObject) -> None:
    if name in STEPPED:
        at = {parameter: data.draw(between_steps, parameter) for parameter in FUNCTIONS[name].parameters}
        assume(_apart(list(at.values())))
    else:
        at = _draw(data, name)
    # away from poles, and from the cut of atan2
    assume(name not in ("div", "mod", "floordiv", "atan2") or abs(at["b"]) > 0.3)
    assume(name != "atan2" or at["b"] > 0 or abs(at["a"]) > 0.1)
    for parameter in at:
        if not _takes_bool(name, parameter):
            slope = float(_value(derivative(_call(name), parameter), at))
            # a function with a pole near by differs much from its differences
            scale = abs(_difference(_call(name), at, parameter, 2e-3) - slope)
            assert slope == pytest.approx(_difference(_call(name), at, parameter, 1e-3), rel=1e-6, abs=1e-8 + scale / 8)


@pytest.mark.parametrize("name", [name for name, each in FUNCTIONS.items() if each.gives == "bool"])
def test_truth_values_have_no_slope(name: str) -> None:
    comparisons = tuple(Name(one) > 0 if _takes_bool(name, one) else Name(one) for one in FUNCTIONS[name].parameters)
    steps = Call("where", (Call(name, comparisons), parse_expression("1.0"), parse_expression("0.0")))
    assert [str(derivative(steps, one)) for one in steps.names] == ["0"] * len(steps.names)


@pytest.mark.parametrize("name", [name for name, each in FUNCTIONS.items() if each.partials is None])
def test_functions_without_a_derivative_say_so(name: str) -> None:
    call = _call(name)
    with pytest.raises(ExpressionError) as caught:
        derivative(call, call.names[0])
    assert str(caught.value) == (
        f"expression 'd/d{call.names[0]} {call}': expected functions with a derivative, found '{name}'. "
        "Put stop_gradient before it, or use surrogate."
    )


@EACH
def test_entries_are_complete(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.name == name
    assert function.doc.endswith(".")
    assert function.cost >= 0
    for partial in function.partials or ():
        assert {*function.parameters, "y"} >= set(parse_expression(partial).names)
    assert len(function.partials or function.parameters) == len(function.parameters)


ARRAYS: dict[Kind, Any] = {
    Kind.WHOLE: np.array([1, 2, 3]),
    Kind.REAL: np.array([0.5, 0.25, 0.75]),
    Kind.COMPLEX: np.array([1 + 2j, 0.5j, -1j]),
    Kind.BOOL: np.array([True, False, True]),
}
LETTERS = {Kind.WHOLE: "i", Kind.REAL: "f", Kind.COMPLEX: "c", Kind.BOOL: "b"}


@EACH
def test_kinds_are_those_of_the_values(name: str) -> None:
    """Whatever kinds typing lets a function have, its values are of the kind it says."""
    parameters = FUNCTIONS[name].parameters
    fitting = 0
    for kinds in itertools.product(Kind, repeat=len(parameters)):
        try:
            kind = element(_call(name), dict(zip(parameters, kinds, strict=True)))
        except ExpressionError:
            continue
        fitting += 1
        found = _value(_call(name), {one: ARRAYS[kind] for one, kind in zip(parameters, kinds, strict=True)})
        assert found.dtype.kind == LETTERS[kind], kinds
    assert fitting


class _Bare:
    """A namespace of nothing but what expressions ask for."""

    asarray = staticmethod(np.asarray)

    def __init__(self) -> None:
        for member in MEMBERS:
            setattr(self, member, getattr(numpy_namespace, member))


@EACH
def test_a_namespace_needs_no_more_than_the_members(name: str) -> None:
    operands = {
        one: ARRAYS[Kind.BOOL if _takes_bool(name, one) else Kind.COMPLEX if one == "z" else Kind.REAL]
        for one in FUNCTIONS[name].parameters
    }
    found = evaluate(_call(name), operands, _Bare(), _no_size)
    np.testing.assert_array_equal(found, _value(_call(name), operands))


@pytest.mark.parametrize(
    "name", [name for name, each in FUNCTIONS.items() if each.gives == "inexact" and name != "div"]
)
def test_precision_of_the_arguments_is_kept(name: str) -> None:
    call = _call(name)
    for given_as, kept in ((np.float32, np.float32), (np.float64, np.float64), (np.int8, np.float64)):
        assert _value(call, {one: np.ones(2, given_as) for one in call.names}).dtype == kept


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("sigmoid(x)", [-np.inf, -1000, 0, 1000, np.inf], [0, 0, 0.5, 1, 1]),
        ("softplus(x)", [-np.inf, -1000, 0, 1000, np.inf], [0, 0, math.log(2), 1000, np.inf]),
        ("relu(x)", [-np.inf, -1, np.inf, np.nan], [0, 0, np.inf, np.nan]),
        ("erfc(x)", [-np.inf, 26, 40, np.inf, np.nan], [2, math.erfc(26), 0, 0, np.nan]),
        ("max(x, 0)", [-np.inf, np.nan, np.inf], [0, np.nan, np.inf]),
        ("log(x)", [-1, 0, np.inf], [np.nan, -np.inf, np.inf]),
        ("1 / x", [0, np.inf], [np.inf, 0]),
        ("x ** 0.5", [-1, 4], [np.nan, 2]),
        ("exp(x)", [1000, -1000], [np.inf, 0]),
        ("lgamma(x)", [0, -1, 1e308], [np.inf, np.inf, math.inf]),
        ("clip(x, 2, 1)", [0, 3, np.nan], [1, 1, np.nan]),
        ("round(x)", [0.5, 1.5, -2.5], [0, 2, -2]),
        ("x % 3", [-1, 4.5], [2, 1.5]),
        ("x // 3", [-1, 4.5], [-1, 1]),
        ("abs(complex(x, inf))", [1, np.inf], [np.inf, np.inf]),
        ("where(x > 0, log(x), 0.0)", [-1, 1], [0, 0]),
    ],
)
def test_values_at_the_ends_come_without_warnings(text: str, x: list[float], expected: list[float]) -> None:
    tree = parse_expression(text)
    np.testing.assert_allclose(_value(tree, {"x": np.array(x)}), expected, rtol=1e-15)
    for one, other in zip(x, expected, strict=True):
        np.testing.assert_allclose(_value(tree, {"x": float(one)}), other, rtol=1e-15)
