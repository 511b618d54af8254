"""Functions with a slope of another: what makes steps, spikes and rounding trainable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator

from ..apply import applied, elementwise
from ..errors import AttributeProblem
from ..expressions import Expression, ExpressionError, Kind, cost, element, evaluate, parse_expression
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..types import REAL, Element

if TYPE_CHECKING:
    from ..trace import Wire


class Surrogate(Primitive):
    """One expression forward, another as its slope: `surrogate(x, forward="where(x > 0, 1.0, 0.0)", backward=...)`.

    y = forward(x), dx = dy * backward(x), both of one real operand. Backward `"1.0"` passes the gradient straight
    through. Source: Bengio, Leonard & Courville (2013); Neftci, Mostafa & Zenke (2019).
    """

    name: ClassVar[str] = "surrogate"
    glyph: ClassVar[Glyph] = Glyph(outline="arrows", mark="{forward}")
    laws: ClassVar[frozenset[str]] = frozenset({"elementwise", "streamable", "causal"})
    texts: ClassVar[Mapping[str, str]] = {"forward": "expression", "backward": "expression"}

    forward: str
    backward: str

    @field_validator("forward", "backward")
    @classmethod
    def _canonical(cls, text: str) -> str:
        return str(parse_expression(text))

    @cached_property
    def value(self) -> Expression:
        """What it computes."""
        return parse_expression(self.forward)

    @cached_property
    def size_names(self) -> frozenset[str]:
        """Names in the sizes of both expressions."""
        sizes = (*self.value.sizes, *parse_expression(self.backward).sizes)
        return frozenset(name for size in sizes for name in size.names)

    def typing(self) -> Signature:
        """One real operand; all axes pass over."""
        names = self.value.names
        slope = parse_expression(self.backward)
        if len(names) != 1 or not set(slope.names) <= set(names):
            found = ", ".join(dict.fromkeys((*names, *slope.names))) or "none"
            raise AttributeProblem(
                "one operand, the same forward and backward", found, "Combine operands before: surrogate(v - limit)."
            )
        for text in (self.value, slope):
            try:
                kind = element(text, dict.fromkeys(names, Kind.REAL))
            except ExpressionError as error:
                raise AttributeProblem("expressions of a real number", str(error), "Mend the expression.") from error
            if kind in (Kind.COMPLEX, Kind.BOOL):
                raise AttributeProblem("real numbers", f"'{text}', which is {kind.value}", "Use where(...).")
        return Signature((Port(names[0], ()),), (Result("out"),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """A real number."""
        return (REAL,)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Evaluate the forward expression."""
        return (evaluate(self.value, {self.value.names[0]: arrays[0]}, frame.xp, frame.size) * 1.0,)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent times the backward expression."""
        (name,) = self.value.names
        slope = parse_expression(self.backward)
        wires = (dy[0], x[0]) if slope.names else (dy[0],)
        return (elementwise(f"d{name} * ({slope})", *wires, outer=True),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Operations of the forward expression."""
        return cost(self.value)


surrogate = applied(Surrogate)
