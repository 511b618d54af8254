"""Spectral decompositions of matrices with named axes: eigenvectors of symmetric ones, singular vectors of any.

Vectors are unique up to their sign, and those of one value up to a rotation: of that, losses should not depend. Where
two values coincide the reverse rules leave out the slope from one's vector to the other, which no such loss has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from ..apply import applied_many, elementwise
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import AT_MOST, DEFINE, Fact, Glyph, Port, Primitive, Result, Signature
from ..sizes import Size
from ..trace import Wire
from ..types import base
from .einsum import einsum
from .matrices import decomposed, fresh, squareness, symmetric, symmetrised
from .sources import iota
from .specs import Sizes, read_ends, size_facts
from .views import one_axis, rename

_FIX = "Look for nan and infinities in it."
_WANTED = "a matrix of finite numbers"


class _Decomposition(Primitive):
    """A decomposition of a matrix by values along an axis of their own."""

    spec: str

    def _read(self, example: str) -> tuple[str, str, str, Sizes]:
        """Rows, columns and the axis of the values, with its written size."""
        left, right = read_ends(self.spec, example)
        if len(left) != 2:
            found = f"'{' '.join(left)}'"
            raise AttributeProblem(f"the two axes of a matrix on the left of {self.spec!r}", found, "Name both.")
        new = one_axis(right, "on the right", self.spec)
        rows, columns = left
        if new in (rows, columns):
            raise AttributeProblem(f"a new axis on the right of {self.spec!r}", f"'{new}'", "Give it another name.")
        return rows, columns, new, right


class Eigh(_Decomposition):
    """Eigenvalues, least first, and orthonormal eigenvectors: `values, vectors = eigh(a, "n n' -> e")`.

    sum over n' of a[n n'] vectors[n' e] = values[e] vectors[n e]; vectors have axes [n e]. Of a, the symmetric part
    is taken.
    """

    name: ClassVar[str] = "eigh"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="V\\Lambda V^T")

    @cached_property
    def ends(self) -> tuple[str, str, str, Sizes]:
        """Rows, columns, the axis of the eigenvalues and its written size."""
        return self._read("n n' -> e")

    def typing(self) -> Signature:
        """Consume a matrix, produce values and vectors."""
        rows, columns, new, written = self.ends
        facts = [*size_facts(written), *squareness(rows, columns)]
        if base(new) != base(rows):
            why = f"a matrix along '{rows}' has so many eigenvalues"
            facts.append(Fact(Size.name(new), Size.name(rows), why, DEFINE))
        outputs = (Result("values", (new,)), Result("vectors", (rows, new)))
        return Signature((Port("a", (rows, columns)),), outputs, facts=tuple(facts))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Both; raises BindingError where the routine finds none."""
        xp = frame.xp
        values, vectors = decomposed(self.name, xp.linalg.eigh, symmetric(xp, arrays[0]), wanted=_WANTED, fix=_FIX)
        return values, vectors

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Symmetric part of V (diagonal of dvalues + V^T dV / (difference of values)) V^T. Source: Giles (2008)."""
        rows, columns, new, _ = self.ends
        (values, vectors), other = y, fresh(new, (*y, *dy), rows, columns)
        turned = einsum(f"{rows} {new}, {rows} {other} -> {new} {other}", vectors, rename(dy[1], f"{new} -> {other}"))
        gap = elementwise("w - v", rename(values, f"{new} -> {other}"), values, outer=True)
        inner = elementwise(
            "where(i == j, d, where(g == 0, 0.0, p / where(g == 0, 1.0, g)))",
            *(iota(axes=new), iota(axes=other), dy[0], gap, turned),
            outer=True,
        )
        product = einsum(
            f"{rows} {new}, {new} {other}, {columns} {other} -> {rows} {columns}",
            vectors,
            inner,
            rename(vectors, f"{rows} {new} -> {columns} {other}"),
        )
        return (symmetrised(product, rows, columns),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """About nine times N^3."""
        return 9 * Size.name(self.ends[0]).evaluate(sizes) ** 3


class Svd(_Decomposition):
    """Thin singular value decomposition: `u, s, v = svd(a, "y x -> s")` with u [y s], s [s], v [x s], greatest first.

    a[y x] = sum over s of u[y s] s[s] v[x s]. Name the longer axis first: size(s) is size(x), at most size(y).
    """

    name: ClassVar[str] = "svd"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="USV^T")

    @cached_property
    def ends(self) -> tuple[str, str, str, Sizes]:
        """Rows, columns, the axis of the singular values and its written size."""
        return self._read("y x -> s")

    def typing(self) -> Signature:
        """Consume a matrix, produce vectors and values."""
        rows, columns, new, written = self.ends
        facts = list(size_facts(written))
        if base(new) != base(columns):
            why = f"a matrix has a singular value for each '{columns}'"
            facts.append(Fact(Size.name(new), Size.name(columns), why, DEFINE))
        if base(rows) != base(columns):
            why = f"svd of [{rows} {columns}]; name the longer axis first"
            facts.append(Fact(Size.name(columns), Size.name(rows), why, AT_MOST))
        outputs = (Result("u", (rows, new)), Result("s", (new,)), Result("v", (columns, new)))
        return Signature((Port("a", (rows, columns)),), outputs, facts=tuple(facts))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """All three; raises BindingError where the routine finds none."""
        xp = frame.xp

        def thin(matrix: Any) -> Any:
            return xp.linalg.svd(matrix, full_matrices=False)

        left, values, right = decomposed(self.name, thin, arrays[0], wanted=_WANTED, fix=_FIX)
        return left, values, xp.swapaxes(right, -1, -2)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """U m V^T for what lies in the span of U, and the rest of dU. Source: Townsend (2016)."""
        rows, columns, new, _ = self.ends
        other = fresh(new, (*y, *dy), rows, columns)
        left, values, right = y
        inner = self._inside(y, dy, other)
        within = einsum(
            f"{rows} {new}, {new} {other}, {columns} {other} -> {rows} {columns}",
            *(left, inner, rename(right, f"{new} -> {other}")),
        )
        again = einsum(
            f"{rows} {other}, {rows} {new} -> {other} {new}",
            *(rename(left, f"{new} -> {other}"), dy[0]),
        )
        shadow = einsum(
            f"{rows} {other}, {other} {new} -> {rows} {new}",
            *(rename(left, f"{new} -> {other}"), again),
        )
        beyond = elementwise("where(s == 0, 0.0, (d - p) / where(s == 0, 1.0, s))", values, dy[0], shadow, outer=True)
        rest = einsum(f"{rows} {new}, {columns} {new} -> {rows} {columns}", beyond, right)
        return (elementwise("a + b", within, rest, outer=True),)

    def _inside(self, y: Sequence[Wire], dy: Sequence[Wire], other: str) -> Wire:
        """Slopes between singular vectors over the difference of their squared values, and those of the values."""
        rows, columns, new, _ = self.ends

        def turning(axis: str, vectors: Wire, slopes: Wire) -> Wire:
            spec, twin = f"{axis} {new}, {axis} {other} -> {new} {other}", f"{new} -> {other}"
            forth = einsum(spec, vectors, rename(slopes, twin))
            return elementwise("a - b", forth, einsum(spec, slopes, rename(vectors, twin)))

        values, twin = y[1], rename(y[1], f"{new} -> {other}")
        gap = elementwise("(t - s) * (t + s)", twin, values, outer=True)
        return elementwise(
            "where(i == j, d, where(g == 0, 0.0, (p * t + s * q) / where(g == 0, 1.0, g)))",
            *(iota(axes=new), iota(axes=other), dy[1], gap, turning(rows, y[0], dy[0]), twin, values),
            turning(columns, y[2], dy[2]),
            outer=True,
        )

    def cost(self, sizes: Mapping[str, int]) -> int:
        """About fourteen times the rows times the columns squared."""
        rows, columns = (Size.name(axis).evaluate(sizes) for axis in self.ends[:2])
        return 14 * rows * columns**2


eigh = applied_many(Eigh)
svd = applied_many(Svd)
