"""Diagonals: reading where several axes have the same index, and the transpose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import EQUAL, Fact, Glyph, Signature
from ..sizes import Size
from ..types import base
from .specs import Sizes, read_ends, size_facts
from .views import View, moved, one_axis, read

if TYPE_CHECKING:
    from ..trace import Wire


class Diagonal(View):
    """Takes the elements at which all axes named have the same index: `diagonal(x, "x x' -> x")`.

    out[i] = x[i, i]; the axes have one size.
    """

    name: ClassVar[str] = "diagonal"
    glyph: ClassVar[Glyph] = Glyph(outline="dot")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axes and the one that stays, with written sizes."""
        return read_ends(self.spec, "x x' -> x")

    def typing(self) -> Signature:
        """Consume the axes, produce one of their size."""
        left, right = self.ends
        new = one_axis(right, "on the right", self.spec)
        return moved(tuple(left), tuple(right), _equal(left, new, self.spec, size_facts({**left, **right})))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Elements of the flattened axes at equal distances."""
        count, length = len(self.ends[0]), arrays[0].shape[-1]
        flat = frame.xp.reshape(arrays[0], (*arrays[0].shape[:-count], length**count))
        return (flat[..., frame.xp.arange(length) * _distance(length, count)],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Place the cotangent on the diagonal."""
        return (embed_diagonal(dy[0], _reversed(*self.ends)),)


class EmbedDiagonal(View):
    """Places an array on a diagonal, zeros elsewhere: `embed_diagonal(x, "x -> x x'")`.

    out[i, j] = x[i] where i = j.
    """

    name: ClassVar[str] = "embed_diagonal"
    glyph: ClassVar[Glyph] = Glyph(outline="dot")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """The axis and those it is the diagonal of, with written sizes."""
        return read_ends(self.spec, "x -> x x'")

    def typing(self) -> Signature:
        """Consume the axis, produce several of its size."""
        left, right = self.ends
        old = one_axis(left, "on the left", self.spec)
        return moved(tuple(left), tuple(right), _equal(right, old, self.spec, size_facts({**left, **right})))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Read the array on the diagonal of the flattened axes, zero elsewhere."""
        count, length = len(self.ends[1]), arrays[0].shape[-1]
        places, distance = frame.xp.arange(length**count), _distance(length, count)
        rows = frame.xp.where(places % distance == 0, places // distance, -1)
        flat = read(frame.xp, arrays[0], rows, 0.0)
        return (frame.xp.reshape(flat, (*flat.shape[:-1], *[length] * count)),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Read the cotangent's diagonal."""
        return (diagonal(dy[0], _reversed(*self.ends)),)


def _equal(axes: Sizes, one: str, spec: str, written: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts that all axes have the size of one; raises AttributeProblem for fewer than two axes."""
    if len(axes) < 2:
        raise AttributeProblem(f"two axes or more at one end of {spec!r}", f"'{' '.join(axes)}'", "Use rename.")
    others = dict.fromkeys(base(axis) for axis in axes)
    why = f"{' and '.join(repr(axis) for axis in axes)} have one diagonal '{one}'"
    return (
        *written,
        *(Fact(Size.name(axis), Size.name(one), why, EQUAL) for axis in others if axis != base(one)),
    )


def _distance(length: int, count: int) -> int:
    """How far apart elements of the diagonal are among the flattened ones."""
    return sum(length**place for place in range(count))


def _reversed(left: Sizes, right: Sizes) -> str:
    return f"{' '.join(right)} -> {' '.join(left)}"


diagonal = applied(Diagonal)
embed_diagonal = applied(EmbedDiagonal)
