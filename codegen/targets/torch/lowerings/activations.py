"""Activations that torch has by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....writing.numbers import number_code
from ..registry import lowers
from ..site import Site
from ..value import Value, ordered

# `{x}` is the operand, other fields are attributes; torch rounds the default threshold of softplus at 1e-9
_CALLS = {
    "relu6": "F.relu6({x})",
    "leaky_relu": "F.leaky_relu({x}, {slope})",
    "elu": "F.elu({x}, {alpha})",
    "selu": "F.selu({x})",
    "celu": "F.celu({x}, {alpha})",
    "silu": "F.silu({x})",
    "mish": "F.mish({x})",
    "softplus": "F.softplus({x}, {beta}, threshold=40.0)",
    "log_sigmoid": "F.logsigmoid({x})",
    "hardtanh": "F.hardtanh({x}, {low}, {high})",
    "hardsigmoid": "F.hardsigmoid({x})",
    "hardswish": "F.hardswish({x})",
    "softsign": "F.softsign({x})",
}
_DEFAULTS = {"elu": "F.elu({x})", "celu": "F.celu({x})", "softplus": "F.softplus({x}, threshold=40.0)"}


@lowers(*_CALLS)
def print_activation(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The function of `torch.nn.functional`."""
    value = inputs[0]
    template = _CALLS[op.name] if op.attributes() else _DEFAULTS.get(op.name, _CALLS[op.name])
    numbers = {name: number_code(getattr(op, name)) for name in type(op).model_fields}
    return [value.of(template.format(x=value.code, **numbers))]


@lowers("relu")
def print_relu(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`F.relu`, in evaluation over its operand where that is free: a new array there is 4 % of a Transformer's time.

    In training it would cost time instead: what a linear map or a convolution gives is a view, and autograd copies the
    gradients of views that are written over.
    """
    value = inputs[0]
    return [value.of(f"F.relu({value.code}{', inplace=not self.training' if value.fresh else ''})")]


@lowers("gelu")
def print_gelu(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`F.gelu`, exact or by tanh."""
    value = inputs[0]
    word = "" if op.approximate == "none" else f', approximate="{op.approximate}"'
    return [value.of(f"F.gelu({value.code}{word})")]


@lowers("glu")
def print_glu(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.glu` for the plain gate; other gates are printed from the expansion."""
    value = inputs[0]
    (whole,), (half,) = (part.split() for part in op.spec.replace("=", " ").partition("->")[::2])
    if op.gate != "sigmoid":
        return None
    axes = [half if axis == whole else axis for axis in value.axes]
    return [value.of(f"F.glu({value.code}, {value.at(whole)})", axes)]


@lowers("dropout")
def print_dropout(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.dropout`; where several elements share a draw, a product with what is kept."""
    value = inputs[0]
    if op.axes or set(site.shared) & set(value.passing):
        return None
    return [value.of(f"F.dropout({value.code}, {op.rate!r}, self.training)")]


@lowers("keep")
def print_keep(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Dropout of ones, one for every index that passes over."""
    like = site.let(ordered(inputs[0], (*inputs[0].passing, *op.together)))
    over = tuple(axis for axis in like.passing if axis not in site.shared)
    lead = [f"*{like.code}.shape[:-{len(like.axes)}]" if like.axes else f"*{like.code}.shape"] if like.leading else []
    lengths = ", ".join([*lead, *(like.length(axis) for axis in over)]) or "()"
    ones = f"{like.code}.new_ones({lengths})"
    kept = Value(f"F.dropout({ones}, {op.rate!r}, self.training)", over, like.leading)
    if over == like.passing:
        return [kept]
    return [site.grown(site.let(kept, site.node.name), like.passing, [like])]
