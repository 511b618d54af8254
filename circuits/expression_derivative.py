"""Derivatives of expressions: the chain rule over the table of functions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from .expression_simplified import is_number, simplified
from .expression_text import read
from .expression_tree import Call, Expression, Name, Number
from .expression_words import ExpressionError
from .scalar_functions import FUNCTIONS

ZERO, ONE = Number(0), Number(1)


@lru_cache(maxsize=4096)
def derivative(expression: Expression, name: str) -> Expression:
    """The partial derivative by an operand, as it is where there is one.

    Steps (`floor`, `sign`, comparisons) have slope 0. Of equal arguments of `max` and `min` the first has the
    slope, `relu` has slope 0 at 0 and `clip` slope 1 at its bounds. Raises ExpressionError for functions
    without derivatives and where the derivative passes the limits of expressions.
    """
    try:
        slope = _slope(expression, name, {})
    except ExpressionError as error:
        raise ExpressionError(f"d/d{name} {expression}", error.expected, error.found, error.fix) from None
    return ZERO if is_number(slope, 0) else slope


def _slope(expression: Expression, name: str, known: dict[Expression, Expression]) -> Expression:
    if name not in expression.names:
        return ZERO
    if not isinstance(expression, Call):
        return ONE
    found = known.get(expression)
    if found is None:
        found = known[expression] = _slope_of_call(expression, name, known)
    return found


def _slope_of_call(call: Call, name: str, known: dict[Expression, Expression]) -> Expression:
    function, args = FUNCTIONS[call.function], call.args
    if function.variadic and len(args) > 2:
        halves = args[: len(args) // 2], args[len(args) // 2 :]
        args = tuple(half[0] if len(half) == 1 else Call(call.function, half) for half in halves)
    values = {"y": call, **dict(zip(function.parameters, args, strict=True))}
    total: Expression = ZERO
    for place, arg in enumerate(args):
        inner = _slope(arg, name, known)
        if not is_number(inner, 0):
            outer = replaced(partials_of(call.function)[place], values)
            factors = (inner, outer) if isinstance(inner, Number) else (outer, inner)
            total = simplified("add", total, simplified("mul", *factors))
    return total


@lru_cache(maxsize=len(FUNCTIONS))
def partials_of(function: str) -> tuple[Expression, ...]:
    """The derivatives of a function by each parameter; raises ExpressionError where there are none."""
    texts = FUNCTIONS[function].partials
    if texts is None:
        raise ExpressionError(
            function, "functions with a derivative", f"'{function}'", "Put stop_gradient before it, or use surrogate."
        )
    return tuple(map(read, texts))


def replaced(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """Substitution that simplifies on its way up."""
    if isinstance(expression, Name):
        return values[expression.name]
    if not isinstance(expression, Call):
        return expression
    return simplified(expression.function, *(replaced(arg, values) for arg in expression.args))
