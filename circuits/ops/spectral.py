"""Discrete Fourier transforms, with the sign and scale of numpy and torch: only inverses divide by the length.

Gradients of real losses by complex arrays are those of torch: d/d(real part) + i d/d(imaginary part).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from ..apply import applied, elementwise
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import DEFINE, EQUAL, Fact, Glyph, Port, Primitive, Result, Signature
from ..sizes import Size
from ..trace import Wire
from ..types import COMPLEX, REAL, Element, axis_names
from .sources import iota
from .specs import read_arrow, size_facts


def _steps(sizes: Mapping[str, int], axes: Sequence[str]) -> int:
    """Operations of a fast transform of complex numbers: 5 N log2 N."""
    count = math.prod(Size.name(axis).evaluate(sizes) for axis in axes)
    return round(5 * count * math.log2(max(count, 2)))


class _Transform(Primitive):
    """A transform of complex or real numbers along axes that stay."""

    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axis: str

    @cached_property
    def along(self) -> tuple[str, ...]:
        """The axes transformed."""
        return axis_names(self.axis)

    def typing(self) -> Signature:
        """Consume the axes and produce them as frequencies, or back."""
        if not self.along:
            raise AttributeProblem("at least one axis to transform", "none", "Name it with axis=.")
        return Signature((Port("x", self.along, None),), (Result("out", self.along, COMPLEX),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Real or complex numbers become complex ones."""
        if found[0] not in (REAL, COMPLEX):
            raise AttributeProblem(f"Real or Complex numbers in '{self.name}'", str(found[0]), "Cast it to Real.")
        return (COMPLEX,)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """That of the fast algorithm."""
        return _steps(sizes, self.along)

    @property
    def _count(self) -> str:
        return " * ".join(f"size({Size.name(axis)})" for axis in self.along)

    def _places(self) -> tuple[int, ...]:
        return tuple(range(-len(self.along), 0))


def _as(x: Wire, cotangent: Wire) -> Wire:
    """The cotangent of a real array is real."""
    real = x.type is not None and x.type.element == REAL
    return elementwise("real(z)", cotangent) if real else cotangent


class FourierTransform(_Transform):
    """Discrete Fourier transform along one or more axes: `fft(x, axis="t")`, complex.

    y[k] = sum over t of x[t] exp(-2 pi i k t / size(t)). Source: Cooley & Tukey (1965).
    """

    name: ClassVar[str] = "fft"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathcal{F}")

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Transform the trailing axes."""
        return (frame.xp.fft.fftn(arrays[0], axes=self._places()),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The conjugate transpose: the inverse without its scale."""
        return (_as(x[0], elementwise(f"z * ({self._count})", ifft(dy[0], axis=self.axis))),)


class InverseFourierTransform(_Transform):
    """Inverse discrete Fourier transform along one or more axes: `ifft(y, axis="t")`, complex.

    x[t] = 1 / size(t) * sum over k of y[k] exp(2 pi i k t / size(t)).
    """

    name: ClassVar[str] = "ifft"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathcal{F}^{-1}")

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Transform the trailing axes."""
        return (frame.xp.fft.ifftn(arrays[0], axes=self._places()),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The conjugate transpose: the transform with the scale."""
        return (_as(x[0], elementwise(f"z / ({self._count})", fft(dy[0], axis=self.axis))),)


class _HalfTransform(Primitive):
    """A transform between a real axis and the half of its frequencies that tells the rest."""

    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str

    @cached_property
    def ends(self) -> tuple[str, str]:
        """The axis consumed and the axis produced."""
        left, right = read_arrow(self.spec)
        if len(left) != 1 or len(right) != 1 or left == tuple(right):
            raise AttributeProblem("two different axes such as 't -> f'", repr(self.spec), "Name one axis a side.")
        return left[0], next(iter(right))

    def _facts(self, real: str, half: str, kind: str) -> tuple[Fact, ...]:
        """Half the positions of the real axis, and 0, are frequencies."""
        fact = Fact(Size.name(half), Size.name(real) // 2 + 1, f"'{half}' are the frequencies along '{real}'", kind)
        return (fact, *size_facts(read_arrow(self.spec)[1]))

    def _weighted(self, real: str, half: str, inner: str, z: Wire) -> Wire:
        """Frequencies that stand for two times `inner`, the others as they are."""
        ends = f"k * (size({Size.name(real)}) - 2 * k) == 0"
        return elementwise(f"where({ends}, 1.0, {inner}) * z", iota(axes=half), z)


class RealFourierTransform(_HalfTransform):
    """Discrete Fourier transform of real numbers: `rfft(x, "t -> f")`, complex, of size(f) = size(t) // 2 + 1.

    The frequencies left out are conjugates of those given.
    """

    name: ClassVar[str] = "rfft"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathcal{F}")

    def typing(self) -> Signature:
        """Consume real positions, produce half the frequencies."""
        real, half = self.ends
        return Signature(
            (Port("x", (real,)),), (Result("out", (half,), COMPLEX),), facts=self._facts(real, half, DEFINE)
        )

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Transform the last axis."""
        return (frame.xp.fft.rfft(arrays[0], axis=-1),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The inverse without its scale; it counts inner frequencies twice, so they are halved before."""
        real, half = self.ends
        halved = self._weighted(real, half, "0.5", dy[0])
        back = irfft(halved, f"{half} -> {real}")
        return (elementwise(f"x * size({Size.name(real)})", back),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Half of a complex transform."""
        return _steps(sizes, self.ends[:1]) // 2


class InverseRealFourierTransform(_HalfTransform):
    """The real numbers that have given frequencies: `irfft(y, "f -> t=2*f-2")`; size(f) is size(t) // 2 + 1.

    As two sizes of t fit one f, it must be given or known. Imaginary parts at frequency 0, and at the last one where
    size(t) is even, are ignored.
    """

    name: ClassVar[str] = "irfft"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathcal{F}^{-1}")

    def typing(self) -> Signature:
        """Consume half the frequencies, produce real positions."""
        half, real = self.ends
        facts = tuple(reversed(self._facts(real, half, EQUAL)))
        return Signature((Port("x", (half,), COMPLEX),), (Result("out", (real,)),), facts=facts)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Transform the last axis."""
        return (frame.xp.fft.irfft(arrays[0], n=frame.length(self.ends[1]), axis=-1),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The transform with the scale; inner frequencies count twice."""
        half, real = self.ends
        forth = rfft(dy[0], f"{real} -> {half}")
        return (elementwise(f"z / size({Size.name(real)})", self._weighted(real, half, "2.0", forth)),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Half of a complex transform."""
        return _steps(sizes, self.ends[1:]) // 2


fft = applied(FourierTransform)
ifft = applied(InverseFourierTransform)
rfft = applied(RealFourierTransform)
irfft = applied(InverseRealFourierTransform)
