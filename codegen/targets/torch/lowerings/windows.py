"""Windows along an axis, and adding windows up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Size

from ..registry import lowers
from ..site import Site
from ..value import OUTER, Value, ordered
from .views import indexed, number_or_size, padded, replaced


@lowers("window")
def print_window(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`unfold`, which puts the kernel last; a dilated kernel is read out of a longer window."""
    value, (old,) = inputs[0], op.ends[0]
    place, kernel = op.ends[1]
    before, after = (number_or_size(site, site.scope.solved(size), inputs) for size in op.pads(kernel))
    if (before, after) != ("0", "0"):
        value = padded(value, old, before, after, op.fill)
    dense = op.dilation == 1
    length = Size.name(kernel) if dense else op.span(kernel) + 1
    stride = number_or_size(site, op.stride, inputs)
    reach = number_or_size(site, site.scope.solved(length), inputs)
    axes = (*replaced(value, old, (place,)), kernel)
    made = value.of(f"{value.held}.unfold({value.at(old)}, {reach}, {stride})", axes)
    if dense:
        return [made]
    return [made.of(indexed(made, kernel, f"::{number_or_size(site, op.dilation, inputs)}"))]


@lowers("unwindow")
def print_unwindow(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Every element is added to its position on the padded axis, of which the pads are cut off."""
    (place, kernel), (new,) = op.ends
    rest = tuple(axis for axis in inputs[0].axes if axis.startswith(OUTER))
    value = site.let(ordered(inputs[0], (*rest, place, kernel)), "windows")
    stride, dilation = (number_or_size(site, size, inputs) for size in (op.stride, op.dilation))
    before, after = op.pads(kernel)
    device = f", device={value.code}.device"
    starts = f"torch.arange({value.code}.shape[-2]{device}).unsqueeze(-1) * {stride}"
    steps = f"torch.arange({value.code}.shape[-1]{device}) * {dilation}"
    places = site.let(Value(f"({starts} + {steps}).flatten()", ("",)), "places")
    whole = site.size(Size.name(new) + before + after)
    total = f"{value.code}.new_zeros(*{value.code}.shape[:-2], {whole})"
    code = f"{total}.index_add(-1, {places.code}, {value.code}.flatten(-2))"
    full = Value(code, (*rest, new), value.leading)
    if (before, after) == (0, 0):
        return [full]
    full = site.let(full, "padded")
    first = number_or_size(site, site.scope.solved(before), inputs)
    last = site.size(before + Size.name(new), inputs)
    return [full.of(indexed(full, new, f"{first}:{last}"))]
