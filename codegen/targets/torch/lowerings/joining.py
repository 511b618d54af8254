"""Joining arrays and taking them apart: torch broadcasts neither, so operands are expanded first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Size

from ..registry import lowers
from ..site import Site
from ..unpack import unpack
from ..value import Value, leading, merged
from .views import number_or_size, replaced


@lowers("concat")
def print_concat(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.cat` along the last axis, or where it stands in all operands."""
    names = [next(iter(part)) for part in op.ends[0]]
    (whole,) = op.ends[1]
    group = leading(inputs)
    if _side_by_side(inputs, names):
        first = inputs[0]
        parts = [value.code for value in inputs]
        if len({value.leading for value in inputs}) > 1:
            codes = f"{site.writer.helper('spread')}({', '.join(parts)}, dims={len(first.axes)})"
        else:
            codes = f"[{', '.join(parts)}]"
        axes = replaced(first, names[0], (whole,))
        return [Value(f"torch.cat({codes}, {first.at(names[0])})", axes, group)]
    laid = site.unified(inputs, [(name,) for name in names])
    codes = laid if isinstance(laid, str) else f"[{', '.join(one.code for one in laid)}]"
    return [Value(f"torch.cat({codes}, -1)", (*merged([value.passing for value in inputs]), whole), group)]


def _side_by_side(inputs: Sequence[Value], names: Sequence[str]) -> bool:
    """Whether all operands have the same axes around those that are joined, in the same order."""
    place = inputs[0].axes.index(names[0])
    rest = replaced(inputs[0], names[0], ())
    return all(
        len(value.axes) > place and value.axes[place] == name and replaced(value, name, ()) == rest
        for value, name in zip(inputs, names, strict=True)
    )


@lowers("stack")
def print_stack(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.stack` along a new last axis."""
    laid = site.unified(inputs, [()] * len(inputs))
    over, group = merged([value.passing for value in inputs]), leading(inputs)
    parts = laid if isinstance(laid, str) else f"[{', '.join(one.code for one in laid)}]"
    axes = over if isinstance(laid, str) else laid[0].axes
    return [Value(f"torch.stack({parts}, -1)", (*axes, op.axis), group)]


@lowers("unconcat")
def print_unconcat(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`split` into pieces of given lengths."""
    value, (whole,) = inputs[0], op.ends[0]
    names = [next(iter(part)) for part in op.ends[1]]
    lengths = ", ".join(number_or_size(site, site.scope.solved(Size.name(axis)), inputs) for axis in names)
    code = f"{value.held}.split(({lengths},), {value.at(whole)})"
    return [
        value.of(name, replaced(value, whole, (axis,))) for name, axis in zip(unpack(site, code), names, strict=True)
    ]


@lowers("unstack")
def print_unstack(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`unbind`."""
    value = inputs[0]
    code = f"{value.held}.unbind({value.at(op.axis)})"
    if op.count == 1:
        return [value.of(f"{value.held}.squeeze({value.at(op.axis)})", replaced(value, op.axis, ()))]
    return [value.of(name, replaced(value, op.axis, ())) for name in unpack(site, code)]
