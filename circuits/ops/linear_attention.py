"""Relatives of attention: without a softmax, and as an associative memory."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..regions.repeat import repeat
from ..trace import Wire, build
from ..types import axis_name, base
from .attention import attention
from .cumulative import cumsum
from .einsum import einsum
from .reductions import reduce
from .views import rename

FEATURE = "where(x > 0, x + 1.0, exp(x))"


class LinearAttention(Composite):
    """Attention without a softmax, of linear cost: `linear_attention(q, k, v, query="y", key="x", channel="k")`.

    out = f(q) (f(k)^T v) / f(q) (f(k)^T 1) with f(x) = elu(x) + 1. With `causal`, sums run over the keys up to the
    query's position, and queries and keys have one size. Source: Katharopoulos et al. (2020).
    """

    name: ClassVar[str] = "linear_attention"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{Lin.\\ attention}")

    query: str = "y"
    key: str = "x"
    channel: str = "k"
    value: str = ""
    causal: bool = False

    def expand(self) -> Circuit:
        """Sums over the keys, then products with the queries."""
        query, key, channel = (axis_name(text) for text in (self.query, self.key, self.channel))
        value = axis_name(self.value or channel)
        apart = value
        while apart in (query, key, channel):
            apart += "'"
        state = f"{query} {channel} {apart}" if self.causal else f"{channel} {apart}"
        norm = f"{query} {channel}" if self.causal else channel

        def body(q: Wire, k: Wire, v: Wire) -> Wire:
            asked, offered = (elementwise(FEATURE, wire) for wire in (q, k))
            values = rename(v, f"{value} -> {apart}") if apart != value else v
            memory, total = self._memory(offered, values, key, channel, apart)
            found = einsum(f"{query} {channel}, {state} -> {query} {apart}", asked, memory)
            mean = found / einsum(f"{query} {channel}, {norm} -> {query}", asked, total)
            return rename(mean, f"{apart} -> {value}") if apart != value else mean

        inputs = {"q": f"[{query} {channel}]", "k": f"[{key} {channel}]", "v": f"[{key} {value}]"}
        same = [f"{base(query)} = {base(key)}"] if self.causal and base(query) != base(key) else []
        return build("linear_attention", inputs, body, outputs=[f"[{query} {value}]"], constraints=same)

    def _memory(self, keys: Wire, values: Wire, key: str, channel: str, value: str) -> tuple[Wire, Wire]:
        """Keys times values and keys, summed over all positions or over those up to each."""
        if not self.causal:
            whole = einsum(f"{key} {channel}, {key} {value} -> {channel} {value}", keys, values)
            return whole, reduce("sum", keys, axes=key)
        pairs = einsum(f"{key} {channel}, {key} {value} -> {key} {channel} {value}", keys, values)
        memory, total = (rename(cumsum(x, axis=key), f"{key} -> {self.query}") for x in (pairs, keys))
        return memory, total


class Hopfield(Composite):
    """Retrieves what is stored from a part of it: `hopfield(state, stored, beta=8.0)`.

    state' = softmax(beta state . stored) stored, `steps` times: an associative memory whose retrieval is attention.
    state [query channel], stored [key channel]. Source: Ramsauer et al. (2021).
    """

    name: ClassVar[str] = "hopfield"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{Hopfield}")

    query: str = "y"
    key: str = "x"
    channel: str = "k"
    beta: Annotated[float, Field(gt=0)] = 1.0
    steps: Annotated[int, Field(ge=1)] = 1

    def expand(self) -> Circuit:
        """Attention of the state to what is stored, again and again."""
        inputs = {"state": f"[{self.query} {self.channel}]", "stored": f"[{self.key} {self.channel}]"}
        axes = {"query": self.query, "key": self.key, "channel": self.channel}

        def retrieve(state: Wire, stored: Wire) -> Wire:
            return attention(state, stored, stored, scale=self.beta, **axes)

        step = build("retrieve", inputs, retrieve, outputs=[inputs["state"]])

        def body(state: Wire, stored: Wire) -> Wire:
            found: Wire = repeat(step, state, stored, times=self.steps, tied=True)
            return found

        return build("hopfield", inputs, body if self.steps > 1 else retrieve, outputs=[inputs["state"]])


linear_attention = applied(LinearAttention)
hopfield = applied(Hopfield)
