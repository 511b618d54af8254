"""Casts: the same numbers as another kind of element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied, elementwise
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..types import COMPLEX, REAL, Element, parse_element

if TYPE_CHECKING:
    from ..trace import Wire


class Cast(Primitive):
    """The same numbers as another element: `cast(x, element="Real")`.

    Real numbers lose their fraction where they become whole, towards 0; anything but 0 is true. Bounds are taken on
    trust: what becomes `Natural(v)` or `Index(t)` has to lie below. Only complex numbers cannot become others; take
    real(x), imag(x) or abs(x) of them. Gradients flow among Real and Complex.
    """

    name: ClassVar[str] = "cast"
    glyph: ClassVar[Glyph] = Glyph(outline="cast", mark="{element}")
    laws: ClassVar[frozenset[str]] = frozenset({"elementwise", "streamable", "causal"})
    texts: ClassVar[Mapping[str, str]] = {"element": "element"}

    element: str = "Real"

    @cached_property
    def target(self) -> Element:
        """The element of the result."""
        return parse_element(self.element)

    def typing(self) -> Signature:
        """All axes pass over; the element changes."""
        return Signature((Port("x", (), None),), (Result("out", (), self.target),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Any element becomes any other, except that complex numbers stay complex."""
        if found[0] == COMPLEX and self.target != COMPLEX:
            raise AttributeProblem("numbers with an order", "Complex", "Take real(x), imag(x) or abs(x) first.")
        return (self.target,)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Convert the numbers."""
        (array,), xp = arrays, frame.xp
        match self.target.kind:
            case "Real":
                return (array * 1.0,)
            case "Complex":
                return (array + 0j,)
            case "Bool":
                return (array != 0,)
            case _:
                return (xp.asarray(array, dtype=xp.int64),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent itself, where both sides are continuous."""
        type = x[0].type
        continuous = type is not None and type.element in (REAL, COMPLEX) and self.target in (REAL, COMPLEX)
        if continuous and type is not None and type.element != self.target == COMPLEX:
            return (elementwise("real(z)", dy[0]),)
        return (dy[0] if continuous else None,)


cast = applied(Cast)
