"""Convolutions: learned linear maps over the windows of any number of axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from pydantic import Field

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_names, derived
from .einsum import einsum
from .spatial import Span, fresh, sized, spatial_axes, window_mark, windows, windows_over
from .specs import Sizes, read_ends
from .views import merge, split


class Conv(Composite):
    """A learned linear map over channels and windows: `conv(x, "c -> d", over="y x", kernel=3)`.

    y[d, y'] = sum over c, k of w[d, c, k] * x[c, stride*y' + dilation*k - before] + b[d], for any number of axes in
    `over`, with a bias unless `bias=False`. Kernel, stride, dilation and padding are one word, or one for each axis
    ("3 5"). Padding "same" adds dilation*(k-1) around the axis, "causal" before it, "valid" nothing, a number so many
    at both ends. An axis of unchanged size keeps its name, a stride makes `x/2` of `x`; other changes are named by
    `out`. Weight [d c *k] and bias [d] as in torch, the kernel axes called `k3` for size 3; `groups` makes it
    [d c/groups *k]. Source: LeCun et al. 1989; Abbott 2024, "Neural Circuit Diagrams".
    """

    name: ClassVar[str] = "conv"
    glyph: ClassVar[Glyph] = Glyph(outline="star", mark="{kernel}", learned=True)
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})
    texts: ClassVar[Mapping[str, str]] = {"padding": "plain"}

    spec: str
    over: str
    kernel: int | str = 3
    stride: int | str = 1
    dilation: int | str = 1
    padding: int | str = "same"
    groups: int = Field(default=1, ge=1)
    bias: bool = True
    out: str = ""

    def pictured(self) -> Glyph:
        """Kernel, stride and dilation."""
        return replace(self.glyph, mark=window_mark(self.kernel, self.stride, self.dilation))

    @cached_property
    def channels(self) -> tuple[Sizes, Sizes]:
        """Channel axes read and produced, with written sizes."""
        left, right = read_ends(self.spec, "c -> d")
        check_channels(left, right, self.spec, self.groups)
        return left, right

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The windows along every axis."""
        left, right = self.channels
        return windows_over(
            spatial_axes(self.over, {**left, **right}),
            (*left, *right),
            kernel=self.kernel,
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            out=self.out,
        )

    @cached_property
    def read(self) -> tuple[str, ...]:
        """Channel axes one unit reads: with groups a part of them."""
        left = tuple(self.channels[0])
        return left if self.groups == 1 else (derived(left[0], self.groups),)

    def weights(self) -> Mapping[str, Init]:
        """Weight [right read *kernel] and bias [right], both within 1/sqrt(inputs of a unit), as torch does."""
        start = Init("uniform", 1.0, (*self.read, *(span.kernel for span in self.spans)))
        return {"weight": start, "bias": start} if self.bias else {"weight": start}

    def expand(self) -> Circuit:
        """Windows along every axis, and an einsum over channels and kernel."""
        left, right = self.channels
        old, new = " ".join(span.fine for span in self.spans), " ".join(span.coarse for span in self.spans)
        kernel, target = " ".join(span.sized for span in self.spans), " ".join(right)
        part = " ".join(self.read)
        inputs = {"x": f"[{sized(left)} {old}]", "weight": f"[{sized(right)} {part} {kernel}]", "bias": f"[{target}]"}
        if not self.bias:
            del inputs["bias"]

        def body(x: Wire, weight: Wire, bias: Wire | None = None) -> Wire:
            y = self._map(windows(x, self.spans), weight)
            return y + bias if bias is not None else y

        return build("conv", inputs, body, outputs=[f"[{target} {new}]"])

    def _map(self, x: Wire, weight: Wire) -> Wire:
        """The einsum, group by group where there are groups."""
        left, right = (" ".join(axes) for axes in self.channels)
        new, kernel = (" ".join(axes) for axes in zip(*((s.coarse, s.kernel) for s in self.spans), strict=True))
        if self.groups == 1:
            return einsum(f"{left} {new} {kernel}, {right} {left} {kernel} -> {right} {new}", x, weight)
        group, part, made = self._group, self.read[0], derived(right, self.groups)
        parts = split(x, f"{left} -> {group}={self.groups} {part}")
        maps = split(weight, f"{right} -> {group}={self.groups} {made}")
        terms = f"{group} {part} {new} {kernel}, {group} {made} {part} {kernel} -> {group} {made} {new}"
        return merge(einsum(terms, parts, maps), f"{group} {made} -> {right}")

    @cached_property
    def _group(self) -> str:
        names = {axis for axes in self.channels for axis in axes}
        return fresh("g", names | {name for s in self.spans for name in (s.fine, s.coarse, s.kernel)})


def check_channels(left: Sizes, right: Sizes, spec: str, groups: int) -> None:
    """Raise AttributeProblem where a channel axis stands on both sides, or groups do not divide the channels."""
    both = sorted(set(left) & set(right))
    if both:
        raise AttributeProblem(
            f"different axes on both sides of {spec!r}",
            f"'{both[0]}' twice",
            "Give the produced axis another name, or a twin.",
        )
    if groups == 1:
        return
    if len(left) != 1 or len(right) != 1:
        raise AttributeProblem("one channel axis on each side with groups", repr(spec), "Merge the channel axes first.")
    for axis, size in {**left, **right}.items():
        if size is not None and size.number is not None and size.number % groups:
            raise AttributeProblem(
                f"groups that divide '{axis}'", f"{groups} groups of {size}", "Change the groups or the channels."
            )


class DepthwiseConv(Composite):
    """A convolution of every channel by a kernel of its own: `depthwise_conv(x, "c", over="x", kernel=4)`.

    y[c, y'] = sum over k of w[c, k] * x[c, stride*y' + dilation*k - before] + b[c]: `conv` with a group a channel
    (weight [c *k], which torch stores as [c 1 *k]). Padding and names as in `conv`.
    """

    name: ClassVar[str] = "depthwise_conv"
    glyph: ClassVar[Glyph] = Glyph(outline="star", mark="{kernel}", learned=True)
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})
    texts: ClassVar[Mapping[str, str]] = {"padding": "plain"}

    channel: str
    over: str
    kernel: int | str = 3
    stride: int | str = 1
    dilation: int | str = 1
    padding: int | str = "same"
    bias: bool = True
    out: str = ""

    def pictured(self) -> Glyph:
        """Kernel, stride and dilation."""
        return replace(self.glyph, mark=window_mark(self.kernel, self.stride, self.dilation))

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The windows along every axis."""
        channels = axis_names(self.channel)
        return windows_over(
            spatial_axes(self.over, channels),
            channels,
            kernel=self.kernel,
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            out=self.out,
        )

    def weights(self) -> Mapping[str, Init]:
        """Weight [c *kernel] and bias [c], both within 1/sqrt(size of the kernel), as torch does."""
        start = Init("uniform", 1.0, tuple(span.kernel for span in self.spans))
        return {"weight": start, "bias": start} if self.bias else {"weight": start}

    def expand(self) -> Circuit:
        """Windows along every axis, and an einsum over the kernel."""
        old, new = " ".join(span.fine for span in self.spans), " ".join(span.coarse for span in self.spans)
        kernel, held = " ".join(span.sized for span in self.spans), " ".join(span.kernel for span in self.spans)
        channel = self.channel
        inputs = {"x": f"[{channel} {old}]", "weight": f"[{channel} {kernel}]", "bias": f"[{channel}]"}
        if not self.bias:
            del inputs["bias"]

        def body(x: Wire, weight: Wire, bias: Wire | None = None) -> Wire:
            terms = f"{channel} {new} {held}, {channel} {held} -> {channel} {new}"
            y = einsum(terms, windows(x, self.spans), weight)
            return y + bias if bias is not None else y

        return build("depthwise_conv", inputs, body, outputs=[f"[{channel} {new}]"])


conv = applied(Conv)
depthwise_conv = applied(DepthwiseConv)
