"""A circuit for every composite op that is a table, a norm, an activation, attention, a loss or the like."""

from __future__ import annotations

import circuits as c
from circuits import Wire, elementwise

from .cases import Case

ACTIVATIONS = [
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "silu",
    "swish",
    "mish",
    "softplus",
    "sigmoid",
    "log_sigmoid",
    "tanh",
    "hardtanh",
    "hardsigmoid",
    "hardswish",
    "softsign",
    "identity",
    "sin",
    "cos",
    "exp",
    "square",
    "abs",
    "sign",
]


def _pointwise(name: str) -> Case:
    op = getattr(c, name)
    return Case({"x": "[a t]"}, lambda x: op(elementwise("20 * x", x)))


def _with_attributes(x: Wire) -> Wire:
    """Activations whose numbers are not torch's defaults."""
    bent = c.elu(x, alpha=0.5) + c.celu(x, alpha=2.0) + c.leaky_relu(x, slope=0.2) + c.hardtanh(x, low=-0.5, high=0.25)
    smooth = c.softplus(x, beta=3.0) + c.gelu(x, approximate="tanh") + c.swish(x, beta=1.5)
    return bent + smooth + c.sin(x, omega=3.0)


COMPOSITES: dict[str, Case] = {
    # activations
    **{
        name: _pointwise(name)
        for name in ACTIVATIONS
    },
    "activation_attributes": Case({"x": "[a t]"}, _with_attributes),
    "glu": Case({"x": "[c a]"}, lambda x: c.glu(x, "c -> half")),
    "glu_silu": Case({"x": "[a c]"}, lambda x: c.glu(x, "c -> half", gate="silu")),
    "prelu": Case({"x": "[a b c]"}, lambda x: c.prelu(x, axes="b", name="slope")),
    "dropout": Case({"x": "[a b]"}, lambda x: c.dropout(x, rate=0.5)),
    "drop_path": Case({"x": "[a b]"}, lambda x: c.drop_path(x, rate=0.5, axes="b")),
    "gaussian_noise": Case({"x": "[a b]"}, lambda x: c.gaussian_noise(x)),
    # linear maps and tables
    "linear": Case({"x": "[t m]"}, lambda x: c.linear("m -> k", x, name="map")),
    "linear_middle": Case({"x": "[m t]"}, lambda x: c.linear("m -> k", x, bias=False, name="map")),
    "linear_many": Case({"x": "[m t k]"}, lambda x: c.linear("k m -> h b", x, name="map")),
    "linear_out": Case({"x": "[t m]"}, lambda x: c.linear("m ->", x, name="map")),
    "linear_new": Case({"x": "[t]"}, lambda x: c.linear("-> m", x, name="map")),
    "linear_fixed": Case({"x": "[t m]"}, lambda x: c.linear("m -> q=9", x, name="map")),
    "embedding": Case({"i": "Natural(v)[t]"}, lambda i: c.embedding(i, "v -> m", name="table")),
    "embedding_scaled": Case({"i": "Natural(v)[t]"}, lambda i: c.embedding(i, "v -> m", scale=0.1, name="table")),
    "embedding_matrix": Case({"i": "Natural(v)[t]"}, lambda i: c.embedding(i, "v -> m h", name="table")),
    # normalisations
    "layer_norm": Case({"x": "[t m]"}, lambda x: c.layer_norm(x, axes="m", name="norm")),
    "layer_norm_middle": Case({"x": "[m t]"}, lambda x: c.layer_norm(x, axes="m", bias=False, eps=1e-3, name="norm")),
    "layer_norm_two": Case({"x": "[t m a]"}, lambda x: c.layer_norm(x, axes="a m", name="norm")),
    "layer_norm_plain": Case({"x": "[t m]"}, lambda x: c.layer_norm(x, axes="m", affine=False)),
    "rms_norm": Case({"x": "[m t]"}, lambda x: c.rms_norm(x, axes="m", name="norm")),
    "group_norm": Case({"x": "[y c x]"}, lambda x: c.group_norm(x, channel="c", groups=2, over="y x", name="norm")),
    "group_norm_plain": Case({"x": "[a c]"}, lambda x: c.group_norm(x, channel="c", groups=2, affine=False)),
    "group_norm_weight": Case(
        {"x": "[c y]"}, lambda x: c.group_norm(x, channel="c", groups=4, over="y", bias=False, name="norm")
    ),
    "instance_norm": Case(
        {"x": "[c y x]"}, lambda x: c.instance_norm(x, channel="c", over="y x", affine=True, name="norm")
    ),
    "weight_norm": Case({"x": "[k m]"}, lambda x: c.weight_norm(x, axes="m", keep="k", name="n")),
    "rms_norm_fed": Case({"x": "[t m]", "w": "[m]"}, lambda x, w: c.rms_norm(x, axes="m", weight=w)),
    # shapes
    "upsample": Case({"x": "[a y x]"}, lambda x: c.upsample(x, over="y x", factor="2 3", out="p q")),
    "upsample_linear": Case(
        {"x": "[y a x]"}, lambda x: c.upsample(x, over="y x", factor="2 3", out="p q", mode="linear")
    ),
    "pixel_shuffle": Case({"x": "[c y x]"}, lambda x: c.pixel_shuffle(x, "c -> e", over="y x", factor=2, out="p q")),
    "pixel_unshuffle": Case({"x": "[a y x]"}, lambda x: c.pixel_unshuffle(x, "a -> e", over="y x", factor=2)),
    "patches": Case({"x": "[a y x]"}, lambda x: c.patches(x, over="y x", size=2)),
    # pooling
    "max_pool": Case({"x": "[a y x]"}, lambda x: c.max_pool(x, over="y x")),
    "max_pool_padded": Case({"x": "[a x y]"}, lambda x: c.max_pool(x, over="y x", kernel=3, stride=2, padding=1)),
    "max_pool_causal": Case({"x": "[x a]"}, lambda x: c.max_pool(x, over="x", kernel=3, stride=1, padding="causal")),
    "max_pool_bare": Case(
        {"x": "[x]"}, lambda x: c.max_pool(x, over="x", kernel=3, stride=1, dilation=2, padding="same")
    ),
    "avg_pool": Case({"x": "[a y x]"}, lambda x: c.avg_pool(x, over="y x", kernel="3 2", stride=2, padding=1)),
    "avg_pool_inside": Case(
        {"x": "[a x]"}, lambda x: c.avg_pool(x, over="x", kernel=3, stride=1, padding="same", count_include_pad=False)
    ),
    "avg_pool_dilated": Case({"x": "[a x]"}, lambda x: c.avg_pool(x, over="x", kernel=2, dilation=3, out="q")),
    "global_avg_pool": Case({"x": "[a y x]"}, lambda x: c.global_avg_pool(x, over="y x")),
    "global_max_pool": Case({"x": "[y a x]"}, lambda x: c.global_max_pool(x, over="y x")),
    "adaptive_avg_pool": Case({"x": "[y a x]"}, lambda x: c.adaptive_avg_pool(x, over="y x", into="p=2 q=4")),
    # attention
    "attention": Case({"q": "[h y k]", "k": "[h x k]", "v": "[h x k]"}, lambda q, k, v: c.attention(q, k, v)),
    "attention_grouped": Case(
        {"q": "[h y a k]", "k": "[h x k]", "v": "[x h m]"},
        lambda q, k, v: c.attention(q, k, v, value="m", scale=0.3),
        {"m": 5},
    ),
    "attention_causal": Case(
        {"q": "[y k]", "k": "[x k]", "v": "[x k]"}, lambda q, k, v: c.attention(q, k, v, causal=True)
    ),
    "attention_window": Case(
        {"q": "[y k]", "k": "[x k]", "v": "[x k]"}, lambda q, k, v: c.attention(q, k, v, window=2)
    ),
    "attention_masked": Case(
        {"q": "[h y k]", "k": "[x h k]", "v": "[x h k]", "mask": "Bool[y x]"},
        lambda q, k, v, mask: c.attention(q, k, v, mask, masked="bool", causal=True),
    ),
    "attention_added": Case(
        {"q": "[h y k]", "k": "[h x k]", "v": "[h x k]", "mask": "[h y x]"},
        lambda q, k, v, mask: c.attention(q, k, v, mask, masked="add", window=3, causal=True),
    ),
    "normalised_contraction": Case(
        {"s": "[h y x]", "v": "[h x k]"}, lambda s, v: c.normalised_contraction(s, v, axis="x", value="k")
    ),
    "attention_two": Case(
        {"q": "[a b k]", "k": "[x k]", "v": "[x k]"}, lambda q, k, v: c.attention(q, k, v, query="a b")
    ),
    "cosine_similarity": Case({"a": "[t m]", "b": "[m]"}, lambda a, b: c.cosine_similarity(a, b, axis="m")),
    "masked_softmax": Case({"x": "[y x]", "m": "Bool[y x]"}, lambda x, m: c.masked_softmax(x, m, axis="x")),
    "softmax_two": Case({"x": "[y a x]"}, lambda x: c.softmax(x, axis="y x")),
    "log_softmax": Case({"x": "[y x]"}, lambda x: c.log_softmax(x, axis="y")),
    # positions
    "sinusoidal": Case({"x": "[t m]"}, lambda x: x + c.sinusoidal(axes="t m")),
    "rotary": Case({"x": "[t h k]"}, lambda x: c.rotary(x, axes="t k")),
    "rotary_halves": Case({"x": "[k t]"}, lambda x: c.rotary(x, axes="t k", layout="halves")),
    "fourier_features": Case({"x": "[t a]"}, lambda x: c.fourier_features(x, "a -> f=8", name="waves")),
    "alibi": Case({"x": "[h y x]"}, lambda x: x + c.alibi(axes="y x", heads="h")),
    "causal_mask": Case(
        {"x": "[y x]"}, lambda x: elementwise("where(m, x, 0.0)", c.causal_mask(query="y", key="x"), x)
    ),
    "padding_mask": Case({"n": "Natural(x+1)[a]"}, lambda n: c.padding_mask(n, axis="x")),
    # losses
    "cross_entropy": Case({"x": "[t k]", "i": "Natural(k)[t]"}, lambda x, i: c.cross_entropy(x, i)),
    "cross_entropy_smooth": Case(
        {"x": "[k t a]", "i": "Natural(k)[t]"}, lambda x, i: c.cross_entropy(x, i, smoothing=0.1)
    ),
    "nll": Case({"x": "[t k]", "i": "Natural(k)[t]"}, lambda x, i: c.nll(x, i)),
    "mse": Case({"p": "[t m]", "q": "[t m]"}, lambda p, q: c.mse(p, q, axes="m")),
    "mae": Case({"p": "[t m]", "q": "[t m]"}, lambda p, q: c.mae(p, q, axes="t m")),
    "huber": Case({"p": "[t m]", "q": "[t m]"}, lambda p, q: c.huber(p, q)),
    "binary_cross_entropy": Case({"p": "[t]", "q": "[t]"}, lambda p, q: c.binary_cross_entropy(p, q)),
    "kl_divergence": Case(
        {"p": "[t m]", "q": "[t m]"},
        lambda p, q: c.kl_divergence(c.log_softmax(p, axis="m"), c.softmax(q, axis="m"), axes="m"),
    ),
    "dice_loss": Case({"p": "[y x]", "q": "[y x]"}, lambda p, q: c.dice_loss(c.sigmoid(p), c.sigmoid(q), axes="y x")),
    "info_nce": Case({"a": "[n m]", "b": "[n m]"}, lambda a, b: c.info_nce(a, b, pairs="n", axis="m")),
}  # fmt: skip
COMPOSITES |= {
    "gated_mlp": Case({"x": "[t m]"}, lambda x: c.gated_mlp(x, "m -> f=6", bias=True, name="layer")),
    "mlp": Case({"x": "[m t]"}, lambda x: c.mlp(x, "m -> f=6 -> q=3", name="layer")),
    "multi_head_attention": Case(
        {"x": "[y m]", "z": "[x m]"},
        lambda x, z: c.multi_head_attention(x, z, "m -> k h", query="y", key="x", causal=True, name="heads"),
    ),
    "multi_head_grouped": Case(
        {"x": "[y m]", "z": "[b x m]"},
        lambda x, z: c.multi_head_attention(x, z, "m -> k h a", grouped="a", query="y", key="x", name="heads"),
    ),
    "additive_attention": Case(
        {"q": "[y k]", "k": "[x k]", "v": "[x m]"},
        lambda q, k, v: c.additive_attention(q, k, v, "k -> h", value="m", name="score"),
    ),
    "route": Case({"x": "[t v]"}, lambda x: c.route(x, expert="v", active=2)),
    "vector_quantize": Case({"x": "[t m]"}, lambda x: c.vector_quantize(x, "m -> n=5", name="codes")[0]),
    "ema": Case({"x": "[a t]"}, lambda x: c.ema(x, axis="t", decay=0.8)),
    "delta_rule": Case(
        {"q": "[h t k]", "k": "[h t k]", "v": "[h t v]", "beta": "[h t]"},
        lambda q, k, v, beta: c.delta_rule(q, k, v, beta),
    ),
    "lif": Case({"x": "[t n]"}, lambda x: c.lif(x, axis="t")),
    "segment_softmax": Case(
        {"s": "[t a]", "i": "Index(n)[t]"}, lambda s, i: c.segment_softmax(s, i, into="n", axis="t")
    ),
    "spmm": Case(
        {"v": "[t]", "r": "Index(n)[t]", "q": "Index(x)[t]", "x": "[x a]"},
        lambda v, r, q, x: c.spmm(v, r, q, x, rows="n", columns="x", entries="t"),
    ),
    "batch_norm": Case({"x": "[b c y]"}, lambda x: c.batch_norm(x, channel="c", axes="b y", name="norm")),
    "batch_norm_training": Case(
        {"x": "[c b]"}, lambda x: c.batch_norm(x, channel="c", axes="b", momentum=0.3, name="norm"), training=True
    ),
    "batch_norm_plain": Case(
        {"x": "[y c b]"}, lambda x: c.batch_norm(x, channel="c", axes="y b", affine=False, name="norm"), training=True
    ),
    "batch_norm_per": Case(
        {"x": "[h c b]"}, lambda x: c.batch_norm(x, channel="c", axes="b", per="h", name="norm"), training=True
    ),
    "ghost_batch_norm": Case(
        {"x": "[c t]"}, lambda x: c.ghost_batch_norm(x, channel="c", axes="t", groups=2, name="norm"), training=True
    ),
    "running": Case({"x": "[c]"}, lambda x: c.running(x, x * 2, axes="c", name="mean"), training=True),
}  # fmt: skip
