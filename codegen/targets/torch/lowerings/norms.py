"""Normalisations: those over trailing axes take any number of leading ones, those of images exactly one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import Value, leading, ordered


def plain_weights(weights: Sequence[Value]) -> bool:
    """Whether weights carry nothing but their own axes."""
    return not leading(weights) and not any(value.passing for value in weights)


@declares("layer_norm", "rms_norm")
def declare_norm(op: Any, site: Site) -> str | None:
    """`nn.LayerNorm` or `nn.RMSNorm` over the axes."""
    if not op.affine:
        return None
    lengths = [site.static_axis(axis) for axis in op.axes.split()]
    shape = lengths[0] if len(lengths) == 1 else f"({', '.join(lengths)})"
    words = [shape, *_epsilon(op), *(["bias=False"] if op.name == "layer_norm" and not op.bias else [])]
    kind = "LayerNorm" if op.name == "layer_norm" else "RMSNorm"
    return f"nn.{kind}({', '.join(words)})"


def _epsilon(op: Any) -> list[str]:
    """The addend, where it is not torch's own."""
    return [] if op.eps == 1e-5 and op.name != "rms_norm" else [f"eps={op.eps!r}"]


@lowers("layer_norm", "rms_norm")
def print_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, or of the function for weights from elsewhere."""
    value, weights, axes = inputs[0], inputs[1:], tuple(op.axes.split())
    if not plain_weights(weights):
        return None
    laid = ordered(value, (*value.passing, *axes))
    if site.calls_member:
        return [laid.of(f"{site.member}({laid.code})")]
    if any(weight.axes != axes for weight in weights):
        return None
    laid = site.let(laid)
    words = [laid.code, f"{laid.code}.shape[-{len(axes)}:]", *(weight.code for weight in weights), *_epsilon(op)]
    return [laid.of(f"F.{op.name}({', '.join(words)})")]


@declares("group_norm")
def declare_group_norm(op: Any, site: Site) -> str | None:
    """`nn.GroupNorm`."""
    if not op.affine or not op.bias:
        return None
    words = [str(op.groups), site.static_axis(op.axes[0]), *_epsilon(op)]
    return f"nn.GroupNorm({', '.join(words)})"


@lowers("group_norm")
def print_group_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """One leading dimension at a time."""
    channel, over = op.axes
    value, weights = inputs[0], inputs[1:]
    if not plain_weights(weights):
        return None
    laid = ordered(value, (*value.passing, channel, *over))
    dims = 1 + len(over)
    if site.calls_member:
        return [laid.of(f"{site.writer.helper('batched')}({site.member}, {laid.code}, {dims})")]
    words = [str(op.groups)]
    if weights:
        words.append(weights[0].code)
        words += [weights[1].code] if op.bias else []
    words += [f"eps={op.eps!r}"]
    names = ["num_groups", "weight", "bias"]
    given = [f"{name}={word}" for name, word in zip(names, words[:-1], strict=False)] + words[-1:]
    call = f"{site.writer.helper('batched')}(F.group_norm, {laid.code}, {dims}, {', '.join(given)})"
    return [laid.of(call)]


@declares("batch_norm")
def declare_batch_norm(op: Any, site: Site) -> str | None:
    """A class with the running averages as its only buffers."""
    channels = op.named[0].split()
    if len(channels) != 1:
        return None
    words = [site.static_axis(channels[0]), *_epsilon(op)]
    words += [] if op.momentum == 0.1 else [f"momentum={op.momentum!r}"]
    words += [] if op.affine else ["affine=False"]
    return f"{site.writer.helper('BatchNorm')}({', '.join(words)})"


@lowers("batch_norm")
def print_batch_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, with one of the axes averaged over in front of the channels."""
    if not site.calls_member:
        return None
    (channel,), axes = op.named[0].split(), op.named[1]
    value = inputs[0]
    first, *others = [axis for axis in value.axes if axis in axes]
    laid = ordered(value, (*value.passing, first, channel, *others))
    return [laid.of(f"{site.member}({laid.code})")]
