"""The scalar functions of elementwise expressions, in one table that all readers of expressions share.

Interpreter, printers, typing and derivatives look a function up here and nowhere else. An operator is
a function with a symbol. Values are IEEE numbers: what has no value is nan or an infinity, silently.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal


class Kind(Enum):
    """What a scalar is: a whole, real or complex number, or a truth value."""

    WHOLE = "Whole"
    REAL = "Real"
    COMPLEX = "Complex"
    BOOL = "Bool"


Gives = Literal["same", "inexact", "magnitude", "power", "real", "complex", "bool"]

ORDERED = frozenset({Kind.WHOLE, Kind.REAL})
NUMBERS = ORDERED | {Kind.COMPLEX}
COMPLEXES = frozenset({Kind.COMPLEX})
BOOLS = frozenset({Kind.BOOL})
ALL = NUMBERS | BOOLS

# How tightly operators bind, as in Python; names and calls bind tightest.
COMPARE, OR, AND, SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 9)


@dataclass(frozen=True, slots=True)
class Function:
    """One scalar function.

    `partials` are the derivatives by each parameter, as expressions of the parameters and of the
    result `y`; None where there are none. `takes` are the kinds of its arguments. `gives` is the kind
    of its result: the `same` as theirs, `inexact` (whole becomes real), `magnitude` (complex becomes
    real), `power`, or always one kind. `cost` is a rough count of operations, a multiplication
    being 1. `symbol` and `level` say how an operator is written and how tightly it binds.
    A `variadic` function takes two or more arguments and is associative: `f(a, b, c)` is `f(a, f(b, c))`.
    `pulled` are the cotangents of complex parameters where they are not d * conj(partial), as expressions
    of the parameters, of `y` and of its cotangent `d`.
    """

    name: str
    parameters: tuple[str, ...]
    partials: tuple[str, ...] | None
    cost: int
    doc: str
    takes: frozenset[Kind] = ORDERED
    gives: Gives = "same"
    symbol: str = ""
    level: int = ATOM
    variadic: bool = False
    pulled: tuple[str, ...] | None = None

    @property
    def arity(self) -> tuple[int, int | None]:
        """The least and the greatest number of arguments; None where there is no greatest."""
        return len(self.parameters), None if self.variadic else len(self.parameters)

    @property
    def member(self) -> str:
        """The member of an array namespace that computes it; "" where Python's operators do."""
        if self.symbol or self.name in ("abs", "clip"):
            return ""
        return {"max": "maximum", "min": "minimum"}.get(self.name, self.name)


def _operator(
    symbol: str,
    name: str,
    level: int,
    partials: tuple[str, ...],
    cost: int,
    doc: str,
    takes: frozenset[Kind] = NUMBERS,
    gives: Gives = "same",
    pulled: tuple[str, ...] | None = None,
) -> Function:
    parameters = ("a", "b")[: len(partials)] if len(partials) > 1 else ("x",)
    return Function(name, parameters, partials, cost, doc, takes, gives, symbol, level, pulled=pulled)


def _comparison(symbol: str, name: str, doc: str, takes: frozenset[Kind] = ORDERED) -> Function:
    return _operator(symbol, name, COMPARE, ("0", "0"), 1, doc, takes, "bool")


def _analytic(name: str, slope: str, cost: int, doc: str) -> Function:
    return Function(name, ("x",), (slope,), cost, doc, NUMBERS, "inexact")


def _smooth(name: str, slope: str | None, cost: int, doc: str) -> Function:
    return Function(name, ("x",), None if slope is None else (slope,), cost, doc, gives="inexact")


def _part(
    name: str, slope: str | None, pulled: str, takes: frozenset[Kind], gives: Gives, cost: int, doc: str
) -> Function:
    partials = None if slope is None else (slope,)
    return Function(name, ("z",), partials, cost, doc, takes, gives, pulled=(pulled,))


def _extremum(name: str, relation: str, doc: str) -> Function:
    slopes = (f"where(a {relation} b, 1.0, 0.0)", f"where(a {relation} b, 0.0, 1.0)")
    return Function(name, ("a", "b"), slopes, 1, doc, variadic=True)


_SLOPE_OF_POWER = (
    "where(b == 0, 0.0, b * a ** (b - 1))",
    "where((a == 0) & (b >= 0), 0.0, y * log(a))",
)
# a + (b - b) is complex, so that it has a logarithm where it is negative
_PULLED_BY_POWER = (
    "where(b == 0, 0.0, d * conj(b * a ** (b - 1)))",
    "where(a == 0, 0.0, d * conj(y * log(a + (b - b))))",
)
_PULLED_BY_ABS = "where(x == 0, 0.0, d * x / y)"
_PULLED_BY_ANGLE = "where(z == 0, 0.0, complex(-imag(z) * d, real(z) * d) / abs(z) ** 2)"
_SLOPE_OF_ATAN2 = ("b / (a ** 2 + b ** 2)", "-a / (a ** 2 + b ** 2)")
_SLOPE_OF_CLIP = (
    "where((x >= lo) & (x <= hi), 1.0, 0.0)",
    "where((x < lo) & (lo <= hi), 1.0, 0.0)",
    "where(max(x, lo) > hi, 1.0, 0.0)",
)
_SLOPE_OF_WHERE = ("0", "where(c, 1.0, 0.0)", "where(c, 0.0, 1.0)")


def _operators() -> Iterable[Function]:
    yield _operator("-", "neg", SIGN, ("-1",), 1, "The negative.")
    yield _operator("+", "add", SUM, ("1", "1"), 1, "The sum.")
    yield _operator("-", "sub", SUM, ("1", "-1"), 1, "The difference.")
    yield _operator("*", "mul", PRODUCT, ("b", "a"), 1, "The product.")
    yield _operator("/", "div", PRODUCT, ("1 / b", "-y / b"), 4, "The quotient.", gives="inexact")
    yield _operator("//", "floordiv", PRODUCT, ("0", "0"), 5, "The quotient rounded down.", ORDERED)
    yield _operator("%", "mod", PRODUCT, ("1", "-(a // b)"), 7, "a - b * (a // b); it has the sign of b.", ORDERED)
    yield _operator("**", "pow", POWER, _SLOPE_OF_POWER, 20, "The power.", gives="power", pulled=_PULLED_BY_POWER)
    yield _comparison("<", "lt", "Whether a is less than b.")
    yield _comparison("<=", "le", "Whether a is at most b.")
    yield _comparison(">", "gt", "Whether a is greater than b.")
    yield _comparison(">=", "ge", "Whether a is at least b.")
    yield _comparison("==", "eq", "Whether both are equal.", ALL)
    yield _comparison("!=", "ne", "Whether they differ.", ALL)
    yield _operator("&", "and", AND, ("0", "0"), 1, "Whether both hold.", BOOLS)
    yield _operator("|", "or", OR, ("0", "0"), 1, "Whether one or both hold.", BOOLS)
    yield _operator("~", "not", SIGN, ("0",), 1, "Whether it does not hold.", BOOLS)


def _of_any_number() -> Iterable[Function]:
    yield _analytic("exp", "y", 10, "The exponential.")
    yield _analytic("log", "1 / x", 10, "The natural logarithm.")
    yield _analytic("sqrt", "0.5 / y", 4, "The square root.")
    yield _analytic("rsqrt", "-0.5 * y ** 3", 5, "1 / sqrt(x).")
    yield _analytic("sin", "cos(x)", 12, "The sine.")
    yield _analytic("cos", "-sin(x)", 12, "The cosine.")
    yield _analytic("tan", "1 + y ** 2", 16, "The tangent.")
    yield _analytic("sinh", "cosh(x)", 16, "The hyperbolic sine.")
    yield _analytic("cosh", "sinh(x)", 16, "The hyperbolic cosine.")
    yield _analytic("tanh", "1 - y ** 2", 14, "The hyperbolic tangent.")
    yield _analytic("asin", "rsqrt(1 - x ** 2)", 16, "The angle whose sine is x.")
    yield _analytic("acos", "-rsqrt(1 - x ** 2)", 16, "The angle whose cosine is x.")
    yield _analytic("atan", "1 / (1 + x ** 2)", 14, "The angle whose tangent is x.")
    yield _analytic("asinh", "rsqrt(1 + x ** 2)", 18, "The inverse of sinh.")
    yield _analytic("acosh", "rsqrt(x - 1) * rsqrt(x + 1)", 18, "The inverse of cosh.")
    yield _analytic("atanh", "1 / (1 - x ** 2)", 16, "The inverse of tanh.")
    yield Function("abs", ("x",), ("sign(x)",), 1, "The magnitude.", NUMBERS, "magnitude", pulled=(_PULLED_BY_ABS,))
    yield _part("real", None, "complex(d, 0)", COMPLEXES, "real", 0, "The real part.")
    yield _part("imag", None, "complex(0, d)", COMPLEXES, "real", 0, "The imaginary part.")
    yield _part("conj", "1", "conj(d)", NUMBERS, "same", 1, "The conjugate.")
    yield _part("angle", "0", _PULLED_BY_ANGLE, NUMBERS, "real", 20, "The angle of a complex number, in [-pi, pi].")
    yield Function(
        "complex", ("re", "im"), None, 0, "The number re + i im.", gives="complex", pulled=("real(d)", "imag(d)")
    )
    yield Function("isfinite", ("x",), ("0",), 1, "Whether it is neither infinite nor nan.", NUMBERS, "bool")


def _of_real_numbers() -> Iterable[Function]:
    yield _smooth("log1p", "1 / (1 + x)", 12, "log(1 + x), exact near 0.")
    yield _smooth("expm1", "exp(x)", 12, "exp(x) - 1, exact near 0.")
    yield _smooth("sigmoid", "y * (1 - y)", 14, "1 / (1 + exp(-x)), without overflow.")
    yield _smooth("softplus", "sigmoid(x)", 20, "log(1 + exp(x)), without overflow.")
    yield _smooth("erf", "2 / sqrt(pi) * exp(-x ** 2)", 16, "The error function.")
    yield _smooth("erfc", "-2 / sqrt(pi) * exp(-x ** 2)", 20, "1 - erf(x), exact where small.")
    yield _smooth("lgamma", "digamma(x)", 40, "log(abs(gamma(x))).")
    yield _smooth("digamma", None, 40, "The derivative of lgamma.")
    yield Function("atan2", ("a", "b"), _SLOPE_OF_ATAN2, 20, "The angle of the point (b, a).", gives="inexact")
    yield Function("sign", ("x",), ("0",), 2, "-1, 0 or 1.")
    yield Function("floor", ("x",), ("0",), 1, "The greatest whole number of at most x.")
    yield Function("ceil", ("x",), ("0",), 1, "The least whole number of at least x.")
    yield Function("round", ("x",), ("0",), 1, "The nearest whole number, of two the even one.")
    yield Function("relu", ("x",), ("where(x > 0, 1.0, 0.0)",), 1, "max(x, 0); its slope at 0 is 0.")
    yield _extremum("max", ">=", "The greatest, or nan beside nan; of equal ones the first has the slope.")
    yield _extremum("min", "<=", "The least, or nan beside nan; of equal ones the first has the slope.")
    yield Function(
        "clip", ("x", "lo", "hi"), _SLOPE_OF_CLIP, 2,
        "min(max(x, lo), hi); at lo and hi the slope is that of x.",
    )  # fmt: skip
    yield Function("where", ("c", "a", "b"), _SLOPE_OF_WHERE, 1, "a where c holds, else b.", ALL)


def _table() -> dict[str, Function]:
    return {row.name: row for row in (*_operators(), *_of_any_number(), *_of_real_numbers())}


FUNCTIONS: dict[str, Function] = _table()
"""Every scalar function by name."""

MEMBERS: frozenset[str] = frozenset(row.member for row in FUNCTIONS.values() if row.member)
"""What an array namespace supplies beside `asarray` and Python's operators, to evaluate expressions.

Arguments are arrays and Python numbers, at least one an array (of whole numbers too).
"""

OPERATORS: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
    "abs": abs,
}
"""What Python's operators compute, for numbers and for arrays of any namespace."""
