"""Views: splitting, merging, renaming, slicing, flipping, padding, rolling, diagonals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Size

from ....writing.numbers import number_code
from ..registry import lowers
from ..site import Site
from ..value import OUTER, Value, ordered


def indexed(value: Value, axis: str, item: str) -> str:
    """Code that indexes one axis, whatever stands around it."""
    behind = -value.at(axis) - 1
    return f"{value.held}[{', '.join(['...', item, *[':'] * behind])}]"


def replaced(value: Value, axis: str, new: Sequence[str]) -> tuple[str, ...]:
    """The axes with others in the place of one."""
    place = value.axes.index(axis)
    return (*value.axes[:place], *new, *value.axes[place + 1 :])


def number_or_size(site: Site, size: Size, near: Sequence[Value]) -> str:
    """A size as code; a number as it is."""
    return str(size.number) if size.number is not None else site.size(size, near)


@lowers("split")
def print_split(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`unflatten`, in which one length may be left to torch."""
    value, (whole,), parts = inputs[0], op.ends[0], tuple(op.ends[1])
    lengths = [site.scope.solved(Size.name(axis)) for axis in parts]
    open_ones = [place for place, size in enumerate(lengths) if size.number is None]
    codes = [number_or_size(site, size, inputs) for size in lengths]
    if open_ones:
        codes[open_ones[-1]] = "-1"
    return [
        value.of(f"{value.held}.unflatten({value.at(whole)}, ({', '.join(codes)},))", replaced(value, whole, parts))
    ]


@lowers("merge")
def print_merge(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`flatten`, once the axes stand side by side in this order."""
    value, parts, (whole,) = inputs[0], tuple(op.ends[0]), op.ends[1]
    if len(parts) == 1:
        return [value.renamed(replaced(value, parts[0], (whole,)))]
    first = min(value.axes.index(axis) for axis in parts)
    before = [axis for axis in value.axes[:first] if axis not in parts]
    behind = [axis for axis in value.axes[first:] if axis not in parts]
    value = ordered(value, (*before, *parts, *behind))
    axes = (*before, whole, *behind)
    return [value.of(f"{value.held}.flatten({value.at(parts[0])}, {value.at(parts[-1])})", axes)]


@lowers("rename")
def print_rename(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Nothing but other names."""
    names = dict(zip(op.ends[0], op.ends[1], strict=True))
    return [inputs[0].renamed([names.get(axis, axis) for axis in inputs[0].axes])]


@lowers("permute")
def print_permute(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Nothing: order is layout, and is chosen where it matters."""
    return [inputs[0]]


@lowers("slice")
def print_slice(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A basic slice; ends that are as far from the end as a number count from there."""
    value, (old,), new = inputs[0], op.ends[0], tuple(op.ends[1])
    length, (start, stop) = Size.name(old), op.bounds
    first = "" if start == 0 else number_or_size(site, start if op.start.number is None else op.start, inputs)
    from_end = (site.scope.solved(stop) - site.scope.solved(length)).number
    if from_end == 0:
        last = ""
    elif from_end is not None and from_end < 0 and site.scope.solved(stop).number is None:
        last = str(from_end)
    else:
        last = number_or_size(site, stop, inputs)
    step = "" if op.step == 1 else f":{number_or_size(site, op.step, inputs)}"
    return [value.of(indexed(value, old, f"{first}:{last}{step}"), replaced(value, old, new))]


@lowers("index")
def print_index(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The element at a position."""
    value = inputs[0]
    at = number_or_size(site, op.position if op.at.number is None else op.at, inputs)
    dim = value.at(op.axis)
    code = indexed(value, op.axis, at) if dim == -1 else f"{value.held}.select({dim}, {at})"
    return [value.of(code, replaced(value, op.axis, ()))]


@lowers("flip")
def print_flip(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`flip` of one dimension."""
    value = inputs[0]
    return [value.of(f"{value.held}.flip({value.at(op.axis)})")]


@lowers("roll")
def print_roll(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`roll` of one dimension."""
    value = inputs[0]
    return [value.of(f"{value.held}.roll({number_or_size(site, op.shift, inputs)}, {value.at(op.axis)})")]


@lowers("pad")
def print_pad(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`F.pad`; elements apart are padded one by one first."""
    value, (new,) = inputs[0], op.ends[1]
    before, after = (number_or_size(site, size, inputs) for size in (op.before, op.after))
    if not op.ends[0]:
        value = value.of(f"{value.held}.unsqueeze(-1)", (*value.axes, new))
    else:
        value = value.renamed(replaced(value, next(iter(op.ends[0])), (new,)))
        if op.step != 1:
            value = _spread(op, site, value, new, inputs)
    if (op.before, op.after) == (0, 0):
        return [value]
    return [padded(value, new, before, after, op.value)]


def padded(value: Value, axis: str, before: str, after: str, fill: float) -> Value:
    """The value with a number before and after one axis."""
    pads = ", ".join([*["0, 0"] * (-value.at(axis) - 1), before, after])
    word = "" if fill == 0 else f", value={number_code(fill)}"
    return value.of(f"F.pad({value.code}, ({pads}){word})")


def _spread(op: Any, site: Site, value: Value, axis: str, inputs: Sequence[Value]) -> Value:
    """Elements `step` apart, the fill between them."""
    step = number_or_size(site, op.step, inputs)
    rest = tuple(other for other in value.axes if other != axis)
    value = ordered(value, (*rest, axis))
    word = "" if op.value == 0 else f", value={number_code(op.value)}"
    apart = f"F.pad({value.held}.unsqueeze(-1), (0, {step} - 1){word}).flatten(-2)"
    return value.of(f"{apart}[..., : 1 - {step}]")


@lowers("diagonal")
def print_diagonal(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The diagonal of two axes, again and again for more; it comes last."""
    value, (new,) = inputs[0], op.ends[1]
    first, *others = op.ends[0]
    value = value.renamed([OUTER * 9 if axis == first else axis for axis in value.axes])
    for axis in others:
        rest = tuple(one for one in value.axes if one not in (OUTER * 9, axis))
        dims = f"dim1={value.at(OUTER * 9)}, dim2={value.at(axis)}"
        value = value.of(f"{value.held}.diagonal({dims})", (*rest, OUTER * 9))
    return [value.renamed([new if axis == OUTER * 9 else axis for axis in value.axes])]


@lowers("embed_diagonal")
def print_embed_diagonal(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A matrix with this diagonal; for more axes, its rows' diagonals."""
    (old,), new = op.ends[0], tuple(op.ends[1])
    rest = tuple(axis for axis in inputs[0].axes if axis != old)
    value = ordered(inputs[0], (*rest, old))
    for place in range(1, len(new)):
        value = value.of(f"torch.diag_embed({value.code})", (*rest, *new[: place + 1]))
    return [value]
