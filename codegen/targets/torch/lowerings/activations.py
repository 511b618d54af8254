"""Activations and dropout as functions of torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import lowers
from ..site import Site
from ..value import Value

PLAIN = ("relu", "silu", "sigmoid", "tanh", "softplus", "mish", "selu", "hardsigmoid", "hardswish", "softsign")


@lowers(*PLAIN)
def print_plain(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A function without options."""
    if op.attributes():
        return None
    x = inputs[0]
    if op.name in ("sigmoid", "tanh"):
        return [x.of(f"{x.held}.{op.name}()")]
    return [x.of(f"F.{op.name}({x.code})")]


@lowers("gelu")
def print_gelu(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.gelu`, exact or by tanh."""
    extra = ', approximate="tanh"' if op.approximate == "tanh" else ""
    return [inputs[0].of(f"F.gelu({inputs[0].code}{extra})")]


@lowers("dropout")
def print_dropout(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.dropout`; whole planes and shared draws are printed from the expansion."""
    if op.axes or site.node.shared:
        return None
    return [inputs[0].of(f"F.dropout({inputs[0].code}, {op.rate!r}, self.training)")]
