"""Attention between learned maps: in several heads, or scored by a small network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem, did_you_mean
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_name, axis_names
from .attention import attention
from .einsum import einsum
from .regularise import Rate
from .softmax import softmax
from .spatial import sized
from .specs import Sizes, read_ends, read_sizes
from .views import one_axis

PARTS = ("query", "key", "value")


class MultiHeadAttention(Composite):
    """Attention in several heads between learned maps: `multi_head_attention(y, x, "m -> k h", query="y", key="x")`.

    y [query m] asks, x [key m] answers; the right side of the spec holds the `channel` of a head and the heads. The
    weights are [heads m] for query, key and value and [m heads] for the output. Axes in `grouped` are heads that share
    keys and values: `"m -> k g r", grouped="r"`. `source` names the features of x where they are not those of y.
    Source: Vaswani et al. (2017); groups, Ainslie et al. (2023).
    """

    name: ClassVar[str] = "multi_head_attention"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{MHA}", learned=True)

    spec: str
    query: str = "y"
    key: str = "x"
    channel: str = "k"
    grouped: str = ""
    source: str = ""
    causal: bool = False
    bias: bool = True
    dropout: Rate = 0.0

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Features of the stream, and channel and heads, with written sizes."""
        left, right = read_ends(self.spec, "m -> k h")
        for word, names in (("channel", (axis_name(self.channel),)), ("grouped", axis_names(self.grouped))):
            for axis in names:
                if axis not in right:
                    near = did_you_mean(axis, right)
                    fix = f"Add it there or change {word}.{near}"
                    raise AttributeProblem(f"'{axis}' on the right of {self.spec!r}", f"'{' '.join(right)}'", fix)
        if self.channel in axis_names(self.grouped):
            raise AttributeProblem("heads in grouped", f"the channel '{self.channel}'", "Name heads only.")
        return left, right

    @cached_property
    def features(self) -> Mapping[str, tuple[Sizes, Sizes]]:
        """What the map of each part reads and makes, with written sizes."""
        left, right = self.ends
        source = read_sizes(self.source) if self.source else left
        fewer = {axis: size for axis, size in right.items() if axis not in axis_names(self.grouped)}
        return {"query": (left, right), "key": (source, fewer), "value": (source, fewer), "output": (right, left)}

    def weights(self) -> Mapping[str, Init]:
        """A weight and a bias for each of query, key, value and output."""
        found = {}
        for part, (reads, _) in self.features.items():
            found[f"{part}_weight"] = Init("uniform", 1.0, tuple(reads))
            if self.bias:
                found[f"{part}_bias"] = Init("zeros")
        return found

    def expand(self) -> Circuit:
        """Three maps, attention, and a map back."""
        features, names = self.features, tuple(self.weights())
        left, source = (" ".join(features[part][0]) for part in ("query", "key"))

        def body(y: Wire, x: Wire, *weights: Wire) -> Wire:
            held = dict(zip(names, weights, strict=True))

            def mapped(part: str, wire: Wire) -> Wire:
                reads, makes = (" ".join(axes) for axes in features[part])
                made = einsum(f"{makes} {reads}, {reads} -> {makes}", held[f"{part}_weight"], wire)
                return made + held[f"{part}_bias"] if self.bias else made

            heads = attention(
                mapped("query", y), mapped("key", x), mapped("value", x),
                query=self.query, key=self.key, channel=self.channel, causal=self.causal, dropout=self.dropout,
            )  # fmt: skip
            return mapped("output", heads)

        inputs = {"y": f"[{self.query} {left}]", "x": f"[{self.key} {source}]"}
        for part, (reads, makes) in features.items():
            inputs[f"{part}_weight"] = f"[{sized(makes)} {sized(reads)}]"
            if self.bias:
                inputs[f"{part}_bias"] = f"[{sized(makes)}]"
        return build("multi_head_attention", inputs, body, outputs=[f"[{self.query} {left}]"])


class AdditiveAttention(Composite):
    """Attention whose scores come from a small network: `additive_attention(q, k, v, "k -> a")`.

    score[y, x] = w . tanh(W_q q[y] + W_k k[x]), over the hidden axis on the right of the spec; `source` names the
    features of k where they are not those of q, `value` those of v. Source: Bahdanau et al. (2015).
    """

    name: ClassVar[str] = "additive_attention"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{Attention}", learned=True)

    spec: str
    query: str = "y"
    key: str = "x"
    source: str = ""
    value: str = ""

    @cached_property
    def axes(self) -> tuple[str, str, str]:
        """Features of queries, of keys, and the hidden axis."""
        left, right = read_ends(self.spec, "k -> a")
        channel = one_axis(left, "on the left", self.spec)
        return channel, axis_name(self.source or channel), one_axis(right, "on the right", self.spec)

    def weights(self) -> Mapping[str, Init]:
        """Maps of query and key into the hidden axis, and from there to a score."""
        channel, source, hidden = self.axes
        reads = {"query_weight": channel, "key_weight": source, "score_weight": hidden}
        return {name: Init("uniform", 1.0, (axis,)) for name, axis in reads.items()}

    def expand(self) -> Circuit:
        """Two maps, a score for every pair, a softmax and an average."""
        channel, source, hidden = self.axes
        query, key, value = axis_name(self.query), axis_name(self.key), axis_name(self.value or channel)

        def body(q: Wire, k: Wire, v: Wire, wq: Wire, wk: Wire, ws: Wire) -> Wire:
            asked = einsum(f"{hidden} {channel}, {query} {channel} -> {query} {hidden}", wq, q)
            offered = einsum(f"{hidden} {source}, {key} {source} -> {key} {hidden}", wk, k)
            met = elementwise("tanh(a + b)", asked, offered, outer=True)
            weights = softmax(einsum(f"{hidden}, {hidden} ->", ws, met), axis=key)
            return einsum(f"{query} {key}, {key} {value} -> {query} {value}", weights, v)

        wide = sized(read_ends(self.spec)[1])
        inputs = {
            "q": f"[{query} {channel}]", "k": f"[{key} {source}]", "v": f"[{key} {value}]",
            "query_weight": f"[{wide} {channel}]", "key_weight": f"[{wide} {source}]", "score_weight": f"[{hidden}]",
        }  # fmt: skip
        return build("additive_attention", inputs, body, outputs=[f"[{query} {value}]"])


multi_head_attention = applied(MultiHeadAttention)
additive_attention = applied(AdditiveAttention)
