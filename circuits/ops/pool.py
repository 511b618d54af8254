"""Pooling: folding windows, parts or the whole extent of axes into one value."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph
from ..sizes import Size
from ..trace import Wire, build
from ..types import base, derived
from .reductions import reduce
from .sources import constant
from .spatial import Span, spatial_axes, windows, windows_over
from .specs import Sizes, read_sizes
from .views import split


class Pool(Composite):
    """What max and average pooling share: windows along every axis, folded over the kernel."""

    texts: ClassVar[Mapping[str, str]] = {"padding": "plain"}

    over: str
    kernel: int | str = 2
    stride: int | str | None = None
    padding: int | str = 0
    dilation: int | str = 1
    out: str = ""

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The windows along every axis."""
        spans = windows_over(
            spatial_axes(self.over),
            (),
            kernel=self.kernel,
            stride=self.kernel if self.stride is None else self.stride,
            dilation=self.dilation,
            padding=self.padding,
            out=self.out,
        )
        for span in spans:
            reach = (span.dilation * (span.size - 1) + 1 - span.pads).number
            if reach is not None and reach < 0 and span.padding.isdigit():
                raise AttributeProblem(
                    f"a padding of at most half the kernel {span.size}", span.padding, "Lower the padding."
                )
        return spans

    def expand(self) -> Circuit:
        """Windows along every axis, then the fold."""

        def body(x: Wire) -> Wire:
            return self.fold(windows(x, self.spans, self.fill()), " ".join(span.kernel for span in self.spans))

        old, new = (" ".join(axes) for axes in zip(*((s.fine, s.coarse) for s in self.spans), strict=True))
        return build(self.name, {"x": f"[{old}]"}, body, outputs=[f"[{new}]"])

    @abstractmethod
    def fill(self) -> float:
        """What windows read outside of the array."""

    @abstractmethod
    def fold(self, wire: Wire, kernel: str) -> Wire:
        """The value of every window."""


class MaxPool(Pool):
    """The maximum over windows: `max_pool(x, over="y x", kernel=2)`, with a stride of the kernel's size unless given.

    y[y'] = max over k of x[stride*y' + dilation*k - padding]; padding is never the maximum. Words for each axis and
    names as in `conv`. Source: Riesenhuber & Poggio 1999.
    """

    name: ClassVar[str] = "max_pool"
    glyph: ClassVar[Glyph] = Glyph(outline="pool", mark="{kernel}", detail="max")

    def fill(self) -> float:
        """What a maximum ignores."""
        return -math.inf

    def fold(self, wire: Wire, kernel: str) -> Wire:
        """The maximum."""
        return reduce("max", wire, axes=kernel)


class AvgPool(Pool):
    """The mean over windows: `avg_pool(x, over="y x", kernel=2)`, with a stride of the kernel's size unless given.

    y[y'] = mean over k of x[stride*y' + dilation*k - padding]. Padding counts as zeros, or with
    `count_include_pad=False` not at all. Words for each axis and names as in `conv`. Source: LeCun et al. 1989.
    """

    name: ClassVar[str] = "avg_pool"
    glyph: ClassVar[Glyph] = Glyph(outline="pool", mark="{kernel}", detail="mean")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    count_include_pad: bool = True

    def fill(self) -> float:
        """What adds nothing."""
        return 0.0

    def fold(self, wire: Wire, kernel: str) -> Wire:
        """The mean over the kernel, or over what lies on the array."""
        padded = [span for span in self.spans if span.pads != 0]
        if self.count_include_pad or not padded:
            return reduce("mean", wire, axes=kernel)
        y = reduce("sum", wire, axes=kernel)
        for span in self.spans:
            y = y / reduce("sum", span.window(constant(1.0, axes=span.fine)), axes=span.kernel)
        return y


class GlobalAvgPool(Composite):
    """The mean over whole axes, which go away: `global_avg_pool(x, over="y x")`. Source: Lin et al. 2013."""

    name: ClassVar[str] = "global_avg_pool"
    glyph: ClassVar[Glyph] = Glyph(outline="pool", detail="global mean")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    over: str

    def expand(self) -> Circuit:
        """A reduction."""
        over = " ".join(spatial_axes(self.over))
        return build(self.name, {"x": f"[{over}]"}, lambda x: reduce("mean", x, axes=over), outputs=["[]"])


class GlobalMaxPool(Composite):
    """The maximum over whole axes, which go away: `global_max_pool(x, over="y x")`."""

    name: ClassVar[str] = "global_max_pool"
    glyph: ClassVar[Glyph] = Glyph(outline="pool", detail="global max")

    over: str

    def expand(self) -> Circuit:
        """A reduction."""
        over = " ".join(spatial_axes(self.over))
        return build(self.name, {"x": f"[{over}]"}, lambda x: reduce("max", x, axes=over), outputs=["[]"])


class AdaptiveAvgPool(Composite):
    """The mean over equal parts of axes, as many as `into` says: `adaptive_avg_pool(x, over="y x", into="p=2 q=3")`.

    Every new size divides that of its axis; `into` names the new axes in the order of `over`.
    """

    name: ClassVar[str] = "adaptive_avg_pool"
    glyph: ClassVar[Glyph] = Glyph(outline="pool", detail="mean")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    over: str
    into: str

    @cached_property
    def ends(self) -> tuple[tuple[str, ...], Sizes]:
        """The axes, and what they become."""
        over, into = spatial_axes(self.over), read_sizes(self.into)
        if len(over) != len(into):
            raise AttributeProblem(f"a new axis for each of '{self.over}'", f"into={self.into!r}", "Name one for each.")
        return over, into

    def expand(self) -> Circuit:
        """Split every axis into parts, and take the mean of each part."""
        over, into = self.ends
        parts = [_part(axis, new, size) for axis, (new, size) in zip(over, into.items(), strict=True)]

        def body(x: Wire) -> Wire:
            for axis, (new, size), part in zip(over, into.items(), parts, strict=True):
                x = split(x, f"{axis} -> {new if size is None else f'{new}={size}'} {part}")
            return reduce("mean", x, axes=" ".join(parts))

        return build(self.name, {"x": f"[{self.over}]"}, body, outputs=[f"[{' '.join(into)}]"])


def _part(axis: str, new: str, size: Size | None) -> str:
    """A name for the axis inside a part that says which one it is: it may show in the sizes of the caller."""
    number = size.number if size is not None else None
    return derived(axis, number) if number is not None and number > 1 else f"{base(axis)}_in_{base(new)}"


max_pool = applied(MaxPool)
avg_pool = applied(AvgPool)
global_avg_pool = applied(GlobalAvgPool)
global_max_pool = applied(GlobalMaxPool)
adaptive_avg_pool = applied(AdaptiveAvgPool)
