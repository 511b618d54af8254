"""Learned linear maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import OUTER, Value, leading, merged, ordered


@declares("linear")
def declare_linear(op: Any, site: Site) -> str | None:
    """`nn.Linear` for one axis in and out, else a class that flattens several."""
    source, target = op.ends[0], tuple(op.ends[1])
    if not source or not target:
        return None
    words = [site.static_axis(axis) for axis in (*source, *target)]
    bias = "" if op.bias else ", bias=False"
    if len(words) == 2:
        return f"nn.Linear({words[0]}, {words[1]}{bias})"
    left, right = (f"({', '.join(part)},)" for part in (words[: len(source)], words[len(source) :]))
    return f"{site.writer.helper('Linear')}({left}, {right}{bias})"


@lowers("linear")
def print_linear(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, or `F.linear` for weights from elsewhere; the expansion where weights vary."""
    source, target = op.ends[0], tuple(op.ends[1])
    if not source or not target:
        return None
    x, weights = inputs[0], inputs[1:]
    over = merged([value.passing for value in weights])
    if over or any(value.leading for value in weights):
        return None
    rest = tuple(axis for axis in x.axes if axis.startswith(OUTER))
    laid = ordered(x, (*rest, *source))
    if site.calls_member:
        return [Value(f"{site.member}({laid.code})", (*rest, *target), x.leading, fresh=True)]
    if len(source) > 1 or len(target) > 1:
        return None
    codes = [ordered(weights[0], (*target, *source)).code, *(value.code for value in weights[1:])]
    return [Value(f"F.linear({', '.join([laid.code, *codes])})", (*rest, *target), leading(inputs))]
