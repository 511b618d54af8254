"""Reading and adding by position, one-hot vectors, order along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import lowers
from ..site import Site
from ..unpack import unpack
from ..value import OUTER, Value, leading, merged, ordered
from .views import indexed, replaced


@lowers("gather")
def print_gather(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Plain indexing where the two share no axis, else `take_along_dim`."""
    data, places = inputs
    shared = set(data.passing) & set(places.passing)
    rest = tuple(axis for axis in data.axes if axis != op.axis)
    if not data.leading and not shared:
        table = ordered(data, (op.axis, *rest))
        return [Value(f"{table.held}[{places.code}]", (*places.axes, *rest), places.leading)]
    over = merged([data.passing, places.passing])
    placed = places.of(f"{places.held}.unsqueeze(-1)", (*places.axes, op.axis))
    laid = site.unified_each([data, placed], [(op.axis,), (op.axis,)], ("data", "places"))
    code = f"torch.take_along_dim({laid[0].code}, {laid[1].code}, -1).squeeze(-1)"
    return [Value(code, over, leading(inputs))]


@lowers("scatter")
def print_scatter(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`index_add` where all values share one index, else `scatter_reduce`; what nothing reaches stays 0."""
    values, places = inputs
    folded, (target,) = op.ends
    length = site.length(target)
    if op.kind == "sum" and len(folded) == 1 and places.axes == folded and not places.leading:
        values, dim = site.let(values), values.at(folded[0])
        shape = _shape_with(values, dim, length)
        code = f"{values.code}.new_zeros({shape}).index_add({dim}, {places.code}, {values.code})"
        return [values.of(code, replaced(values, folded[0], (target,)))]
    laid = site.unified_each([values, places], [folded, folded], ("values", "places"))
    over = tuple(axis for axis in laid[0].axes if axis.startswith(OUTER))
    names = ("values", "places")
    flat = [site.let(_flattened(value, len(folded)), name) for value, name in zip(laid, names, strict=True)]
    start = f"{flat[0].code}.new_zeros(*{flat[0].code}.shape[:-1], {length})"
    kind = {"sum": "sum", "mean": "mean", "max": "amax", "min": "amin"}[op.kind]
    code = f'{start}.scatter_reduce(-1, {flat[1].code}, {flat[0].code}, "{kind}", include_self=False)'
    return [Value(code, (*over, target), leading(inputs))]


def _flattened(value: Value, count: int) -> Value:
    if count == 1:
        return value
    return value.of(f"{value.held}.unsqueeze(-1)" if count == 0 else f"{value.held}.flatten({-count})")


def _shape_with(value: Value, dim: int, length: str) -> str:
    """The shape of a variable with another length along one dimension."""
    behind = f", *{value.code}.shape[{dim + 1}:]" if dim < -1 else ""
    return f"*{value.code}.shape[:{dim}], {length}{behind}"


@lowers("one_hot")
def print_one_hot(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`F.one_hot` as real numbers."""
    value, (axis,) = inputs[0], op.produced
    code = f"F.one_hot({value.code}, {site.length(axis)}).to({site.dtype()})"
    return [value.of(code, (*value.axes, axis))]


@lowers("sort")
def print_sort(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A stable sort: of equal elements the first comes first."""
    value = inputs[0]
    names = unpack(site, _sorted(value, op.axis, op.descending))
    return [value.of(name) for name in names]


@lowers("topk")
def print_topk(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The beginning of a stable sort, as `torch.topk` leaves open which of equal elements it takes."""
    value, (new,) = inputs[0], op.produced
    length = site.length(new)
    names = unpack(site, _sorted(value, op.axis, op.largest))
    axes = replaced(value, op.axis, (new,))
    return [value.of(indexed(value.of(name), op.axis, f":{length}"), axes) for name in names]


def _sorted(value: Value, axis: str, descending: bool) -> str:
    down = "descending=True, " if descending else ""
    return f"{value.held}.sort({down}stable=True, dim={value.at(axis)})"


@lowers("cumsum", "cumprod", "cummax")
def print_cumulative(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The running fold, read from the end or shifted by one where asked for."""
    value = inputs[0]
    dim = value.at(op.axis)
    code = f"{value.held}.flip({dim})" if op.reverse else value.held
    code = f"{code}.{op.name}({dim})" + (".values" if op.name == "cummax" else "")
    if op.exclusive:
        empty = {"cumsum": "", "cumprod": ", value=1.0", "cummax": ", value=-math.inf"}[op.name]
        shifted = indexed(value.of(code), op.axis, ":-1")
        code = f"F.pad({shifted}, ({'0, 0, ' * (-dim - 1)}1, 0){empty})"
    return [value.of(f"({code}).flip({dim})" if op.reverse else code)]
