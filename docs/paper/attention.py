"""Plates of attention: its equation, its heads, its form for images, and how einsum computes its scores.

Axes: ȳ queries, x̄ keys and values, m features of the stream, c channels, k features of a head, h heads.
"""

from __future__ import annotations

from circuits import Axis, Wire, call, circuit, einsum, linear, size, softmax
from circuits.draw import Scene, picture
from circuits.draw.plates import (
    At,
    background,
    below,
    beside,
    formula,
    ground,
    joined,
    plate,
    titled,
)

POSITIONS = {"y": Axis("y", "queries", "position"), "x": Axis("x", "keys and values", "position")}
GREEN, VIOLET, YELLOW, PINK, LEAF = "#cce7cf", "#c5bedf", "#fdf9c0", "#d6bfe0", "#bfd4b4"
GOLD, LILAC, PALE = "#f5d423", "#e28ff1", "#fff7c2"


@circuit(axes=POSITIONS)
def attention(Q: Wire["y k"], K: Wire["x k"], V: Wire["x k"]) -> Wire["y k"]:
    """Every query takes the average of the values, weighted by how well their keys fit it."""
    scores = einsum("y k, x k -> y x", Q, K)
    scaled = scores * size("k") ** -0.5
    weights = softmax(scaled, axis="x")
    return einsum("y x, x k -> y k", weights, V, name="average")


def scaled_attention() -> Scene:
    """The equation of attention beside its picture; one colour for what is one thing in both."""
    drawn = picture(attention)
    drawn = ground(drawn, VIOLET, At(node="scores", part="cap"))
    drawn = ground(drawn, YELLOW, At(node="scaled", part="mark"), grow=5.0)
    drawn = ground(drawn, GREEN, At(node="weights"), title="SoftMax")
    drawn = ground(drawn, PINK, At(node="average", part="cap"))
    drawn = titled(drawn, "Scaled Dot-Product Attention")
    return plate(joined(_equation(), drawn, gap=12.0), "Scaled dot-product attention")


def _equation() -> Scene:
    """Attention(Q, K, V) = SoftMax(QK^T / sqrt(d_k)) V, in the colours of the picture."""
    top = beside(background(formula("QK"), VIOLET, 3.0), background(formula("^T", 19.0), LEAF, 3.0), gap=4.0)
    low = background(formula("\\sqrt{d_k}"), YELLOW, 3.0)
    fraction = below(top, low, gap=8.0, align="middle")
    return beside(
        formula("\\mathrm{Attention}(Q, K, V) ="),
        background(formula("\\mathrm{SoftMax}"), GREEN, 3.0),
        fraction,
        background(formula("\\cdot V"), PINK, 3.0),
        gap=9.0,
        align="middle",
    )


@circuit(axes=POSITIONS, sizes={"m": 512, "k": 64, "h": 8})
def multi_head_attention(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Attention in several heads at once, between learned maps into the heads and out of them."""
    query = linear("m -> k h", y, bias=False)
    key = linear("m -> k h", x, bias=False)
    value = linear("m -> k h", x, bias=False)
    heads = call(attention, query, key, value, name="scaled dot-product attention")
    return linear("k h -> m", heads, bias=False, name="output")


def multi_head() -> Scene:
    """Multi-head attention with notes on what each part is for."""
    return plate(picture(multi_head_attention), "Multi-head attention")


FIGURES = {"scaled_attention": scaled_attention, "multi_head_attention": multi_head}
