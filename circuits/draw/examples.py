"""One small circuit around every op: what the catalogue of glyphs shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import ops as o
from ..apply import call, elementwise
from ..circuit import Circuit, Node
from ..regions.derivative import derivative
from ..regions.fixed_point import fixed_point
from ..regions.host import host
from ..regions.mixture import mixture
from ..regions.ode import ode
from ..regions.repeat import repeat
from ..regions.reversible import reversible
from ..regions.scan import scan
from ..regions.surrogate import surrogate
from ..regions.while_loop import while_loop
from ..trace import Wire, build

SIZES = {"a": 2, "b": 3, "c": 4, "d": 6, "e": 4, "h": 2, "i": 4, "k": 4, "m": 4, "n": 3, "t": 6, "v": 7, "x": 8, "y": 6}
ROLES = ("x", "y", "t", "n")


@dataclass(frozen=True)
class Example:
    """Inputs by type and what is done with them; `[m]` stands for an input `x` of that type."""

    inputs: str
    body: Callable[..., Any]

    def circuit(self, op: str) -> Circuit:
        """The example as a circuit without problems, named as the op."""
        pairs = (one.partition(":") for one in self.inputs.split(";") if one.strip())
        inputs = {name.strip(): text.strip() for name, _, text in pairs}

        def body(*wires: Wire) -> Any:
            return _outputs(self.body(*wires))

        return build(op, inputs, body, sizes=SIZES).valid()

    def node(self, op: str) -> tuple[Node, Circuit]:
        """The node of the op, and the circuit that holds it."""
        circuit = self.circuit(op)
        return next(node for node in circuit.nodes if node.op.name == op), circuit


def _outputs(made: Any) -> Any:
    return dict(zip(("out", "more", "last"), made, strict=False)) if isinstance(made, tuple) else made


def _field(z: Wire) -> Wire:
    return elementwise("tanh(x)", z)


def _circuit(name: str, body: Callable[..., Wire], *inputs: str) -> Circuit:
    return build(name, {text: f"[{axes}]" for text, _, axes in (one.partition(":") for one in inputs)}, body)


FIELD = _circuit("field", _field, "z:m")
CONTRACTION = _circuit("half", lambda z, x: elementwise("0.5 * tanh(z) + x", z, x), "z:m", "x:m")
CELL = build(
    "cell",
    {"s": "[m]", "x": "[m]"},
    lambda s, x: {"s": elementwise("0.5 * s + x", s, x), "y": elementwise("2 * s", s)},
)
AHEAD = build("ahead", {"z": "[m]"}, lambda z: elementwise("max(abs(z), 1)", z) * 0.5)
BELOW = build("below", {"z": "[m]"}, lambda z: elementwise("x < 1", o.reduce("max", z, axes="m")))
WAVE = build("wave", {"x": "[]"}, lambda x: elementwise("sin(x)", x))


def _symmetric(x: Wire) -> Wire:
    return elementwise("x + 9 * where(i == j, 1.0, 0.0)", x, o.iota("n"), o.iota("n'"), outer=True)


def _repeated(x: Wire) -> Wire:
    return repeat(FIELD, x, times=3)  # type: ignore[no-any-return]


def _layer(op: Callable[..., Any], x: Wire) -> Any:
    return op(x, "t i -> d")


def _one(op: Callable[..., Any], type: str = "b m", /, **words: Any) -> Example:
    return Example(f"x: [{type}]", lambda x: op(x, **words))


def _two(op: Callable[..., Any], type: str, /, **words: Any) -> Example:
    return Example(f"x: [{type}]; z: [{type}]", lambda x, z: op(x, z, **words))


def _matrix(op: Callable[..., Any], **words: Any) -> Example:
    return Example("x: [n n']", lambda x: op(_symmetric(x), **words))


_FUNCTIONS = "relu relu6 leaky_relu elu selu celu gelu silu swish mish softplus sigmoid log_sigmoid tanh hardtanh"
_MORE = "hardsigmoid hardswish softsign identity sin cos exp log sqrt square abs sign gaussian_noise dropout"
EXAMPLES: dict[str, Example] = {
    **{name: _one(getattr(o, name)) for name in f"{_FUNCTIONS} {_MORE} stop_gradient cast".split()},
    **{name: _one(getattr(o, name), axis="m") for name in ("softmax", "log_softmax", "gumbel_softmax", "l2_normalize")},
    **{
        name: _one(getattr(o, name), "b t", axis="t")
        for name in ("cumsum", "cumprod", "cummax", "fft", "flip", "ema", "lif")
    },
    **{name: _one(getattr(o, name), "b t", axis="t") for name in ("sort",)},
    **{name: _one(getattr(o, name), axes="m") for name in ("layer_norm", "rms_norm", "drop_path", "keep")},
    **{
        name: _one(getattr(o, name), "a y x", over="y x")
        for name in ("max_pool", "avg_pool", "global_avg_pool", "global_max_pool")
    },
    **{name: _matrix(getattr(o, name), axes="n n'") for name in ("cholesky", "inverse", "logdet", "slogdet")},
    **{name: _two(getattr(o, name), "t m", axes="m") for name in ("mse", "mae", "huber", "binary_cross_entropy")},
    "elementwise": Example("x: [b k]", lambda x: elementwise("x / sqrt(size(k))", x)),
    "prelu": _one(o.prelu, axes="m"),
    "glu": Example("x: [b c]", lambda x: o.glu(x, "c -> a")),
    "attention": Example("q: [h y k]; k: [h x k]; v: [h x k]", lambda q, k, v: o.attention(q, k, v)),
    "normalised_contraction": Example(
        "x: [y x]; z: [x k]", lambda x, z: o.normalised_contraction(x, z, axis="x", value="k")
    ),
    "cosine_similarity": _two(o.cosine_similarity, "t m", axis="m"),
    "batch_norm": _one(o.batch_norm, "b c", channel="c", axes="b"),
    "ghost_batch_norm": _one(o.ghost_batch_norm, "y c", channel="c", axes="y", groups=2),
    "rnn_cell": Example("x: [i]; h: [d]", lambda x, h: o.rnn_cell(x, h, "i -> d")),
    "gru_cell": Example("x: [i]; h: [d]", lambda x, h: o.gru_cell(x, h, "i -> d")),
    "lstm_cell": Example("x: [i]; h: [d]; s: [d]", lambda x, h, s: o.lstm_cell(x, h, s, spec="i -> d")),
    "concat": Example("x: [a b]; z: [a c]", lambda x, z: o.concat(x, z, spec="b, c -> w")),
    "unconcat": Example("x: [t a]", lambda x: o.unconcat(x, "t -> p=2, q")),
    "stack": Example("x: [a b]; z: [a b]", lambda x, z: o.stack(x, z, axis="s")),
    "unstack": Example("x: [a b]", lambda x: o.unstack(x, axis="a", count=2)),
    "conv": Example("x: [c y x]", lambda x: o.conv(x, "c -> d", over="y x", name="conv")),
    "depthwise_conv": Example("x: [c y x]", lambda x: o.depthwise_conv(x, "c", over="y x", name="conv")),
    "conv_transposed": Example(
        "x: [c y x]", lambda x: o.conv_transposed(x, "c -> d", over="y x", out="p q", name="conv")
    ),
    "diagonal": Example("x: [n a n']", lambda x: o.diagonal(x, "n n' -> n")),
    "embed_diagonal": Example("x: [n a]", lambda x: o.embed_diagonal(x, "n -> n n'")),
    "eigh": Example("x: [n n']", lambda x: o.eigh(_symmetric(x), "n n' -> r")),
    "svd": Example("x: [y n]", lambda x: o.svd(x, "y n -> s")),
    "einsum": Example("x: [y k]; z: [x k]", lambda x, z: o.einsum("y k, x k -> y x", x, z)),
    "broadcast": _one(o.broadcast, axes="k"),
    "embedding": Example("x: Natural(v)[t]", lambda x: o.embedding(x, "v -> m", name="embedding")),
    "gated_mlp": Example("x: [t m]", lambda x: o.gated_mlp(x, "m -> d")),
    "mlp": Example("x: [t m]", lambda x: o.mlp(x, "m -> d -> q=3")),
    "gather": Example("x: [v a]; z: Natural(v)[t]", lambda x, z: o.gather(x, z, axis="v")),
    "one_hot": Example("x: Natural(v)[t]", lambda x: o.one_hot(x, into="v")),
    "scatter": Example("x: [t a]; z: Natural(n)[t]", lambda x, z: o.scatter(x, z, axis="t", into="n")),
    "graph_conv": Example(
        "x: [n i]; s: Index(n)[e]; z: Index(n)[e]", lambda x, s, z: o.graph_conv(x, s, z, spec="i -> d")
    ),
    "graph_attention": Example(
        "x: [n i]; s: Index(n)[e]; z: Index(n)[e]",
        lambda x, s, z: o.graph_attention(x, s, z, spec="i -> d", channel="d"),
    ),
    "solve": Example("x: [n n']; z: [n a]", lambda x, z: o.solve(_symmetric(x), z, axes="n n'")),
    "triangular_solve": Example("x: [n n']; z: [n a]", lambda x, z: o.triangular_solve(x, z, axes="n n'")),
    "cholesky_solve": Example("x: [n n']; z: [n a]", lambda x, z: o.cholesky_solve(x, z, axes="n n'")),
    "linear": Example("x: [t m]", lambda x: o.linear("m -> h k", x, name="query")),
    "linear_attention": Example("q: [y k]; k: [x k]; v: [x k]", lambda q, k, v: o.linear_attention(q, k, v)),
    "hopfield": Example("x: [y k]; z: [x k]", lambda x, z: o.hopfield(x, z)),
    "delta_rule": Example("q: [t k]; k: [t k]; v: [t v]; beta: [t]", lambda q, k, v, beta: o.delta_rule(q, k, v, beta)),
    "cross_entropy": Example("x: [t k]; z: Natural(k)[t]", lambda x, z: o.cross_entropy(x, z)),
    "nll": Example("x: [t k]; z: Natural(k)[t]", lambda x, z: o.nll(x, z)),
    "kl_divergence": _two(o.kl_divergence, "t m", axes="m"),
    "dice_loss": _two(o.dice_loss, "y x", axes="y x"),
    "info_nce": _two(o.info_nce, "n m", pairs="n", axis="m"),
    "causal_mask": Example("", lambda: o.causal_mask(query="y", key="x")),
    "sliding_window_mask": Example("", lambda: o.sliding_window_mask(query="y", key="x", width=3)),
    "padding_mask": Example("x: Natural(t+1)[b]", lambda x: o.padding_mask(x, axis="t")),
    "masked_softmax": Example("x: [y x]; z: Bool[y x]", lambda x, z: o.masked_softmax(x, z, axis="x")),
    "multi_head_attention": Example(
        "x: [y m]; z: [x m]", lambda x, z: o.multi_head_attention(x, z, "m -> k h", query="y", key="x")
    ),
    "additive_attention": Example(
        "q: [y k]; k: [x k]; v: [x m]", lambda q, k, v: o.additive_attention(q, k, v, "k -> h", value="m")
    ),
    "group_norm": _one(o.group_norm, "b c y x", channel="c", groups=2, over="y x"),
    "instance_norm": _one(o.instance_norm, "b c y x", channel="c", over="y x", affine=True),
    "weight_norm": _one(o.weight_norm, "k m", axes="m", keep="k"),
    "topk": _one(o.topk, "b t", axis="t", into="k=2"),
    "adaptive_avg_pool": _one(o.adaptive_avg_pool, "a y x", over="y x", into="p=2 q=4"),
    "alibi": Example("", lambda: o.alibi(axes="y x", heads="h")),
    "fourier_features": Example("x: [t a]", lambda x: o.fourier_features(x, "a -> f=8")),
    "rotary": _one(o.rotary, "t h k", axes="t k"),
    "sinusoidal": Example("", lambda: o.sinusoidal(axes="t m")),
    **{name: Example("x: [b t i]", partial(_layer, getattr(o, name))) for name in ("rnn", "gru", "lstm")},
    "arg": Example("x: [b k]", lambda x: o.arg("max", x, axis="k")),
    "reduce": Example("x: [b m]", lambda x: o.reduce("max", x, axes="m")),
    "pixel_shuffle": Example("x: [c y x]", lambda x: o.pixel_shuffle(x, "c -> a", over="y x", factor=2, out="p q")),
    "pixel_unshuffle": Example("x: [a y x]", lambda x: o.pixel_unshuffle(x, "a -> e", over="y x", factor=2)),
    "upsample": _one(o.upsample, "a y x", over="y x", factor=2, out="p q"),
    "patches": _one(o.patches, "a y x", over="y x", size=2),
    "route": _one(o.route, "t e", expert="e", active=2),
    "vector_quantize": Example("x: [t m]", lambda x: o.vector_quantize(x, "m -> n")),
    "running": _two(o.running, "c", axes="c"),
    "training": Example("", lambda: o.training()),
    **{
        name: Example("x: [e a]; z: Index(n)[e]", partial(getattr(o, name), into="n", axis="e"))
        for name in ("segment_sum", "segment_mean", "segment_max", "segment_softmax")
    },
    "spmm": Example(
        "v: [t]; r: Index(n)[t]; q: Index(x)[t]; x: [x a]",
        lambda v, r, q, x: o.spmm(v, r, q, x, rows="n", columns="x", entries="t"),
    ),
    "index": _one(o.index, "b t", axis="t", at=2),
    "pad": Example("x: [b t]", lambda x: o.pad(x, "t -> s", before=1, after=1)),
    "roll": _one(o.roll, "b t", axis="t", shift=1),
    "slice": Example("x: [b t]", lambda x: o.slice(x, "t -> s", start=1, stop="t-1")),
    "constant": Example("", lambda: o.constant(0.5, axes="m")),
    "iota": Example("", lambda: o.iota("t")),
    "parameter": Example("", lambda: o.parameter(axes="m k", label="w", name="table")),
    "random": Example("", lambda: o.random(kind="normal", axes="b m")),
    "ifft": Example("x: Complex[b t]", lambda x: o.ifft(x, axis="t")),
    "rfft": Example("x: [b t]", lambda x: o.rfft(x, "t -> f")),
    "irfft": Example("x: Complex[b f]", lambda x: o.irfft(x, "f -> t=6")),
    "merge": Example("x: [b y x]", lambda x: o.merge(x, "y x -> p")),
    "split": Example("x: [b c]", lambda x: o.split(x, "c -> h k=2")),
    "permute": _one(o.permute, "a b c", axes="c b a"),
    "rename": Example("x: [b m]", lambda x: o.rename(x, "m -> r")),
    "window": Example("x: [b x]", lambda x: o.window(x, "x -> y' k=3", stride=2, padding="same")),
    "unwindow": Example("x: [b y k]", lambda x: o.unwindow(x, "y k -> x'", stride=2, padding=1)),
    "call": Example("x: [b m]", lambda x: call(FIELD, x)),
    "derivative": Example("x: [b]", lambda x: derivative(WAVE, x, wrt="x")),
    "fixed_point": Example("z: [m]; x: [m]", lambda z, x: fixed_point(CONTRACTION, z, x)),
    "host": Example("x: [b m]", lambda x: host(x, function="tokenise", spec="[m] -> [m]")),
    "mixture": Example("w: [b e]; x: [b m]", lambda w, x: mixture((FIELD, FIELD), w, x, axis="e")),
    "ode": Example("x: [b m]", lambda x: ode(FIELD, x, steps=4)),
    "repeat": Example("x: [b m]", _repeated),
    "reversible": _two(lambda x, z: reversible(FIELD, FIELD, x, z), "b m"),
    "scan": Example("s: [m]; x: [t m]", lambda s, x: scan(CELL, s, x, axis="t", along="x")),
    "surrogate": Example(
        "x: [b m]", lambda x: surrogate(x, forward="where(v > 0, 1.0, 0.0)", backward="1 / (1 + abs(v)) ** 2")
    ),
    "while": Example("x: [m]", lambda x: while_loop(AHEAD, BELOW, x)),
}
