"""Arrays with named axes, as the interpreter moves them about: order is layout, names are meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Named:
    """An array and the names of its axes, outermost first."""

    array: Any
    axes: tuple[str, ...]

    def length(self, axis: str) -> int:
        """Length along an axis."""
        return int(self.array.shape[self.axes.index(axis)])

    def rename(self, names: Mapping[str, str]) -> Named:
        """The same array with some axes called otherwise."""
        return Named(self.array, tuple(names.get(axis, axis) for axis in self.axes))

    def ordered(self, axes: Sequence[str], xp: Any) -> Any:
        """The array with its axes in the order of `axes`, length 1 where it lacks one."""
        present = [axis for axis in axes if axis in self.axes]
        array = xp.transpose(self.array, tuple(self.axes.index(axis) for axis in present))
        shape, kept = [], iter(array.shape)
        for axis in axes:
            shape.append(next(kept) if axis in self.axes else 1)
        return xp.reshape(array, tuple(shape))

    def spread(self, lengths: Mapping[str, int], xp: Any) -> Named:
        """The array repeated along those axes that it lacks; they come first."""
        lacking = {axis: length for axis, length in lengths.items() if axis not in self.axes}
        if not lacking:
            return self
        return Named(xp.broadcast_to(self.array, (*lacking.values(), *self.array.shape)), (*lacking, *self.axes))

    def select(self, axis: str, index: int, xp: Any) -> Named:
        """The slice at `index` of `axis`; the array itself where it lacks the axis."""
        if axis not in self.axes:
            return self
        rest = tuple(name for name in self.axes if name != axis)
        return Named(self.ordered((axis, *rest), xp)[index], rest)


def merged(arrays: Sequence[Named], without: Sequence[Sequence[str]]) -> dict[str, int]:
    """Axes of all arrays except those listed for each, with their lengths, in order of first use."""
    lengths: dict[str, int] = {}
    for named, taken in zip(arrays, without, strict=True):
        for axis in named.axes:
            if axis not in taken:
                lengths.setdefault(axis, named.length(axis))
    return lengths


def stacked(arrays: Sequence[Named], axis: str, xp: Any) -> Named:
    """Arrays along a new first axis; one that lacks an axis of the others is repeated along it."""
    lengths = merged(arrays, [()] * len(arrays))
    shape = tuple(lengths.values())
    rows = [xp.broadcast_to(named.ordered(tuple(lengths), xp), shape) for named in arrays]
    return Named(xp.stack(rows), (axis, *lengths))
