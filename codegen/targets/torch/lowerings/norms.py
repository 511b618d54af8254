"""Normalisations as torch's own modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import Value, ordered
from .windows_library import options, over_batch


@declares("layer_norm", "rms_norm")
def declare_layer_norm(op: Any, site: Site) -> str | None:
    """`nn.LayerNorm` or `nn.RMSNorm` over trailing axes."""
    sizes = [site.static_axis(axis) for axis in op.axes.split()]
    shape = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
    if op.name == "rms_norm":
        return f"nn.RMSNorm({shape}, eps={op.eps!r})"
    return f"nn.LayerNorm({shape}{options(eps=(repr(op.eps), '1e-05'), bias=(str(op.bias), 'True'))})"


@lowers("layer_norm", "rms_norm")
def print_layer_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, or of the function where there is nothing to learn."""
    x, axes = inputs[0], tuple(op.axes.split())
    laid = ordered(x, (*x.passing, *axes))
    if len(inputs) == 1:
        laid = site.let(laid)
        shape = f"{laid.code}.shape[-{len(axes)}:]"
        name = "F.layer_norm" if op.name == "layer_norm" else "F.rms_norm"
        return [laid.of(f"{name}({laid.code}, {shape}, eps={op.eps!r})")]
    return [laid.of(f"{site.member}({laid.code})")] if site.calls_member else None


@declares("group_norm")
def declare_group_norm(op: Any, site: Site) -> str | None:
    """`nn.GroupNorm`, where scale and shift come together."""
    if not op.bias:
        return None
    return f"nn.GroupNorm({op.groups}, {site.static_axis(op.axes[0])}{options(eps=(repr(op.eps), '1e-05'))})"


@lowers("group_norm")
def print_group_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module on [batch, channel, ...]."""
    if not site.calls_member:
        return None
    channel, over = op.axes
    x = inputs[0]
    if not x.leading and not x.passing:
        return None
    return [over_batch(site, site.member, x, (channel, *over), (channel, *over))]


@declares("batch_norm")
def declare_batch_norm(op: Any, site: Site) -> str | None:
    """A module that holds the running statistics beside scale and shift."""
    channels = op.channel.split()
    if len(channels) != 1:
        return None
    extra = options(momentum=(repr(op.momentum), "0.1"), eps=(repr(op.eps), "1e-05"))
    return f"{site.writer.helper('BatchNorm')}({site.static_axis(channels[0])}{extra})"


@lowers("batch_norm")
def print_batch_norm(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module with the channels second."""
    if not site.calls_member:
        return None
    x, axes = inputs[0], op.axes.split()
    laid = ordered(x, (*x.passing, axes[0], *op.channel.split(), *axes[1:])) if not x.passing else None
    return [laid.of(f"{site.member}({laid.code})")] if laid is not None else None
