"""Views that keep every element: splitting, merging, renaming and ordering axes; and what all views share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import AT_MOST, DEFINE, Fact, Glyph, Port, Primitive, Result, Signature
from ..sizes import Size
from ..types import Element, axis_names, base
from .specs import Sizes, read_ends, size_facts

if TYPE_CHECKING:
    from ..trace import Wire


class View(Primitive):
    """Moves the elements of an array about and computes nothing."""

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Nothing is computed."""
        return 0


def moved(
    consumed: Iterable[str], produced: Iterable[str], facts: Sequence[Fact] = (), *, lifted_first: bool = False
) -> Signature:
    """The signature of a view of one array: any element, any space, both kept."""
    port, result = Port("x", tuple(consumed), None, None), Result("out", tuple(produced), 0, 0)
    return Signature((port,), (result,), facts=tuple(facts), lifted_first=lifted_first)


def at_most(left: Size | int, right: Size, why: str) -> tuple[Fact, ...]:
    """The fact `left <= right`, without differences; none where it holds whatever the sizes are."""
    spare = right - left
    sides = {True: Size.of(0), False: Size.of(0)}
    for monomial, scale in spare.terms:
        sides[scale > 0] += Size(((monomial, abs(scale)),))
    return () if sides[False] == 0 else (Fact(sides[False], sides[True], why, AT_MOST),)


def positive(size: Size, what: str) -> tuple[Fact, ...]:
    """The fact that a size is at least 1; raises AttributeProblem where it is a smaller number."""
    if size.number is not None and size.number < 1:
        raise AttributeProblem(f"{what} of at least 1", str(size), "Use a positive size.")
    return at_most(1, size, f"{what} is {size}")


def one_axis(axes: Sizes, end: str, spec: str) -> str:
    """The only axis of one end of a spec; raises AttributeProblem where there are more or none."""
    if len(axes) != 1:
        raise AttributeProblem(f"one axis {end} of {spec!r}", f"'{' '.join(axes)}'", "Name one axis there.")
    return next(iter(axes))


def apart(left: Sizes, right: Sizes, spec: str) -> None:
    """Raise AttributeProblem where a produced axis has the size variable of a consumed one."""
    taken = {base(axis) for axis in left}
    for axis in right:
        if base(axis) in taken:
            raise AttributeProblem(
                f"new names on the right of {spec!r}", f"'{axis}'", "Its size changes: give it another name."
            )


def check_fill(fill: float, element: Element) -> None:
    """Raise AttributeProblem where an array of `element` cannot hold the number `fill`."""
    limit = element.bound.number if element.bound is not None else None
    if element.whole:
        fits = float(fill).is_integer() and (element.kind == "Int" or fill >= 0) and (limit is None or fill < limit)
    else:
        fits = element.kind != "Bool" or fill in (0, 1)
    if not fits:
        raise AttributeProblem(f"a fill that is {element}", f"{fill:g}", "Use 0, or cast the array first.")


def read(xp: Any, array: Any, positions: Any, fill: float) -> Any:
    """Elements at `positions` of the last axis, `fill` where a position lies outside; positions may have any axes."""
    length = array.shape[-1]
    beyond = xp.full((*array.shape[:-1], 1), fill, dtype=array.dtype)
    inside = (positions >= 0) & (positions < length)
    return xp.concatenate([array, beyond], axis=-1)[..., xp.where(inside, positions, length)]


class Split(View):
    """Splits an axis into several, the first one outermost: `split(x, "kh -> k=8 h")`.

    out[i, j] = x[i * size(h) + j]. The sizes divide exactly; the one that is not written follows from the others.
    """

    name: ClassVar[str] = "split"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axis and its parts, with written sizes."""
        return read_ends(self.spec, "kh -> k=8 h")

    def typing(self) -> Signature:
        """Consume the axis, produce its parts."""
        left, right = self.ends
        whole = one_axis(left, "on the left", self.spec)
        if not right:
            raise AttributeProblem(f"axes on the right of {self.spec!r}", "none", "Name the parts.")
        apart(left, right, self.spec)
        fact = Fact(Size.name(whole), _product(right), f"'{whole}' is split into {_times(right)}")
        return moved(left, tuple(right), (*size_facts({**left, **right}), fact))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """A row-major reshape of the last axis."""
        lengths = tuple(frame.length(axis) for axis in self.ends[1])
        return (frame.xp.reshape(arrays[0], (*arrays[0].shape[:-1], *lengths)),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Merge."""
        return (merge(dy[0], _reversed(*self.ends)),)


class Merge(View):
    """Merges axes into one, the first one outermost: `merge(x, "k h -> kh")`.

    out[i * size(h) + j] = x[i, j].
    """

    name: ClassVar[str] = "merge"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axes and what they become, with written sizes."""
        return read_ends(self.spec, "k h -> kh")

    def typing(self) -> Signature:
        """Consume the axes, produce their product."""
        left, right = self.ends
        whole = one_axis(right, "on the right", self.spec)
        if not left:
            raise AttributeProblem(f"axes on the left of {self.spec!r}", "none", "Name the axes to merge.")
        apart(left, right, self.spec)
        fact = Fact(Size.name(whole), _product(left), f"{_times(left)} is merged into '{whole}'", DEFINE)
        return moved(tuple(left), tuple(right), (*size_facts({**left, **right}), fact))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """A row-major reshape of the last axes."""
        shape = tuple(arrays[0].shape)
        kept = len(shape) - len(self.ends[0])
        return (frame.xp.reshape(arrays[0], (*shape[:kept], math.prod(shape[kept:]))),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Split."""
        return (split(dy[0], _reversed(*self.ends)),)


class Rename(View):
    """Calls axes by other names: `rename(x, "x -> x'")`, or several in order, `"a b -> c d"`."""

    name: ClassVar[str] = "rename"
    glyph: ClassVar[Glyph] = Glyph(outline="none")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Old and new names, with written sizes."""
        return read_ends(self.spec, "a b -> c d")

    def typing(self) -> Signature:
        """Consume the old names, produce the new ones with their sizes."""
        left, right = self.ends
        if not left or len(left) != len(right):
            raise AttributeProblem(
                f"as many axes on both sides of {self.spec!r}",
                f"{len(left)} and {len(right)}",
                "Give every axis one new name.",
            )
        facts = [
            Fact(Size.name(new), Size.name(old), f"'{old}' is renamed '{new}'", DEFINE)
            for old, new in zip(left, right, strict=True)
            if base(old) != base(new)
        ]
        return moved(tuple(left), tuple(right), (*size_facts({**left, **right}), *facts))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The array itself."""
        return (arrays[0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Rename back."""
        return (rename(dy[0], _reversed(*self.ends)),)


class Permute(View):
    """Stores the axes named in this order, behind all others: `permute(x, axes="y x h")`. A layout, not a meaning."""

    name: ClassVar[str] = "permute"
    glyph: ClassVar[Glyph] = Glyph(outline="none")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axes: str

    def typing(self) -> Signature:
        """Consume the axes and produce them in order, passing axes first."""
        names = axis_names(self.axes)
        if not names:
            raise AttributeProblem("at least one axis to put in order", "none", "Name them with axes=.")
        return moved(names, names, lifted_first=True)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The array itself: its consumed axes come in this order."""
        return (arrays[0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent itself."""
        return (dy[0],)


def _product(axes: Sizes) -> Size:
    return math.prod((Size.name(axis) for axis in axes), start=Size.of(1))


def _times(axes: Sizes) -> str:
    return "*".join(axes)


def _reversed(left: Sizes, right: Sizes) -> str:
    return f"{' '.join(right)} -> {' '.join(left)}"


split = applied(Split)
merge = applied(Merge)
rename = applied(Rename)
permute = applied(Permute)
