"""Dense linear algebra on matrices whose rows and columns are named axes: factors, solutions, inverses, determinants.

A matrix with axes "n n'" (rows, columns) maps arrays along n' to arrays along n. Solutions and inverses keep to that:
the solution of a x = b for b along n lies along n', and the inverse has axes [n' n]. Many right-hand sides are an
axis that passes over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from ..apply import applied, applied_many, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..sizes import Size
from ..trace import Wire, build
from .einsum import einsum
from .matrices import (
    constraints,
    decomposed,
    fresh,
    rows_and_columns,
    squareness,
    symmetric,
    symmetrised,
    triangle,
)
from .views import rename


class _Square(Primitive):
    """An op on square matrices."""

    axes: str

    @cached_property
    def ends(self) -> tuple[str, str]:
        """Rows and columns."""
        return rows_and_columns(self.axes)

    def _cubed(self, sizes: Mapping[str, int]) -> int:
        return Size.name(self.ends[0]).evaluate(sizes) ** 3


class Cholesky(_Square):
    """Cholesky factor of a positive definite matrix: `cholesky(a, axes="n n'")`, lower triangular.

    a[i j] = sum over k of y[i k] y[j k]; of a, the symmetric part is taken. Reverse rule: Murray (2016).
    """

    name: ClassVar[str] = "cholesky"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="L\\,L^T")

    def typing(self) -> Signature:
        """Consume a matrix and produce one."""
        return Signature((Port("a", self.ends),), (Result("out", self.ends),), facts=squareness(*self.ends))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The factor; raises BindingError where there is none."""
        wanted, fix = "a positive definite matrix", "Add a multiple of the identity."
        matrix = symmetric(frame.xp, arrays[0])
        return (decomposed(self.name, frame.xp.linalg.cholesky, matrix, wanted=wanted, fix=fix),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Symmetric part of L^-T p L^-1 for p the lower half of L^T dL, in which the diagonal counts half."""
        rows, columns = self.ends
        other = fresh(columns, (*y, *dy))
        third = fresh(rows, (*y, *dy), other)
        factor = y[0]
        product = einsum(
            f"{rows} {columns}, {rows} {other} -> {columns} {other}",
            factor,
            rename(dy[0], f"{columns} -> {other}"),
        )
        lower = triangle(product, columns, other, diagonal=0.5)
        left = triangular_solve(factor, lower, axes=self.axes, transpose=True)
        turned = rename(left, f"{rows} {other} -> {third} {columns}")
        both = triangular_solve(factor, turned, axes=self.axes, transpose=True)
        return (symmetrised(rename(both, f"{third} -> {columns}"), rows, columns),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """A third of N^3."""
        return self._cubed(sizes) // 3


class _Solving(_Square):
    """An op that solves linear equations for one array."""

    def _signature(self, transpose: bool) -> Signature:
        given, found = reversed(self.ends) if transpose else self.ends
        ports = (Port("a", self.ends), Port("b", (given,)))
        return Signature(ports, (Result("out", (found,)),), facts=squareness(*self.ends))

    def _solved(self, frame: Frame, matrix: Any, transpose: bool, right: Any) -> Any:
        turned = frame.xp.swapaxes(matrix, -1, -2) if transpose else matrix
        wanted, fix = "a matrix with an inverse", "Add a multiple of the identity."
        column = right[..., None]
        return decomposed(self.name, frame.xp.linalg.solve, turned, column, wanted=wanted, fix=fix)[..., 0]

    def _outer(self, transpose: bool, solution: Wire, turned: Wire) -> Wire:
        """Minus the product of the solution and the solution of the transposed equations, as the matrix's axes."""
        rows, columns = self.ends
        one, other = (solution, turned) if transpose else (turned, solution)
        return elementwise("-p", einsum(f"{rows}, {columns} -> {rows} {columns}", one, other))


class TriangularSolve(_Solving):
    """Solves triangular equations: `triangular_solve(a, b, axes="n n'")` for b along n gives x along n'.

    sum over n' of a[n n'] x[n'] = b[n], of whose matrix only the lower triangle is read (the upper one if not
    `lower`), its diagonal as ones if `unit`. With `transpose`, b lies along n' and x along n, sum over n of
    a[n n'] x[n] = b[n'].
    """

    name: ClassVar[str] = "triangular_solve"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="L^{-1}")

    lower: bool = True
    transpose: bool = False
    unit: bool = False

    def typing(self) -> Signature:
        """Consume a matrix and one of its axes, produce the other."""
        return self._signature(self.transpose)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Solve with the other triangle set to 0."""
        xp, (matrix, right) = frame.xp, arrays
        skipped = int(self.unit)
        kept = xp.tril(matrix, -skipped) if self.lower else xp.triu(matrix, skipped)
        if self.unit:
            kept = kept + xp.eye(matrix.shape[-1])
        return (self._solved(frame, kept, self.transpose, right),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Solve the transposed equations; the matrix gets minus the outer product, on its triangle."""
        kind = {"lower": self.lower, "unit": self.unit, "transpose": not self.transpose}
        turned = triangular_solve(x[0], dy[0], axes=self.axes, **kind)
        product = self._outer(self.transpose, y[0], turned)
        relation, diagonal = (">" if self.lower else "<"), (0.0 if self.unit else 1.0)
        return triangle(product, *self.ends, relation=relation, diagonal=diagonal), turned

    def cost(self, sizes: Mapping[str, int]) -> int:
        """N^2: substitution."""
        return Size.name(self.ends[0]).evaluate(sizes) ** 2


class Solve(_Solving):
    """Solves linear equations: `solve(a, b, axes="n n'")` for b along n gives x along n'.

    sum over n' of a[n n'] x[n'] = b[n]. With `transpose`, b lies along n' and x along n.
    """

    name: ClassVar[str] = "solve"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="A^{-1}")

    transpose: bool = False

    def typing(self) -> Signature:
        """Consume a matrix and one of its axes, produce the other."""
        return self._signature(self.transpose)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Solve; raises BindingError for a singular matrix."""
        return (self._solved(frame, arrays[0], self.transpose, arrays[1]),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Solve the transposed equations; the matrix gets minus the outer product."""
        turned = solve(x[0], dy[0], axes=self.axes, transpose=not self.transpose)
        return self._outer(self.transpose, y[0], turned), turned

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Two thirds of N^3."""
        return 2 * self._cubed(sizes) // 3


class Inverse(_Square):
    """Inverse of a matrix: `inverse(a, axes="n n'")` with axes [n' n].

    sum over n' of a[n n'] y[n' m] = 1 where n = m, else 0. To solve equations, `solve` is faster and more accurate.
    """

    name: ClassVar[str] = "inverse"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="A^{-1}")

    def typing(self) -> Signature:
        """Consume a matrix, produce one from rows to columns."""
        rows, columns = self.ends
        return Signature((Port("a", self.ends),), (Result("out", (columns, rows)),), facts=squareness(rows, columns))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Invert; raises BindingError for a singular matrix."""
        wanted, fix = "a matrix with an inverse", "Add a multiple of the identity."
        return (decomposed(self.name, frame.xp.linalg.inv, arrays[0], wanted=wanted, fix=fix),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Minus the cotangent between two transposed inverses."""
        rows, columns = self.ends
        one = fresh(columns, (*y, *dy))
        other = fresh(rows, (*y, *dy), one)
        product = einsum(
            f"{one} {rows}, {one} {other}, {columns} {other} -> {rows} {columns}",
            rename(y[0], f"{columns} -> {one}"),
            rename(dy[0], f"{columns} {rows} -> {one} {other}"),
            rename(y[0], f"{rows} -> {other}"),
        )
        return (elementwise("-p", product),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Two times N^3."""
        return 2 * self._cubed(sizes)


class Slogdet(_Square):
    """Sign and logarithm of the magnitude of a determinant: `sign, log = slogdet(a, axes="n n'")`.

    For a singular matrix they are 0 and -inf.
    """

    name: ClassVar[str] = "slogdet"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\pm\\log|A|")

    def typing(self) -> Signature:
        """Consume a matrix."""
        return Signature((Port("a", self.ends),), (Result("sign"), Result("log")), facts=squareness(*self.ends))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Both."""
        sign, log = frame.xp.linalg.slogdet(arrays[0])
        return sign, log

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The transposed inverse; by the names of its axes, the inverse is that already."""
        return (elementwise("d * y", dy[1], inverse(x[0], axes=self.axes), outer=True),)

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Two thirds of N^3."""
        return 2 * self._cubed(sizes) // 3


class Logdet(Composite):
    """Logarithm of the magnitude of a determinant: `logdet(a, axes="n n'")`; -inf for a singular matrix."""

    name: ClassVar[str] = "logdet"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\log|A|")

    axes: str

    def expand(self) -> Circuit:
        """The second output of slogdet."""
        rows, columns = rows_and_columns(self.axes)
        given = {"a": f"[{rows} {columns}]"}
        equal = constraints(rows, columns)
        return build("logdet", given, lambda a: slogdet(a, axes=self.axes)[1], outputs=["[]"], constraints=equal)


class CholeskySolve(Composite):
    """Solves equations by the Cholesky factor of their matrix: `cholesky_solve(factor, b, axes="n n'")`.

    sum over k of a[n k] x[k] = b[n], with a[i j] = sum over k of factor[i k] factor[j k]; x lies along n, as b does.
    """

    name: ClassVar[str] = "cholesky_solve"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="A^{-1}")

    axes: str

    def expand(self) -> Circuit:
        """Two triangular solves."""
        rows, columns = rows_and_columns(self.axes)

        def body(factor: Wire, b: Wire) -> Wire:
            half = triangular_solve(factor, b, axes=self.axes)
            return triangular_solve(factor, half, axes=self.axes, transpose=True)

        given = {"factor": f"[{rows} {columns}]", "b": f"[{rows}]"}
        equal = constraints(rows, columns)
        return build("cholesky_solve", given, body, outputs=[f"[{rows}]"], constraints=equal)


cholesky = applied(Cholesky)
triangular_solve = applied(TriangularSolve)
solve = applied(Solve)
inverse = applied(Inverse)
slogdet = applied_many(Slogdet)
logdet = applied(Logdet)
cholesky_solve = applied(CholeskySolve)
