"""Views along one axis: slicing, indexing, flipping, padding and rolling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import DEFINE, Fact, Glyph, Signature, SizeField
from ..sizes import Size
from ..types import Element, axis_name
from .specs import Sizes, read_ends, size_facts
from .views import View, at_most, check_fill, moved, one_axis, positive, read

if TYPE_CHECKING:
    from ..trace import Wire

ZERO, ONE = Size.of(0), Size.of(1)


class Slice(View):
    """Takes every `step`-th element from `start` to before `stop`: `slice(x, "t -> s", start=1, stop="t-1")`.

    out[i] = x[start + step * i]. Negative numbers count from the end; without `stop` it goes to the end.
    """

    name: ClassVar[str] = "slice"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="{start}:{stop}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str
    start: SizeField = ZERO
    stop: SizeField | None = None
    step: SizeField = ONE

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axis before and after, with written sizes."""
        return read_ends(self.spec, "t -> s")

    @cached_property
    def bounds(self) -> tuple[Size, Size]:
        """Where it starts and stops, from the beginning of the axis."""
        length = Size.name(one_axis(self.ends[0], "on the left", self.spec))
        return _from_start(self.start, length), length if self.stop is None else _from_start(self.stop, length)

    def typing(self) -> Signature:
        """Consume the axis, produce the shorter one."""
        left, right = self.ends
        (start, stop), old, new = self.bounds, next(iter(left)), one_axis(right, "on the right", self.spec)
        part = f"{start}:{stop}" + f":{self.step}" * (self.step != ONE)
        backwards = (stop - start).number
        if backwards is not None and backwards < 0:
            raise AttributeProblem(f"a stop of at least {start}", str(stop), "Use flip to read backwards.")
        facts = (
            *size_facts({**left, **right}),
            *positive(self.step, "a step"),
            Fact(Size.name(new), (stop - start - 1) // self.step + 1, f"'{new}' is {part} of '{old}'", DEFINE),
            *at_most(0, start, f"elements '{old}' needs for the slice {part} to start"),
            *at_most(start, stop, f"elements '{old}' needs for the slice {part} to start before it stops"),
            *at_most(stop, Size.name(old), f"elements '{old}' needs for the slice {part}"),
        )
        return moved(tuple(left), tuple(right), facts)

    def pictured(self) -> Glyph:
        """With the step where there is one."""
        return self.glyph if self.step == ONE else replace(self.glyph, mark=f"{self.glyph.mark}:{{step}}")

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """A basic slice of the last axis."""
        start, stop = (frame.size(bound) for bound in self.bounds)
        return (arrays[0][..., start : stop : frame.size(self.step)],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Pad with zeros, also between the elements."""
        (old,), (new,) = self.ends
        start = self.bounds[0]
        after = Size.name(old) - start - self.step * (Size.name(new) - 1) - 1
        return (pad(dy[0], f"{new} -> {old}", before=start, after=after, step=self.step),)


class IndexAxis(View):
    """Takes the element at one position of an axis, which goes away: `index(x, axis="t", at="t-1")`.

    A negative number counts from the end.
    """

    name: ClassVar[str] = "index"
    glyph: ClassVar[Glyph] = Glyph(outline="tag", mark="{at}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str
    at: SizeField

    @cached_property
    def position(self) -> Size:
        """The position from the beginning of the axis."""
        return _from_start(self.at, Size.name(axis_name(self.axis)))

    def typing(self) -> Signature:
        """Consume the axis."""
        why = f"elements '{self.axis}' needs for position {self.at}"
        facts = (
            *at_most(0, self.position, why),
            *at_most(self.position + 1, Size.name(self.axis), why),
        )
        return moved((self.axis,), (), facts)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Index the last axis."""
        return (arrays[0][..., frame.size(self.position)],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Zeros everywhere else."""
        after = Size.name(self.axis) - self.position - 1
        return (pad(dy[0], f"-> {self.axis}", before=self.position, after=after),)


class Flip(View):
    """Reverses an axis: `flip(x, axis="t")`."""

    name: ClassVar[str] = "flip"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="-i")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str

    def typing(self) -> Signature:
        """Consume the axis and produce it."""
        return moved((axis_name(self.axis),), (self.axis,))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Read from the end."""
        return (arrays[0][..., frame.xp.arange(arrays[0].shape[-1] - 1, -1, -1)],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Flip back."""
        return (flip(dy[0], axis=self.axis),)


class Pad(View):
    """Puts a number before, after and between elements: `pad(x, "t -> s", before=1, after=0, value=0.0)`.

    out[before + step * i] = x[i]; all else is `value`. `pad(x, "-> s", before=2)` places x itself on a new axis.
    """

    name: ClassVar[str] = "pad"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="+{before}")

    spec: str
    before: SizeField = ZERO
    after: SizeField = ZERO
    value: float = 0.0
    step: SizeField = ONE

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axis before, if any, and after, with written sizes."""
        return read_ends(self.spec, "t -> s")

    @cached_property
    def span(self) -> Size:
        """The distance from the first element to behind the last."""
        old = one_axis(self.ends[0], "on the left", self.spec) if self.ends[0] else None
        return ONE if old is None else (Size.name(old) - 1) * self.step + 1

    def typing(self) -> Signature:
        """Consume the axis, produce the longer one."""
        left, right = self.ends
        new = one_axis(right, "on the right", self.spec)
        length = self.before + self.span + self.after
        why = f"'{new}' is '{' '.join(left)}' padded by {self.before} and {self.after}"
        facts = (
            *size_facts({**left, **right}),
            *positive(self.step, "a step"),
            *self._not_negative(self.before, "before"),
            *self._not_negative(self.after, "after"),
            Fact(Size.name(new), length, why, DEFINE),
        )
        return moved(tuple(left), tuple(right), facts)

    def _not_negative(self, size: Size, word: str) -> tuple[Fact, ...]:
        if size.number is not None and size.number < 0:
            raise AttributeProblem(f"{word} of at least 0", str(size), "Use slice to make an axis shorter.")
        return at_most(0, size, f"{word} of {self.spec!r} is {size}")

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """The element of the array, which has to hold the value."""
        check_fill(self.value, found[0])
        return (found[0],)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Read from the array where it has an element, the value elsewhere."""
        (new,), step = self.ends[1], frame.size(self.step)
        array = arrays[0] if self.ends[0] else arrays[0][..., None]
        ahead = frame.xp.arange(frame.length(new)) - frame.size(self.before)
        return (read(frame.xp, array, frame.xp.where(ahead % step == 0, ahead // step, -1), self.value),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Slice, or index where there was no axis."""
        (new,) = self.ends[1]
        if not self.ends[0]:
            return (index(dy[0], axis=new, at=self.before),)
        (old,) = self.ends[0]
        return (slice(dy[0], f"{new} -> {old}", start=self.before, stop=self.before + self.span, step=self.step),)


class Roll(View):
    """Shifts an axis cyclically: `roll(x, axis="t", shift=1)`.

    out[(i + shift) mod t] = x[i].
    """

    name: ClassVar[str] = "roll"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="+{shift}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str
    shift: SizeField

    def typing(self) -> Signature:
        """Consume the axis and produce it."""
        # Always true; it tells the scope which names the shift needs.
        known = () if self.shift.number is not None else (Fact(self.shift, self.shift, f"a shift by {self.shift}"),)
        return moved((axis_name(self.axis),), (self.axis,), known)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Read from the shifted positions."""
        length = arrays[0].shape[-1]
        positions = frame.xp.arange(length) - frame.size(self.shift)
        return (arrays[0][..., positions % length] if length else arrays[0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Roll back."""
        return (roll(dy[0], axis=self.axis, shift=-self.shift),)


def _from_start(position: Size, length: Size) -> Size:
    """A position whose negative numbers count from the end."""
    return position + length if position.number is not None and position.number < 0 else position


slice = applied(Slice)
index = applied(IndexAxis)
flip = applied(Flip)
pad = applied(Pad)
roll = applied(Roll)
