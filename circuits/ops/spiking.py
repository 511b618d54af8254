"""Spiking neurons: a potential that leaks, and a spike where it passes a threshold."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..regions.scan import scan
from ..regions.surrogate import surrogate
from ..trace import Wire, build
from ..types import axis_name
from .sources import constant
from .stop_gradient import stop_gradient

Positive = Annotated[float, Field(gt=0)]


class LeakyIntegrateAndFire(Composite):
    """Leaky integrate-and-fire neurons along time: `lif(x, axis="t", tau=2.0, threshold=1.0)`, 1 at a spike, else 0.

    u = v + (x[t] - v) / tau, spike s[t] = u >= threshold, then v = u - threshold s[t], or 0 after a spike with
    `reset="zero"`; v starts at 0. Its slope is 1 / (1 + slope |u - threshold|)^2, and none flows through the reset.
    Source: Lapicque (1907); the slope, Zenke & Ganguli (2018).
    """

    name: ClassVar[str] = "lif"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\mathrm{LIF}", detail="loop")
    laws: ClassVar[frozenset[str]] = frozenset({"causal", "streamable"})

    axis: str = "t"
    tau: Annotated[float, Field(ge=1)] = 2.0
    threshold: Positive = 1.0
    slope: Positive = 25.0
    reset: Literal["subtract", "zero"] = "subtract"

    def expand(self) -> Circuit:
        """A scan whose state is the potential."""
        axis, rest = axis_name(self.axis), f"u - {self.threshold!r} * s"
        if self.reset == "zero":
            rest = "u * (1.0 - s)"

        def step(v: Wire, x: Wire) -> dict[str, Wire]:
            raised = elementwise(f"v + (x - v) / {self.tau!r}", v, x)
            above = elementwise(f"u - {self.threshold!r}", raised)
            falling = f"1.0 / (1.0 + {self.slope!r} * abs(x)) ** 2"
            spike = surrogate(above, forward="where(x >= 0, 1.0, 0.0)", backward=falling)
            return {"v": elementwise(rest, raised, stop_gradient(spike)), "spike": spike}

        neuron = build("lif_step", {"v": "[]", "x": "[]"}, step)

        def body(x: Wire) -> Wire:
            spikes: Wire = scan(neuron, constant(0.0), x, axis=axis, along="x", name="neurons")[1]
            return spikes

        return build("lif", {"x": f"[{axis}]"}, body, outputs=[f"[{axis}]"])


lif = applied(LeakyIntegrateAndFire)
