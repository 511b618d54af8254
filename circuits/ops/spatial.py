"""What convolutions, pooling and resizing share: reading strides and kernels an axis, and naming the axes they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import AttributeProblem
from ..sizes import Size
from ..trace import Wire
from ..types import axis_name, axis_names, base, derived
from .specs import Sizes
from .windows import WORDS, unwindow, window

Words = int | str


@dataclass(frozen=True, slots=True)
class Span:
    """The windows along one axis: the axis they lie on, the axis that counts them, and that of the kernel."""

    fine: str
    coarse: str
    kernel: str
    size: Size
    stride: int = 1
    dilation: int = 1
    padding: str = "0"

    @property
    def sized(self) -> str:
        """The kernel axis with its size where that is a number."""
        return self.kernel if self.size.number is None else f"{self.kernel}={self.size}"

    @property
    def pads(self) -> Size:
        """How far windows reach over both ends together."""
        span = self.dilation * (self.size - 1)
        return span if self.padding in WORDS else Size.of(2 * int(self.padding))

    @property
    def count(self) -> Size:
        """How many windows fit on the fine axis."""
        return (Size.name(self.fine) + self.pads - self.dilation * (self.size - 1) - 1) // self.stride + 1

    @property
    def covered(self) -> Size:
        """How many elements the windows of the coarse axis cover."""
        return (Size.name(self.coarse) - 1) * self.stride + self.dilation * (self.size - 1) + 1 - self.pads

    def window(self, wire: Wire, fill: float = 0.0) -> Wire:
        """The windows of an array."""
        return window(
            wire,
            f"{self.fine} -> {self.coarse} {self.sized}",
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            fill=fill,
        )

    def unwindow(self, wire: Wire, output_padding: int = 0) -> Wire:
        """The sum of windows."""
        return unwindow(
            wire,
            f"{self.coarse} {self.sized} -> {self.fine}",
            stride=self.stride,
            dilation=self.dilation,
            padding=self.padding,
            output_padding=output_padding,
        )


def window_mark(kernel: Words, stride: Words, dilation: Words = 1, transposed: bool = False) -> str:
    """How windows are written: the kernel, below it an arrow with the stride and :dilation, above it a T if turned."""
    arrow = "\\uparrow " if transposed else "\\downarrow "
    below = [f"{sign}{_factors(value)}" for sign, value in ((arrow, stride), (":", dilation)) if _factors(value) != "1"]
    return _factors(kernel) + (f"_{{{','.join(below)}}}" if below else "") + ("^T" if transposed else "")


def _factors(value: Words) -> str:
    words = str(value).split()
    return words[0] if len(set(words)) == 1 else "\\times ".join(words)


def each(value: Words, over: Sequence[str], what: str) -> tuple[str, ...]:
    """One word for every axis: `3` or `"3 5"`; raises AttributeProblem for another number of words."""
    words = str(value).split()
    if len(words) == 1:
        return tuple(words) * len(over)
    if len(words) != len(over):
        raise AttributeProblem(
            f"one {what}, or one for each of '{' '.join(over)}'",
            repr(value),
            "Write as many as there are axes.",
        )
    return tuple(words)


def numbers(value: Words, over: Sequence[str], what: str, least: int) -> tuple[int, ...]:
    """One whole number for every axis; raises AttributeProblem where one is below `least`."""
    found = []
    for word in each(value, over, what):
        number = Size.of(word).number if word.isdecimal() else None
        if number is None or number < least:
            raise AttributeProblem(f"a whole number of at least {least} as {what}", repr(word), f"Change the {what}.")
        found.append(number)
    return tuple(found)


def kernel_axes(value: Words, over: Sequence[str], taken: Iterable[str]) -> tuple[tuple[str, Size], ...]:
    """Axis and size of the kernel along every axis: `k3` for 3, `k` for a size `k`, twins where a name is taken."""
    used, found = set(taken), []
    for word in each(value, over, "kernel"):
        size = Size.of(word)
        number = size.number
        if (number is None and size.sole_name is None) or (number is not None and number < 1):
            raise AttributeProblem(
                "a kernel that is a number of at least 1 or a name", repr(word), "Change the kernel."
            )
        name = axis_name(f"k{number}" if number is not None else word)
        while name in used:
            name += "'"
        used.add(name)
        found.append((name, size))
    return tuple(found)


def paddings(value: Words, over: Sequence[str]) -> tuple[str, ...]:
    """Padding at both ends of every axis: a number, "same" or "causal"; "valid" is 0."""
    found = []
    for word in each(value, over, "padding"):
        if word not in (*WORDS, "valid") and not word.isdecimal():
            raise AttributeProblem(
                "a padding that is 'same', 'valid', 'causal' or a whole number", repr(word), "Change the padding."
            )
        found.append(word if word in WORDS else "0" if word == "valid" else str(Size.of(word)))
    return tuple(found)


def spatial_axes(over: str, channels: Iterable[str] = (), word: str = "over") -> tuple[str, ...]:
    """The axes an op works over; raises AttributeProblem if there are none, or one is a channel as well."""
    axes = axis_names(over)
    if not axes:
        raise AttributeProblem(f"at least one axis in {word}=", "none", f"Name the axes with {word}=.")
    both = [axis for axis in axes if axis in set(channels)]
    if both:
        raise AttributeProblem(f"other axes in {word}= than the channels", f"'{both[0]}' in both", "Name it once.")
    return axes


def fresh(name: str, taken: Iterable[str]) -> str:
    """The name, with underscores added until it is not taken."""
    used = set(taken)
    while name in used:
        name += "_"
    return name


def sized(axes: Sizes) -> str:
    """Axes as a type text, with their sizes where they are written."""
    return " ".join(axis if size is None else f"{axis}={size}" for axis, size in axes.items())


def new_names(text: str, over: Sequence[str], word: str = "out") -> tuple[str | None, ...]:
    """The names written for new axes, None where nothing is written."""
    if not text:
        return (None,) * len(over)
    names = axis_names(text)
    if len(names) != len(over):
        raise AttributeProblem(f"a name for each of '{' '.join(over)}'", f"{word}={text!r}", "Name all or none.")
    return names


def name_changed(axis: str, written: str | None, size: Size, by: int, *, finer: bool = False) -> str:
    """The name of the axis of `size` made of `axis`: the one written, the axis itself, or the one derived by a stride.

    Raises AttributeProblem where an axis changes its size and there is no such name.
    """
    same = size == Size.name(axis)
    if written is not None:
        if base(written) == base(axis) and not same:
            raise AttributeProblem(
                f"a new name for '{axis}'", f"'{written}'", f"Its size becomes {size}: give it another name in out=."
            )
        return written
    if same:
        return axis
    if by == 1:
        raise AttributeProblem(f"a name for '{axis}' of the new size {size}", "none", "Name the new axes with out=.")
    return derived(axis, by, finer=finer)


def windows_over(
    over: tuple[str, ...],
    taken: tuple[str, ...],
    *,
    kernel: Words,
    stride: Words,
    dilation: Words,
    padding: Words,
    out: str,
) -> tuple[Span, ...]:
    """The windows along every axis, with names for the kernel axes and the new axes; see `Conv`."""
    found = []
    for axis, written, (name, size), step, spread, pad in zip(
        over,
        new_names(out, over),
        kernel_axes(kernel, over, (*over, *taken)),
        numbers(stride, over, "stride", 1),
        numbers(dilation, over, "dilation", 1),
        paddings(padding, over),
        strict=True,
    ):
        span = Span(axis, axis, name, size, step, spread, pad)
        new = name_changed(axis, written, span.count, step)
        found.append(Span(axis, new, name, size, step, spread, pad))
    return tuple(found)


def windows(wire: Wire, spans: Iterable[Span], fill: float = 0.0) -> Wire:
    """The windows of an array along every axis."""
    for span in spans:
        wire = span.window(wire, fill)
    return wire
