"""Values of a printed forward, and the code that looks at them in another order or shape.

A value is an expression whose array has an anonymous leading group `...` of any number of dimensions, none included,
and behind it axes known by name. So dimensions are always counted from the end. Axes that pass over the op being
printed are marked, `^y`, once for every circuit they pass over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from circuits import REAL, Element

OUTER = "^"
_SIMPLE = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True, slots=True)
class Value:
    """Code, its known axes in layout order, and the inputs of the module whose leading group it carries.

    `leading` is empty for what depends on weights and constants only. `hint` is the name it gets when it needs one.
    `fresh` tells that its only reader may write over it: nothing else holds the array, nor does the backward pass of
    what made it.
    """

    code: str
    axes: tuple[str, ...] = ()
    leading: frozenset[str] = frozenset()
    element: Element = REAL
    hint: str = ""
    fresh: bool = False

    @property
    def simple(self) -> bool:
        """Whether the code is a name, so that it may be written twice."""
        return _SIMPLE.fullmatch(self.code) is not None

    @property
    def held(self) -> str:
        """The code as the owner of a method."""
        return self.code if self.simple else f"({self.code})"

    @property
    def passing(self) -> tuple[str, ...]:
        """Axes that pass over the op being printed."""
        return tuple(axis for axis in self.axes if axis.startswith(OUTER))

    def at(self, axis: str) -> int:
        """The dimension of an axis, counted from the end."""
        return self.axes.index(axis) - len(self.axes)

    def length(self, axis: str) -> str:
        """Code for the length of an axis."""
        return f"{self.held}.shape[{self.at(axis)}]"

    def of(self, code: str, axes: Sequence[str] | None = None) -> Value:
        """What `code` makes of it."""
        return replace(self, code=code, axes=self.axes if axes is None else tuple(axes), fresh=False)

    def renamed(self, axes: Sequence[str]) -> Value:
        """The same array with its axes called otherwise."""
        return replace(self, axes=tuple(axes))


def shape_note(value: Value) -> str:
    """The shape as a comment: `[... y x]`."""
    words = ["..."] if value.leading else []
    return f"[{' '.join([*words, *(axis.lstrip(OUTER) for axis in value.axes)])}]"


def ordered(value: Value, axes: Sequence[str]) -> Value:
    """The value with the same axes in another order."""
    axes = tuple(axes)
    assert sorted(axes) == sorted(value.axes), (axes, value.axes)
    if axes == value.axes:
        return value
    count = len(axes)
    moved = [axis for place, axis in enumerate(axes) if value.axes[place] != axis]
    if len(moved) == 2:
        dims = sorted(value.at(axis) for axis in moved)
        swap = "mT" if dims == [-2, -1] else f"transpose({dims[0]}, {dims[1]})"
        return value.of(f"{value.held}.{swap}", axes)
    single = _single_move(value.axes, axes)
    if single is not None:
        source, target = single
        return value.of(f"{value.held}.movedim({source - count}, {target - count})", axes)
    sources = tuple(value.at(axis) for axis in moved)
    targets = tuple(axes.index(axis) - count for axis in moved)
    return value.of(f"{value.held}.movedim({sources}, {targets})", axes)


def _single_move(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int, int] | None:
    """The one axis whose move makes the new order, as old and new place."""
    for place, axis in enumerate(old):
        rest = [other for other in old if other != axis]
        target = new.index(axis)
        if (*rest[:target], axis, *rest[target:]) == new:
            return place, target
    return None


def aligned(value: Value, axes: Sequence[str]) -> Value:
    """The value ready to be broadcast against `axes`: in their order, of length 1 where it lacks one.

    Axes it lacks on the left are left to broadcasting where no leading group stands before them. Its `axes` are then
    those given, from the first it has on.
    """
    present = [axis for axis in axes if axis in value.axes]
    value = ordered(value, present)
    wanted = list(axes)
    if not value.leading:
        while wanted and wanted[0] not in present:
            del wanted[0]
    lacking = [place for place, axis in enumerate(wanted) if axis not in present]
    if not lacking:
        return value
    if len(lacking) == 1:
        return value.of(f"{value.held}.unsqueeze({lacking[0] - len(wanted)})", wanted)
    first = lacking[0]
    words = ["None" if place in lacking else ":" for place in range(first, len(wanted))]
    return value.of(f"{value.held}[..., {', '.join(words)}]", wanted)


def same_shape(values: Sequence[Value]) -> bool:
    """Whether all have the same axes in the same order and the same leading group."""
    return all((value.axes, value.leading) == (values[0].axes, values[0].leading) for value in values)


def merged(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One stable merge of axes: the longest list gives the order, what it lacks follows."""
    ranked = sorted(lists, key=len, reverse=True)
    return tuple(dict.fromkeys(axis for axes in ranked for axis in axes))


def leading(values: Sequence[Value]) -> frozenset[str]:
    """The leading group of what depends on all of them."""
    return frozenset().union(*(value.leading for value in values))
