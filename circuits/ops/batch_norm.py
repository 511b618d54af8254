"""Batch normalisation: statistics over the batch in training, their running averages in evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..elementwise import Elementwise
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import base, derived
from .norms import Epsilon, scaled, some_axes, starts
from .reductions import reduce
from .running import running, training
from .spatial import fresh, spatial_axes
from .views import merge, split

elementwise = applied(Elementwise)
Momentum = Annotated[float, Field(ge=0, le=1)]


def unbiased(variance: Wire, axes: tuple[str, ...]) -> Wire:
    """The variance over `axes` times n/(n-1), which is what running averages follow; times 1 for n = 1."""
    count = f"size({'*'.join(base(axis) for axis in axes)})"
    return elementwise(f"v * {count} / max({count} - 1, 1)", variance)


class BatchNorm(Composite):
    """Mean 0 and variance 1 over the batch, then a learned scale and shift: `batch_norm(x, channel="c", axes="b y x")`.

    y = (x - mean) / sqrt(var + eps) * weight + bias, a number a channel. In training, mean and variance are taken over
    `axes`, and running_mean and running_var move by `momentum` of the way to them (to the unbiased variance); in
    evaluation they are used instead. Source: Ioffe & Szegedy 2015, "Batch normalization".
    """

    name: ClassVar[str] = "batch_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", learned=True, detail="batch")

    channel: str
    axes: str
    momentum: Momentum = 0.1
    eps: Epsilon = 1e-5
    affine: bool = True

    @cached_property
    def named(self) -> tuple[str, tuple[str, ...]]:
        """The channel axes as a text, and the axes averaged over."""
        channels = some_axes(self.channel, "channel")
        return " ".join(channels), spatial_axes(self.axes, channels, "axes")

    def weights(self) -> Mapping[str, Init]:
        """Weight and bias, both [channel]."""
        return starts(self.affine, self.affine)

    def expand(self) -> Circuit:
        """Statistics of the batch, replaced by their running averages in evaluation; scale and shift."""
        channel, axes = self.named
        over, keep = " ".join(axes), {"axes": channel, "momentum": self.momentum}

        def body(x: Wire, weight: Wire | None = None, bias: Wire | None = None) -> Wire:
            mean = reduce("mean", x, axes=over)
            variance = reduce("mean", elementwise("(x - m) ** 2", x, mean), axes=over)
            running_mean = running(mean, mean, **keep)
            running_var = running(variance, unbiased(variance, axes), start=1.0, **keep)
            y = elementwise(f"(x - m) * rsqrt(v + {self.eps!r})", x, running_mean, running_var)
            return scaled(y, weight, bias)

        full = f"[{channel} {over}]"
        inputs = {"x": full, **dict.fromkeys(self.weights(), f"[{channel}]")}
        return build(self.name, inputs, body, outputs=[full])


class GhostBatchNorm(Composite):
    """Batch normalisation of each part of the batch by itself: `ghost_batch_norm(x, channel="c", axes="b", groups=4)`.

    In training the first of the `axes` is cut into `groups` equal parts, each normalised by its own mean and variance;
    the running averages follow the means of both over the parts. In evaluation as `batch_norm`. Source: Hoffer et al.
    2017, "Train longer, generalize better".
    """

    name: ClassVar[str] = "ghost_batch_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", mark="{groups}", learned=True, detail="batch")

    channel: str
    axes: str
    groups: Annotated[int, Field(ge=2)] = 4
    momentum: Momentum = 0.1
    eps: Epsilon = 1e-5
    affine: bool = True

    @cached_property
    def named(self) -> tuple[str, tuple[str, ...]]:
        """The channel axes as a text, and the axes averaged over."""
        channels = some_axes(self.channel, "channel")
        return " ".join(channels), spatial_axes(self.axes, channels, "axes")

    def weights(self) -> Mapping[str, Init]:
        """Weight and bias, both [channel]."""
        return starts(self.affine, self.affine)

    def expand(self) -> Circuit:
        """Statistics of every part of the batch, or the running averages; scale and shift."""
        channel, axes = self.named
        group, part = fresh("g", (*channel.split(), *axes)), derived(axes[0], self.groups)
        inner = (part, *axes[1:])

        def body(x: Wire, weight: Wire | None = None, bias: Wire | None = None) -> Wire:
            parts = split(x, f"{axes[0]} -> {group}={self.groups} {part}")
            mean = reduce("mean", parts, axes=" ".join(inner))
            variance = reduce("mean", elementwise("(x - m) ** 2", parts, mean), axes=" ".join(inner))
            used_mean, used_var = self._tracked(group, inner, mean, variance)
            y = elementwise(f"(x - m) * rsqrt(v + {self.eps!r})", parts, used_mean, used_var)
            return scaled(merge(y, f"{group} {part} -> {axes[0]}"), weight, bias)

        full = f"[{channel} {' '.join(axes)}]"
        inputs = {"x": full, **dict.fromkeys(self.weights(), f"[{channel}]")}
        return build(self.name, inputs, body, outputs=[full])

    def _tracked(self, group: str, inner: tuple[str, ...], mean: Wire, variance: Wire) -> tuple[Wire, Wire]:
        """The statistics of every part in training, their running averages over all parts in evaluation."""
        found = []
        tracked = (("running_mean", mean, mean, 0.0), ("running_var", variance, unbiased(variance, inner), 1.0))
        for name, current, update, start in tracked:
            overall = reduce("mean", update, axes=group)
            kept = running(overall, overall, axes=self.named[0], momentum=self.momentum, start=start, name=name)
            found.append(elementwise("where(t, c, k)", training(), current, kept))
        return found[0], found[1]


batch_norm = applied(BatchNorm)
ghost_batch_norm = applied(GhostBatchNorm)
