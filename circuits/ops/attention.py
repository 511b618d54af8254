"""Attention: averages of values, weighted by how well their keys fit a query."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..apply import applied, elementwise, size
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph
from ..sizes import Size
from ..trace import Wire, build
from ..types import axis_names, base
from .einsum import einsum
from .masks import softmax_or_zero
from .regularise import Rate, dropout
from .softmax import softmax
from .sources import iota

APART = (("query", "key"), ("query", "channel"), ("key", "channel"), ("query", "value"), ("key", "value"))
Masked = Literal["", "bool", "add"]


class Attention(Composite):
    """Averages values by how well their keys fit each query: `attention(q, k, v, query="y", key="x", channel="k")`.

    softmax(q k^T scale) v, with q [query channel], k [key channel], v [key value]; scale is 1 / sqrt(size of the
    channels) where it is not given, `value` the channels of v where they differ. Heads, groups and batch pass over: a
    query axis that keys lack shares its keys (grouped-query). `causal` lets query y see the keys x <= y, `window` only
    those with |y - x| < window; `masked="bool"` adds an input mask [query key] that is True where a key may be seen,
    `masked="add"` one that is added to the scores. Under a mask or window, a query that sees no key gets 0. `dropout`
    drops weights in training. Source: Vaswani et al. (2017); groups, Ainslie et al. (2023).
    """

    name: ClassVar[str] = "attention"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{Attention}")

    query: str = "y"
    key: str = "x"
    channel: str = "k"
    value: str = ""
    causal: bool = False
    window: Annotated[int, Field(ge=0)] = 0
    scale: float | None = None
    dropout: Rate = 0.0
    masked: Masked = ""

    def expand(self) -> Circuit:
        """Two contractions around a softmax."""
        query, key, channel, value = self._axes()

        def body(q: Wire, k: Wire, v: Wire, mask: Wire | None = None) -> Wire:
            scores = scaled(einsum(f"{query} {channel}, {key} {channel} -> {query} {key}", q, k), channel, self.scale)
            scores = self._seen(scores, mask)
            weights = softmax_or_zero(scores, key) if self.masked or self.window else softmax(scores, axis=key)
            if self.dropout:
                weights = dropout(weights, rate=self.dropout)
            return einsum(f"{query} {key}, {key} {value} -> {query} {value}", weights, v)

        inputs = {"q": f"[{query} {channel}]", "k": f"[{key} {channel}]", "v": f"[{key} {value}]"}
        if self.masked:
            inputs["mask"] = f"{'Bool' if self.masked == 'bool' else ''}[{query} {key}]"
        return build("attention", inputs, body, outputs=[f"[{query} {value}]"])

    def _axes(self) -> tuple[str, str, str, str]:
        """Query, key, channel and value axes; raises AttributeProblem where two groups share one."""
        named = {"query": self.query, "key": self.key, "channel": self.channel, "value": self.value or self.channel}
        groups = {word: axis_names(text) for word, text in named.items()}
        for one, other in APART:
            for axis in groups[one]:
                if axis in groups[other]:
                    fix = f"Map one of them to the twin {axis}'."
                    raise AttributeProblem(f"different axes as {one} and {other}", f"'{axis}' as both", fix)
        for word in ("key", "channel"):
            if not groups[word]:
                raise AttributeProblem(f"at least one axis as {word}", "none", f"Name it with {word}=.")
        if (self.causal or self.window) and (len(groups["query"]), len(groups["key"])) != (1, 1):
            found = f"'{self.query}' and '{self.key}'"
            raise AttributeProblem("one query and one key axis for positions", found, "Give a mask instead.")
        query, key, channel, value = (" ".join(axes) for axes in groups.values())
        return query, key, channel, value

    def _seen(self, scores: Wire, mask: Wire | None) -> Wire:
        """Scores, -inf where a query may not see a key."""
        if mask is not None:
            both = "where(mask, scores, -inf)" if self.masked == "bool" else "mask + scores"
            scores = elementwise(both, mask, scores)
        limits = ["(y >= x)"] * self.causal
        if self.window:
            limits += [f"(y - x < {self.window})", f"(x - y < {self.window})"][: 1 if self.causal else 2]
        if not limits:
            return scores
        rule = f"where({' & '.join(limits)}, s, -inf)"
        return elementwise(rule, iota(self.query), iota(self.key), scores)


def scaled(scores: Wire, channel: str, scale: float | None) -> Wire:
    """Scores times the scale, 1 / sqrt(number of channels) where there is none."""
    if scale is not None:
        return scores * scale
    count = Size.of(1)
    for axis in axis_names(channel):
        count *= Size.name(base(axis))
    return scores * size(str(count)) ** -0.5


class CosineSimilarity(Composite):
    """The cosine of the angle between two vectors: `cosine_similarity(a, b, axis="m")`.

    a . b / (max(|a|, eps) max(|b|, eps)); all other axes pass over, an axis that only one of them has gives all pairs.
    """

    name: ClassVar[str] = "cosine_similarity"
    glyph: ClassVar[Glyph] = Glyph(outline="cap", mark="\\cos")

    axis: str
    eps: Annotated[float, Field(ge=0)] = 1e-8

    def expand(self) -> Circuit:
        """A contraction of vectors brought to length one."""

        def body(a: Wire, b: Wire) -> Wire:
            first, second = (l2_normalize(x, axis=self.axis, eps=self.eps) for x in (a, b))
            return einsum(f"{self.axis}, {self.axis} ->", first, second)

        return build("cosine_similarity", {"a": f"[{self.axis}]", "b": f"[{self.axis}]"}, body, outputs=["[]"])


class L2Normalize(Composite):
    """A vector brought to length one: `l2_normalize(x, axis="m")`, y = x / max(|x|, eps).

    Over several axes it is the length of all of them together; 0 stays 0.
    """

    name: ClassVar[str] = "l2_normalize"
    glyph: ClassVar[Glyph] = Glyph(outline="circle", detail="length")

    axis: str
    eps: Annotated[float, Field(ge=0)] = 1e-12

    def expand(self) -> Circuit:
        """Divide by the root of the sum of squares."""
        axis = " ".join(axis_names(self.axis))

        def body(x: Wire) -> Wire:
            square = einsum(f"{axis}, {axis} ->", x, x)
            # the root of what is at least eps squared has a slope everywhere
            return elementwise(f"x / sqrt(max(s, {self.eps!r} ** 2))", x, square)

        return build("l2_normalize", {"x": f"[{axis}]"}, body, outputs=[f"[{axis}]"])


attention = applied(Attention)
cosine_similarity = applied(CosineSimilarity)
l2_normalize = applied(L2Normalize)
