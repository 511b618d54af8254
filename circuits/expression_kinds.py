"""Typing of expressions: which kind of scalar they give, of operands of which kinds.

Whole numbers stay whole where they can and become real where they must (`/`, `exp`). Nothing else is
converted: a whole operand beside a real one, or a truth value beside a number, asks for a cast.
Numbers written down and sizes are both whole and real, as in `2 * x`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import did_you_mean
from .expression_tree import Call, Expression, Name, Number, SizeOf
from .expression_words import ExpressionError
from .scalar_functions import BOOLS, COMPLEXES, FUNCTIONS, Kind
from .size_terms import clipped

_FIXES = {BOOLS: "Compare it first, as in x != 0.", COMPLEXES: "Use it on complex numbers only."}


@dataclass(frozen=True, slots=True)
class _Typed:
    """A part and its kind; `literal` whole numbers may stand for real ones."""

    part: Expression
    kind: Kind
    literal: bool = False

    def __str__(self) -> str:
        return f"{clipped(str(self.part))}: {self.kind.value}"


def element(expression: Expression, elements: Mapping[str, Kind]) -> Kind:
    """The kind of an expression, given those of its operands.

    Raises ExpressionError, naming the smallest part that does not fit.
    """
    return kinds_inside(expression, elements)[expression]


def kinds_inside(expression: Expression, elements: Mapping[str, Kind]) -> dict[Expression, Kind]:
    """The kinds of all parts of an expression, itself included; raises ExpressionError as `element` does."""
    missing = [name for name in expression.names if name not in elements]
    if missing:
        fix = "Give the missing kinds." + did_you_mean(missing[0], elements)
        raise ExpressionError(str(expression), "a kind for every operand", f"none for {', '.join(missing)}", fix)
    known: dict[Expression, _Typed] = {}
    _typed(expression, elements, known)
    return {part: typed.kind for part, typed in known.items()}


def _typed(expression: Expression, elements: Mapping[str, Kind], known: dict[Expression, _Typed]) -> _Typed:
    found = known.get(expression)
    if found is None:
        found = known[expression] = _typed_anew(expression, elements, known)
    return found


def _typed_anew(expression: Expression, elements: Mapping[str, Kind], known: dict[Expression, _Typed]) -> _Typed:
    match expression:
        case Name(name):
            return _Typed(expression, elements[name])
        case Number(whole=whole):
            return _Typed(expression, Kind.WHOLE if whole else Kind.REAL, whole)
        case SizeOf():
            return _Typed(expression, Kind.WHOLE, True)
        case Call(_, args):
            return _call(expression, [_typed(arg, elements, known) for arg in args])
    raise AssertionError(expression)


def _call(call: Call, args: Sequence[_Typed]) -> _Typed:
    function = FUNCTIONS[call.function]
    if call.function == "where":
        _demand(call, args[:1], BOOLS)
        args = args[1:]
    _demand(call, args, function.takes)
    kind = _joined(call, args)
    literal = kind is Kind.WHOLE and all(arg.literal for arg in args)
    match function.gives:
        case "same":
            return _Typed(call, kind, literal)
        case "inexact":
            return _Typed(call, Kind.REAL if kind is Kind.WHOLE else kind)
        case "magnitude":
            return _Typed(call, Kind.REAL if kind is Kind.COMPLEX else kind, literal)
        case "power":
            return _Typed(call, _power(call, kind), literal and _counts(call.args[1]))
        case fixed:
            return _Typed(call, Kind(fixed.capitalize()))


def _power(call: Call, kind: Kind) -> Kind:
    """A whole power is a whole number only if it is sure not to be a negative one."""
    return Kind.REAL if kind is Kind.WHOLE and not _counts(call.args[1]) else kind


def _counts(exponent: Expression) -> bool:
    return isinstance(exponent, Number) and exponent.whole and exponent.value >= 0


def _demand(call: Call, args: Sequence[_Typed], kinds: frozenset[Kind]) -> None:
    """Raise ExpressionError unless all arguments are of some of the kinds."""
    for arg in args:
        if arg.kind not in kinds:
            fix = _FIXES.get(kinds, "Use its real(...), imag(...) or abs(...).")
            if arg.kind is Kind.BOOL:
                fix = f"Use where({clipped(str(arg.part))}, 1.0, 0.0)."
            raise ExpressionError(str(call), _listed(kinds), str(arg), fix)


def _listed(kinds: frozenset[Kind]) -> str:
    words = [kind.value for kind in Kind if kind in kinds]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _joined(call: Call, args: Sequence[_Typed]) -> Kind:
    """The one kind of all arguments; only literal whole numbers and parts of complex ones fit in with others."""
    kinds = {arg.kind for arg in args}
    numbers = kinds - BOOLS
    whole = [arg for arg in args if arg.kind is Kind.WHOLE and not arg.literal]
    if len(kinds) > 1 and (numbers != kinds or whole):
        fix = "Use where(...) to make a number of a truth value."
        if numbers == kinds:
            other = "Complex" if Kind.COMPLEX in kinds else "Real"
            fix = f"Cast '{clipped(str(whole[0].part))}' to {other}."
        raise ExpressionError(str(call), "operands of one kind", ", ".join(map(str, args)), fix)
    return next(kind for kind in (Kind.COMPLEX, Kind.REAL, Kind.WHOLE, Kind.BOOL) if kind in kinds)
