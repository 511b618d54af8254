"""Plain functions of one number by name, for where an expression would be one word long."""

from __future__ import annotations

from typing import ClassVar

from ..apply import applied
from ..op import Glyph
from .pointwise import Pointwise, arrows


class Identity(Pointwise):
    """The number itself: y = x."""

    name: ClassVar[str] = "identity"
    glyph: ClassVar[Glyph] = arrows("1")
    formula: ClassVar[str] = "x"


class Sine(Pointwise):
    """Sine: y = sin(omega x). Source: Sitzmann et al. (2020)."""

    name: ClassVar[str] = "sin"
    glyph: ClassVar[Glyph] = arrows("\\sin")
    formula: ClassVar[str] = "sin({omega} * x)"
    plain: ClassVar[str] = "sin(x)"

    omega: float = 1.0


class Cosine(Pointwise):
    """Cosine: y = cos(omega x)."""

    name: ClassVar[str] = "cos"
    glyph: ClassVar[Glyph] = arrows("\\cos")
    formula: ClassVar[str] = "cos({omega} * x)"
    plain: ClassVar[str] = "cos(x)"

    omega: float = 1.0


class Exponential(Pointwise):
    """Exponential: y = exp(x)."""

    name: ClassVar[str] = "exp"
    glyph: ClassVar[Glyph] = arrows("\\exp")
    formula: ClassVar[str] = "exp(x)"


class Logarithm(Pointwise):
    """Natural logarithm: y = log(x), -inf at 0 and nan below."""

    name: ClassVar[str] = "log"
    glyph: ClassVar[Glyph] = arrows("\\log")
    formula: ClassVar[str] = "log(x)"


class SquareRoot(Pointwise):
    """Square root: y = sqrt(x), nan below 0."""

    name: ClassVar[str] = "sqrt"
    glyph: ClassVar[Glyph] = arrows("\\sqrt{x}")
    formula: ClassVar[str] = "sqrt(x)"


class Square(Pointwise):
    """Square: y = x x."""

    name: ClassVar[str] = "square"
    glyph: ClassVar[Glyph] = arrows("x^2")
    formula: ClassVar[str] = "x ** 2"


class Absolute(Pointwise):
    """Magnitude: y = |x|, of slope 0 at 0."""

    name: ClassVar[str] = "abs"
    glyph: ClassVar[Glyph] = arrows("|x|")
    formula: ClassVar[str] = "abs(x)"


class Sign(Pointwise):
    """Sign: y = -1, 0 or 1, of slope 0 everywhere."""

    name: ClassVar[str] = "sign"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{sgn}")
    formula: ClassVar[str] = "sign(x)"


identity = applied(Identity)
sin = applied(Sine)
cos = applied(Cosine)
exp = applied(Exponential)
log = applied(Logarithm)
sqrt = applied(SquareRoot)
square = applied(Square)
abs = applied(Absolute)
sign = applied(Sign)
