"""Attention as published since: grouped queries, latent keys and values, shifted windows, one circuit for two uses.

Axes: t positions, m stream, g groups of heads, h heads of a group, k features of a head.
"""

from __future__ import annotations

from circuits import (
    Axis,
    Circuit,
    Wire,
    attention,
    broadcast,
    build,
    call,
    circuit,
    concat,
    elementwise,
    iota,
    linear,
    merge,
    rename,
    rms_norm,
    roll,
    rotary,
    split,
)
from gallery.multi_head_attention import multi_head_attention


@circuit(
    axes={"t": Axis("t", "positions", "position"), "g": "groups", "h": "heads of a group", "k": "features of a head"},
    source="Ainslie et al. (2023), GQA: Training Generalized Multi-Query Transformer Models",
)
def grouped_query_attention(x: Wire["t m"]) -> Wire["t m"]:
    """Heads of a group share their keys and values: `h` stands on queries alone and passes over attention."""
    query = linear("m -> g h k", x, bias=False)
    key = rename(linear("m -> g k", x, bias=False, name="key_map"), "t -> t'")
    value = rename(linear("m -> g k", x, bias=False, name="value_map"), "t -> t'")
    mixed = attention(query, key, value, query="t", key="t'", channel="k", causal=True)
    return linear("g h k -> m", mixed, bias=False, name="output")


@circuit(
    axes={
        "t": Axis("t", "positions", "position"),
        "m": "stream",
        "p": "latent features of queries",
        "c": "latent features of keys and values",
        "h": "heads",
        "k": "plain features of a head",
        "r": "turned features of a head",
        "w": "features of a score",
        "v": "features of a value",
    },
    source="DeepSeek-AI (2024), DeepSeek-V2, section 2.1",
)
def latent_attention(x: Wire["t m"]) -> Wire["t m"]:
    """Keys and values come from one small latent vector a position; a turned key shared by all heads tells places."""
    narrow = rms_norm(linear("m -> p", x, bias=False, name="query_down"), axes="p", name="query_norm")
    plain_query = linear("p -> h k", narrow, bias=False, name="query_up")
    turned_query = rotary(linear("p -> h r", narrow, bias=False, name="query_turned"), axes="t r")
    latent = rms_norm(linear("m -> c", x, bias=False, name="latent_down"), axes="c", name="latent_norm")
    plain_key = linear("c -> h k", latent, bias=False, name="key_up")
    shared_key = rotary(linear("m -> r", x, bias=False, name="key_turned"), axes="t r")
    value = linear("c -> h v", latent, bias=False, name="value_up")
    query = concat(plain_query, turned_query, "k, r -> w")
    key = concat(plain_key, broadcast(shared_key, axes="h"), "k, r -> w")
    mixed = attention(
        query,
        rename(key, "t -> t'"),
        rename(value, "t -> t'"),
        query="t",
        key="t'",
        channel="w",
        value="v",
        causal=True,
    )
    return linear("h v -> m", mixed, bias=False, name="output")


def part(axis: str) -> Wire:
    """For every position of the rolled axis the part of the image it comes from: 0 inside, 1 and 2 at the seam."""
    rule = f"where(p < size({axis}) - 4, 0.0, where(p < size({axis}) - 2, 1.0, 2.0))"
    return elementwise(rule, iota(axis))


def windows_of(wire: Wire) -> Wire:
    """The tokens of every window."""
    return merge(split(split(wire, "y -> r i=4"), "x -> s j=4"), "i j -> n")


@circuit(
    axes={"y": Axis("y", "rows", "position"), "x": Axis("x", "columns", "position"), "m": "stream", "h": "heads"},
    source="Liu et al. (2021), Swin Transformer: Hierarchical Vision Transformer using Shifted Windows",
)
def shifted_windows(image: Wire["y x m"]) -> Wire["y x m"]:
    """Attention within windows of 4 by 4 of an image rolled by 2; what the roll made neighbours may not meet."""
    rolled = roll(roll(image, axis="y", shift=-2), axis="x", shift=-2)
    tokens = windows_of(rolled)
    region = windows_of(elementwise("3 * a + b", part("y"), part("x"), outer=True))
    allowed = elementwise("a == b", region, rename(region, "n -> n'"), outer=True)
    query = linear("m -> h k", tokens)
    key = rename(linear("m -> h k", tokens, name="key_map"), "n -> n'")
    value = rename(linear("m -> h k", tokens, name="value_map"), "n -> n'")
    mixed = attention(query, key, value, allowed, query="n", key="n'", channel="k", masked="bool")
    made = linear("h k -> m", mixed, name="output")
    whole = merge(merge(split(made, "n -> i j=4"), "r i -> y"), "s j -> x")
    return roll(roll(whole, axis="y", shift=2), axis="x", shift=2)


def _both_uses() -> Circuit:
    def body(target: Wire, source: Wire) -> dict[str, Wire]:
        to_itself = call(multi_head_attention, target, target, axes="y=t x=t'", name="shared_map")
        across = call(multi_head_attention, target, source, axes="y=t x=s", weights="shared_map")
        return {"to_itself": to_itself, "across": across}

    return build("both_uses", {"target": "t m", "source": "s m"}, body, outputs=["t m", "t m"])


both_uses = _both_uses()
"""One circuit as self-attention and as cross-attention, told apart by the map of its axes alone."""
