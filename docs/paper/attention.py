"""Plates of attention: its equation, its heads, its form for images, and how einsum computes its scores.

Axes: ȳ queries, x̄ keys and values, m features of the stream, c channels, k features of a head, h heads.
"""

from __future__ import annotations

from circuits import Axis, Wire, call, circuit, conv, einsum, linear, permute, rename, size, softmax
from circuits.draw import Detail, Scene, Style, Theme, picture
from circuits.draw.plates import (
    At,
    Note,
    background,
    below,
    beside,
    formula,
    ground,
    halo,
    joined,
    listing,
    noted,
    plate,
    titled,
    without,
    words,
)

POSITIONS = {"y": Axis("y", "queries", "position"), "x": Axis("x", "keys and values", "position")}
GREEN, VIOLET, YELLOW, PINK, LEAF = "#cce7cf", "#c5bedf", "#fdf9c0", "#d6bfe0", "#bfd4b4"
GOLD, LILAC, PALE, NOTE = "#f5d423", "#e28ff1", "#fff7c2", "#fff591"


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


@circuit(axes=POSITIONS)
def multi_head_attention(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Attention in several heads at once, between learned maps into the heads and out of them."""
    query = linear("m -> k h", y, bias=False, name="Q")
    key = linear("m -> k h", x, bias=False, name="K")
    value = linear("m -> k h", x, bias=False, name="V")
    heads = call(attention, query, key, value, name="scaled dot-product attention")
    return linear("k h -> m", heads, bias=False, name="O")


@circuit(axes=POSITIONS)
def multi_head_block(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Multi-head attention as a block."""
    return call(multi_head_attention, y, x, name="multi-head attention")


INSIDE = "multi-head attention/"
CORE = f"{INSIDE}scaled dot-product attention"


def multi_head() -> Scene:
    """Multi-head attention with notes on what each part is for."""
    theme = Theme(named={"multi-head attention": "#ffe2bb", "scaled dot-product attention": VIOLET})
    drawn = without(picture(multi_head_block, style=Style(theme)), At(part="name"))
    drawn = halo(drawn, PALE, At(axis="h", part="wire"), At(axis="h", part="dot"))
    drawn = ground(drawn, NOTE, *(At(node=INSIDE + name, part="glyph") for name in "QKV"), title="Linear", grow=7.0)
    drawn = ground(drawn, NOTE, At(node=f"{INSIDE}O", part="glyph"), title="Linear", grow=7.0)
    drawn = ground(drawn, GOLD, At(node="copy", part="dot"), title="Copy", grow=(12.0, 12.0, 30.0, 60.0))
    notes = (
        Note("Learned maps make $Q$, $K$ and $V$ of what comes in.", At(node=f"{INSIDE}Q", part="glyph"), "above"),
        Note(
            "Each of them is of shape $k \\times h$: a vector of depth $k$ for every head.",
            At(axis="k", part="label", place=0),
            "above",
            fill=LILAC,
        ),
        Note("Keys and values come from one array, so it is copied.", At(node="copy", part="dot"), "below", fill=GOLD),
        Note(
            "**Concat (diagonalise)**\nThe wires $h$ meet at dots and are never summed: heads stay apart.",
            At(axis="h", part="dot", place=1),
            "below",
            fill=PALE,
        ),
        Note("A last learned map joins the heads into one vector.", At(node=f"{INSIDE}O", part="glyph"), "below"),
    )
    return plate(noted(drawn, *notes), "Multi-head attention")


GROUPED = {
    "y": Axis("y", "rows of the queries", "position"),
    "x": Axis("x", "rows of the keys", "position"),
    "v": Axis("v", "columns of the queries", "position"),
    "u": Axis("u", "columns of the keys", "position"),
    "h": Axis("h", "one head", label="1"),
}


@circuit(axes=GROUPED)
def visual_core(Q: Wire["v y k"], K: Wire["u x k"], V: Wire["u x k"]) -> Wire["v y k"]:
    """Attention of every pixel to every pixel."""
    scores = einsum("v y k, u x k -> v y u x", Q, K)
    scaled = scores * size("k") ** -0.5
    weights = softmax(scaled, axis="u x")
    return einsum("v y u x, u x k -> v y k", weights, V, name="average")


@circuit(axes=GROUPED)
def visual_attention(y: Wire["v y c"], x: Wire["u x c"]) -> Wire["v y c"]:
    """Attention between the pixels of images, its learned maps written as convolutions of one pixel."""
    query = conv(y, "c -> k h", over="v y", kernel=1, name="Q")
    key = conv(x, "c -> k h", over="u x", kernel=1, name="K")
    value = conv(x, "c -> k h", over="u x", kernel=1, name="V")
    heads = call(visual_core, query, key, value, name="scaled dot-product attention")
    return conv(heads, "k h -> c", over="v y", kernel=1, name="O")


def visual() -> Scene:
    """Attention for images in the full form of convolutions."""
    style = Style(convolution="full", fences=False)
    detail = Detail(opened=frozenset({"Q", "K", "V", "O"}))
    drawn = without(picture(visual_attention, detail, style), At(part="name"))
    return plate(titled(drawn, "Visual Attention"), "Visual attention")


STEPS = """# Given are
# Q: y k h and K: x k h
# Turn K around
Q, K = Q, einsum(K, "x k h -> k x h")
# Outer product, h on the diagonal
X = einsum(Q, K, "y k1 h, k2 x h -> y k1 k2 x h")
# Inner product
X = einsum(X, "y k k x h -> y x h")
# Scale
X = X / math.sqrt(k)
"""
AT_ONCE = """# Given are
# Q: y k h and K: x k h
X = einsum(Q, K, "y k h, x k h -> y x h")
X = X / math.sqrt(k)
"""


@circuit(axes=POSITIONS)
def scores_in_steps(Q: Wire["y k h"], K: Wire["x k h"]) -> Wire["y x h"]:
    """Scores of all heads, one linear step after the other."""
    turned = permute(rename(K, "k -> k'"), "k' x h")
    pairs = einsum("y k h, k' x h -> y k k' x h", Q, turned)
    scores = einsum("y k k' x h -> y x h", pairs)
    return scores * size("k") ** -0.5


@circuit(axes=POSITIONS)
def scores_at_once(Q: Wire["y k h"], K: Wire["x k h"]) -> Wire["y x h"]:
    """Scores of all heads as one einsum."""
    scores = einsum("y k h, x k h -> y x h", Q, K)
    return scores * size("k") ** -0.5


ROSE, LIME = "#ffa3ae", "#b8e986"


def implementation() -> Scene:
    """The scores of attention as einsum computes them: in steps, and all at once."""
    rows = []
    marks = {"k k x": VIOLET, "/ math.sqrt(k)": LIME, "x k h -> k x h": LEAF}
    for title, code, marked, drawn in (
        ("Step by step", STEPS, marks, picture(scores_in_steps)),
        (
            "All linear steps at once",
            AT_ONCE,
            {"k h, x k h -> y x h": ROSE, "/ math.sqrt(k)": LIME},
            picture(scores_at_once),
        ),
    ):
        rows.append(
            beside(below(words(title, size=17.0), listing(code, marked), gap=8.0), drawn, gap=40.0, align="middle")
        )
    return plate(below(*rows, gap=34.0), "Scores by einsum")


FIGURES = {
    "scaled_attention": scaled_attention,
    "multi_head_attention": multi_head,
    "visual_attention": visual,
    "einsum": implementation,
}
