"""A circuit for every op that is printed, as small functions over wires; the test names them after the op."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import circuits as c
from circuits import Circuit, Wire, build, elementwise


@dataclass(frozen=True)
class Case:
    """Inputs by type, what is done with them, and sizes."""

    inputs: Mapping[str, str]
    body: Callable[..., Any]
    sizes: Mapping[str, int] = field(default_factory=dict)
    training: bool = False

    @property
    def updates(self) -> bool:
        """Whether it holds running statistics."""
        return any(record.node.op.signature.updates for record in self.circuit("case").checked.records.values())

    def circuit(self, name: str) -> Circuit:
        """The circuit under test."""
        return build(name, self.inputs, self.body, sizes=self.sizes)


def _symmetric(x: Wire) -> Wire:
    """A positive definite matrix [n n']."""
    other = c.rename(x, "n n' -> p n")
    gram = c.einsum("n q, n' q -> n n'", c.rename(x, "n' -> q"), c.rename(c.rename(x, "n -> r"), "r n' -> n' q"))
    del other
    eye = elementwise("where(i == j, 1.0, 0.0)", c.iota("n"), c.iota("n'"), outer=True)
    return gram + eye


def _composed(values: Wire, vectors: Wire) -> dict[str, Wire]:
    """Eigenvalues and the matrix they make with the eigenvectors, whose signs are anybody's choice."""
    twins = c.rename(vectors, "n -> n'")
    return {"values": values, "matrix": c.einsum("n e, e, n' e -> n n'", vectors, values, twins)}


SIZES = {"a": 2, "b": 3, "c": 4, "d": 5, "n": 3, "t": 6, "v": 7, "x": 8, "y": 6, "k": 4, "m": 4, "h": 2}
ABC = {"x": "[a b c]"}

CASES: dict[str, Case] = {
    # views
    "split": Case({"x": "[a c b]"}, lambda x: c.split(x, "c -> p=2 q")),
    "split_three": Case({"x": "[a t]"}, lambda x: c.split(x, "t -> p=1 q=3 r")),
    "merge_inner": Case(ABC, lambda x: c.merge(x, "b c -> bc")),
    "merge_swapped": Case(ABC, lambda x: c.merge(x, "c a -> ca")),
    "merge_one": Case(ABC, lambda x: c.merge(x, "b -> e")),
    "rename": Case({"x": "[a b]"}, lambda x: c.rename(x, "a b -> a' e")),
    "permute": Case(ABC, lambda x: c.permute(x, axes="c a")),
    "slice": Case({"x": "[t a]"}, lambda x: c.slice(x, "t -> s", start=1, stop="t-1")),
    "slice_step": Case({"x": "[a t]"}, lambda x: c.slice(x, "t -> s", start=-4, step=2)),
    "slice_to": Case({"x": "[a t]"}, lambda x: c.slice(x, "t -> s", stop=2)),
    "index": Case(ABC, lambda x: c.index(x, axis="b", at=1)),
    "index_last": Case(ABC, lambda x: c.index(x, axis="c", at=-1)),
    "index_named": Case(ABC, lambda x: c.index(x, axis="c", at="c-2")),
    "flip": Case(ABC, lambda x: c.flip(x, axis="b")),
    "roll": Case(ABC, lambda x: c.roll(x, axis="b", shift=-1)),
    "roll_named": Case(ABC, lambda x: c.roll(x, axis="c", shift="c//2")),
    "pad": Case(ABC, lambda x: c.pad(x, "b -> e", before=2, after=1, value=0.5)),
    "pad_apart": Case({"x": "[a b]"}, lambda x: c.pad(x, "a -> e", before=1, after=2, step=3, value=-1.0)),
    "pad_new": Case({"x": "[a]"}, lambda x: c.pad(x, "-> e", before=1, after=2)),
    "pad_infinite": Case({"x": "[a]"}, lambda x: c.pad(x, "a -> e", before=1, value=float("-inf"))),
    "diagonal": Case({"x": "[n a n']"}, lambda x: c.diagonal(x, "n n' -> n")),
    "diagonal_three": Case({"x": "[n a n' n'']"}, lambda x: c.diagonal(x, "n n' n'' -> n")),
    "embed_diagonal": Case({"x": "[n a]"}, lambda x: c.embed_diagonal(x, "n -> n n'")),
    "embed_diagonal_three": Case({"x": "[a n]"}, lambda x: c.embed_diagonal(x, "n -> n n' n''")),
    # joining
    "concat": Case({"x": "[a b]", "y": "[a c]"}, lambda x, y: c.concat(x, y, spec="b, c -> e")),
    "concat_middle": Case({"x": "[a b c]"}, lambda x: c.concat(x, elementwise("-x", x), spec="b, b -> e")),
    "concat_lacking": Case({"x": "[a b]", "y": "[c]"}, lambda x, y: c.concat(x, y, spec="b, c -> e")),
    "unconcat": Case({"x": "[t a]"}, lambda x: dict(zip("pq", c.unconcat(x, "t -> p=2, q"), strict=True))),
    "stack": Case({"x": "[a b]", "y": "[b]"}, lambda x, y: c.stack(x, y, elementwise("x * 2", x), axis="s")),
    "unstack": Case({"x": "[a b c]"}, lambda x: c.unstack(x, axis="b", count=3)[1]),
    "unstack_one": Case({"x": "[a d]"}, lambda x: c.unstack(x, axis="d", count=1)[0], {"d": 1}),
    # by position
    "gather_table": Case({"x": "[v a]", "i": "Natural(v)[b t]"}, lambda x, i: c.gather(x, i, axis="v")),
    "gather_aligned": Case({"x": "[b v a]", "i": "Natural(v)[t b]"}, lambda x, i: c.gather(x, i, axis="v")),
    "scatter_sum": Case({"x": "[t a]", "i": "Natural(n)[t]"}, lambda x, i: c.scatter(x, i, axis="t", into="n")),
    "scatter_constant": Case(
        {"x": "[t a]"},
        lambda x: c.scatter(
            x, c.constant((0, 2, 1, 2, 0, 0), axes="t", element="Index(n)"), axis="t", into="n"
        ),
    ),
    "one_hot": Case({"i": "Natural(v)[t]"}, lambda i: c.one_hot(i, into="v")),
    "sort": Case(ABC, lambda x: dict(zip("vp", c.sort(x, axis="b"), strict=True))),
    "sort_descending": Case({"x": "Int(8)[t a]"}, lambda x: c.sort(x, axis="t", descending=True)[0]),
    "topk": Case({"x": "[t a]"}, lambda x: dict(zip("vp", c.topk(x, axis="t", into="k=2"), strict=True))),
    "topk_least": Case({"x": "Int(8)[a t]"}, lambda x: c.topk(x, axis="t", into="k=4", largest=False)[1]),
    "argsort": Case(ABC, lambda x: c.sort(x, axis="c")[1]),
    "arg": Case(ABC, lambda x: c.arg("max", x, axis="b")),
    # windows
    "window": Case({"x": "[t a]"}, lambda x: c.window(x, "t -> w k=3")),
    "window_dilated": Case({"x": "[a x]"}, lambda x: c.window(x, "x -> w k=3", stride=2, dilation=2, padding="same")),
    "window_filled": Case({"x": "[x]"}, lambda x: c.window(x, "x -> w k=2", before=1, after=0, fill=-1.5)),
    "unwindow": Case({"x": "[t k a]"}, lambda x: c.unwindow(x, "t k -> w", stride=2, padding=1)),
    "unwindow_dilated": Case(
        {"x": "[a t k]"}, lambda x: c.unwindow(x, "t k -> w", stride=2, dilation=3, output_padding=1), {"k": 2}
    ),
    # sources
    "constant_number": Case({"x": "[a]"}, lambda x: x * c.constant(0.1)),
    "constant_array": Case({"x": "[a]"}, lambda x: x * c.constant((0.1, 0.2), axes="a")),
    "constant_matrix": Case({}, lambda: c.constant(((1.0, 2.0), (3.0, 4.0), (5.0, 0.1)), axes="b a")),
    "constant_filled": Case({"x": "[a b]"}, lambda x: x + c.constant(0.1, axes="b")),
    "constant_zeros": Case({"x": "[a b]"}, lambda x: x + c.constant(0.0, axes="b")),
    "constant_bool": Case({}, lambda: c.constant((1, 0, 1), axes="b", element="Bool")),
    "iota": Case({"x": "[a t]"}, lambda x: elementwise("x * i", x, c.cast(c.iota("t")))),
    "parameter": Case({"x": "[a b]"}, lambda x: x * c.parameter(axes="b", name="scale")),
    "parameter_bare": Case({"x": "[a b]"}, lambda x: x * c.parameter(axes="b", label="", name="scale")),
    "parameter_eye": Case({}, lambda: c.parameter(axes="a n n'", init="eye", scale=2.0, trainable=False, name="w")),
    "parameter_fan": Case({}, lambda: c.parameter(axes="a n", init="uniform", scale=3.0, fan="n t", name="w")),
    "cast_real": Case({"i": "Int(8)[a]"}, lambda i: c.cast(i)),
    "cast_bool": Case({"x": "[a]"}, lambda x: c.cast(elementwise("floor(x)", x), element="Bool")),
    "cast_whole": Case({"x": "[a b]"}, lambda x: c.cast(elementwise("x * 3", x), element="Int(16)")),
    "cast_complex": Case({"x": "[a b]"}, lambda x: c.cast(x, element="Complex")),
    "stop_gradient": Case({"x": "[a]"}, lambda x: x + c.stop_gradient(x)),
    "training": Case({"x": "[a]"}, lambda x: elementwise("where(t, x, 2 * x)", c.training(), x)),
    # algebra
    "cholesky": Case({"x": "[a n n']"}, lambda x: c.cholesky(_symmetric(x), axes="n n'")),
    "inverse": Case({"x": "[n n']"}, lambda x: c.inverse(_symmetric(x), axes="n n'")),
    "solve": Case({"x": "[n n']", "b": "[n a]"}, lambda x, b: c.solve(_symmetric(x), b, axes="n n'")),
    "solve_transposed": Case(
        {"x": "[a n n']", "b": "[n']"}, lambda x, b: c.solve(x, b, axes="n n'", transpose=True)
    ),
    "triangular_solve": Case({"x": "[n n']", "b": "[n a]"}, lambda x, b: c.triangular_solve(x, b, axes="n n'")),
    "triangular_solve_upper": Case(
        {"x": "[a n n']", "b": "[n']"},
        lambda x, b: c.triangular_solve(x, b, axes="n n'", lower=False, transpose=True, unit=True),
    ),
    "cholesky_solve": Case(
        {"x": "[n n']", "b": "[n]"}, lambda x, b: c.cholesky_solve(c.cholesky(_symmetric(x), axes="n n'"), b, axes="n n'")
    ),
    "slogdet": Case({"x": "[a n n']"}, lambda x: dict(zip("sl", c.slogdet(x, axes="n n'"), strict=True))),
    "logdet": Case({"x": "[n n']"}, lambda x: c.logdet(x, axes="n n'")),
    "eigh": Case({"x": "[n a n']"}, lambda x: _composed(*c.eigh(_symmetric(x), "n n' -> e"))),
    "svd": Case({"x": "[a y n]"}, lambda x: c.svd(x, "y n -> s")[1]),
    "svd_product": Case(
        {"x": "[y n]"},
        lambda x: (lambda u, s, v: c.einsum("y s, s, n s -> y n", u, s, v))(*c.svd(x, "y n -> s")),
    ),
    "fft": Case({"x": "[t a]"}, lambda x: c.fft(x, axis="t")),
    "fft_two": Case({"x": "[a t b]"}, lambda x: elementwise("real(z)", c.ifft(c.fft(x, axis="t b"), axis="b t"))),
    "rfft": Case({"x": "[a t b]"}, lambda x: c.rfft(x, "t -> f")),
    "irfft": Case({"x": "[a t]"}, lambda x: c.irfft(c.rfft(x, "t -> f"), "f -> t")),
    "complex": Case({"z": "Complex[a b]", "x": "[b]"}, lambda z, x: c.einsum("b, b ->", z, x)),
    # reductions
    "reduce_prod": Case(ABC, lambda x: c.reduce("prod", x, axes="a c")),
    "reduce_any": Case({"x": "Bool[a b]"}, lambda x: c.reduce("any", x, axes="a")),
    "reduce_mean": Case(ABC, lambda x: c.reduce("mean", x, axes="c a")),
    "reduce_whole": Case({"x": "Int(8)[a b]"}, lambda x: c.reduce("sum", x, axes="a")),
}  # fmt: skip
for _kind in ("mean", "max", "min"):
    CASES[f"scatter_{_kind}"] = Case(
        {"x": "[b t a]", "i": "Natural(n)[t a]"},
        lambda x, i, kind=_kind: c.scatter(x, i, axis="t a", into="n", kind=kind),
    )
for _name in ("cumsum", "cumprod", "cummax"):
    for _reverse in (False, True):
        for _exclusive in (False, True):
            CASES[f"{_name}_{'reverse' * _reverse}_{'exclusive' * _exclusive}".strip("_")] = Case(
                {"x": "[t a]"},
                lambda x, op=getattr(c, _name), r=_reverse, e=_exclusive: op(x, axis="t", reverse=r, exclusive=e),
            )
CASES |= {
    # activations
    **{
        name: Case({"x": "[a t]"}, lambda x, op=getattr(c, name): op(elementwise("20 * x", x)))
        for name in ["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "softplus", "sigmoid", "log_sigmoid", "tanh", "hardtanh", "hardsigmoid", "hardswish", "softsign", "identity", "sin", "cos", "exp", "square", "abs", "sign"]
    },
    "activation_attributes": Case(
        {"x": "[a t]"},
        lambda x: c.elu(x, alpha=0.5) + c.celu(x, alpha=2.0) + c.softplus(x, beta=3.0) + c.leaky_relu(x, slope=0.2)
        + c.gelu(x, approximate="tanh") + c.hardtanh(x, low=-0.5, high=0.25) + c.swish(x, beta=1.5) + c.sin(x, omega=3.0),
    ),
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
    "group_norm_weight": Case({"x": "[c y]"}, lambda x: c.group_norm(x, channel="c", groups=4, over="y", bias=False, name="n")),
    "instance_norm": Case({"x": "[c y x]"}, lambda x: c.instance_norm(x, channel="c", over="y x", affine=True, name="n")),
    "weight_norm": Case({"x": "[k m]"}, lambda x: c.weight_norm(x, axes="m", keep="k", name="n")),
    "rms_norm_fed": Case({"x": "[t m]", "w": "[m]"}, lambda x, w: c.rms_norm(x, axes="m", weight=w)),
    # shapes
    "upsample": Case({"x": "[a y x]"}, lambda x: c.upsample(x, over="y x", factor="2 3", out="p q")),
    "upsample_linear": Case({"x": "[y a x]"}, lambda x: c.upsample(x, over="y x", factor="2 3", out="p q", mode="linear")),
    "pixel_shuffle": Case({"x": "[c y x]"}, lambda x: c.pixel_shuffle(x, "c -> e", over="y x", factor=2, out="p q")),
    "pixel_unshuffle": Case({"x": "[a y x]"}, lambda x: c.pixel_unshuffle(x, "a -> e", over="y x", factor=2)),
    "patches": Case({"x": "[a y x]"}, lambda x: c.patches(x, over="y x", size=2)),
    # pooling
    "max_pool": Case({"x": "[a y x]"}, lambda x: c.max_pool(x, over="y x")),
    "max_pool_padded": Case({"x": "[a x y]"}, lambda x: c.max_pool(x, over="y x", kernel=3, stride=2, padding=1)),
    "max_pool_causal": Case({"x": "[x a]"}, lambda x: c.max_pool(x, over="x", kernel=3, stride=1, padding="causal")),
    "max_pool_bare": Case({"x": "[x]"}, lambda x: c.max_pool(x, over="x", kernel=3, stride=1, dilation=2, padding="same")),
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
    "attention_causal": Case({"q": "[y k]", "k": "[x k]", "v": "[x k]"}, lambda q, k, v: c.attention(q, k, v, causal=True)),
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
    "causal_mask": Case({"x": "[y x]"}, lambda x: elementwise("where(m, x, 0.0)", c.causal_mask(query="y", key="x"), x)),
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
for _name, _words in {
    "same": {}, "strided": {"stride": 2}, "dilated": {"dilation": 2}, "causal": {"padding": "causal"},
    "even": {"kernel": 2}, "valid": {"padding": "valid", "kernel": "3 2", "out": "p q"}, "grouped": {"groups": 2},
    "unbiased": {"bias": False}, "padded": {"padding": 2, "kernel": 5, "stride": "2 1"},
    "named": {"kernel": "h a", "out": "p q", "padding": "causal"},
}.items():  # fmt: skip
    CASES[f"conv_{_name}"] = Case(
        {"x": "[c y x]"}, lambda x, w=_words: c.conv(x, "c -> d=6", over="y x", name="conv", **w), {"d": 6}
    )
    _plain = {key: value for key, value in _words.items() if key != "groups"}
    CASES[f"depthwise_conv_{_name}"] = Case(
        {"x": "[y c x]"}, lambda x, w=_plain: c.depthwise_conv(x, "c", over="y x", name="conv", **w)
    )
    if _words.get("kernel") not in ("3 2", "h a"):
        CASES[f"conv1d_{_name}"] = Case(
            {"x": "[x c]"},
            lambda x, w=_words: c.conv(
                x, "c -> d=6", over="x", name="conv", **{**w, **({"stride": 2} if "stride" in w else {})}
            ),
            {"d": 6},
        )
for _name, _words in {
    "plain": {}, "padded": {"kernel": 3, "padding": 1, "output_padding": 1}, "grouped": {"groups": 2},
    "dilated": {"kernel": 3, "dilation": 2, "bias": False}, "same": {"kernel": 3, "stride": 1, "padding": "same"},
    "uneven": {"kernel": 3, "stride": 2, "padding": "causal"},
}.items():  # fmt: skip
    CASES[f"conv_transposed_{_name}"] = Case(
        {"x": "[c y x]"},
        lambda x, w=_words: c.conv_transposed(x, "c -> d=6", over="y x", out="p q", name="conv", **w),
        {"d": 6},
    )
for _name in ("rnn", "gru", "lstm"):
    for _kind, _words in {
        "plain": {}, "reverse": {"reverse": True}, "both": {"bidirectional": True}, "unbiased": {"bias": False},
    }.items():  # fmt: skip
        CASES[f"{_name}_{_kind}"] = Case(
            {"x": "[a t m]"},
            lambda x, op=getattr(c, _name), w=_words: dict(
                zip(("sequence", "h", "c"), op(x, "t m -> o=5", name="layer", **w), strict=False)
            ),
            {"o": 5},
        )
    _states = ("h", "c") if _name == "lstm" else ("h",)
    CASES[f"{_name}_initial"] = Case(
        {"x": "[t m a]", **dict.fromkeys(_states, "[o]")},
        lambda x, *states, op=getattr(c, _name): op(x, *states, "t m -> o=5", initial=True, name="layer")[0],
        {"o": 5},
    )
    CASES[f"{_name}_both_initial"] = Case(
        {"x": "[t m]", **dict.fromkeys(_states, "[both o]")},
        lambda x, *states, op=getattr(c, _name): op(
            x, *states, "t m -> o=5", initial=True, bidirectional=True, name="layer"
        )[1],
        {"o": 5, "both": 2},
    )
    CASES[f"{_name}_cell"] = Case(
        {"x": "[a m]", **dict.fromkeys(_states, "[a o]")},
        lambda x, *states, op=getattr(c, f"{_name}_cell"): op(x, *states, spec="m -> o", name="cell"),
        {"o": 5},
    )
    CASES[f"{_name}_wide"] = Case(
        {"x": "[t m]"}, lambda x, op=getattr(c, _name): op(x, "t m -> o=5 b", name="layer")[0], {"o": 5}
    )
CASES["rnn_relu"] = Case(
    {"x": "[t m]"}, lambda x: c.rnn(x, "t m -> o=5", nonlinearity="relu", name="layer")[0], {"o": 5}
)
CASES |= {
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
