"""Expressions as TeX, as a person would write them beside a wire.

What acts on one operand is written without it where it can be: `x / sqrt(size(k))` as `* k^{-1/2}`, `x + 1` as `+ 1`;
operands that meet are left to their wires: `a * b` is `\\odot`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite

from ..expression_tree import Call, Expression, Name, Number, SizeOf
from ..scalar_functions import ATOM, COMPARE, FUNCTIONS, POWER, PRODUCT, SIGN, SUM
from .axis_labels import axis_label, size_label

MERGES = {"add": "+", "mul": "\\odot", "sub": "-", "div": "/", "max": "\\max", "min": "\\min"}
_LONGEST = 14
_NAMED = {
    "relu": "R",
    "sigmoid": "\\sigma",
    "asin": "\\arcsin",
    "acos": "\\arccos",
    "atan": "\\arctan",
    "real": "\\Re",
    "imag": "\\Im",
    "angle": "\\arg",
    "lgamma": "\\log\\Gamma",
    "digamma": "\\psi",
    "sign": "\\mathrm{sgn}",
    **{name: f"\\{name}" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min")},
}
_SIGNS = {"lt": "<", "le": "\\leq", "gt": ">", "ge": "\\geq", "eq": "=", "ne": "\\neq", "and": "\\wedge", "or": "\\vee"}
_FENCED = {
    "abs": ("|", "|"),
    "floor": ("\\lfloor ", "\\rfloor"),
    "ceil": ("\\lceil ", "\\rceil"),
    "round": ("\\lfloor ", "\\rceil"),
}
Written = tuple[str, int]


def expression_mark(expression: Expression) -> str:
    """The mark of an elementwise op: short where its operands go without saying, a bare `f` where it is long."""
    if isinstance(expression, Call):
        found = _merged(expression) or _acting(expression)
        if found:
            return found
    return (
        expression_label(expression) if expression.parts <= _LONGEST else f"f({','.join(map(_name, expression.names))})"
    )


def expression_label(expression: Expression) -> str:
    """The whole expression."""
    return _written(expression)[0]


def _merged(call: Call) -> str:
    """The sign of a function of two different operands, each as it is."""
    plain = all(isinstance(arg, Name) for arg in call.args)
    if plain and len(call.names) == len(call.args) > 1:
        return MERGES.get(call.function, "") or _SIGNS.get(call.function, "")
    return ""


def _acting(call: Call) -> str:
    """What is done to the one operand of an expression, without the operand."""
    if len(call.names) != 1:
        return ""
    if len(call.args) == 1 and isinstance(call.args[0], Name):
        return "-" if call.function == "neg" else _NAMED.get(call.function, "")
    if len(call.args) != 2:
        return ""
    left, right = call.args
    if isinstance(right, Name) and not left.names and call.function in ("add", "mul"):
        left, right = right, left
    if not isinstance(left, Name) or right.names:
        return ""
    scale = _inverse_root(right) if call.function == "div" else ""
    if scale:
        return f"* {scale}"
    symbol = {"add": "+", "sub": "-", "mul": "*", "div": "/", **_SIGNS}.get(call.function, "")
    return f"{symbol} {_bound(right, PRODUCT + 1)}" if symbol else ""


def _inverse_root(divisor: Expression) -> str:
    """One over a square root as a power."""
    match divisor:
        case Call("sqrt", (under,)):
            return f"{_bound(under, ATOM)}^{{-1/2}}"
        case _:
            return ""


def _written(expression: Expression) -> Written:
    """Its TeX, and how tightly that binds."""
    match expression:
        case Name(name):
            return _name(name), ATOM
        case Number(value):
            return _number(value), _number_binds(value)
        case SizeOf(size):
            plain = size.sole_name is not None or size.number is not None
            return size_label(str(size)), ATOM if plain else SUM
        case Call(function, args):
            return _call(function, args)
    raise AssertionError(expression)


def _number_binds(value: float) -> int:
    """How tightly a number binds: one with a sign or a power of ten less than a plain one."""
    text = _number(value)
    return SIGN if value < 0 else PRODUCT if "\\cdot" in text else POWER if "^" in text else ATOM


def _name(name: str) -> str:
    return axis_label(name)


def _number(value: float) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    if abs(value) == float("inf"):
        return text.replace("inf", "\\infty")
    if abs(value - 3.141592653589793) < 1e-12:
        return "\\pi"
    digits, e, power = text.partition("e")
    if not e:
        return digits
    ten = f"10^{{{int(power)}}}"
    return ten if digits == "1" else f"{digits}\\cdot {ten}"


def _call(function: str, args: Sequence[Expression]) -> Written:
    special = _SPECIAL.get(function)
    if special is not None:
        return special(args)
    if function in _FENCED:
        left, right = _FENCED[function]
        return f"{left}{expression_label(args[0])}{right}", ATOM
    if function in _SIGNS:
        level = FUNCTIONS[function].level
        return f"{_bound(args[0], level + 1)} {_SIGNS[function]} {_bound(args[1], level + 1)}", level
    name = _NAMED.get(function) or f"\\mathrm{{{function}}}"
    return f"{name}({','.join(map(expression_label, args))})", ATOM


def _bound(expression: Expression, least: int) -> str:
    """Its TeX, in brackets if it binds less tightly than asked."""
    text, level = _written(expression)
    return f"({text})" if level < least else text


def _sum(sign: str) -> Callable[[Sequence[Expression]], Written]:
    return lambda args: (f"{_bound(args[0], SUM)}{sign}{_bound(args[1], SUM + 1)}", SUM)


def _product(args: Sequence[Expression]) -> Written:
    left, right = _bound(args[0], PRODUCT), _bound(args[1], PRODUCT + 1)
    between = "\\cdot " if right[:1].isdigit() else "\\,"
    return f"{left}{between}{right}", PRODUCT


def _quotient(args: Sequence[Expression]) -> Written:
    return f"{_bound(args[0], PRODUCT)}/{_bound(args[1], PRODUCT + 1)}", PRODUCT


def _power(args: Sequence[Expression]) -> Written:
    exponent = args[1]
    text = expression_label(exponent)
    if isinstance(exponent, Number) and isfinite(exponent.value):
        part = Fraction(exponent.value).limit_denominator(8)
        whole = float(exponent.value).is_integer()
        text = str(int(exponent.value)) if whole else str(part) if float(part) == exponent.value else text
    return f"{_bound(args[0], POWER + 1)}^{{{text}}}", POWER


def _chosen(args: Sequence[Expression]) -> Written:
    condition, one, other = (_bound(arg, COMPARE) for arg in args)
    return f"{condition}\\,?\\,{one}:{other}", 0


_SPECIAL: dict[str, Callable[[Sequence[Expression]], Written]] = {
    "add": _sum("+"),
    "sub": _sum("-"),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "where": _chosen,
    "neg": lambda args: (f"-{_bound(args[0], SIGN)}", SIGN),
    "not": lambda args: (f"\\neg {_bound(args[0], SIGN)}", SIGN),
    "floordiv": lambda args: (f"\\lfloor {_quotient(args)[0]}\\rfloor", ATOM),
    "mod": lambda args: (f"{_bound(args[0], PRODUCT)}\\;\\mathrm{{mod}}\\;{_bound(args[1], PRODUCT + 1)}", PRODUCT),
    "exp": lambda args: (f"e^{{{expression_label(args[0])}}}", POWER),
    "expm1": lambda args: (f"e^{{{expression_label(args[0])}}}-1", SUM),
    "log1p": lambda args: (f"\\log(1+{_bound(args[0], SUM + 1)})", ATOM),
    "sqrt": lambda args: (f"\\sqrt{{{expression_label(args[0])}}}", ATOM),
    "rsqrt": lambda args: (f"{_bound(args[0], ATOM)}^{{-1/2}}", POWER),
    "conj": lambda args: (f"\\overline{{{expression_label(args[0])}}}", ATOM),
    "complex": lambda args: (f"{_bound(args[0], SUM)}+i\\,{_bound(args[1], PRODUCT + 1)}", SUM),
}
