"""Reductions: folding axes away by a sum, a mean, an extremum, a product or a logical operation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..apply import applied, elementwise
from ..elementwise import Elementwise
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..types import BOOL, COMPLEX, Element, axis_names, index
from .cumulative import cumprod
from .einsum import broadcast

if TYPE_CHECKING:
    from ..trace import Wire

_LOGICAL = ("any", "all")
# How folds are written.
FOLDS = {
    "sum": "\\Sigma",
    "mean": "\\mathbb{E}",
    "max": "\\mathrm{Max}",
    "min": "\\mathrm{Min}",
    "prod": "\\Pi",
    "any": "\\mathrm{any}",
    "all": "\\mathrm{all}",
}


class Reduce(Primitive):
    """Folds axes away: `reduce("max", scores, axes="x")`, of kind sum, mean, max, min, prod, any or all.

    Extrema share their cotangent equally among ties.
    """

    name: ClassVar[str] = "reduce"
    glyph: ClassVar[Glyph] = Glyph(outline="fold")
    laws: ClassVar[frozenset[str]] = frozenset({"streamable"})

    kind: Literal["sum", "mean", "max", "min", "prod", "any", "all"]
    axes: str

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The axes folded away."""
        return axis_names(self.axes)

    def typing(self) -> Signature:
        """Consume the axes; the result keeps the element."""
        if not self.folded:
            raise AttributeProblem("at least one axis to fold", "none", "Name it with axes=.")
        element = BOOL if self.kind in _LOGICAL else None
        return Signature((Port("x", self.folded, element),), (Result("out", (), 0),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Bool stays Bool; a mean needs Real numbers; the rest keep their element."""
        one = found[0]
        if (self.kind == "mean" and one.whole) or (self.kind not in _LOGICAL and one == BOOL):
            raise AttributeProblem(f"numbers a {self.kind} is defined for", str(one), "Cast it to Real.")
        if self.kind in ("sum", "prod") and one.whole:
            return (Element("Int", bits=64),)
        return (one,)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Fold the trailing axes."""
        count = len(self.folded)
        return (getattr(frame.xp, self.kind)(arrays[0], axis=tuple(range(-count, 0))),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Spread the cotangent: everywhere, evenly, to the extrema, or times the other factors."""
        builder = dy[0].builder

        def spread(expression: str, *wires: Wire) -> Wire:
            return builder.add(Elementwise(expression=expression, outer=True), wires)[0]

        match self.kind:
            case "sum":
                return (broadcast(dy[0], axes=self.axes),)
            case "mean":
                sizes = " * ".join(f"size({axis})" for axis in (name.rstrip("'") for name in self.folded))
                return (broadcast(spread(f"d / ({sizes})", dy[0]), axes=self.axes),)
            case "max" | "min":
                hits = spread("where(x == y, 1.0, 0.0)", x[0], y[0])
                return (spread("h * d / n", hits, dy[0], reduce("sum", hits, axes=self.axes)),)
            case "prod":
                is_complex = x[0].type is not None and x[0].type.element == COMPLEX
                return (spread("d * conj(p)" if is_complex else "d * p", dy[0], self._others(x[0])),)
            case _:
                return (None,)

    def _others(self, x: Wire) -> Wire:
        """For every element the product of all others, which divides by nothing: elements may be 0."""
        found: Wire | None = None
        for axis in self.folded[::-1]:
            before, after = (cumprod(x, axis=axis, exclusive=True, reverse=end) for end in (False, True))
            beside = elementwise("a * b", before, after)
            found = beside if found is None else elementwise("a * b", found, beside)
            x = reduce("prod", x, axes=axis)
        assert found is not None
        return found

    def pictured(self) -> Glyph:
        """The sign of the fold."""
        return replace(self.glyph, mark=FOLDS[self.kind])

    def cost(self, sizes: Mapping[str, int]) -> int:
        """One operation an element folded."""
        return math.prod(sizes[axis] for axis in self.folded)


class ArgReduce(Primitive):
    """Position of the first largest or smallest element along an axis: `arg("max", logits, axis="k")`."""

    name: ClassVar[str] = "arg"
    glyph: ClassVar[Glyph] = Glyph(outline="fold")

    kind: Literal["max", "min"]
    axis: str

    def typing(self) -> Signature:
        """Consume the axis, give positions along it."""
        return Signature((Port("x", axis_names(self.axis)),), (Result("out", (), index(self.axis)),))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The first extremum."""
        return (getattr(frame.xp, f"arg{self.kind}")(arrays[0], axis=-1),)

    def pictured(self) -> Glyph:
        """Which extremum it is the position of."""
        return replace(self.glyph, mark=f"\\mathrm{{arg{self.kind}}}")

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Positions have no slope."""
        return (None,)


reduce = applied(Reduce)
arg = applied(ArgReduce)
