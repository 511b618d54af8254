"""Changing how fine an axis is: repeating or interpolating elements, and moving positions into channels and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..elementwise import Elementwise
from ..op import Glyph
from ..sizes import Size
from ..trace import Wire, build
from .cast import cast
from .einsum import broadcast, einsum
from .sources import iota
from .spatial import kernel_axes, name_changed, new_names, numbers, sized, spatial_axes
from .specs import read_ends
from .views import merge, one_axis, split

elementwise = applied(Elementwise)


class Upsample(Composite):
    """More elements along axes, whole times as many: `upsample(x, over="y/2 x/2", factor=2, mode="linear")`.

    y[i] = x[i // factor] if `mode` is "nearest". If it is "linear", elements lie in the middle of their intervals and
    those in between are interpolated along each axis, the outermost continued (torch's bilinear without align_corners).
    A factor of 2 makes `x` of `x/2`; other new axes are named by `out`.
    """

    name: ClassVar[str] = "upsample"
    glyph: ClassVar[Glyph] = Glyph(outline="hexagon", mark="\\times {factor}")
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
    fine = cast(iota(axes=f"{new}={Size.name(axis) * factor}"), element="Real")
    place = elementwise(f"clip((i + 0.5) / {factor} - 0.5, 0, size({axis}) - 1)", fine)
    coarse = cast(iota(axes=axis), element="Real")
    nearness = elementwise("max(1 - abs(place - i), 0)", place, coarse, outer=True)
    return einsum(f"{axis}, {new} {axis} -> {new}", x, nearness)


@dataclass(frozen=True, slots=True)
class Block:
    """Positions along one axis in blocks: the axis of positions, that of blocks, and that within a block."""

    fine: str
    coarse: str
    inner: str
    size: Size

    def split(self, x: Wire) -> Wire:
        """Positions as blocks and places within them."""
        return split(x, f"{self.fine} -> {self.coarse} {self.inner}={self.size}")

    def merge(self, x: Wire) -> Wire:
        """Blocks and places within them as positions."""
        return merge(x, f"{self.coarse} {self.inner} -> {self.fine}")


def blocks(
    over: str, size: int | str, out: str, taken: Iterable[str] = (), *, finer: bool = False
) -> tuple[Block, ...]:
    """The blocks along every axis; the axes in `over` are those of blocks if `finer`, else those of positions."""
    axes = spatial_axes(over, taken)
    inner = kernel_axes(size, axes, (*axes, *taken))
    found = []
    for axis, written, count, (name, held) in zip(
        axes, new_names(out, axes), numbers(size, axes, "size of blocks", 2), inner, strict=True
    ):
        length = Size.name(axis) * count if finer else Size.name(axis) // count
        new = name_changed(axis, written, length, count, finer=finer)
        found.append(Block(new, axis, name, held) if finer else Block(axis, new, name, held))
    return tuple(found)


class PixelShuffle(Composite):
    """Channels become positions: `pixel_shuffle(x, "c -> d", over="y/2 x/2", factor=2)`.

    z[d, factor*y + i, factor*x + j] = x[(d*factor + i)*factor + j, y, x], for any number of axes. A factor of 2 makes
    `x` of `x/2`; other new axes are named by `out`. Source: Shi et al. 2016, "Real-time single image and video
    super-resolution".
    """

    name: ClassVar[str] = "pixel_shuffle"
    glyph: ClassVar[Glyph] = Glyph(outline="bar", mark="{factor}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str
    over: str
    factor: int | str = 2
    out: str = ""

    def expand(self) -> Circuit:
        """Split the channels into places within blocks, and merge these into the axes."""
        (old, new), left, right = _channel_ends(self.spec)
        steps = blocks(self.over, self.factor, self.out, (old, new), finer=True)

        def body(x: Wire) -> Wire:
            x = split(x, f"{old} -> {right} {' '.join(f'{step.inner}={step.size}' for step in steps)}")
            for step in steps:
                x = step.merge(x)
            return x

        fine = " ".join(step.fine for step in steps)
        return build(self.name, {"x": f"[{left} {self.over}]"}, body, outputs=[f"[{new} {fine}]"])


class PixelUnshuffle(Composite):
    """Positions within blocks become channels: `pixel_unshuffle(x, "d -> c", over="y x", factor=2)`.

    The inverse of `pixel_shuffle`: it makes `x/2` of `x`, whose size the factor divides, or what `out` names.
    """

    name: ClassVar[str] = "pixel_unshuffle"
    glyph: ClassVar[Glyph] = Glyph(outline="bar")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str
    over: str
    factor: int | str = 2
    out: str = ""

    def expand(self) -> Circuit:
        """Split every axis into blocks, and merge the places within them into the channels."""
        (old, new), left, right = _channel_ends(self.spec)
        steps = blocks(self.over, self.factor, self.out, (old, new))

        def body(x: Wire) -> Wire:
            for step in steps:
                x = step.split(x)
            return merge(x, f"{old} {' '.join(step.inner for step in steps)} -> {right}")

        coarse = " ".join(step.coarse for step in steps)
        return build(self.name, {"x": f"[{left} {self.over}]"}, body, outputs=[f"[{new} {coarse}]"])


class Patches(Composite):
    """Axes cut into equal patches: `patches(x, over="y x", size=4)`, which makes `y/4 x/4 k4 k4'` of `y x`.

    out[i, j, k, l] = x[size*i + k, size*j + l], for any number of axes, whose sizes divide. `into` names the axes
    within a patch, `out` those that count patches. Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words".
    """

    name: ClassVar[str] = "patches"
    glyph: ClassVar[Glyph] = Glyph(outline="window", mark="{size}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    over: str
    size: int | str = 4
    into: str = ""
    out: str = ""

    def expand(self) -> Circuit:
        """Split every axis."""
        steps = blocks(self.over, self.size, self.out)
        inner = [written or step.inner for written, step in zip(self._into(), steps, strict=True)]
        steps = tuple(replace(step, inner=name) for step, name in zip(steps, inner, strict=True))

        def body(x: Wire) -> Wire:
            for step in steps:
                x = step.split(x)
            return x

        target = " ".join((*(step.coarse for step in steps), *inner))
        return build(self.name, {"x": f"[{self.over}]"}, body, outputs=[f"[{target}]"])

    def _into(self) -> tuple[str | None, ...]:
        return new_names(self.into, spatial_axes(self.over), "into")


def _channel_ends(spec: str) -> tuple[tuple[str, str], str, str]:
    """The channel axis before and after, then both with their written sizes."""
    left, right = read_ends(spec, "c -> d")
    names = one_axis(left, "on the left", spec), one_axis(right, "on the right", spec)
    return names, sized(left), sized(right)


upsample = applied(Upsample)
pixel_shuffle = applied(PixelShuffle)
pixel_unshuffle = applied(PixelUnshuffle)
patches = applied(Patches)
