"""Putting elements in order along an axis: sort and top-k, with the positions they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import log2
from typing import Any, ClassVar

from ..apply import applied_many
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import AT_MOST, Fact, Glyph, Port, Primitive, Result, Signature
from ..sizes import Size
from ..trace import Wire
from ..types import REAL, Element, axis_name, base, index
from .gather import scatter
from .specs import Sizes, read_sizes, size_facts
from .views import one_axis


class _Ordering(Primitive):
    """Elements in order along an axis, and the positions they come from; of equal ones the first comes first."""

    def _signature(self, axis: str, produced: str, facts: Sequence[Fact] = ()) -> Signature:
        port = Port("x", (axis_name(axis),), None)
        values, positions = Result("values", (produced,), 0), Result("positions", (produced,), index(axis))
        return Signature((port,), (values, positions), facts=tuple(facts))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Elements that can be compared, and positions."""
        one = found[0]
        if one != REAL and not one.whole:
            raise AttributeProblem("Real or whole numbers to put in order", str(one), "Cast it to Real.")
        return (one, self._positions)

    @property
    def _positions(self) -> Element:
        positions = self.signature.outputs[1].element
        assert isinstance(positions, Element)
        return positions


class Sort(_Ordering):
    """Sorts along an axis: `values, positions = sort(x, axis="n")`, least first unless `descending`.

    values[i] = x[positions[i]]. Of equal elements the first comes first, nan comes last.
    """

    name: ClassVar[str] = "sort"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\uparrow")

    axis: str
    descending: bool = False

    def typing(self) -> Signature:
        """Consume the axis and produce it."""
        return self._signature(self.axis, self.axis)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Positions in order, and what stands there."""
        return _ordered(frame.xp, arrays[0], self.descending)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Put every cotangent back to where its element came from."""
        return (_put_back(x[0], y[1], dy[0], self.axis, self.axis),)

    def pictured(self) -> Glyph:
        """Up or down."""
        return replace(self.glyph, mark="\\downarrow") if self.descending else self.glyph

    def cost(self, sizes: Mapping[str, int]) -> int:
        """N log2 N comparisons."""
        count = Size.name(self.axis).evaluate(sizes)
        return round(count * log2(max(count, 2)))


class TopK(_Ordering):
    """The k largest along an axis, largest first: `values, positions = topk(x, axis="n", into="k=2")`.

    values[i] = x[positions[i]]; the least ones, least first, if `largest=False`. Of equal elements the first comes
    first. The size of `into` is written there or known.
    """

    name: ClassVar[str] = "topk"
    glyph: ClassVar[Glyph] = Glyph(outline="diamond", mark="{into}")

    axis: str
    into: str
    largest: bool = True

    @cached_property
    def produced(self) -> Sizes:
        """The axis of those chosen, with its size where it is written."""
        return read_sizes(self.into)

    def typing(self) -> Signature:
        """Consume the axis, produce the shorter one."""
        new = one_axis(self.produced, "as into", self.into)
        if base(new) == base(self.axis):
            raise AttributeProblem("an axis of another size as into", f"'{new}'", "Give it a name of its own.")
        count, length = Size.name(new), Size.name(self.axis)
        fewer = Fact(count, length, f"'{new}' are chosen along '{self.axis}'", AT_MOST)
        return self._signature(self.axis, new, (*size_facts(self.produced), fewer))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The beginning of what is sorted."""
        count = frame.length(next(iter(self.produced)))
        values, positions = _ordered(frame.xp, arrays[0], self.largest)
        return values[..., :count], positions[..., :count]

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Put every cotangent back to where its element came from, 0 elsewhere."""
        return (_put_back(x[0], y[1], dy[0], next(iter(self.produced)), self.axis),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """A comparison an element for each level of a heap of those chosen."""
        count = Size.name(next(iter(self.produced))).evaluate(sizes)
        return round(Size.name(self.axis).evaluate(sizes) * log2(max(count, 2)))


def _ordered(xp: Any, array: Any, descending: bool) -> tuple[Any, Any]:
    """Values and positions; a stable order of the negatives puts the first of equal ones first."""
    positions = xp.argsort(-array if descending else array, axis=-1, stable=True)
    return xp.take_along_axis(array, positions, axis=-1), positions


def _put_back(x: Wire, positions: Wire, cotangent: Wire, chosen: str, axis: str) -> Wire | None:
    if x.type is not None and x.type.element != REAL:
        return None
    wire: Wire = scatter(cotangent, positions, axis=chosen, into=axis)
    return wire


sort = applied_many(Sort)
topk = applied_many(TopK)


def argsort(x: Wire, axis: str, *, descending: bool = False, **words: Any) -> Wire:
    """Positions that put an axis in order: the second output of `sort`."""
    return sort(x, axis=axis, descending=descending, **words)[1]
