"""What the scalar functions are in plain Python, one number at a time."""

import math
import operator
from collections.abc import Callable
from typing import Any

Scalar = Any


def _digamma(x: float) -> float:
    """Recurrence up to where the asymptotic series is exact (Abramowitz & Stegun 6.3.5 and 6.3.18)."""
    total = 0.0
    while x < 20:
        total -= 1 / x
        x += 1
    series = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132)
    return total + math.log(x) - 0.5 / x - sum(c / x ** (2 * place) for place, c in enumerate(series, 1))


PYTHON: dict[str, Callable[..., Scalar]] = {
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
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": operator.not_,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "rsqrt": lambda x: 1 / math.sqrt(x),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "atan2": math.atan2,
    "abs": abs,
    "real": lambda z: z.real,
    "imag": lambda z: z.imag,
    "conj": lambda z: z.conjugate(),
    "angle": lambda z: math.atan2(z.imag, z.real),
    "complex": complex,
    "isfinite": math.isfinite,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "erf": math.erf,
    "erfc": math.erfc,
    "lgamma": math.lgamma,
    "digamma": _digamma,
    "sign": lambda x: (x > 0) - (x < 0),
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "relu": lambda x: x if x > 0 else 0.0,
    "max": max,
    "min": min,
    "clip": lambda x, lo, hi: min(max(x, lo), hi),
    "where": lambda c, a, b: a if c else b,
}
