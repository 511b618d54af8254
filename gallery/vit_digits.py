"""A vision transformer for handwritten digits of 8 by 8 grey levels.

Axes: y rows, x columns, p and q patches down and across, u and w pixels of a patch, n patches, m stream.
"""

from circuits import (
    Axis,
    Wire,
    attention,
    call,
    circuit,
    dropout,
    gelu,
    layer_norm,
    linear,
    merge,
    parameter,
    reduce,
    rename,
    repeat,
    split,
)

from .entry import Entry

SOURCE = "Dosovitskiy et al. (2021), An Image is Worth 16x16 Words"
SIZES = {"m": 64, "h": 4, "k": 16, "f": 256}
AXES: dict[str, str | Axis] = {
    "n": Axis("n", "patches", "position"),
    "m": "features of the stream",
    "h": "heads",
    "k": "features of a head",
    "f": "features of the feed-forward layer",
}


@circuit(sizes=SIZES, axes={name: AXES[name] for name in "nmhk"}, source=SOURCE)
def patch_attention(x: Wire["n m"]) -> Wire["n m"]:
    """Attention of every patch to all patches."""
    query = linear("m -> h k", x)
    key = rename(linear("m -> h k", x, name="key_map"), "n -> n'")
    value = rename(linear("m -> h k", x, name="value_map"), "n -> n'")
    mixed = attention(query, key, value, query="n", key="n'", channel="k")
    return linear("h k -> m", mixed, name="output")


@circuit(sizes=SIZES, axes={name: AXES[name] for name in "nmf"}, source=SOURCE)
def encoder_block(x: Wire["n m"]) -> Wire["n m"]:
    """Attention and a feed-forward map, each reading a normalised stream and adding to it."""
    mixed = call(patch_attention, layer_norm(x, axes="m", name="attention_norm"), name="attention")
    attended = x + dropout(mixed, rate=0.1)
    hidden = gelu(linear("m -> f", layer_norm(attended, axes="m", name="feed_forward_norm"), name="inner"))
    return attended + dropout(linear("f -> m", hidden, name="outer"), rate=0.1)


@circuit(
    sizes={**SIZES, "y": 8, "x": 8},
    axes={
        "y": Axis("y", "rows of the image", "position"),
        "x": Axis("x", "columns of the image", "position"),
        "p": Axis("p", "patches down the image", "position"),
        "q": Axis("q", "patches across the image", "position"),
        "u": Axis("u", "rows of a patch", "position"),
        "w": Axis("w", "columns of a patch", "position"),
        **AXES,
        "k": "features of a head",
        "d": "digits",
    },
    source=SOURCE,
)
def vit_digits(image: Wire["y=8 x=8"]) -> Wire["d=10"]:
    """Scores of the ten digits for a small image, cut into patches that attend to each other."""
    patches = split(split(image, "y -> p u=2"), "x -> q w=2", name="patches")
    tokens = merge(linear("u w -> m", patches, name="patch_map"), "p q -> n")
    stream = tokens + parameter(axes="n m", scale=0.02, name="positions")
    changed = repeat(encoder_block, stream, times=4, name="blocks")
    pooled = reduce("mean", layer_norm(changed, axes="m", name="final_norm"), axes="n")
    return linear("m -> d", pooled, name="logits")


ENTRY = Entry(
    vit_digits,
    "An image becomes positions by splitting its axes; the same attention as for text does the rest.",
    data="digits",
    settings={"steps": 1200, "batch_size": 64, "learning_rate": 2e-3, "warmup": 100, "weight_decay": 0.05},
)
