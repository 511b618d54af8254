"""Joining arrays along an axis, and taking them apart: concatenation and stacking."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import add, applied, applied_many, make
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import DEFINE, EQUAL, Fact, Glyph, Port, Result, Signature
from ..sizes import Size
from ..types import Element, axis_name, base
from .reductions import reduce
from .slices import slice
from .specs import Sizes, read_sizes, size_facts
from .views import View, one_axis

if TYPE_CHECKING:
    from ..trace import Wire

MAX_COUNT = 1000


class Concat(View):
    """Joins arrays one behind the other: `concat(a, b, "c, d -> e")`.

    Names the axis of each operand and the one they become, e = c + d; `"c, c -> e"` joins two of the same size. All
    other axes pass over: an operand that lacks one is repeated along it.
    """

    name: ClassVar[str] = "concat"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[tuple[Sizes, ...], Sizes]:
        """The axis of every operand and the produced one, with written sizes."""
        left, right = _arrow(self.spec, "c, d -> e")
        return _parts(left), read_sizes(right)

    def typing(self) -> Signature:
        """Consume one axis an operand, produce their sum."""
        parts, right = self.ends
        names, whole = _names(parts, self.spec), one_axis(right, "on the right", self.spec)
        facts = _sum_facts(parts, names, right, whole, self.spec, DEFINE)
        ports = tuple(Port(f"x{place}", (axis,), None, None) for place, axis in enumerate(names, 1))
        return Signature(ports, (Result("out", (whole,), 0, 0),), facts=facts)

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """The element all operands have."""
        return (_same(found),)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Concatenate along the last axis, once all operands have all passing axes."""
        full = [frame.xp.broadcast_to(array, (*frame.passing, array.shape[-1])) for array in arrays]
        return (frame.xp.concatenate(full, axis=-1),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Each operand's part of the cotangent."""
        parts, right = self.ends
        names, whole = _names(parts, self.spec), next(iter(right))
        if not set(names) & set(dy[0].axes):
            return unconcat(dy[0], f"{whole} -> {', '.join(names)}")
        return tuple(self._part(place, x[place], dy[0]) for place in range(len(x)))

    def _part(self, place: int, operand: Wire, cotangent: Wire) -> Wire:
        """One operand's part where another operand carries an axis of its name: what it lacks is summed first."""
        names, whole = _names(self.ends[0], self.spec), next(iter(self.ends[1]))
        over = {axis for axis in operand.axes if axis != names[place]}
        extra = " ".join(axis for axis in cotangent.axes if axis != whole and axis not in over)
        summed = reduce("sum", cotangent, axes=extra) if extra else cotangent
        start = sum((Size.name(axis) for axis in names[:place]), start=Size.of(0))
        stop = start + Size.name(names[place])
        return slice(summed, f"{whole} -> {names[place]}", start=start, stop=stop)


class Unconcat(View):
    """Takes an axis apart into consecutive pieces: `a, b = unconcat(x, "e -> c=3, d")`.

    Names the axis and that of every piece, e = c + d; the size that is not written follows from the others.
    """

    name: ClassVar[str] = "unconcat"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, tuple[Sizes, ...]]:
        """The axis and that of every piece, with written sizes."""
        left, right = _arrow(self.spec, "e -> c, d")
        return read_sizes(left), _parts(right)

    def typing(self) -> Signature:
        """Consume the axis, produce one axis a piece."""
        left, parts = self.ends
        names, whole = _names(parts, self.spec), one_axis(left, "on the left", self.spec)
        facts = _sum_facts(parts, names, left, whole, self.spec, EQUAL)
        results = tuple(Result(f"out{place}", (axis,), 0, 0) for place, axis in enumerate(names, 1))
        return Signature((Port("x", (whole,), None, None),), results, facts=facts)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Consecutive slices of the last axis."""
        made, start = [], 0
        for axis in _names(self.ends[1], self.spec):
            stop = start + frame.length(axis)
            made.append(arrays[0][..., start:stop])
            start = stop
        return tuple(made)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Join the cotangents."""
        left, parts = self.ends
        return (concat(f"{', '.join(next(iter(part)) for part in parts)} -> {next(iter(left))}", *dy),)


class Stack(View):
    """Stacks arrays along a new axis: `stack(a, b, axis="s")`; the size of `s` is the number of arrays.

    All other axes pass over: an array that lacks one is repeated along it.
    """

    name: ClassVar[str] = "stack"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str
    count: int

    def typing(self) -> Signature:
        """Consume nothing, produce the new axis."""
        ports = tuple(Port(f"x{place}", (), None, None) for place in range(1, _at_least_one(self.count) + 1))
        fact = Fact(Size.name(axis_name(self.axis)), Size.of(self.count), f"{self.count} arrays are stacked", DEFINE)
        return Signature(ports, (Result("out", (self.axis,), 0, 0),), facts=(fact,))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """The element all arrays have."""
        return (_same(found),)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Stack behind the passing axes."""
        return (frame.xp.stack([frame.xp.broadcast_to(array, frame.passing) for array in arrays], axis=-1),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Take the cotangent apart."""
        return unstack(dy[0], axis=self.axis, count=self.count)


class Unstack(View):
    """Takes an axis apart into arrays without it: `a, b = unstack(x, axis="s", count=2)`."""

    name: ClassVar[str] = "unstack"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str
    count: int

    def typing(self) -> Signature:
        """Consume the axis, whose size is the count."""
        results = tuple(Result(f"out{place}", (), 0, 0) for place in range(1, _at_least_one(self.count) + 1))
        why = f"'{self.axis}' is unstacked into {self.count}"
        fact = Fact(Size.name(axis_name(self.axis)), Size.of(self.count), why, EQUAL)
        return Signature((Port("x", (self.axis,), None, None),), results, facts=(fact,))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """One array an index of the last axis."""
        return tuple(arrays[0][..., place] for place in range(self.count))

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Stack the cotangents."""
        return (stack(*dy, axis=self.axis),)


def _arrow(text: str, example: str) -> tuple[str, str]:
    left, arrow, right = text.partition("->")
    if not arrow or "->" in right:
        raise AttributeProblem(f"a spec such as '{example}'", repr(text), "Write one '->'.")
    return left, right


def _parts(text: str) -> tuple[Sizes, ...]:
    return tuple(read_sizes(part) for part in text.split(","))


def _names(parts: Sequence[Sizes], spec: str) -> tuple[str, ...]:
    return tuple(one_axis(part, "between commas", spec) for part in parts)


def _sum_facts(
    parts: Sequence[Sizes], names: Sequence[str], ends: Sizes, whole: str, spec: str, kind: str
) -> tuple[Fact, ...]:
    """Written sizes, and the whole as the sum of its parts."""
    for axis in names:
        if base(axis) == base(whole):
            raise AttributeProblem(
                f"a name of its own for the whole in {spec!r}", f"'{axis}' at both ends", "Give it another name."
            )
    written = dict(ends)
    for axis, size in (item for part in parts for item in part.items() if item[1] is not None):
        if written.setdefault(axis, size) != size:
            raise AttributeProblem(
                f"one size for '{axis}' in {spec!r}", f"{written[axis]} and {size}", "Write it once."
            )
    total = sum((Size.name(axis) for axis in names), start=Size.of(0))
    fact = Fact(Size.name(whole), total, f"'{whole}' is {' + '.join(names)}", kind)
    return (*size_facts(written), fact)


def _same(found: Sequence[Element]) -> Element:
    """The only element there is; raises AttributeProblem where there are several."""
    kinds = dict.fromkeys(found)
    if len(kinds) > 1:
        raise AttributeProblem("arrays of one element", " and ".join(map(str, kinds)), "Cast some of them.")
    return found[0]


def _at_least_one(count: int) -> int:
    if not 1 <= count <= MAX_COUNT:
        raise AttributeProblem(f"a count from 1 to {MAX_COUNT}", str(count), "Change the count.")
    return count


def stack(*arrays: Wire, axis: str, name: str = "") -> Wire:
    """Stack arrays along a new axis whose size is their number; see the op."""
    return add(make(Stack, {"axis": axis, "count": len(arrays)}), arrays, name=name)[0]


concat = applied(Concat)
unconcat = applied_many(Unconcat)
unstack = applied_many(Unstack)
