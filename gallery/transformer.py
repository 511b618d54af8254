"""The encoder-decoder Transformer at its base size.

Axes: s source positions, t target positions, v tokens, m stream, h heads, k features of a head, f hidden features.
"""

from circuits import (
    Axis,
    Circuit,
    Wire,
    attention,
    call,
    circuit,
    dropout,
    embedding,
    layer_norm,
    linear,
    relu,
    repeat,
    sinusoidal,
    size,
)

from .entry import Entry

SOURCE = "Vaswani et al. (2017), Attention Is All You Need, base model of table 3"
SIZES = {"m": 512, "h": 8, "k": 64, "f": 2048}
GLOSSARY = {
    "y": Axis("y", "queries", "position"),
    "x": Axis("x", "keys and values", "position"),
    "s": Axis("s", "source positions", "position"),
    "t": Axis("t", "target positions", "position"),
    "m": Axis("m", "features of the stream"),
    "h": Axis("h", "heads"),
    "k": Axis("k", "features of a head"),
    "f": Axis("f", "features of the feed-forward layer"),
    "v": Axis("v", "tokens of the vocabulary"),
}


def glossary(names: str) -> dict[str, Axis]:
    """The glossary of some axes."""
    return {name: GLOSSARY[name] for name in names.split()}


def heads(name: str, *, causal: bool) -> Circuit:
    """Multi-head attention whose weights are dropped out, over all keys or over those not after the query."""

    @circuit(name=name, sizes=SIZES, axes=glossary("y x m h k"), source=SOURCE)
    def body(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
        """Attention in several heads between learned maps into the heads and out of them."""
        query = linear("m -> h k", y)
        key = linear("m -> h k", x)
        value = linear("m -> h k", x)
        mixed = attention(query, key, value, query="y", key="x", channel="k", causal=causal, dropout=0.1)
        return linear("h k -> m", mixed, name="output")

    return body


self_attention = heads("self_attention", causal=False)
causal_attention = heads("causal_attention", causal=True)
cross_attention = heads("cross_attention", causal=False)


@circuit(sizes=SIZES, axes=glossary("m f"), source=SOURCE)
def feed_forward(x: Wire["m"]) -> Wire["m"]:
    """Two learned maps with a rectifier between them, at every position alike."""
    hidden = dropout(relu(linear("m -> f", x, name="inner")), rate=0.1)
    return linear("f -> m", hidden, name="outer")


@circuit(sizes=SIZES, axes=glossary("s m"), source=SOURCE)
def encoder_layer(x: Wire["s m"]) -> Wire["s m"]:
    """Self-attention, then the feed-forward map, each added to the stream and normalised."""
    mixed = call(self_attention, x, x, axes="y=s x=s'")
    attended = layer_norm(x + dropout(mixed, rate=0.1), axes="m", name="attention_norm")
    changed = call(feed_forward, attended)
    return layer_norm(attended + dropout(changed, rate=0.1), axes="m", name="feed_forward_norm")


@circuit(sizes=SIZES, axes=glossary("t s m"), source=SOURCE)
def decoder_layer(y: Wire["t m"], memory: Wire["s m"]) -> Wire["t m"]:
    """Causal self-attention, attention to the memory, then the feed-forward map."""
    mixed = call(causal_attention, y, y, axes="y=t x=t'")
    attended = layer_norm(y + dropout(mixed, rate=0.1), axes="m", name="attention_norm")
    read = call(cross_attention, attended, memory, axes="y=t x=s")
    informed = layer_norm(attended + dropout(read, rate=0.1), axes="m", name="memory_norm")
    changed = call(feed_forward, informed)
    return layer_norm(informed + dropout(changed, rate=0.1), axes="m", name="feed_forward_norm")


@circuit(sizes=SIZES, axes=glossary("s t m"), source=SOURCE)
def encoder_decoder(source: Wire["s m"], target: Wire["t m"]) -> Wire["t m"]:
    """Six encoder layers, and six decoder layers that all read the encoder's result.

    Both stacks end with a normalisation, as in torch's nn.Transformer.
    """
    encoded = repeat(encoder_layer, source, times=6, name="encoder")
    memory = layer_norm(encoded, axes="m", name="encoder_norm")
    decoded = repeat(decoder_layer, target, memory, times=6, name="decoder")
    return layer_norm(decoded, axes="m", name="decoder_norm")


@circuit(sizes=SIZES, axes=glossary("t m v"), source=SOURCE)
def embedded(tokens: Wire["Natural(v)[t]"]) -> Wire["t m"]:
    """A learned vector a token, scaled by the root of the width, plus the sines of its position."""
    vectors = embedding(tokens, "v -> m", name="table") * size("m") ** 0.5
    return dropout(vectors + sinusoidal(axes="t m"), rate=0.1)


@circuit(sizes={**SIZES, "v": 32000, "s": 12, "t": 10}, axes=glossary("s t v m h k f"), source=SOURCE)
def transformer(source: Wire["Natural(v)[s]"], target: Wire["Natural(v)[t]"]) -> Wire["t v"]:
    """Encoder and decoder for translation: scores of the next target token, given the source and the target so far."""
    read = call(embedded, source, axes="t=s", name="source_embedding")
    written = call(embedded, target, name="target_embedding")
    decoded = call(encoder_decoder, read, written, name="core")
    return linear("m -> v", decoded, bias=False, name="vocabulary")


ENTRY = Entry(
    transformer,
    "Self-attention and cross-attention are one circuit under two maps of its axes; a layer repeats six times.",
)
