"""Changing how fine an axis is: repeating or interpolating elements, and moving positions into channels and back."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Literal

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..elementwise import Elementwise
from ..op import Glyph
from ..sizes import Size
from ..trace import Wire, build
from ..types import axis_names
from .einsum import broadcast, einsum
from .sources import iota
from .spatial import kernel_axes, name_changed, new_names, numbers, spatial_axes
from .specs import Sizes, read_ends
from .views import merge, one_axis, split

elementwise = applied(Elementwise)


class Upsample(Composite):
    """More elements along axes, whole times as many: `upsample(x, over="y/2 x/2", factor=2, mode="linear")`.

    y[i] = x[i // factor] if `mode` is "nearest". If it is "linear", elements lie in the middle of their intervals and
    those in between are interpolated along each axis, the outermost continued (torch's bilinear without align_corners).
    A factor of 2 makes `x` of `x/2`; other new axes are named by `out`.
    """

    name: ClassVar[str] = "upsample"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="{factor}\\times")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    over: str
    factor: int | str = 2
    mode: Literal["nearest", "linear"] = "nearest"
    out: str = ""

    @cached_property
    def steps(self) -> tuple[tuple[str, str, int], ...]:
        """Every axis, the axis it becomes, and the factor between them."""
        over = spatial_axes(self.over)
        return tuple(
            (axis, name_changed(axis, written, Size.name(axis) * factor, factor, finer=True), factor)
            for axis, written, factor in zip(
                over, new_names(self.out, over), numbers(self.factor, over, "factor", 1), strict=True
            )
        )

    def expand(self) -> Circuit:
        """Axis after axis: repeat every element, or sum neighbours by their nearness."""

        def body(x: Wire) -> Wire:
            for axis, new, factor in self.steps:
                if new != axis:
                    x = self._repeated(x, axis, new, factor) if self.mode == "nearest" else _mixed(x, axis, new, factor)
            return x

        new = " ".join(new for _, new, _ in self.steps)
        return build(self.name, {"x": f"[{self.over}]"}, body, outputs=[f"[{new}]"])

    def _repeated(self, x: Wire, axis: str, new: str, factor: int) -> Wire:
        ((copies, size),) = kernel_axes(factor, (axis,), (name for step in self.steps for name in step[:2]))
        return merge(broadcast(x, axes=f"{copies}={size}"), f"{axis} {copies} -> {new}")


def _mixed(x: Wire, axis: str, new: str, factor: int) -> Wire:
    """The sum of all elements, each by how near it lies to the place of a new one, held on the axis."""
    place = f"min(max((fine + 0.5) / {factor} - 0.5, 0), size({axis}) - 1)"
    fine, coarse = iota(axes=f"{new}={Size.name(axis) * factor}"), iota(axes=axis)
    nearness = elementwise(f"max(1 - abs({place} - coarse), 0)", fine, coarse, outer=True)
    return einsum(f"{axis}, {new} {axis} -> {new}", x, nearness)


class Shuffle(Composite):
    """What moving positions into channels, and back, share."""

    spec: str
    over: str
    factor: int | str = 2
    out: str = ""

    @cached_property
    def channels(self) -> tuple[Sizes, Sizes]:
        """The channel axis before and after, with written sizes."""
        left, right = read_ends(self.spec, "c -> d")
        one_axis(left, "on the left", self.spec)
        one_axis(right, "on the right", self.spec)
        return left, right

    def steps(self, *, finer: bool) -> tuple[tuple[str, str, str], ...]:
        """Every axis, the axis it becomes, and the axis of positions within a block with its size."""
        left, right = self.channels
        over = spatial_axes(self.over, {**left, **right})
        factors = numbers(self.factor, over, "factor", 1)
        found = []
        for axis, written, factor, (inner, size) in zip(
            over,
            new_names(self.out, over),
            factors,
            kernel_axes(self.factor, over, (*over, *left, *right)),
            strict=True,
        ):
            old = Size.name(axis)
            new = name_changed(axis, written, old * factor if finer else old // factor, factor, finer=finer)
            found.append((axis, new, f"{inner}={size}"))
        return tuple(found)

    def traced(self, steps: tuple[tuple[str, str, str], ...], body: object) -> Circuit:
        """The circuit of the body."""
        raise NotImplementedError
