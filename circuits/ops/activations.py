"""Activations: the nonlinear functions of one number between layers, learned slopes and gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_names, base
from .functions import identity
from .pointwise import Pointwise, arrows
from .slices import index
from .specs import read_ends
from .views import one_axis, split

Positive = Annotated[float, Field(gt=0)]


class Relu(Pointwise):
    """Rectifier: y = max(x, 0), of slope 0 at 0. Source: Fukushima (1969); Nair & Hinton (2010)."""

    name: ClassVar[str] = "relu"
    glyph: ClassVar[Glyph] = arrows("R")
    formula: ClassVar[str] = "relu(x)"


class Relu6(Pointwise):
    """Rectifier that saturates: y = min(max(x, 0), 6). Source: Krizhevsky (2010)."""

    name: ClassVar[str] = "relu6"
    glyph: ClassVar[Glyph] = arrows("R_6")
    formula: ClassVar[str] = "clip(x, 0.0, 6.0)"


class LeakyRelu(Pointwise):
    """Rectifier that leaks: y = x where x > 0, else slope x. Source: Maas et al. (2013)."""

    name: ClassVar[str] = "leaky_relu"
    glyph: ClassVar[Glyph] = arrows("R_{{slope}}")
    formula: ClassVar[str] = "where(x > 0, x, {slope} * x)"

    slope: float = 0.01


class Elu(Pointwise):
    """Exponential linear unit: y = x where x > 0, else alpha (exp(x) - 1). Source: Clevert et al. (2016)."""

    name: ClassVar[str] = "elu"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{ELU}")
    # min keeps the exponential finite where it is not used, else its slope there were 0 * inf
    formula: ClassVar[str] = "where(x > 0, x, {alpha} * expm1(min(x, 0.0)))"
    plain: ClassVar[str] = "where(x > 0, x, expm1(min(x, 0.0)))"

    alpha: float = 1.0


class Selu(Pointwise):
    """Self-normalising exponential linear unit: y = scale elu(x, alpha), which keeps mean 0 and variance 1.

    scale = 1.0507..., alpha = 1.6732.... Source: Klambauer et al. (2017).
    """

    name: ClassVar[str] = "selu"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{SELU}")
    formula: ClassVar[str] = "1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(min(x, 0.0)))"


class Celu(Pointwise):
    """Continuously differentiable elu: y = x where x > 0, else alpha (exp(x / alpha) - 1). Source: Barron (2017)."""

    name: ClassVar[str] = "celu"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{CELU}")
    formula: ClassVar[str] = "where(x > 0, x, {alpha} * expm1(min(x, 0.0) / {alpha}))"
    plain: ClassVar[str] = "where(x > 0, x, expm1(min(x, 0.0)))"

    alpha: Positive = 1.0


class Gelu(Composite):
    """Gaussian error linear unit: y = x P(z <= x) for normal z, or an approximation of it by `tanh`.

    y = x (1 + erf(x / sqrt 2)) / 2. Source: Hendrycks & Gimpel (2016).
    """

    name: ClassVar[str] = "gelu"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{GELU}")
    laws: ClassVar[frozenset[str]] = Pointwise.laws

    approximate: Literal["none", "tanh"] = "none"

    def expand(self) -> Circuit:
        """One elementwise expression."""
        inside = "tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))" if self.approximate == "tanh" else "erf(x / sqrt(2))"
        return build("gelu", {"x": "[]"}, lambda x: elementwise(f"0.5 * x * (1 + {inside})", x), outputs=["[]"])


class Silu(Pointwise):
    """Sigmoid linear unit: y = x sigmoid(x). Source: Elfwing et al. (2018)."""

    name: ClassVar[str] = "silu"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{SiLU}")
    formula: ClassVar[str] = "x * sigmoid(x)"


class Swish(Pointwise):
    """Silu of another steepness: y = x sigmoid(beta x). Source: Ramachandran et al. (2017)."""

    name: ClassVar[str] = "swish"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{swish}")
    formula: ClassVar[str] = "x * sigmoid({beta} * x)"
    plain: ClassVar[str] = "x * sigmoid(x)"

    beta: float = 1.0


class Mish(Pointwise):
    """A smooth unit that regularises itself: y = x tanh(log(1 + exp(x))). Source: Misra (2020)."""

    name: ClassVar[str] = "mish"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{Mish}")
    formula: ClassVar[str] = "x * tanh(softplus(x))"


class Softplus(Pointwise):
    """Smooth rectifier: y = log(1 + exp(beta x)) / beta. Source: Dugas et al. (2001)."""

    name: ClassVar[str] = "softplus"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{softplus}")
    formula: ClassVar[str] = "softplus({beta} * x) / {beta}"
    plain: ClassVar[str] = "softplus(x)"

    beta: Positive = 1.0


class Sigmoid(Pointwise):
    """Logistic function: y = 1 / (1 + exp(-x)), computed without overflow. Source: Verhulst (1845)."""

    name: ClassVar[str] = "sigmoid"
    glyph: ClassVar[Glyph] = arrows("\\sigma")
    formula: ClassVar[str] = "sigmoid(x)"


class LogSigmoid(Pointwise):
    """Logarithm of the logistic function: y = -log(1 + exp(-x)), computed without overflow."""

    name: ClassVar[str] = "log_sigmoid"
    glyph: ClassVar[Glyph] = arrows("\\log\\sigma")
    formula: ClassVar[str] = "-softplus(-x)"


class Tanh(Pointwise):
    """Hyperbolic tangent: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))."""

    name: ClassVar[str] = "tanh"
    glyph: ClassVar[Glyph] = arrows("\\tanh")
    formula: ClassVar[str] = "tanh(x)"


class Hardtanh(Pointwise):
    """Piecewise linear tanh: y = min(max(x, low), high). Source: Collobert (2004)."""

    name: ClassVar[str] = "hardtanh"
    glyph: ClassVar[Glyph] = arrows("\\overline{\\tanh}")
    formula: ClassVar[str] = "clip(x, {low}, {high})"

    low: float = -1.0
    high: float = 1.0


class Hardsigmoid(Pointwise):
    """Piecewise linear sigmoid: y = min(max(x / 6 + 1/2, 0), 1). Source: Courbariaux et al. (2015)."""

    name: ClassVar[str] = "hardsigmoid"
    glyph: ClassVar[Glyph] = arrows("\\bar{\\sigma}")
    formula: ClassVar[str] = "clip(x / 6 + 0.5, 0.0, 1.0)"


class Hardswish(Pointwise):
    """Piecewise quadratic swish: y = x min(max(x / 6 + 1/2, 0), 1). Source: Howard et al. (2019)."""

    name: ClassVar[str] = "hardswish"
    glyph: ClassVar[Glyph] = arrows("\\overline{\\mathrm{swish}}")
    formula: ClassVar[str] = "x * clip(x / 6 + 0.5, 0.0, 1.0)"


class Softsign(Pointwise):
    """Slowly saturating sign: y = x / (1 + |x|). Source: Bergstra et al. (2009)."""

    name: ClassVar[str] = "softsign"
    glyph: ClassVar[Glyph] = arrows("\\mathrm{softsign}")
    formula: ClassVar[str] = "x / (1 + abs(x))"


class Prelu(Composite):
    """Rectifier that learns to leak: y = x where x > 0, else weight x; `axes="c"` learns a slope a channel.

    Source: He et al. (2015).
    """

    name: ClassVar[str] = "prelu"
    glyph: ClassVar[Glyph] = Glyph(outline="arrows", mark="R", learned=True)

    axes: str = ""
    start: float = 0.25

    def weights(self) -> Mapping[str, Init]:
        """The slopes, with the axes named."""
        return {"weight": Init("constant", self.start)}

    def expand(self) -> Circuit:
        """One elementwise expression of the array and the slopes."""
        type = f"[{' '.join(axis_names(self.axes))}]"

        def body(x: Wire, weight: Wire) -> Wire:
            return elementwise("where(x > 0, x, weight * x)", x, weight)

        return build("prelu", {"x": type, "weight": type}, body, outputs=[type])


class Glu(Composite):
    """Gated linear unit: `glu(x, "c -> h")` halves an axis, y = first half * gate(second half).

    Gates: sigmoid, relu (ReGLU), gelu (GEGLU), silu (SwiGLU), tanh, identity (bilinear). Source: Dauphin et al.
    (2017); Shazeer (2020).
    """

    name: ClassVar[str] = "glu"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{GLU}")

    spec: str
    gate: Literal["sigmoid", "relu", "gelu", "silu", "tanh", "identity"] = "sigmoid"

    def expand(self) -> Circuit:
        """Split the axis in two, gate one half by the other."""
        left, right = read_ends(self.spec, "c -> h")
        whole, half = one_axis(left, "on the left", self.spec), one_axis(right, "on the right", self.spec)
        pair = "pair"
        while pair in (base(whole), base(half)):
            pair += "_"
        gates = {"sigmoid": sigmoid, "relu": relu, "gelu": gelu, "silu": silu, "tanh": tanh, "identity": identity}

        def body(x: Wire) -> Wire:
            halves = split(x, f"{whole} -> {pair}=2 {half}")
            value, gate = index(halves, axis=pair, at=0), index(halves, axis=pair, at=1)
            return value * gates[self.gate](gate)

        source, _, target = self.spec.partition("->")
        return build("glu", {"x": f"[{source}]"}, body, outputs=[f"[{target}]"])


relu = applied(Relu)
relu6 = applied(Relu6)
leaky_relu = applied(LeakyRelu)
prelu = applied(Prelu)
elu = applied(Elu)
selu = applied(Selu)
celu = applied(Celu)
gelu = applied(Gelu)
silu = applied(Silu)
swish = applied(Swish)
mish = applied(Mish)
softplus = applied(Softplus)
sigmoid = applied(Sigmoid)
log_sigmoid = applied(LogSigmoid)
tanh = applied(Tanh)
hardtanh = applied(Hardtanh)
hardsigmoid = applied(Hardsigmoid)
hardswish = applied(Hardswish)
softsign = applied(Softsign)
glu = applied(Glu)
