"""Attention, embeddings and losses as torch's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import Value, aligned, leading, ordered


@lowers("attention")
def print_attention(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.scaled_dot_product_attention` with heads and batch in front."""
    groups = [text.split() for text in (op.query, op.key, op.channel, op.value or op.channel)]
    if any(len(group) != 1 for group in groups) or op.window or (op.masked and op.causal):
        return None
    (query,), (key,), (channel,), (value,) = groups
    own = ((query, channel), (key, channel), (key, value))
    q, k, v = site.unified(inputs[:3], own)
    words = [one.code for one in (q, k, v)]
    if op.masked:
        mask = aligned(inputs[3], (*q.passing, query, key))
        words.append(f"attn_mask={mask.code}")
    if op.dropout:
        words.append(f"dropout_p={op.dropout!r} if self.training else 0.0")
    if op.causal:
        words.append("is_causal=True")
    if op.scale is not None:
        words.append(f"scale={op.scale!r}")
    made = (*q.passing, query, value)
    return [Value(f"F.scaled_dot_product_attention({', '.join(words)})", made, leading(inputs))]


@declares("embedding")
def declare_embedding(op: Any, site: Site) -> str | None:
    """`nn.Embedding`, with its table drawn again where it starts at another scale."""
    left, right = (tuple(axes) for axes in op.ends)
    if len(left) != 1 or len(right) != 1:
        return None
    sizes = f"{site.static_axis(left[0])}, {site.static_axis(right[0])}"
    if op.scale == 1.0:
        return f"nn.Embedding({sizes})"
    return f"nn.Embedding.from_pretrained(torch.randn({sizes}) * {op.scale!r}, freeze=False)"


@lowers("embedding")
def print_embedding(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module."""
    if not site.calls_member:
        return None
    x = inputs[0]
    return [Value(f"{site.member}({x.code})", (*x.axes, *op.ends[1]), x.leading)]


@lowers("cross_entropy")
def print_cross_entropy(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.cross_entropy` of one leading dimension, flattened and put back."""
    if op.smoothing:
        return None
    logits, label = inputs
    if set(logits.passing) != set(label.passing) or logits.leading != label.leading:
        return None
    rest = label.passing
    scores, right = site.let(ordered(logits, (*rest, op.axis)), "scores"), site.let(ordered(label, rest), "label")
    if not rest and not scores.leading:
        return [Value(f"F.cross_entropy({scores.code}, {right.code})", (), scores.leading)]
    call = f"{site.writer.helper('cross_entropy')}({scores.code}, {right.code})"
    return [Value(call, rest, scores.leading)]
