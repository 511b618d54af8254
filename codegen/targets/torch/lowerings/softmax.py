"""Softmax and its logarithm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import lowers
from ..site import Site
from ..value import Value


@lowers("softmax", "log_softmax")
def print_softmax(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """The method of the array; over several axes, the expansion."""
    value, axes = inputs[0], op.axis.split()
    if len(axes) > 1:
        return None
    return [value.of(f"{value.held}.{op.name}({value.at(axes[0])})")]
