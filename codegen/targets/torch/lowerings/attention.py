"""Attention by torch's fused routine, tables of vectors, and the cross entropy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import Value, aligned, leading, merged, ordered
from .norms import plain_weights


@lowers("attention")
def print_attention(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.scaled_dot_product_attention`, which broadcasts what passes over."""
    query, key, channel, value = op.query, op.key, op.channel, op.value or op.channel
    if any(len(axes.split()) != 1 for axes in (query, key, channel, value)):
        return None
    own = [(query, channel), (key, channel), (key, value), (query, key)][: len(inputs)]
    over = merged([one.passing for one in inputs])
    laid = [aligned(one, (*over, *axes)) for one, axes in zip(inputs, own, strict=True)]
    words = [one.code for one in laid[:3]]
    mask = _mask(op, site, laid)
    if mask:
        words.append(f"attn_mask={mask}")
    elif op.causal:
        words.append("is_causal=True")
    if op.dropout:
        words.append(f"dropout_p={op.dropout!r} if self.training else 0.0")
    if op.scale is not None:
        words.append(f"scale={op.scale!r}")
    return [Value(f"F.scaled_dot_product_attention({', '.join(words)})", (*over, query, value), leading(inputs))]


def _mask(op: Any, site: Site, laid: Sequence[Value]) -> str:
    """Which keys may be seen, or what is added to the scores; nothing where is_causal says it all."""
    if not op.masked and not op.window:
        return ""
    limits = _limits(op, site, laid)
    if not op.masked:
        return " & ".join(f"({limit})" for limit in limits)
    given = laid[3].code
    if not limits:
        return given
    seen = site.let(Value(" & ".join(f"({limit})" for limit in limits), (op.query, op.key)), "seen").code
    return f"({given}) & {seen}" if op.masked == "bool" else f"({given}).masked_fill(~{seen}, -math.inf)"


def _limits(op: Any, site: Site, laid: Sequence[Value]) -> list[str]:
    """Conditions on the positions of a query and a key."""
    if not op.causal and not op.window:
        return []
    rows, columns = site.length(op.query, laid[:1]), site.length(op.key, laid[1:2])
    device = site.device(laid)
    ahead = f"torch.arange({rows}{device}).unsqueeze(-1) - torch.arange({columns}{device})"
    distance = site.let(Value(ahead, (op.query, op.key)), "distance").code
    limits = [f"{distance} >= 0"] if op.causal else []
    if op.window:
        limits += [f"{distance} < {op.window}"] + ([] if op.causal else [f"{distance} > -{op.window}"])
    return limits


@declares("embedding")
def declare_embedding(op: Any, site: Site) -> str | None:
    """`nn.Embedding` for vectors with one axis that start with deviation 1."""
    (token,), right = op.ends[0], tuple(op.ends[1])
    if len(right) != 1 or op.scale != 1.0:
        return None
    return f"nn.Embedding({site.static_axis(token)}, {site.static_axis(right[0])})"


@lowers("embedding")
def print_embedding(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, or `F.embedding`."""
    tokens, weight = inputs
    (token,), right = op.ends[0], tuple(op.ends[1])
    if len(right) != 1 or not plain_weights([weight]):
        return None
    axes = (*tokens.axes, *right)
    if site.calls_member:
        return [Value(f"{site.member}({tokens.code})", axes, tokens.leading)]
    table = ordered(weight, (token, *right))
    return [Value(f"F.embedding({tokens.code}, {table.code})", axes, tokens.leading)]


@lowers("cross_entropy")
def print_cross_entropy(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`F.cross_entropy` of rows, one loss a row."""
    over = merged([inputs[0].passing, inputs[1].passing])
    logits, labels = aligned(inputs[0], (*over, op.axis)), aligned(inputs[1], over)
    words = [logits.code, labels.code, *([f"smoothing={op.smoothing!r}"] if op.smoothing else [])]
    return [Value(f"{site.writer.helper('cross_entropy')}({', '.join(words)})", over, leading(inputs))]
