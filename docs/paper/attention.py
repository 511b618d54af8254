"""Plates of attention: its equation, its heads, its form for images, and how einsum computes its scores.

Axes: ȳ queries, x̄ keys and values, m features of the stream, c channels, k features of a head, h heads.
"""

from __future__ import annotations

from circuits import Axis, Wire, call, circuit, diagonal, einsum, linear, permute, size, softmax, window
from circuits.draw import Detail, Scene, Style, Theme, picture
from circuits.draw.plates import (
    At,
    Look,
    Note,
    background,
    below,
    beside,
    bracketed,
    dotted,
    drawn,
    formula,
    fraction,
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
GOLD, LILAC, PALE, NOTE, MINT = "#f5d423", "#e28ff1", "#fff7c2", "#fff591", "#dffaf3"


@circuit(axes=POSITIONS)
def attention(Q: Wire["y k"], K: Wire["x k"], V: Wire["x k"]) -> Wire["y k"]:
    """Every query takes the average of the values, weighted by how well their keys fit it."""
    scores = einsum("y k, x k -> y x", Q, K)
    scaled = scores * size("k") ** -0.5
    weights = softmax(scaled, axis="x")
    return einsum("y x, x k -> y k", weights, V, name="average")


def scaled_attention() -> Scene:
    """The equation of attention beside its picture; one colour for what is one thing in both."""
    scene = without(picture(attention), At(part="label", axis="y", place=1))
    scene = ground(scene, VIOLET, At(node="scores", part="cap"), grow=(16.0, 22.0, 6.0, 20.0))
    scene = ground(scene, LEAF, At(node="scores", part="cap"), grow=(52.0, -8.0, -40.0, 44.0))
    scene = ground(scene, YELLOW, At(node="scaled", part="mark"), grow=5.0)
    scene = ground(scene, GREEN, At(node="weights"), title="SoftMax")
    scene = ground(scene, PINK, At(node="average", part="cap"), grow=(16.0, 22.0, 6.0, 20.0))
    scene = titled(scene, "Scaled Dot-Product Attention")
    return plate(joined(_equation(), scene, gap=12.0), "Scaled dot-product attention")


def _equation() -> Scene:
    """Attention(Q, K, V) = SoftMax(QK^T / sqrt(d_k)) V, in the colours of the picture."""
    turned = beside(formula("QK"), background(formula("T", 13.0), LEAF, 2.0), gap=3.0, align="top")
    top = background(turned, VIOLET, 4.0)
    low = background(formula("\\sqrt{d_k}"), YELLOW, 4.0)
    quotient = fraction(top, low)
    return beside(
        formula("\\mathrm{Attention}(Q, K, V) ="),
        background(formula("\\mathrm{SoftMax}"), GREEN, 4.0),
        bracketed(quotient),
        background(formula("\\cdot V"), PINK, 4.0),
        gap=9.0,
        align="level",
    )


@circuit(axes=POSITIONS)
def multi_head_attention(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Attention in several heads at once, between learned maps into the heads and out of them."""
    query = linear("m -> k h", y, bias=False, name="Q")
    key = linear("m -> k h", x, bias=False, name="K")
    value = linear("m -> k h", x, bias=False, name="V")
    heads = call(attention, query, key, value, name="scaled dot-Product attention")
    return linear("k h -> m", heads, bias=False, name="O")


@circuit(axes=POSITIONS)
def multi_head_block(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Multi-head attention as a block."""
    heads: Wire = call(multi_head_attention, y, x, name="multi-Head attention")
    return heads


INSIDE = "multi-Head attention/"


def multi_head() -> Scene:
    """Multi-head attention with notes on what each part is for."""
    theme = Theme(named={"multi-Head attention": "#ffe2bb", "scaled dot-Product attention": VIOLET})
    scene = without(picture(multi_head_block, style=Style(theme)), At(part="name"))
    scene = halo(scene, PALE, At(axis="h", part="wire"), At(axis="h", part="dot"))
    scene = ground(scene, NOTE, *(At(node=INSIDE + name, part="glyph") for name in "QKV"), title="Linear", grow=7.0)
    scene = ground(scene, NOTE, At(node=f"{INSIDE}O", part="glyph"), title="Linear", grow=7.0)
    scene = ground(
        scene, GOLD, At(wire="x", part="copy"), title="Copy", grow=(12.0, 12.0, 30.0, 60.0), under=True, cut=(16.0, 0.0)
    )
    notes = (
        Note("Learned maps make $Q$, $K$ and $V$ of what comes in.", At(node=f"{INSIDE}Q", part="glyph"), "above"),
        Note(
            "Each of them is of shape $k \\times h$: a vector of depth $k$ for every head.",
            At(axis="k", part="label", place=0),
            "above",
            fill=LILAC,
        ),
        Note("Keys and values come from one array, so it is copied.", At(wire="x", part="copy"), "below", fill=GOLD),
        Note(
            "**Concat (diagonalise)**\nThe wires $h$ meet at dots and are never summed: heads stay apart.",
            At(axis="h", part="dot", place=1),
            "below",
            fill=PALE,
        ),
        Note("A last learned map joins the heads into one vector.", At(node=f"{INSIDE}O", part="glyph"), "below"),
    )
    return plate(noted(scene, *notes), "Multi-head attention")


PIXELS = {
    "y": Axis("y", "pixels of the queries", "position"),
    "x": Axis("x", "pixels of the keys", "position"),
    "v": Axis("v", "windows on the queries", "position", label="\\bar{y}"),
    "u": Axis("u", "windows on the keys", "position", label="\\bar{x}"),
    "w": Axis("w", "windows on the answers", "position", label="\\bar{y}"),
    "p": Axis("p", "a window of one pixel", label="1^2"),
    "h": Axis("h", "one head", label="1"),
}
VISUAL = Look(doubled=("y", "x", "v", "u", "w", "p"), order=("y", "x", "v", "u", "w", "p", "c"), named=False)


@circuit(axes=PIXELS)
def visual_core(Q: Wire["v k"], K: Wire["u k"], V: Wire["u k"]) -> Wire["v k"]:
    """Attention of every pixel to every pixel."""
    scores = einsum("v k, u k -> v u", Q, K)
    scaled = scores * size("k") ** -0.5
    weights = softmax(scaled, axis="u")
    return einsum("v u, u k -> v k", weights, V, name="average")


@circuit(axes=PIXELS, constraints=["v = y", "u = x", "w = y"])
def visual_attention(y: Wire["y c"], x: Wire["x c"]) -> Wire["w c"]:
    """Attention between the pixels of images, its learned maps behind windows of one pixel."""
    query = linear("p c -> k h", window(y, "y -> v p=1", padding=0, name="window"), bias=False, name="Q")
    key = linear("p c -> k h", window(x, "x -> u p=1", padding=0, name="window_2"), bias=False, name="K")
    value = linear("p c -> k h", window(x, "x -> u p=1", padding=0, name="window_3"), bias=False, name="V")
    heads = call(visual_core, query, key, value, name="core")
    answers = window(heads, "v -> w p=1", padding=0, name="window_4")
    return linear("p k h -> c", answers, bias=False, name="O")


def visual() -> Scene:
    """Attention for images, its learned maps in the full form of convolutions."""
    scene = drawn(visual_attention, Detail(), Style(fences=False), VISUAL)
    core = [At(node=f"core/{name}") for name in ("scores", "scaled", "weights", "average")]
    scene = dotted(scene, *core, title="Scaled Dot-Product\nAttention", grow=(60.0, 20.0, 10.0, 30.0), cut=(0.0, 26.0))
    for number, name in enumerate("QKVO"):
        inner = [At(node="window" + (f"_{number + 1}" if number else ""), part="glyph"), At(node=name, part="glyph")]
        scene = ground(scene, MINT, *inner, grow=9.0, cut=(14.0, 0.0))
        scene = ground(scene, "#f3f3f4", *inner, grow=4.0, cut=(12.0, 0.0))
    told = Note(
        "A window of one pixel is the identity, so it may be put in anywhere.", At(node="window"), "above", fill=MINT
    )
    return plate(titled(noted(scene, told), "Visual Attention"), "Visual attention")


@circuit(axes={**POSITIONS, "k'": Axis("k'", "features of a key", label="k")})
def scores_in_steps(Q: Wire["y k h"], K: Wire["x k' h"]) -> Wire["y x h"]:
    """Scores of all heads: turned around, heads on the diagonal, features summed, then scaled."""
    turned = permute(K, "k' x h", name="turned")
    pairs = einsum("y k h, k' x h -> y k k' x h", Q, turned, name="pairs")
    scores = einsum("k -> ", diagonal(pairs, "k k' -> k", name="same"), name="scores")
    scaled = scores * size("k") ** -0.5
    return scaled


@circuit(axes=POSITIONS)
def scores_at_once(Q: Wire["y k h"], K: Wire["x k h"]) -> Wire["y x h"]:
    """Scores of all heads as one einsum."""
    scores = einsum("y k h, x k h -> y x h", Q, K)
    scaled = scores * size("k") ** -0.5
    return scaled


ROSE, LIME = "#ffa3ae", "#b8e986"
STEPS = """# Given are
# Q: y k h and K: x k h
# Turn K around
K = einsum(K, "x k h -> k x h")
# Outer product, h on the diagonal
X = einsum(Q, K, "y k h, l x h -> y k l x h")
# Inner product over k
X = einsum(X, "y k k x h -> y x h")
# Scale
X = X / math.sqrt(k)
"""
AT_ONCE = """# Given are
# Q: y k h and K: x k h
X = einsum(Q, K, "y k h, x k h -> y x h")
X = X / math.sqrt(k)
"""


def implementation() -> Scene:
    """The scores of attention as einsum computes them: in steps, and all at once."""
    steps = picture(scores_in_steps)
    steps = ground(steps, LEAF, At(wire="K", axis="k'", part="wire"), grow=(-21.0, 6.0, 1.0, 6.0))
    steps = halo(steps, VIOLET, At(node="same", part="glyph"), edge=False)
    steps = halo(steps, GOLD, At(wire="Q", axis="h", part="wire"), At(part="dot"), edge=False)
    steps = ground(steps, LIME, At(node="scaled"), grow=4.0)
    once = picture(scores_at_once)
    once = ground(once, ROSE, At(node="scores", part="cap"), At(part="dot"), grow=(50.0, 60.0, 4.0, 12.0))
    once = ground(once, LIME, At(node="scaled"), grow=4.0)
    scale = {"/ math.sqrt(k)": LIME}
    rows = []
    for title, code, marks, scene in (
        ("Step by step", STEPS, {"x k h -> k x h": LEAF, "h, l x h": GOLD, "k k": VIOLET, **scale}, steps),
        ("All linear steps at once", AT_ONCE, {"k h, x k h -> y x h": ROSE, **scale}, once),
    ):
        text = below(words(title, size=17.0), listing(code, marks), gap=8.0)
        rows.append(beside(text, scene, gap=40.0, align="middle"))
    return plate(below(*rows, gap=34.0), "Scores by einsum")


FIGURES = {
    "scaled_attention": scaled_attention,
    "multi_head_attention": multi_head,
    "visual_attention": visual,
    "einsum": implementation,
}
