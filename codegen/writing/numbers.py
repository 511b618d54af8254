"""Numbers as Python code."""

from __future__ import annotations

import math


def number_code(value: float) -> str:
    """A number that Python reads as the same one; infinities and nan by the names `math` has for them."""
    if isinstance(value, float) and not math.isfinite(value):
        return "math.nan" if math.isnan(value) else "math.inf" if value > 0 else "-math.inf"
    return repr(value)
