"""Transposed convolutions: every element writes a learned window, and windows add up."""

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
from ..types import derived
from .conv import check_channels
from .einsum import einsum
from .spatial import (
    Span,
    fresh,
    kernel_axes,
    name_changed,
    new_names,
    numbers,
    paddings,
    sized,
    spatial_axes,
    window_mark,
)
from .specs import Sizes, read_ends
from .views import merge, split


class ConvTransposed(Composite):
    """The transpose of a convolution, which enlarges: `conv_transposed(x, "c -> d", over="y/2 x/2", kernel=2)`.

    z[d, x'] is the sum of w[c, d, k] * x[c, x] over c and x' = stride*x + dilation*k - before, plus b[d]. The new size
    is (x-1)*stride + dilation*(k-1) + 1 - padding at both ends + output_padding. A stride of 2 makes `x` of `x/2`, an
    axis of unchanged size keeps its name; other changes are named by `out`. Weight [c d *k] and bias [d] as in torch,
    with `groups` [c d/groups *k]. Source: Zeiler et al. 2010, "Deconvolutional networks".
    """

    name: ClassVar[str] = "conv_transposed"
    glyph: ClassVar[Glyph] = Glyph(outline="star", mark="{kernel}", learned=True)
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})
    texts: ClassVar[Mapping[str, str]] = {"padding": "plain"}

    spec: str
    over: str
    kernel: int | str = 2
    stride: int | str = 2
    padding: int | str = 0
    output_padding: int | str = 0
    dilation: int | str = 1
    groups: int = Field(default=1, ge=1)
    bias: bool = True
    out: str = ""

    def pictured(self) -> Glyph:
        """Kernel, stride and dilation."""
        return replace(self.glyph, mark=window_mark(self.kernel, self.stride, self.dilation, transposed=True))

    @cached_property
    def channels(self) -> tuple[Sizes, Sizes]:
        """Channel axes read and produced, with written sizes."""
        left, right = read_ends(self.spec, "c -> d")
        check_channels(left, right, self.spec, self.groups)
        return left, right

    @cached_property
    def spans(self) -> tuple[tuple[Span, int], ...]:
        """The windows on every new axis, and its output padding."""
        left, right = self.channels
        over = spatial_axes(self.over, {**left, **right})
        found = []
        for axis, written, (name, size), step, spread, pad, spare in zip(
            over,
            new_names(self.out, over),
            kernel_axes(self.kernel, over, (*over, *left, *right)),
            numbers(self.stride, over, "stride", 1),
            numbers(self.dilation, over, "dilation", 1),
            paddings(self.padding, over),
            numbers(self.output_padding, over, "output padding", 0),
            strict=True,
        ):
            span = Span(axis, axis, name, size, step, spread, pad)
            length = span.covered + spare
            new = name_changed(axis, written, length, step, finer=True)
            if spare >= step:
                raise AttributeProblem(f"an output padding below the stride {step}", str(spare), "Change one of them.")
            found.append((Span(new, axis, name, size, step, spread, pad), spare))
        return tuple(found)

    @cached_property
    def made(self) -> tuple[str, ...]:
        """Channel axes one unit writes: with groups a part of them."""
        right = tuple(self.channels[1])
        return right if self.groups == 1 else (derived(right[0], self.groups),)

    def weights(self) -> Mapping[str, Init]:
        """Weight [left made *kernel] and bias [right], within 1/sqrt(axes of a written window), as torch does."""
        start = Init("uniform", 1.0, (*self.made, *(span.kernel for span, _ in self.spans)))
        return {"weight": start, "bias": start} if self.bias else {"weight": start}

    def expand(self) -> Circuit:
        """An einsum over the channels, then windows added up along every axis."""
        left, right = self.channels
        old, new = (" ".join(axes) for axes in zip(*((span.coarse, span.fine) for span, _ in self.spans), strict=True))
        kernel, target = " ".join(span.sized for span, _ in self.spans), " ".join(right)
        inputs = {
            "x": f"[{sized(left)} {old}]",
            "weight": f"[{' '.join(left)} {' '.join(self.made)} {kernel}]",
            "bias": f"[{target}]",
        }
        if not self.bias:
            del inputs["bias"]

        def body(x: Wire, weight: Wire, bias: Wire | None = None) -> Wire:
            y = self._windows(x, weight)
            for span, spare in self.spans:
                y = span.unwindow(y, spare)
            if self.groups > 1:
                y = merge(y, f"{self._group} {self.made[0]} -> {target}")
            return y + bias if bias is not None else y

        return build("conv_transposed", inputs, body, outputs=[f"[{sized(right)} {new}]"])

    def _windows(self, x: Wire, weight: Wire) -> Wire:
        """The windows every element writes, group by group where there are groups."""
        left, made = " ".join(self.channels[0]), " ".join(self.made)
        old = " ".join(span.coarse for span, _ in self.spans)
        kernel = " ".join(span.kernel for span, _ in self.spans)
        if self.groups == 1:
            return einsum(f"{left} {old}, {left} {made} {kernel} -> {made} {old} {kernel}", x, weight)
        group, part = self._group, derived(left, self.groups)
        parts = split(x, f"{left} -> {group}={self.groups} {part}")
        maps = split(weight, f"{left} -> {group}={self.groups} {part}")
        terms = f"{group} {part} {old}, {group} {part} {made} {kernel} -> {group} {made} {old} {kernel}"
        return einsum(terms, parts, maps)

    @cached_property
    def _group(self) -> str:
        names = {axis for axes in self.channels for axis in axes}
        return fresh("g", names | {name for s, _ in self.spans for name in (s.fine, s.coarse, s.kernel)})


conv_transposed = applied(ConvTransposed)
