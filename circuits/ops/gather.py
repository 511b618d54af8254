"""Reading and adding by position: gather, scatter and one-hot vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..apply import applied, elementwise
from ..errors import AttributeProblem, BindingError
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..types import BOOL, COMPLEX, REAL, Element, axis_name, axis_names
from ..types import index as positions_along
from .reductions import FOLDS
from .specs import Sizes, read_sizes, size_facts
from .views import View, one_axis, read

if TYPE_CHECKING:
    from ..trace import Wire


class Gather(View):
    """Reads an array at positions: `gather(table, tokens, axis="v")`.

    out[...] = data[index[...]] along the axis. All axes but that of the data pass over, and one that both carry is
    aligned. Positions are Index(axis), or natural numbers whose bound is at most the size of the axis.
    """

    name: ClassVar[str] = "gather"
    glyph: ClassVar[Glyph] = Glyph(outline="cap")

    axis: str

    def typing(self) -> Signature:
        """Consume the axis of the data, and of the index none."""
        ports = (Port("data", (axis_name(self.axis),), None, None), _positions(self.axis, ()))
        return Signature(ports, (Result("out", (), 0, 0),))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Take along the last axis; length-1 passing axes are repeated by it."""
        data, places = arrays
        _check_range(self.name, self.axis, places, data.shape[-1])
        return (frame.xp.take_along_axis(data, places[..., None], axis=-1)[..., 0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Add the cotangent up where it was read; the axes that only the index carries are summed there."""
        data, places = x
        kept = [axis for axis in data.axes if axis != self.axis]
        folded = " ".join(axis for axis in places.axes if axis not in kept)
        real = data.type is not None and data.type.element in (REAL, COMPLEX)
        return (scatter(dy[0], places, axis=folded, into=self.axis) if real else None, None)


class Scatter(Primitive):
    """Folds values by position: `scatter(messages, targets, axis="e", into="n")`.

    out[n] is the sum, mean, max or min of values[e] over all e with index[e] = n, and 0 where there is none. The
    axes folded may be several or none; those that only the values carry pass over. Extrema share their cotangent
    equally among ties.
    """

    name: ClassVar[str] = "scatter"
    glyph: ClassVar[Glyph] = Glyph(outline="fold")

    axis: str
    into: str
    kind: Literal["sum", "mean", "max", "min"] = "sum"

    @cached_property
    def ends(self) -> tuple[tuple[str, ...], Sizes]:
        """The axes folded and the one produced, with its size where it is written."""
        return axis_names(self.axis), read_sizes(self.into)

    def typing(self) -> Signature:
        """Consume the axes of values and index, produce the axis the index points along."""
        folded, right = self.ends
        target = one_axis(right, "in all", self.into)
        ports = (Port("values", folded, None, None), _positions(target, folded))
        return Signature(ports, (Result("out", (target,), 0, 0),), facts=size_facts(right))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """A sum of whole numbers is Int(64), an extremum of them theirs."""
        one = found[0]
        if one == BOOL or (one.whole and self.kind == "mean") or (one == COMPLEX and self.kind in ("max", "min")):
            raise AttributeProblem(f"numbers a {self.kind} is defined for", str(one), "Cast it to Real.")
        return (Element("Int", bits=64) if one.whole and self.kind == "sum" else one,)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Flatten the folded axes and fold them."""
        xp, count = frame.xp, len(self.ends[0])
        (target,) = self.ends[1]
        length = frame.length(target)
        shape = tuple(arrays[1].shape[arrays[1].ndim - count :])
        flat = (*frame.passing, math.prod(shape))
        values, places = (xp.reshape(xp.broadcast_to(one, (*frame.passing, *shape)), flat) for one in arrays)
        _check_range(self.name, target, places, length)
        return (_fold(xp, self.kind, values, places, length),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Read the cotangent where the value went: all of it, its share of the mean, or where it is the extremum."""
        values, places = x
        (target,) = self.ends[1]
        if values.type is None or values.type.element not in (REAL, COMPLEX):
            return (None, None)
        read_back = gather(dy[0], places, axis=target)
        if self.kind == "sum":
            return (read_back, None)
        if self.kind == "mean":
            ones = elementwise("where(i == i, 1.0, 0.0)", places)
            return (elementwise("d / n", read_back, self._total(ones, places), outer=True), None)
        hits = elementwise("where(v == y, 1.0, 0.0)", values, gather(y[0], places, axis=target), outer=True)
        return (elementwise("h * d / n", hits, read_back, self._total(hits, places), outer=True), None)

    def _total(self, values: Wire, places: Wire) -> Wire:
        """The sum over all values that went to the same position, for each of them."""
        (target,) = self.ends[1]
        return gather(scatter(values, places, axis=self.axis, into=target), places, axis=target)

    def pictured(self) -> Glyph:
        """The sign of the fold of what meets."""
        return replace(self.glyph, mark=FOLDS[self.kind])

    def cost(self, sizes: Mapping[str, int]) -> int:
        """One operation a value."""
        return math.prod(sizes[axis] for axis in self.ends[0])


class OneHot(Primitive):
    """Ones at positions along a new axis, zeros elsewhere: `one_hot(tokens, into="v=256")`."""

    name: ClassVar[str] = "one_hot"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\delta")

    into: str

    @cached_property
    def produced(self) -> Sizes:
        """The new axis, with its size where it is written."""
        return read_sizes(self.into)

    def typing(self) -> Signature:
        """Consume nothing, produce the axis the positions lie on."""
        target = one_axis(self.produced, "in all", self.into)
        return Signature((_positions(target, ()),), (Result("out", (target,)),), facts=size_facts(self.produced))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Compare with all positions."""
        (target,) = self.produced
        length = frame.length(target)
        _check_range(self.name, target, arrays[0], length)
        return (frame.xp.where(arrays[0][..., None] == frame.xp.arange(length), 1.0, 0.0),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Positions have no slope."""
        return (None,)


def _positions(axis: str, consumed: Sequence[str]) -> Port:
    return Port("index", tuple(consumed), positions_along(axis))


def _check_range(op: str, axis: str, places: Any, length: int) -> None:
    """Raise BindingError for positions outside of the axis."""
    outside = places[(places < 0) | (places >= length)]
    if outside.shape[0]:
        raise BindingError(
            f"{op}: expected positions from 0 to {length - 1} along '{axis}', found {int(outside[0])}. "
            "Give positions on the axis."
        )


def _fold(xp: Any, kind: str, values: Any, places: Any, length: int) -> Any:
    """Fold values [..., e] with places [..., e] into [..., length], one member of every group a round."""
    rows = math.prod(places.shape[:-1])
    first_of_row = xp.reshape(xp.arange(rows) * length, (rows, 1))
    groups = xp.reshape(xp.reshape(places, (rows, places.shape[-1])) + first_of_row, (-1,))
    order = xp.argsort(groups, stable=True)
    members, groups = xp.reshape(values, (-1,))[order], groups[order]
    first = xp.searchsorted(groups, xp.arange(rows * length), side="left")
    counts = xp.searchsorted(groups, xp.arange(rows * length), side="right") - first
    total = xp.zeros((rows * length,), dtype=values.dtype)
    for rank in range(int(xp.max(counts)) if rows * length else 0):
        there = counts > rank
        member = read(xp, members, xp.where(there, first + rank, -1), 0.0)
        total = xp.where(there, _combined(xp, kind, total, member) if rank else member, total)
    if kind == "mean":
        total = total / xp.maximum(counts, 1)
    return xp.reshape(total, (*values.shape[:-1], length))


def _combined(xp: Any, kind: str, one: Any, other: Any) -> Any:
    match kind:
        case "max":
            return xp.maximum(one, other)
        case "min":
            return xp.minimum(one, other)
        case _:
            return one + other


gather = applied(Gather)
scatter = applied(Scatter)
one_hot = applied(OneHot)
