"""Reverse rules of expressions with complex parts: what a cotangent of the value becomes at an operand.

The cotangent of a complex number is complex: its parts are the slopes by the parts of the number, as torch has it.
Then a function with the derivative f' pulls d back to d * conj(f'); what has no derivative (real, abs, ...) says its
rule in the table of functions. Source: Wirtinger (1927); Kreutz-Delgado (2009), arXiv 0906.4835.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from .expression_derivative import partials_of, replaced
from .expression_kinds import element, kinds_inside
from .expression_simplified import is_number, simplified
from .expression_text import read
from .expression_tree import Call, Expression, Name, Number
from .scalar_functions import FUNCTIONS, Kind

CONTINUOUS = (Kind.REAL, Kind.COMPLEX)
_ZERO = Number(0)


def has_complex_parts(expression: Expression, kinds: Mapping[str, Kind]) -> bool:
    """Whether a part of the expression is a complex number, given the kinds of its operands."""
    return Kind.COMPLEX in kinds_inside(expression, kinds).values()


def cotangent(expression: Expression, name: str, kinds: Mapping[str, Kind], value: str) -> Expression:
    """What the operand `value`, a cotangent of the expression, becomes as one of the operand `name`; 0 for none.

    It is real for a real operand. Raises ExpressionError for functions without a reverse rule.
    """
    inside = kinds_inside(expression, kinds)
    if inside[expression] not in CONTINUOUS:
        return _ZERO
    return _Pulled(name, inside, {**kinds, value: inside[expression]}).back(expression, Name(value))


class _Pulled:
    """Pulls cotangents back to one operand, along every path that leads to it."""

    def __init__(self, name: str, inside: Mapping[Expression, Kind], kinds: Mapping[str, Kind]) -> None:
        self.name, self.inside, self.kinds = name, inside, kinds

    def back(self, part: Expression, found: Expression) -> Expression:
        if not isinstance(part, Call):
            return found
        args = _paired(part).args
        total: Expression = _ZERO
        for place, arg in enumerate(args):
            if self.name in arg.names and self._kind(arg) in CONTINUOUS:
                inner = self._through(Call(part.function, args), place, found)
                if not is_number(inner, 0):
                    total = simplified("add", total, self.back(arg, inner))
        return total

    def _kind(self, part: Expression) -> Kind:
        known = self.inside.get(part)
        return element(part, self.kinds) if known is None else known

    def _through(self, call: Call, place: int, found: Expression) -> Expression:
        """The cotangent of an argument, given that of the call."""
        function = FUNCTIONS[call.function]
        values = dict(zip(function.parameters, call.args, strict=True))
        complex_parts = Kind.COMPLEX in (self._kind(call), *map(self._kind, call.args))
        if complex_parts and function.pulled is not None:
            inner = replaced(_rules(call.function)[place], {"d": found, "y": call, **values})
        else:
            slope = replaced(partials_of(call.function)[place], {"y": call, **values})
            if element(slope, self.kinds) is Kind.COMPLEX:
                slope = Call("conj", (slope,))
            inner = simplified("mul", found, slope)
        if self._kind(call.args[place]) is Kind.REAL and element(inner, self.kinds) is Kind.COMPLEX:
            return Call("real", (inner,))
        return inner


def _paired(call: Call) -> Call:
    """A call of a variadic function of many arguments as one of two."""
    if not FUNCTIONS[call.function].variadic or len(call.args) == 2:
        return call
    return Call(call.function, (call.args[0], Call(call.function, call.args[1:])))


@lru_cache(maxsize=len(FUNCTIONS))
def _rules(function: str) -> tuple[Expression, ...]:
    return tuple(map(read, FUNCTIONS[function].pulled or ()))
