"""What linear algebra ops share: the axes of a matrix, fresh twins, triangles and symmetric parts.

A matrix with axes "n n'" (rows, columns) maps arrays along n' to arrays along n: y[n] = sum over n' of a[n n'] x[n'].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..apply import elementwise
from ..errors import AttributeProblem, BindingError
from ..op import EQUAL, Fact
from ..sizes import Size
from ..trace import Wire
from ..types import axis_names, base
from .sources import iota
from .views import rename


def rows_and_columns(text: str) -> tuple[str, str]:
    """The two axes of a matrix; raises AttributeProblem for another number of them."""
    names = axis_names(text)
    if len(names) != 2:
        raise AttributeProblem("the two axes of a matrix, rows and columns", repr(text), 'Write "n n\'".')
    return names[0], names[1]


def squareness(rows: str, columns: str) -> tuple[Fact, ...]:
    """The fact that a matrix is square, where the names do not say so."""
    if base(rows) == base(columns):
        return ()
    return (Fact(Size.name(rows), Size.name(columns), f"a matrix [{rows} {columns}] is square", EQUAL),)


def constraints(rows: str, columns: str) -> tuple[str, ...]:
    """The same as a constraint of a circuit."""
    return tuple(f"{fact.left} = {fact.right}" for fact in squareness(rows, columns))


def symmetric(xp: Any, matrix: Any) -> Any:
    """The symmetric part of matrices in the last two dimensions."""
    return 0.5 * (matrix + xp.swapaxes(matrix, -1, -2))


def decomposed(op: str, function: Any, *arrays: Any, wanted: str, fix: str) -> Any:
    """What a routine gives; raises BindingError where it has no answer."""
    try:
        return function(*arrays)
    except np.linalg.LinAlgError as error:
        raise BindingError(f"{op}: expected {wanted}, found another ({error}). {fix}") from error


def fresh(axis: str, wires: Sequence[Wire], *taken: str) -> str:
    """A twin of an axis that no wire carries."""
    known = {*taken, *(name for wire in wires for name in wire.axes)}
    twin = axis + "'"
    while twin in known:
        twin += "'"
    return twin


def transposed(wire: Wire, rows: str, columns: str) -> Wire:
    """The matrix with rows and columns exchanged."""
    return rename(wire, f"{rows} {columns} -> {columns} {rows}")


def symmetrised(wire: Wire, rows: str, columns: str) -> Wire:
    """The symmetric part of a matrix."""
    return elementwise("0.5 * (a + b)", wire, transposed(wire, rows, columns))


def triangle(wire: Wire, rows: str, columns: str, *, relation: str = ">", diagonal: float = 1.0) -> Wire:
    """The part of a matrix where row > column (or row < column), and its diagonal times a number."""
    text = f"where(i {relation} j, p, where(i == j, {diagonal!r} * p, 0.0))"
    return elementwise(text, iota(axes=rows), iota(axes=columns), wire)
