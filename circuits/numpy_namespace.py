"""Numpy as the array namespace of the reference interpreter, with the scalar functions it lacks.

All scalar functions give double precision for whole numbers and keep that of their arguments else. In
double precision they are exact to about 1e-15, relative, or absolute where lgamma passes through 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np
from scipy import special


def _inexact(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with whole numbers taken as double precision, where numpy may take less."""

    def of_numbers(*arrays: Any) -> Any:
        return function(*(np.asarray(one, np.float64) if _whole(one) else one for one in arrays))

    return of_numbers


def _whole(array: Any) -> bool:
    return isinstance(array, np.ndarray | np.generic) and array.dtype.kind in "biu"


def _rsqrt(x: Any) -> Any:
    return 1 / np.sqrt(x)


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, 0)


def _erfc(x: Any) -> Any:
    """The complementary error function; its tail is exact, unlike exp(-x * x) of a rounded square."""
    array = np.asarray(x)
    wide = np.clip(np.asarray(array, np.float64), 0.5, 30)
    near = np.round(wide * 16) / 16
    tail = np.exp(-near * near) * np.exp(-(wide - near) * (wide + near)) * special.erfcx(wide)
    return np.where(array < 0.5, special.erfc(array), tail).astype(array.dtype)


def _complex(real: Any, imaginary: Any) -> Any:
    # a sum with 1j * imaginary would make nan of infinities
    parts = np.broadcast_arrays(real, imaginary)
    number = np.empty(parts[0].shape, np.result_type(real, imaginary, np.complex64))
    number.real, number.imag = parts
    return number


_PLAIN = (
    *("exp", "log", "sqrt", "log1p", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan"),
    *("asinh", "acosh", "atanh", "atan2", "angle"),
)
_SCALARS: dict[str, Callable[..., Any]] = {name: _inexact(getattr(np, name)) for name in _PLAIN} | {
    "rsqrt": _inexact(_rsqrt),
    "sigmoid": _inexact(special.expit),
    "softplus": _inexact(_softplus),
    "erf": _inexact(special.erf),
    "erfc": _inexact(_erfc),
    "lgamma": _inexact(special.gammaln),
    "digamma": _inexact(special.digamma),
    "relu": _relu,
    "complex": _complex,
}


@final
class NumpyNamespace:
    """All of numpy, and the members that `scalar_functions.MEMBERS` asks for."""

    def __getattr__(self, name: str) -> Any:
        found = _SCALARS.get(name)
        return getattr(np, name) if found is None else found


numpy_namespace = NumpyNamespace()
"""Numpy as an array namespace."""
