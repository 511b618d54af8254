"""Linear algebra and Fourier transforms: torch's routines take any number of leading dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Size

from ..registry import lowers
from ..site import Site
from ..unpack import unpack
from ..value import OUTER, Value, aligned, leading, merged, ordered
from .views import replaced


def matrix(value: Value, rows: str, columns: str) -> Value:
    """The value with a matrix's axes last."""
    rest = tuple(axis for axis in value.axes if axis.startswith(OUTER))
    return ordered(value, (*rest, rows, columns))


def symmetric(site: Site, value: Value) -> Value:
    """The symmetric part, which is what the ops are defined by."""
    value = site.let(value)
    return value.of(f"({value.code} + {value.code}.mT) / 2")


@lowers("cholesky")
def print_cholesky(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.linalg.cholesky` of the symmetric part."""
    value = symmetric(site, matrix(inputs[0], *op.ends))
    return [value.of(f"torch.linalg.cholesky({value.code})")]


@lowers("inverse")
def print_inverse(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.linalg.inv`."""
    rows, columns = op.ends
    value = matrix(inputs[0], rows, columns)
    return [value.of(f"torch.linalg.inv({value.code})", (*value.axes[:-2], columns, rows))]


@lowers("slogdet")
def print_slogdet(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.linalg.slogdet`."""
    value = matrix(inputs[0], *op.ends)
    names = unpack(site, f"torch.linalg.slogdet({value.code})")
    return [value.of(name, value.axes[:-2]) for name in names]


@lowers("solve", "triangular_solve")
def print_solve(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Many right-hand sides are columns where they share a matrix."""
    rows, columns = op.ends
    given, found = (columns, rows) if op.transpose else (rows, columns)
    over = merged([inputs[0].passing, inputs[1].passing])
    left, right = (
        aligned(value, (*over, *own)) for value, own in zip(inputs, ((rows, columns), (given,)), strict=True)
    )
    a = f"{left.held}.mT" if op.transpose else left.code
    column = f"{right.held}.unsqueeze(-1)"
    if op.name == "solve":
        call = f"torch.linalg.solve({a}, {column})"
    else:
        upper = op.lower == op.transpose
        unit = ", unitriangular=True" if op.unit else ""
        call = f"torch.linalg.solve_triangular({a}, {column}, upper={upper}{unit})"
    return [Value(f"{call}.squeeze(-1)", (*over, found), leading(inputs))]


@lowers("eigh")
def print_eigh(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.linalg.eigh` of the symmetric part."""
    rows, columns, new, _ = op.ends
    value = symmetric(site, matrix(inputs[0], rows, columns))
    names = unpack(site, f"torch.linalg.eigh({value.code})")
    rest = value.axes[:-2]
    return [value.of(name, axes) for name, axes in zip(names, ((*rest, new), (*rest, rows, new)), strict=True)]


@lowers("svd")
def print_svd(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.linalg.svd`, thin; its third result is transposed."""
    rows, columns, new, _ = op.ends
    value = matrix(inputs[0], rows, columns)
    left, values, right = unpack(site, f"torch.linalg.svd({value.code}, full_matrices=False)")
    rest = value.axes[:-2]
    return [
        value.of(left, (*rest, rows, new)),
        value.of(values, (*rest, new)),
        value.of(right, (*rest, new, columns)),
    ]


@lowers("fft", "ifft")
def print_fourier(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """One dimension or several."""
    value = inputs[0]
    dims = [value.at(axis) for axis in op.along]
    if len(dims) == 1:
        return [value.of(f"torch.fft.{op.name}({value.code}, dim={dims[0]})")]
    return [value.of(f"torch.fft.{op.name}n({value.code}, dim={tuple(dims)})")]


@lowers("rfft", "irfft")
def print_real_fourier(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The inverse is told the length, which half of the frequencies leave open."""
    value, (old, new) = inputs[0], op.ends
    length = f"n={site.size(Size.name(new))}, " if op.name == "irfft" else ""
    code = f"torch.fft.{op.name}({value.code}, {length}dim={value.at(old)})"
    return [value.of(code, replaced(value, old, (new,)))]
