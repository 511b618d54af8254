"""Calls made simpler while derivatives are built, as in algebra: `0 * x` is 0 and `x ** 0` is 1.

Operands may go, and signs, fractions and choices move outwards, where nan cannot come of `0 * inf`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .expression_tree import Call, Expression, Number
from .expression_words import CONSTANTS, MAX_DIGITS
from .scalar_functions import COMPARE, FUNCTIONS, OPERATORS

_ARITHMETIC = frozenset({"neg", "add", "sub", "mul", "div", "pow"})
_LARGEST_EXPONENT = 16


def simplified(function: str, *args: Expression) -> Expression:
    """A call of a function, or something simpler of the same value."""
    simpler: Expression | None = _folded(function, args)
    if simpler is None and function in _RULES:
        simpler = _RULES[function](*args)
    return Call(function, args) if simpler is None else simpler


def is_number(expression: Expression, value: float) -> bool:
    """Whether it is the number, whole or real."""
    return isinstance(expression, Number) and expression.value == value


def _folded(function: str, args: Sequence[Expression]) -> Number | None:
    """The number that a call of numbers gives, unless it reads worse."""
    values = [arg.value for arg in args if isinstance(arg, Number) and abs(arg.value) not in CONSTANTS.values()]
    if function not in _ARITHMETIC or len(values) != len(args):
        return None
    if function == "pow" and abs(values[1]) > _LARGEST_EXPONENT:
        return None
    try:
        value = OPERATORS[function](*values)
    except (OverflowError, ZeroDivisionError):
        return None
    if isinstance(value, complex) or not math.isfinite(value) or abs(value) >= 10**MAX_DIGITS:
        return None
    return None if function == "div" and value % 1 else Number(value)


def _truth(condition: Expression) -> bool | None:
    """Whether a condition on numbers holds."""
    if not isinstance(condition, Call):
        return None
    if condition.function in ("and", "or"):
        decisive = condition.function == "or"
        sides = [_truth(arg) for arg in condition.args]
        return decisive if decisive in sides else None if None in sides else not decisive
    left, right = condition.args[0], condition.args[-1]
    relation = FUNCTIONS[condition.function].level == COMPARE
    if not relation or not isinstance(left, Number) or not isinstance(right, Number):
        return None
    return bool(OPERATORS[condition.function](left.value, right.value))


def _held(expression: Expression, function: str) -> tuple[Expression, ...] | None:
    """The arguments of a call of that function."""
    return expression.args if isinstance(expression, Call) and expression.function == function else None


def _neg(x: Expression) -> Expression | None:
    held = _held(x, "neg")
    return held[0] if held else None


def _add(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0):
        return b
    if is_number(b, 0):
        return a
    if held := _held(b, "neg"):
        return simplified("sub", a, held[0])
    if isinstance(b, Number) and b.value < 0:
        return simplified("sub", a, Number(-b.value))
    one, other = _held(a, "where"), _held(b, "where")
    if one and other and one[0] == other[0] and is_number(one[2], 0) and is_number(other[1], 0):
        return simplified("where", one[0], one[1], other[2])
    return None


def _sub(a: Expression, b: Expression) -> Expression | None:
    if is_number(b, 0):
        return a
    if is_number(a, 0):
        return simplified("neg", b)
    held = _held(b, "neg")
    return simplified("add", a, held[0]) if held else None


def _mul(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0) or is_number(b, 0):
        return Number(0)
    if is_number(a, 1) or is_number(b, 1):
        return b if is_number(a, 1) else a
    for one, other in ((a, b), (b, a)):
        choice = _held(one, "where")
        if choice and (is_number(choice[1], 0) or is_number(choice[2], 0)):
            return simplified("where", choice[0], *(simplified("mul", branch, other) for branch in choice[1:]))
    for one, other in ((a, b), (b, a)):
        if is_number(one, -1):
            return simplified("neg", other)
        if held := _held(one, "neg"):
            return simplified("neg", simplified("mul", *((held[0], b) if one is a else (a, held[0]))))
        fraction = _held(one, "div")
        if fraction and is_number(fraction[0], 1):
            return simplified("div", other, fraction[1])
    return _scaled(a, b)


def _scaled(a: Expression, b: Expression) -> Expression | None:
    """A number times a product that begins with a number."""
    factors = _held(b, "mul")
    folded = _folded("mul", (a, factors[0])) if factors else None
    return simplified("mul", folded, factors[1]) if folded is not None and factors else None


def _div(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0):
        return Number(0)
    if is_number(b, 1):
        return a
    held = _held(a, "neg")
    return simplified("neg", simplified("div", held[0], b)) if held else None


def _pow(a: Expression, b: Expression) -> Expression | None:
    if is_number(b, 0):
        return Number(1)
    return a if is_number(b, 1) else None


def _where(condition: Expression, a: Expression, b: Expression) -> Expression | None:
    truth = _truth(condition)
    if truth is None:
        return a if a == b else None
    return a if truth else b


_RULES: dict[str, Callable[..., Expression | None]] = {
    "neg": _neg,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "where": _where,
}
