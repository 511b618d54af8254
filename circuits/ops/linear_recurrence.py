"""Recurrences that are linear in their state: moving averages and memories written by a rule."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph
from ..regions.scan import scan
from ..trace import Wire, build
from ..types import axis_name
from .einsum import einsum
from .slices import index
from .sources import constant

SCAN = frozenset({"causal", "streamable"})


class ExponentialAverage(Composite):
    """Exponential moving average along an axis: `ema(x, axis="t", decay=0.9)`.

    y[0] = x[0], then y[t] = decay y[t-1] + (1 - decay) x[t]. Source: Brown (1956).
    """

    name: ClassVar[str] = "ema"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\bar{x}", detail="loop")
    laws: ClassVar[frozenset[str]] = SCAN | {"linear"}

    axis: str
    decay: Annotated[float, Field(ge=0, le=1)] = 0.9

    def streamed(self) -> tuple[str, ...]:
        """Its axis: the first element, where the scan starts, comes with the first chunk."""
        return (self.axis,)

    def expand(self) -> Circuit:
        """A scan that starts at the first element."""
        axis, decay = axis_name(self.axis), repr(self.decay)

        def step(mean: Wire, x: Wire) -> dict[str, Wire]:
            after = elementwise(f"{decay} * m + (1.0 - {decay}) * x", mean, x)
            return {"mean": after, "shown": after}

        body_of_step = build("ema_step", {"mean": "[]", "x": "[]"}, step)

        def body(x: Wire) -> Wire:
            means: Wire = scan(body_of_step, index(x, axis=axis, at=0), x, axis=axis, along="x", name="averages")[1]
            return means

        return build("ema", {"x": f"[{axis}]"}, body, outputs=[f"[{axis}]"])


class DeltaRule(Composite):
    """A matrix memory that corrects what it holds: `delta_rule(q, k, v, beta, axis="t", channel="k", value="v")`.

    S[t] = S[t-1] + beta[t] (v[t] - S[t-1] k[t]) k[t]^T and out[t] = S[t] q[t], from S = 0; q and k [t channel], v
    [t value], beta [t], the share of the error that is corrected. With `gated`, an input decay [t] multiplies S[t-1]
    first. Keys are best of length one. Source: Widrow & Hoff (1960); Schlag et al. (2021); Yang et al. (2024).
    """

    name: ClassVar[str] = "delta_rule"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\Delta", detail="loop")
    laws: ClassVar[frozenset[str]] = SCAN

    axis: str = "t"
    channel: str = "k"
    value: str = "v"
    gated: bool = False

    def expand(self) -> Circuit:
        """A scan whose state is the memory."""
        axis, channel, value = (axis_name(text) for text in (self.axis, self.channel, self.value))
        if len({axis, channel, value}) < 3:
            found = f"'{axis}', '{channel}' and '{value}'"
            raise AttributeProblem("different names for axis, channel and value", found, "Use a twin for one of them.")
        along = "q k v beta" + " decay" * self.gated

        def body(*inputs: Wire) -> Wire:
            start = constant(0.0, axes=f"{value} {channel}")
            step = self._step(channel, value)
            read: Wire = scan(step, start, *inputs, axis=axis, along=along, name="memory")[1]
            return read

        inputs = {"q": f"[{axis} {channel}]", "k": f"[{axis} {channel}]", "v": f"[{axis} {value}]", "beta": f"[{axis}]"}
        if self.gated:
            inputs["decay"] = f"[{axis}]"
        return build("delta_rule", inputs, body, outputs=[f"[{axis} {value}]"])

    def _step(self, channel: str, value: str) -> Circuit:
        """Forget, correct, read."""
        matrix = f"{value} {channel}"

        def step(memory: Wire, q: Wire, k: Wire, v: Wire, beta: Wire, decay: Wire | None = None) -> dict[str, Wire]:
            kept = memory if decay is None else memory * decay
            recalled = einsum(f"{matrix}, {channel} -> {value}", kept, k)
            error = elementwise("b * (v - r)", beta, v, recalled)
            after = kept + einsum(f"{value}, {channel} -> {matrix}", error, k)
            return {"memory": after, "read": einsum(f"{matrix}, {channel} -> {value}", after, q)}

        inputs = {"memory": f"[{matrix}]", "q": f"[{channel}]", "k": f"[{channel}]", "v": f"[{value}]", "beta": "[]"}
        return build("delta_step", {**inputs, "decay": "[]"} if self.gated else inputs, step)


ema = applied(ExponentialAverage)
delta_rule = applied(DeltaRule)
