"""Softmax and the contraction behind it as one fold over their axis, in which no chunk is needed twice."""

from __future__ import annotations

import math
from typing import ClassVar

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph
from ..regions.scan import scan
from ..trace import Wire, build
from ..types import axis_name, axis_names
from .sources import constant


class NormalisedContraction(Composite):
    """Values weighted by the softmax of scores, in one pass: `normalised_contraction(s, v, axis="x", value="k")`.

    out = sum_x softmax(s)[x] v[x], with s [x] and v [x value]. A scan along x carries the largest score m so far, the
    sum l of exp(s - m) and the sum o of exp(s - m) v; where a larger score comes, both sums are scaled down. So it is
    streamable, which a softmax by itself is not. Source: Milakov & Gimelshein (2018); Dao et al. (2022); as a rewrite
    of diagrams, Abbott & Zardini (2024), "FlashAttention on a Napkin", arXiv 2412.03317.
    """

    name: ClassVar[str] = "normalised_contraction"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle", mark="\\cap")

    axis: str
    value: str = ""

    def woven(self) -> tuple[str, ...]:
        """The axes of a value: each of its numbers is averaged by itself."""
        return axis_names(self.value)

    def expand(self) -> Circuit:
        """A scan that rescales what it has summed, then a division."""
        axis, value = axis_name(self.axis), " ".join(axis_names(self.value))
        if axis in axis_names(value):
            raise AttributeProblem(f"value axes without '{axis}'", f"'{value}'", "Leave out the axis folded away.")
        state = {"m": "[]", "l": "[]", "o": f"[{value}]"}
        step = build("rescaled_step", {**state, "s": "[]", "v": f"[{value}]"}, _step)

        def body(scores: Wire, values: Wire) -> Wire:
            start = (constant(-math.inf), constant(0.0), constant(0.0, axes=value))
            _, total, mixed = scan(step, *start, scores, values, axis=axis, along="s v", carried=3, name="sums")
            return elementwise("o / l", mixed, total)

        inputs = {"scores": f"[{axis}]", "values": f"[{axis} {value}]"}
        return build("normalised_contraction", inputs, body, outputs=[f"[{value}]"])


def _step(m: Wire, l: Wire, o: Wire, s: Wire, v: Wire) -> dict[str, Wire]:  # noqa: E741
    """One more score and value; where all scores so far are -inf, nothing is shifted by them."""
    top = elementwise("max(m, s)", m, s)
    shift = elementwise("where(t == -inf, 0.0, t)", top)
    kept, new = elementwise("exp(m - t)", m, shift), elementwise("exp(s - t)", s, shift)
    total = elementwise("l * k + n", l, kept, new)
    mixed = elementwise("o * k + n * v", o, kept, new, v)
    return {"m": top, "l": total, "o": mixed}


normalised_contraction = applied(NormalisedContraction)
