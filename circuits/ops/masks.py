"""Masks: which pairs of positions may meet, and a softmax that heeds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..trace import Wire, build
from ..types import axis_name, base
from .reductions import reduce
from .softmax import shift
from .sources import iota


class CausalMask(Composite):
    """Whether a key is not after a query: `causal_mask(query="t", key="t'")`, a Bool array [query key].

    mask[y, x] = y >= x, both counted from 0, as torch aligns them. Source: Vaswani et al. (2017), section 3.2.3.
    """

    name: ClassVar[str] = "causal_mask"
    glyph: ClassVar[Glyph] = Glyph(outline="square", detail="lower")

    query: str
    key: str

    def expand(self) -> Circuit:
        """Compare positions."""
        axis_name(self.query), axis_name(self.key)

        def body() -> Wire:
            return elementwise("y >= x", iota(self.query), iota(self.key), outer=True)

        return build("causal_mask", {}, body, outputs=[f"Bool[{self.query} {self.key}]"])


class SlidingWindowMask(Composite):
    """Whether a key is near a query: `sliding_window_mask(query="t", key="t'", width=8)`, a Bool array [query key].

    mask[y, x] = |y - x| < width; with `causal` also y >= x, so a query sees itself and the width - 1 before it.
    Source: Beltagy et al. (2020), Longformer.
    """

    name: ClassVar[str] = "sliding_window_mask"
    glyph: ClassVar[Glyph] = Glyph(outline="square", detail="band")

    query: str
    key: str
    width: Annotated[int, Field(ge=1)]
    causal: bool = False

    def pictured(self) -> Glyph:
        """A band around the diagonal, or the half of it below."""
        return replace(self.glyph, detail="lower band") if self.causal else self.glyph

    def expand(self) -> Circuit:
        """Compare positions."""
        axis_name(self.query), axis_name(self.key)
        near = f"(y - x < {self.width}) & " + ("(y >= x)" if self.causal else f"(x - y < {self.width})")

        def body() -> Wire:
            return elementwise(near, iota(self.query), iota(self.key), outer=True)

        return build("sliding_window_mask", {}, body, outputs=[f"Bool[{self.query} {self.key}]"])


class PaddingMask(Composite):
    """Whether a position lies within a sequence: `padding_mask(lengths, axis="t")`, a Bool array [axis].

    mask[t] = t < length; sequences of differing lengths are rows padded to the longest. Lengths are Natural(n + 1)
    for an axis of size n.
    """

    name: ClassVar[str] = "padding_mask"
    glyph: ClassVar[Glyph] = Glyph(outline="square", detail="padding")

    axis: str

    def expand(self) -> Circuit:
        """Compare positions with the length."""
        axis_name(self.axis)

        def body(lengths: Wire) -> Wire:
            return elementwise("t < n", iota(self.axis), lengths, outer=True)

        longest = f"Natural({base(self.axis)}+1)"
        return build("padding_mask", {"lengths": f"{longest}[]"}, body, outputs=[f"Bool[{self.axis}]"])


class MaskedSoftmax(Composite):
    """Softmax over those elements that a mask allows: `masked_softmax(scores, mask, axis="x")`.

    Elements where the mask is False get 0, the others sum to one; where all are False, all are 0.
    """

    name: ClassVar[str] = "masked_softmax"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle", detail="mask")

    axis: str

    def expand(self) -> Circuit:
        """A softmax in which masked scores are -inf."""

        def body(x: Wire, mask: Wire) -> Wire:
            return softmax_or_zero(elementwise("where(mask, x, -inf)", mask, x), self.axis)

        inputs = {"x": f"[{self.axis}]", "mask": f"Bool[{self.axis}]"}
        return build("masked_softmax", inputs, body, outputs=[f"[{self.axis}]"])


def softmax_or_zero(scores: Wire, axis: str) -> Wire:
    """Softmax in which -inf scores get 0, also where there is nothing else."""
    most = elementwise("where(m == -inf, 0.0, m)", shift(scores, axis))
    raised = elementwise("exp(x - m)", scores, most)
    return elementwise("r / where(s == 0, 1.0, s)", raised, reduce("sum", raised, axes=axis))


causal_mask = applied(CausalMask)
sliding_window_mask = applied(SlidingWindowMask)
padding_mask = applied(PaddingMask)
masked_softmax = applied(MaskedSoftmax)
