"""Reductions: dimensions are named from the end, so any number may lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import lowers
from ..site import Site
from ..value import Value

_METHODS = {"max": "amax", "min": "amin"}


@lowers("reduce")
def print_reduce(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A method of the array; a product takes one dimension at a time."""
    value = inputs[0]
    if op.kind == "prod":
        for axis in op.folded:
            rest = tuple(other for other in value.axes if other != axis)
            value = value.of(f"{value.held}.prod({value.at(axis)})", rest)
        return [value]
    method = _METHODS.get(op.kind, op.kind)
    dims = sorted(value.at(axis) for axis in op.folded)
    rest = tuple(axis for axis in value.axes if axis not in op.folded)
    return [value.of(f"{value.held}.{method}({dims[0] if len(dims) == 1 else tuple(dims)})", rest)]


@lowers("arg")
def print_arg(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The first extremum."""
    value = inputs[0]
    rest = tuple(axis for axis in value.axes if axis != op.axis)
    return [value.of(f"{value.held}.arg{op.kind}({value.at(op.axis)})", rest)]
