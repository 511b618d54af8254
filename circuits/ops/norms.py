"""Normalisations without memory: to mean 0 and variance 1 over named axes, then a learned scale and shift."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..elementwise import Elementwise
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_names, derived
from .reductions import reduce
from .spatial import fresh, spatial_axes
from .views import merge, split

elementwise = applied(Elementwise)
Epsilon = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def standardised(x: Wire, axes: str, eps: float) -> Wire:
    """The array less its mean, over the root of its variance plus eps, both taken over `axes`."""
    centred = x - reduce("mean", x, axes=axes)
    variance = reduce("mean", elementwise("x ** 2", centred), axes=axes)
    return elementwise(f"x * rsqrt(v + {eps!r})", centred, variance)


def scaled(y: Wire, weight: Wire | None, bias: Wire | None) -> Wire:
    """The array times the weight plus the bias, as far as there are such."""
    if weight is not None:
        y = y * weight
    return y + bias if bias is not None else y


def starts(affine: bool, bias: bool) -> dict[str, Init]:
    """Weight 1 and bias 0, as far as there are such."""
    found = {"weight": Init("ones"), "bias": Init("zeros")}
    return {name: start for name, start in found.items() if affine and (bias or name == "weight")}


def some_axes(axes: str, word: str) -> tuple[str, ...]:
    """Axis names; raises AttributeProblem if there are none."""
    names = axis_names(axes)
    if not names:
        raise AttributeProblem(f"at least one axis in {word}=", "none", f"Name the axes with {word}=.")
    return names


class LayerNorm(Composite):
    """Mean 0 and variance 1 over the axes named, then a learned scale and shift: `layer_norm(x, axes="m")`.

    y = (x - mean x) / sqrt(var x + eps) * weight + bias, with weight and bias over the axes; `affine=False` leaves
    both out, `bias=False` the bias. Source: Ba et al. 2016, "Layer normalization".
    """

    name: ClassVar[str] = "layer_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", learned=True, detail="layer")

    axes: str
    eps: Epsilon = 1e-5
    affine: bool = True
    bias: bool = True

    def weights(self) -> Mapping[str, Init]:
        """Weight and bias, both [axes]."""
        return starts(self.affine, self.bias)

    def expand(self) -> Circuit:
        """Centre, divide by the deviation, scale and shift."""
        axes = " ".join(some_axes(self.axes, "axes"))

        def body(x: Wire, weight: Wire | None = None, bias: Wire | None = None) -> Wire:
            return scaled(standardised(x, axes, self.eps), weight, bias)

        inputs = {"x": f"[{axes}]", **dict.fromkeys(self.weights(), f"[{axes}]")}
        return build(self.name, inputs, body, outputs=[f"[{axes}]"])


class RMSNorm(Composite):
    """Root mean square 1 over the axes named, then a learned scale: `rms_norm(x, axes="m")`.

    y = x / sqrt(mean x^2 + eps) * weight. Source: Zhang & Sennrich 2019, "Root mean square layer normalization".
    """

    name: ClassVar[str] = "rms_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", learned=True, detail="root")

    axes: str
    eps: Epsilon = 1e-6
    affine: bool = True

    def weights(self) -> Mapping[str, Init]:
        """Weight [axes]."""
        return starts(self.affine, bias=False)

    def expand(self) -> Circuit:
        """Divide by the root of the mean square, and scale."""
        axes = " ".join(some_axes(self.axes, "axes"))

        def body(x: Wire, weight: Wire | None = None) -> Wire:
            square = reduce("mean", elementwise("x ** 2", x), axes=axes)
            return scaled(elementwise(f"x * rsqrt(s + {self.eps!r})", x, square), weight, None)

        inputs = {"x": f"[{axes}]", **dict.fromkeys(self.weights(), f"[{axes}]")}
        return build(self.name, inputs, body, outputs=[f"[{axes}]"])


class GroupNorm(Composite):
    """Mean 0 and variance 1 over each group of channels: `group_norm(x, channel="c", groups=4, over="y x")`.

    As `layer_norm`, over the axes in `over` and over neighbouring channels, `groups` groups of them; weight and bias
    are a number a channel. Source: Wu & He 2018, "Group normalization".
    """

    name: ClassVar[str] = "group_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", mark="{groups}", learned=True, detail="group")

    channel: str
    groups: Annotated[int, Field(ge=1)] = 4
    over: str = ""
    eps: Epsilon = 1e-5
    affine: bool = True
    bias: bool = True

    @cached_property
    def axes(self) -> tuple[str, tuple[str, ...]]:
        """The channel axis, and those it is normalised over besides."""
        channels = axis_names(self.channel)
        if len(channels) != 1:
            raise AttributeProblem("one channel axis", repr(self.channel), "Merge the channel axes first.")
        return channels[0], spatial_axes(self.over, channels) if self.over else ()

    def weights(self) -> Mapping[str, Init]:
        """Weight and bias, both [channel]."""
        return starts(self.affine, self.bias)

    def expand(self) -> Circuit:
        """Split the channels, normalise every group, merge, scale and shift."""
        channel, over = self.axes
        group, part = fresh("g", (channel, *over)), derived(channel, self.groups)

        def body(x: Wire, weight: Wire | None = None, bias: Wire | None = None) -> Wire:
            if self.groups == 1:
                return scaled(standardised(x, " ".join((channel, *over)), self.eps), weight, bias)
            parts = split(x, f"{channel} -> {group}={self.groups} {part}")
            parts = standardised(parts, " ".join((part, *over)), self.eps)
            return scaled(merge(parts, f"{group} {part} -> {channel}"), weight, bias)

        full = f"[{' '.join((channel, *over))}]"
        inputs = {"x": full, **dict.fromkeys(self.weights(), f"[{channel}]")}
        return build(self.name, inputs, body, outputs=[full])


class InstanceNorm(Composite):
    """Mean 0 and variance 1 over the axes in `over` for each channel: `instance_norm(x, channel="c", over="y x")`.

    With `affine=True` a learned scale and shift a channel follows. Source: Ulyanov et al. 2016, "Instance
    normalization".
    """

    name: ClassVar[str] = "instance_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", learned=True, detail="instance")

    channel: str
    over: str
    eps: Epsilon = 1e-5
    affine: bool = False

    def weights(self) -> Mapping[str, Init]:
        """Weight and bias, both [channel]."""
        return starts(self.affine, self.affine)

    def expand(self) -> Circuit:
        """Centre, divide by the deviation, scale and shift."""
        channel = some_axes(self.channel, "channel")
        over = spatial_axes(self.over, channel)

        def body(x: Wire, weight: Wire | None = None, bias: Wire | None = None) -> Wire:
            return scaled(standardised(x, " ".join(over), self.eps), weight, bias)

        full = f"[{' '.join((*channel, *over))}]"
        inputs = {"x": full, **{name: f"[{' '.join(channel)}]" for name in self.weights()}}
        return build(self.name, inputs, body, outputs=[full])


class WeightNorm(Composite):
    """An array with learned lengths along the axes named: `weight_norm(v, axes="c k3", keep="d")`.

    y = weight * v / |v|, the length taken over `axes` for each index of `keep`; feed the result to the weight of an
    op. Source: Salimans & Kingma 2016, "Weight normalization".
    """

    name: ClassVar[str] = "weight_norm"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", learned=True, detail="weight")

    axes: str
    keep: str = ""

    def weights(self) -> Mapping[str, Init]:
        """Weight [keep]."""
        return {"weight": Init("ones")}

    def expand(self) -> Circuit:
        """Divide by the length, and scale."""
        keep = axis_names(self.keep)
        axes = " ".join(spatial_axes(self.axes, keep))

        def body(x: Wire, weight: Wire) -> Wire:
            square = reduce("sum", elementwise("x ** 2", x), axes=axes)
            return elementwise("x * w / sqrt(s)", x, weight, square)

        full = f"[{' '.join(keep)} {axes}]"
        return build(self.name, {"x": full, "weight": f"[{' '.join(keep)}]"}, body, outputs=[full])


layer_norm = applied(LayerNorm)
rms_norm = applied(RMSNorm)
group_norm = applied(GroupNorm)
instance_norm = applied(InstanceNorm)
weight_norm = applied(WeightNorm)
