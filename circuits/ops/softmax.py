"""Softmax and its relatives."""

from __future__ import annotations

from typing import ClassVar

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..trace import Wire, build
from .reductions import reduce
from .stop_gradient import stop_gradient


class Softmax(Composite):
    """Exponentials along one or more axes, scaled to sum to one: `softmax(scores, axis="x")`.

    y = exp(x - max x) / sum exp(x - max x); all other axes pass over.
    """

    name: ClassVar[str] = "softmax"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle")

    axis: str

    def expand(self) -> Circuit:
        """Shift by the maximum, exponentiate, divide by the sum."""

        def body(x: Wire) -> Wire:
            raised = elementwise("exp(x - m)", x, shift(x, self.axis))
            return raised / reduce("sum", raised, axes=self.axis)

        return build("softmax", {"x": f"[{self.axis}]"}, body, outputs=[f"[{self.axis}]"])


class LogSoftmax(Composite):
    """Logarithm of the softmax, computed stably: `log_softmax(logits, axis="k")`."""

    name: ClassVar[str] = "log_softmax"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle", mark="\\log")

    axis: str

    def expand(self) -> Circuit:
        """Shift by the maximum, subtract the logarithm of the sum of exponentials."""

        def body(x: Wire) -> Wire:
            shifted = x - shift(x, self.axis)
            total = reduce("sum", elementwise("exp(x)", shifted), axes=self.axis)
            return elementwise("x - log(t)", shifted, total)

        return build("log_softmax", {"x": f"[{self.axis}]"}, body, outputs=[f"[{self.axis}]"])


def shift(x: Wire, axis: str) -> Wire:
    """The maximum, without a gradient: what exponentials are shifted by cancels, so its gradient is zero."""
    return stop_gradient(reduce("max", x, axes=axis))


softmax = applied(Softmax)
log_softmax = applied(LogSoftmax)
