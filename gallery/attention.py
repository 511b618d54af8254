"""Scaled dot-product attention.

Axes: y queries, x keys, k features of a head.
"""

from circuits import Axis, Wire, circuit, einsum, size, softmax

from .entry import Entry

POSITIONS = {
    "y": Axis("y", "queries", "position"),
    "x": Axis("x", "keys and values", "position"),
}


@circuit(
    sizes={"k": 64, "y": 10, "x": 12},
    axes={**POSITIONS, "k": "features of a head"},
    source="Vaswani et al. (2017), Attention Is All You Need, equation 1",
)
def attention(q: Wire["y k"], k: Wire["x k"], v: Wire["x k"]) -> Wire["y k"]:
    """Every query takes the average of the values, weighted by how well their keys fit it.

    softmax(q k^T / sqrt(k)) v: heads and batch are no part of it, they pass over.
    """
    scores = einsum("y k, x k -> y x", q, k) * size("k") ** -0.5
    weights = softmax(scores, axis="x")
    return einsum("y x, x k -> y k", weights, v)


ENTRY = Entry(attention, "Two contractions around a softmax over one axis; every other axis passes over.")
