"""State that follows what training sees, and the mode itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..apply import applied, elementwise
from ..frame import Frame
from ..op import Buffer, Glyph, Init, Port, Primitive, Result, Signature
from ..trace import Wire
from ..types import BOOL, axis_names


class Training(Primitive):
    """Whether the circuit is being trained: `training()`, true in training, false in evaluation."""

    name: ClassVar[str] = "training"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="\\mathrm{train}")

    def typing(self) -> Signature:
        """A source without axes."""
        return Signature((), (Result("out", (), BOOL),))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The mode of the frame."""
        return (frame.xp.asarray(frame.training),)


class Running(Primitive):
    """A statistic in training, its running average in evaluation: `running(mean, mean, axes="c")`.

    In training it gives `current` and moves its buffer by `momentum` of the way to `update`; in evaluation it gives
    the buffer, which starts at `start`. The buffer has the axes named and the key of the node. Gradients flow in
    training only, and to `current` only. Source: Ioffe & Szegedy (2015).
    """

    name: ClassVar[str] = "running"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\bar{x}", detail="loop")

    axes: str = ""
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.1
    start: float = 0.0

    @cached_property
    def held(self) -> tuple[str, ...]:
        """Axes of the buffer."""
        return axis_names(self.axes)

    def typing(self) -> Signature:
        """Consume the axes of the buffer and produce them; all others need `per`."""
        ports = (Port("current", self.held), Port("update", self.held))
        buffer = Buffer("", self.held, Init("constant", self.start))
        return Signature(ports, (Result("out", self.held),), buffers=(buffer,), updates=True)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """What to give, then the next buffer."""
        current, update, buffer = arrays
        if not frame.training:
            return buffer, buffer
        return current, buffer + self.momentum * (update - buffer)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent in training, 0 in evaluation."""
        return elementwise("where(training, d, 0.0)", training(), dy[0]), None


training = applied(Training)
running = applied(Running)
