"""Einstein summation over named axes: every linear wiring of the notation."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..apply import applied, elementwise
from ..errors import AttributeProblem, did_you_mean
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..types import COMPLEX, REAL, Element, axis_names
from .contraction import Labelled, contract
from .specs import read_sizes, size_facts

if TYPE_CHECKING:
    from ..trace import Wire


class Einsum(Primitive):
    """Sums products over named axes: `einsum("y k, x k -> y x", q, k)`.

    Axes that stay on the right are kept, the others are summed; an axis of several operands is the same axis. Any
    axis not named passes over. Source: Einstein (1916); as wires, Abbott & Zardini (2024).
    """

    name: ClassVar[str] = "einsum"
    glyph: ClassVar[Glyph] = Glyph(outline="cap")
    laws: ClassVar[frozenset[str]] = frozenset({"linear", "streamable"})

    spec: str

    @cached_property
    def operands(self) -> tuple[tuple[str, ...], ...]:
        """Axes of every operand."""
        return tuple(axis_names(part.strip()) for part in self.spec.partition("->")[0].split(","))

    @cached_property
    def result(self) -> tuple[str, ...]:
        """Axes of the result."""
        return axis_names(self.spec.partition("->")[2].strip())

    def typing(self) -> Signature:
        """Consume what is named; produce what is named on the right."""
        if self.spec.count("->") != 1:
            raise AttributeProblem("a spec such as 'y k, x k -> y x'", repr(self.spec), "Write one '->'.")
        known = [axis for axes in self.operands for axis in axes]
        for axis in self.result:
            if axis not in known:
                raise AttributeProblem(
                    f"axes of the operands on the right of {self.spec!r}",
                    f"'{axis}'",
                    "Use broadcast for a new axis." + did_you_mean(axis, known),
                )
        ports = tuple(Port(string.ascii_lowercase[place], axes, None) for place, axes in enumerate(self.operands))
        return Signature(ports, (Result("out", self.result),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Real or complex numbers; complex as soon as one operand is."""
        for place, one in enumerate(found):
            if one not in (REAL, COMPLEX):
                raise AttributeProblem(
                    f"Real or Complex operands of '{self.spec}'",
                    f"{one} at {place + 1}",
                    "Cast it.",
                )
        return (COMPLEX if COMPLEX in found else REAL,)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Sums of products; a passing axis of length 1 is left out, since the result has its length anyway."""
        passing = tuple(f"*{place}" for place in range(frame.depth))
        operands = []
        for array, axes in zip(arrays, self.operands, strict=True):
            shape = tuple(array.shape)
            over = [place for place in range(frame.depth) if shape[place] != 1]
            labels = (*(passing[place] for place in over), *axes)
            lengths = (*(shape[place] for place in over), *shape[frame.depth :])
            operands.append(Labelled(frame.xp.reshape(array, lengths), labels))
        kept = tuple(label for label in passing if any(label in one.labels for one in operands))
        out = contract(frame.xp, operands, (*kept, *self.result))
        rest = iter(out.shape)
        lengths = tuple(next(rest) if label in kept else 1 for label in passing)
        return (frame.xp.reshape(out, (*lengths, *rest)),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent contracted with the conjugates of the other operands; what was only summed is broadcast."""
        return tuple(self._partial(place, x, dy[0]) for place in range(len(x)))

    def _partial(self, place: int, x: Sequence[Wire], cotangent: Wire) -> Wire:
        others = [other for other in range(len(x)) if other != place]
        known = {*self.result, *(axis for other in others for axis in self.operands[other])}
        wanted = tuple(axis for axis in self.operands[place] if axis in known)
        terms = [self.result, *(self.operands[other] for other in others)]
        spec = ", ".join(" ".join(axes) for axes in terms) + " -> " + " ".join(wanted)
        wire = einsum(spec, cotangent, *(_conjugate(x[other]) for other in others))
        if not _is_complex(x[place]) and _is_complex(wire):
            wire = elementwise("real(z)", wire)
        lacking = [axis for axis in self.operands[place] if axis not in known]
        return broadcast(wire, axes=" ".join(lacking)) if lacking else wire

    def woven(self) -> tuple[str, ...]:
        """What is kept; the other axes are summed."""
        return self.result

    def cost(self, sizes: Mapping[str, int]) -> int:
        """A multiply-add an index of all named axes."""
        return 2 * math.prod(sizes[axis] for axis in {axis for axes in self.operands for axis in axes})


def _is_complex(wire: Wire) -> bool:
    return wire.type is not None and wire.type.element == COMPLEX


def _conjugate(wire: Wire) -> Wire:
    return elementwise("conj(z)", wire) if _is_complex(wire) else wire


class Broadcast(Primitive):
    """Repeats an array along new axes: `broadcast(x, axes="h")`. Sizes come from `h=8` or from the scope."""

    name: ClassVar[str] = "broadcast"
    glyph: ClassVar[Glyph] = Glyph(outline="dot")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axes: str

    @cached_property
    def produced(self) -> Mapping[str, Any]:
        """New axes and their sizes, None where the scope tells."""
        return read_sizes(self.axes)

    def typing(self) -> Signature:
        """Consume nothing, produce the new axes."""
        return Signature(
            (Port("x", (), None, None),),
            (Result("out", tuple(self.produced), 0, 0),),
            facts=size_facts(self.produced),
        )

    def woven(self) -> tuple[str, ...]:
        """The new axes."""
        return tuple(self.produced)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Add axes at the end and repeat."""
        lengths = tuple(frame.length(axis) for axis in self.produced)
        array = arrays[0]
        shape = tuple(array.shape)
        return (frame.xp.broadcast_to(frame.xp.reshape(array, shape + (1,) * len(lengths)), shape + lengths),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Sum over the new axes."""
        return (einsum(f"{' '.join(self.produced)} ->", dy[0]),)


einsum = applied(Einsum)
broadcast = applied(Broadcast)
