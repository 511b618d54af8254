"""Choices: the few experts a token goes to, a random category, the nearest code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied, applied_many, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_name
from .einsum import einsum
from .gather import gather, one_hot, scatter
from .order import topk
from .reductions import arg, reduce
from .softmax import softmax
from .sources import random
from .spatial import fresh, sized
from .specs import Sizes, read_ends
from .stop_gradient import stop_gradient
from .views import one_axis


class Route(Composite):
    """Weights of the experts that are chosen, 0 for the others: `route(logits, expert="e", active=2)`.

    A softmax over the `active` largest logits; of equal ones the first is chosen. With `renormalise=False` it is taken
    over all experts, and what is not chosen is set to 0. Source: Shazeer et al. (2017); Fedus et al. (2022).
    """

    name: ClassVar[str] = "route"
    glyph: ClassVar[Glyph] = Glyph(outline="diamond", mark="{active}")

    expert: str = "e"
    active: Annotated[int, Field(ge=1)] = 2
    renormalise: bool = True

    def expand(self) -> Circuit:
        """Choose, weigh, put back."""
        expert = axis_name(self.expert)
        chosen = fresh("active", (expert.rstrip("'"),))

        def body(logits: Wire) -> Wire:
            scores = logits if self.renormalise else softmax(logits, axis=expert)
            values, positions = topk(scores, axis=expert, into=f"{chosen}={self.active}")
            weights = softmax(values, axis=chosen) if self.renormalise else values
            return scatter(weights, positions, axis=chosen, into=expert)

        return build("route", {"logits": f"[{expert}]"}, body, outputs=[f"[{expert}]"])


class GumbelSoftmax(Composite):
    """A random category with a slope: `gumbel_softmax(logits, axis="k", temperature=1.0)`.

    softmax((logits + Gumbel noise) / temperature), near one-hot where the temperature is low; `hard` gives the one-hot
    vector and the slope of the soft one. Source: Jang et al. (2017); Maddison et al. (2017).
    """

    name: ClassVar[str] = "gumbel_softmax"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle", mark="\\sim")
    laws: ClassVar[frozenset[str]] = frozenset({"stochastic"})

    axis: str
    temperature: Annotated[float, Field(gt=0)] = 1.0
    hard: bool = False

    def expand(self) -> Circuit:
        """A softmax of noisy scores."""
        axis = axis_name(self.axis)

        def body(logits: Wire) -> Wire:
            noise = random(logits, kind="gumbel")
            soft = softmax(elementwise(f"(x + n) / {self.temperature!r}", logits, noise), axis=axis)
            return straight_through(one_hot(arg("max", soft, axis=axis), into=axis), soft) if self.hard else soft

        return build("gumbel_softmax", {"logits": f"[{axis}]"}, body, outputs=[f"[{axis}]"])


class VectorQuantize(Composite):
    """The nearest of learned codes: `quantized, code, loss = vector_quantize(x, "m -> n=512")`.

    The nearest row of the codebook [n m], through which the slope passes as if it were x; its number; and the loss
    that draws code and x together, |stop(x) - c|^2 + commitment |x - stop(c)|^2, a mean over m. Source: van den Oord
    et al. (2017).
    """

    name: ClassVar[str] = "vector_quantize"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{VQ}", learned=True)

    spec: str
    commitment: Annotated[float, Field(ge=0)] = 0.25

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Features and codes, with written sizes."""
        return read_ends(self.spec, "m -> n=512")

    def weights(self) -> Mapping[str, Init]:
        """The codebook, a row a code."""
        return {"weight": Init("normal", 1.0)}

    def expand(self) -> Circuit:
        """Distances to all codes, the least of them, and its code."""
        left, right = self.ends
        feature, codes = " ".join(left), one_axis(right, "on the right", self.spec)

        def body(x: Wire, weight: Wire) -> dict[str, Wire]:
            met = einsum(f"{feature}, {codes} {feature} -> {codes}", x, weight)
            norm = einsum(f"{codes} {feature}, {codes} {feature} -> {codes}", weight, weight)
            code = arg("min", elementwise("n - 2.0 * d", norm, met), axis=codes)
            nearest = gather(weight, code, axis=codes)
            drawn = elementwise("(a - b) ** 2", stop_gradient(x), nearest)
            kept = elementwise("(a - b) ** 2", x, stop_gradient(nearest))
            total = elementwise(f"a + {self.commitment!r} * b", drawn, kept)
            loss = reduce("mean", total, axes=feature)
            return {"quantized": straight_through(nearest, x), "code": code, "loss": loss}

        inputs = {"x": f"[{feature}]", "weight": f"[{sized(right)} {sized(left)}]"}
        return build("vector_quantize", inputs, body, outputs=[f"[{feature}]", f"Index({codes})[]", "[]"])


def straight_through(value: Wire, slope: Wire) -> Wire:
    """One array with the slope of another."""
    return elementwise("s + d", slope, stop_gradient(value - slope))


route = applied(Route)
gumbel_softmax = applied(GumbelSoftmax)
vector_quantize = applied_many(VectorQuantize)
