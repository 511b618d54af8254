"""Elementwise expressions: the one language in which circuits say what happens to scalars.

Text such as `"where(x > 0, x, exp(x) - 1) * size(k) ** -0.5"` is read into a frozen tree, which is written
back canonically, typed, derived, costed and evaluated; printers walk the same tree. What each function
is stands in one table, `scalar_functions.FUNCTIONS`. `size(k)` is the number a size has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from .expression_cotangent import cotangent, has_complex_parts
from .expression_derivative import derivative
from .expression_kinds import element
from .expression_text import read
from .expression_tree import Call, Expression, Name, Number, SizeOf, substitute
from .expression_words import ExpressionError
from .numpy_namespace import numpy_namespace
from .scalar_functions import FUNCTIONS, MEMBERS, OPERATORS, Function, Kind
from .sizes import Size

__all__ = [
    "FUNCTIONS",
    "MEMBERS",
    "Call",
    "Expression",
    "ExpressionError",
    "Function",
    "Kind",
    "Name",
    "Number",
    "SizeOf",
    "cost",
    "cotangent",
    "derivative",
    "element",
    "evaluate",
    "has_complex_parts",
    "numpy_namespace",
    "parse_expression",
    "substitute",
]


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """The expression that a text says.

    Raises ExpressionError, which quotes the text and the position, also for texts above 2000 characters,
    500 parts or 64 parts inside each other.
    """
    return read(text)


def cost(expression: Expression) -> int:
    """Operations at one index: equal parts are computed once, parts without operands never."""
    return sum(_cost_of_call(call) for call in _calls(expression))


def _calls(expression: Expression) -> set[Call]:
    if not isinstance(expression, Call) or not expression.names:
        return set()
    return {expression}.union(*map(_calls, expression.args))


def _cost_of_call(call: Call) -> int:
    function = FUNCTIONS[call.function]
    if call.function == "pow" and isinstance(call.args[1], Number) and call.args[1].whole:
        return _multiplications(abs(int(call.args[1].value)), function.cost)
    return function.cost * (len(call.args) - 1 if function.variadic else 1)


def _multiplications(exponent: int, most: int) -> int:
    """Products that a whole power takes by squaring."""
    return min(most, max(1, exponent.bit_length() + exponent.bit_count() - 2))


def evaluate(expression: Expression, operands: Mapping[str, Any], xp: Any, size: Callable[[Size], int]) -> Any:
    """The array of the values of an expression; operands are aligned arrays or Python numbers.

    `xp` is an array namespace with `asarray` and all of `MEMBERS`; its arrays bear Python's operators. Parts
    of numbers alone are computed in double precision whatever `xp` is. There are no warnings: what has no
    value is nan or an infinity. Raises ExpressionError where an operand is missing.
    """
    missing = [name for name in expression.names if name not in operands]
    if missing:
        fix = "Give the missing operands."
        raise ExpressionError(str(expression), "a value for every operand", f"none for {', '.join(missing)}", fix)
    with np.errstate(all="ignore"):
        value = _Evaluation(operands, xp, size).value(expression)
    return xp.asarray(value) if isinstance(value, bool | int | float | complex) else value


class _Evaluation:
    """Values of the parts of one expression, each computed once."""

    __slots__ = ("known", "operands", "size", "xp")

    def __init__(self, operands: Mapping[str, Any], xp: Any, size: Callable[[Size], int]) -> None:
        self.operands, self.xp, self.size = operands, xp, size
        self.known: dict[Expression, Any] = {}

    def value(self, expression: Expression) -> Any:
        if expression not in self.known:
            self.known[expression] = self._computed(expression)
        return self.known[expression]

    def _computed(self, expression: Expression) -> Any:
        match expression:
            case Number(number):
                return number
            case Name(name):
                return self.operands[name]
            case SizeOf(size):
                return self.size(size)
            case Call(_, args):
                return self._called(expression, [self.value(arg) for arg in args])
        raise AssertionError(expression)

    def _called(self, call: Call, values: Sequence[Any]) -> Any:
        if call.function == "pow" and not (isinstance(call.args[1], Number) and _plain(call.args[1])):
            # a negative power of a whole number is a real one, which integer arithmetic lacks
            values = (values[0] / 1, values[1])
        if all(isinstance(value, bool | int | float | complex) for value in values):
            # as numpy's scalars, since Python's raise errors where there is no value
            scalars = [np.asarray(value)[()] for value in values]
            return np.asarray(_apply(call.function, numpy_namespace, scalars)).item()
        return _apply(call.function, self.xp, values)


def _plain(exponent: Number) -> bool:
    return exponent.value >= 0 or not exponent.whole


def _apply(function: str, xp: Any, values: Sequence[Any]) -> Any:
    """A function of arrays."""
    if function in OPERATORS:
        return OPERATORS[function](*values)
    if function == "clip":
        return xp.minimum(xp.maximum(*values[:2]), values[2])
    found = FUNCTIONS[function]
    member = getattr(xp, found.member)
    return reduce(member, values) if found.variadic else member(*values)
