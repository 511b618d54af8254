"""Windows: the convolution tensor `x = stride*y + dilation*k - before` as a view, and its transpose.

A convolution is a window and a linear map over kernel and channels; pooling is a window and a fold over the kernel
(Abbott 2024, "Neural Circuit Diagrams", the convolution tensor).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, InstanceOf, PlainSerializer

from ..apply import applied
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import DEFINE, Fact, Glyph, Primitive, Signature, SizeField
from ..sizes import Size
from ..types import COMPLEX, REAL, Element
from .slices import ONE, ZERO
from .specs import Sizes, read_ends, size_facts
from .views import at_most, check_fill, moved, one_axis, positive, read

if TYPE_CHECKING:
    from ..trace import Wire

WORDS = ("same", "causal")


def _padding(value: Any) -> Any:
    return value if value in WORDS else Size.of(value)


Padding = Annotated[Literal["same", "causal"] | InstanceOf[Size], BeforeValidator(_padding), PlainSerializer(str)]


class Affine(Primitive):
    """What a window and its transpose share: x = stride*y + dilation*k - before."""

    spec: str
    stride: SizeField = ONE
    dilation: SizeField = ONE
    padding: Padding = ZERO
    before: SizeField | None = None
    after: SizeField | None = None

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Both sides of the spec, with written sizes."""
        return read_ends(self.spec, "x -> y k=3")

    def span(self, kernel: str) -> Size:
        """The distance between the first and the last element a window reads."""
        return self.dilation * (Size.name(kernel) - 1)

    def pads(self, kernel: str) -> tuple[Size, Size]:
        """How far windows reach over the beginning and the end of the axis."""
        span = self.span(kernel)
        if isinstance(self.padding, Size):
            before = after = self.padding
        else:
            before = span // 2 if self.padding == "same" else span
            after = span - before
        return (before if self.before is None else self.before), (after if self.after is None else self.after)

    def count(self, axis: str, kernel: str) -> Size:
        """How many windows fit on the axis."""
        before, after = self.pads(kernel)
        return (Size.name(axis) + before + after - self.span(kernel) - 1) // self.stride + 1

    def room(self, axis: str, kernel: str) -> tuple[Fact, ...]:
        """The fact that one window fits; with padding "same" or "causal" it always does."""
        before, after = self.pads(kernel)
        why = f"elements '{axis}' needs for one window of '{kernel}'"
        words = not isinstance(self.padding, Size) and self.before is None and self.after is None
        return () if words else at_most(self.span(kernel) + 1, Size.name(axis) + before + after, why)

    def given(self) -> tuple[Fact, ...]:
        """Written sizes, and limits on stride and dilation."""
        written = size_facts({**self.ends[0], **self.ends[1]})
        return (*written, *positive(self.stride, "a stride"), *positive(self.dilation, "a dilation"))

    def pair(self, axes: Sizes, end: str) -> tuple[str, str]:
        """The window axis and the kernel axis at one end; raises AttributeProblem for other numbers of axes."""
        if len(axes) != 2:
            raise AttributeProblem(
                f"a window axis and a kernel axis {end} of {self.spec!r}", f"'{' '.join(axes)}'", "Name these two."
            )
        place, kernel = axes
        return place, kernel

    def twin(self) -> dict[str, Any]:
        """The attributes of the transpose that the two share."""
        shared = ("stride", "dilation", "padding", "before", "after")
        left, right = self.ends
        return {"spec": f"{' '.join(right)} -> {' '.join(left)}", **{name: getattr(self, name) for name in shared}}


class Window(Affine):
    """Reads windows along an axis: `window(x, "x -> y k=3", stride=1, dilation=1, padding=1)`.

    out[y, k] = x[stride*y + dilation*k - before], `fill` outside; y = (x + before + after - dilation*(k-1) - 1)
    // stride + 1. `padding` goes to both ends, `before` and `after` to one; "same" and "causal" add dilation*(k-1)
    in all, around the axis or before it. Use fill=-inf for a maximum.
    """

    name: ClassVar[str] = "window"
    glyph: ClassVar[Glyph] = Glyph(outline="window")

    fill: float = 0.0

    def pictured(self) -> Glyph:
        """With the stride where there is one."""
        return self.glyph if self.stride == ONE else replace(self.glyph, mark="{stride}")

    def typing(self) -> Signature:
        """Consume the axis, produce the axis of windows and that of the kernel."""
        left, right = self.ends
        old = one_axis(left, "on the left", self.spec)
        place, kernel = self.pair(right, "on the right")
        given = self.given()
        size = Fact(Size.name(place), self.count(old, kernel), f"'{place}' counts windows of '{old}'", DEFINE)
        return moved(left, right, (*given, size, *self.room(old, kernel)))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """The element of the array, which has to hold the fill."""
        check_fill(self.fill, found[0])
        return (found[0],)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Read all windows at once."""
        place, kernel = self.ends[1]
        starts = frame.xp.arange(frame.length(place)) * frame.size(self.stride) - frame.size(self.pads(kernel)[0])
        steps = frame.xp.arange(frame.length(kernel)) * frame.size(self.dilation)
        return (read(frame.xp, arrays[0], starts[:, None] + steps, self.fill),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The transpose."""
        return (unwindow(dy[0], output_padding=None, **self.twin()),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Nothing is computed."""
        return 0


class Unwindow(Affine):
    """Adds windows up along an axis, the transpose of `window`: `unwindow(y, "y k -> x", stride=2)`.

    out[x] is the sum of y[y, k] over x = stride*y + dilation*k - before; x = (y-1)*stride + dilation*(k-1) + 1
    - before - after + output_padding. With output_padding=None the size of x comes from elsewhere.
    """

    name: ClassVar[str] = "unwindow"
    glyph: ClassVar[Glyph] = Glyph(outline="window", detail="transposed")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    output_padding: SizeField | None = ZERO

    def pictured(self) -> Glyph:
        """With the stride where there is one."""
        return self.glyph if self.stride == ONE else replace(self.glyph, mark="{stride}")

    def typing(self) -> Signature:
        """Consume the axis of windows and that of the kernel, produce the axis they lie on."""
        left, right = self.ends
        place, kernel = self.pair(left, "on the left")
        new = one_axis(right, "on the right", self.spec)
        given = self.given()
        return moved(left, right, (*given, *self._length(place, kernel, new), *self.room(new, kernel)))

    def _length(self, place: str, kernel: str, new: str) -> tuple[Fact, ...]:
        spare = self.output_padding
        if spare is None:
            return (Fact(Size.name(place), self.count(new, kernel), f"'{place}' counts windows of '{new}'"),)
        excess = (spare - self.stride).number
        negative = spare.number is not None and spare.number < 0
        if negative or (excess is not None and excess >= 0):
            raise AttributeProblem(
                f"output_padding from 0 to below the stride {self.stride}", str(spare), "Change one of them."
            )
        before, after = self.pads(kernel)
        length = (Size.name(place) - 1) * self.stride + self.span(kernel) + 1 - before - after + spare
        return (
            Fact(Size.name(new), length, f"'{new}' is covered by windows '{place}' of '{kernel}'", DEFINE),
            *at_most(0, length, f"elements that windows of '{kernel}' need"),
            *at_most(0, spare, f"output_padding is {spare}"),
            *at_most(spare + 1, self.stride, f"output_padding is {spare}, below the stride"),
        )

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Numbers that can be added: Real or Complex."""
        if found[0] not in (REAL, COMPLEX):
            raise AttributeProblem("Real or Complex windows to add", str(found[0]), "Cast it.")
        return (found[0],)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """For every position of the kernel, the windows that have it there."""
        xp, windows = frame.xp, arrays[0]
        (_, kernel), (new,) = self.ends
        stride, dilation = frame.size(self.stride), frame.size(self.dilation)
        ahead = xp.arange(frame.length(new)) + frame.size(self.pads(kernel)[0])
        total = xp.zeros((*windows.shape[:-2], frame.length(new)), dtype=windows.dtype)
        for step in range(windows.shape[-1]):
            offset = ahead - step * dilation
            total = total + read(xp, windows[..., step], xp.where(offset % stride == 0, offset // stride, -1), 0.0)
        return (total,)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The windows of the cotangent."""
        return (window(dy[0], **self.twin()),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """An addition for every element of the windows."""
        place, kernel = self.ends[0]
        return sizes[place] * sizes[kernel]


window = applied(Window)
unwindow = applied(Unwindow)
