"""Where a gradient ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature

if TYPE_CHECKING:
    from ..trace import Wire


class StopGradient(Primitive):
    """The array itself, through which no gradient flows: `stop_gradient(x)`."""

    name: ClassVar[str] = "stop_gradient"
    glyph: ClassVar[Glyph] = Glyph(outline="arrows", mark="\\perp")
    laws: ClassVar[frozenset[str]] = frozenset({"elementwise", "streamable", "causal"})

    def typing(self) -> Signature:
        """All axes pass over; element and space stay."""
        return Signature((Port("x", (), None, None),), (Result("out", (), 0, 0),))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The array itself."""
        return (arrays[0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Nothing."""
        return (None,)


stop_gradient = applied(StopGradient)
