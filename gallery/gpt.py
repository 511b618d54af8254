"""A decoder-only language model in the manner of GPT-2, small enough to train on a laptop.

Axes: t positions, v characters, m stream, h heads, k features of a head, f hidden features.
"""

from circuits import (
    Axis,
    Wire,
    attention,
    call,
    circuit,
    dropout,
    embedding,
    gelu,
    layer_norm,
    linear,
    parameter,
    rename,
    repeat,
)

from .entry import Entry

SOURCE = "Radford et al. (2019), Language Models are Unsupervised Multitask Learners"
SIZES = {"m": 128, "h": 4, "k": 32, "f": 512, "t": 64, "v": 103}
AXES: dict[str, str | Axis] = {
    "t": Axis("t", "positions in the text", "position"),
    "v": "characters of the vocabulary",
    "m": "features of the stream",
    "h": "heads",
    "k": "features of a head",
    "f": "features of the feed-forward layer",
}


@circuit(sizes=SIZES, axes={name: AXES[name] for name in "tmhk"}, source=SOURCE)
def causal_self_attention(x: Wire["t m"]) -> Wire["t m"]:
    """Attention of every position to itself and those before it."""
    query = linear("m -> h k", x)
    key = rename(linear("m -> h k", x, name="key_map"), "t -> t'")
    value = rename(linear("m -> h k", x, name="value_map"), "t -> t'")
    mixed = attention(query, key, value, query="t", key="t'", channel="k", causal=True, dropout=0.1)
    return linear("h k -> m", mixed, name="output")


@circuit(sizes=SIZES, axes={name: AXES[name] for name in "tmf"}, source=SOURCE)
def block(x: Wire["t m"]) -> Wire["t m"]:
    """Attention and a feed-forward map, each reading a normalised stream and adding to it."""
    mixed = call(causal_self_attention, layer_norm(x, axes="m", name="attention_norm"), name="attention")
    attended = x + dropout(mixed, rate=0.1)
    hidden = gelu(linear("m -> f", layer_norm(attended, axes="m", name="feed_forward_norm"), name="inner"))
    return attended + dropout(linear("f -> m", hidden, name="outer"), rate=0.1)


@circuit(sizes=SIZES, axes=AXES, source=SOURCE)
def gpt(tokens: Wire["Natural(v)[t]"]) -> Wire["t v"]:
    """Scores of the next character at every position of a text, given the characters up to it."""
    vectors = embedding(tokens, "v -> m", name="table", scale=0.02)
    stream = dropout(vectors + parameter(axes="t m", scale=0.02, name="positions"), rate=0.1)
    changed = repeat(block, stream, times=4, name="blocks")
    return linear("m -> v", layer_norm(changed, axes="m", name="final_norm"), bias=False, name="logits")


ENTRY = Entry(
    gpt,
    "A language model whose causality is one attribute of attention; positions are a learned array.",
    data="text",
    settings={"steps": 400, "batch_size": 16, "learning_rate": 1e-3},
)
