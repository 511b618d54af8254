"""Circuits with areas, for tests of resources."""

from circuits import Circuit, Wire, build, einsum, linear, relu, size, softmax, stream_softmax
from circuits.resources import Area, area


def matmul() -> tuple[Circuit, Area]:
    """A matrix product, tiled along its outer axes, the contracted one in chunks."""
    circuit = build("matmul", {"x": "[a b]", "y": "[b c]"}, lambda x, y: einsum("a b, b c -> a c", x, y, name="mixed"))
    return circuit, area(circuit, name="tiles", groups="a c", stream="b")


def plain_attention() -> Circuit:
    """Attention as it is written down first."""

    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        scores = einsum("q d, x d -> q x", q, k, name="scores") * size("d") ** -0.5
        return einsum("q x, x d -> q d", softmax(scores, axis="x", name="soft"), v, name="mixed")

    return build("attention", {"q": "[q d]", "k": "[x d]", "v": "[x d]"}, body, outputs=["[q d]"])


def flash_attention() -> tuple[Circuit, Area]:
    """Attention as one pass over keys in chunks, for groups of queries."""
    circuit = stream_softmax(plain_attention())
    return circuit, area(circuit, name="core", groups="q", stream="x")


def feed_forward() -> tuple[Circuit, Area]:
    """Two maps with a nonlinearity between them, fused: the hidden axis is never whole."""

    def body(x: Wire) -> Wire:
        hidden = relu(linear("m -> h", x, name="up"), name="bent")
        return linear("h -> n", hidden, name="down")

    circuit = build("mlp", {"x": "[b m]"}, body, outputs=["[b n]"])
    return circuit, area(circuit, name="fused", groups="b", stream="h")
