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
    first = inputs[0].axes.index(names[0])
    same = all(
        value.leading == inputs[0].leading
        and len(value.axes) == len(inputs[0].axes)
        and value.axes[first] == name
        and replaced(value, name, ()) == replaced(inputs[0], names[0], ())
        for value, name in zip(inputs, names, strict=True)
    )
    laid = list(inputs) if same else site.unified(inputs, [(name,) for name in names])
    if isinstance(laid, str):
        over, group = merged([value.passing for value in inputs]), leading(inputs)
        return [Value(f"torch.cat({laid}, -1)", (*over, whole), group)]
    parts = ", ".join(one.code for one in laid)
    code = f"torch.cat([{parts}], {laid[0].at(names[0])})"
    return [laid[0].of(code, replaced(laid[0], names[0], (whole,)))]


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
