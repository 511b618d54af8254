"""Feed-forward networks: learned maps with an activation between them, gated or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Literal

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_names
from .activations import gelu, mish, relu, sigmoid, silu, tanh
from .einsum import einsum
from .functions import identity
from .spatial import sized
from .specs import Sizes, read_ends, read_sizes

Activation = Literal["relu", "gelu", "silu", "tanh", "sigmoid", "mish", "identity"]
FUNCTIONS: Mapping[str, Callable[..., Wire]] = {
    "relu": relu,
    "gelu": gelu,
    "silu": silu,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "mish": mish,
    "identity": identity,
}


class GatedMLP(Composite):
    """A feed-forward layer whose hidden features are gated: `gated_mlp(x, "m -> f", activation="silu")`.

    y = down (activation(gate x) * (up x)), with learned gate and up [f m] and down [m f], and a bias each with `bias`.
    SwiGLU with silu, GEGLU with gelu. Source: Shazeer (2020).
    """

    name: ClassVar[str] = "gated_mlp"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{GLU}", learned=True)

    spec: str
    activation: Activation = "silu"
    bias: bool = False

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Features and hidden features, with written sizes."""
        left, right = read_ends(self.spec, "m -> f")
        distinct(left, right, self.spec)
        return left, right

    def weights(self) -> Mapping[str, Init]:
        """Gate, up and down, and their biases."""
        (left, right), found = self.ends, {}
        for name, fan in (("gate", left), ("up", left), ("down", right)):
            start = Init("uniform", 1.0, tuple(fan))
            found[name] = start
            if self.bias:
                found[f"{name}_bias"] = start
        return found

    def expand(self) -> Circuit:
        """Two maps, a product, and a map back."""
        left, right = self.ends
        names = tuple(self.weights())

        def body(x: Wire, *weights: Wire) -> Wire:
            held = dict(zip(names, weights, strict=True))
            gate = FUNCTIONS[self.activation](mapped(x, left, right, held["gate"], held.get("gate_bias")))
            hidden = gate * mapped(x, left, right, held["up"], held.get("up_bias"))
            return mapped(hidden, right, left, held["down"], held.get("down_bias"))

        source, target = " ".join(left), " ".join(right)
        inputs = {"x": f"[{source}]"}
        for name in names:
            reads, makes = (target, sized(left)) if name.startswith("down") else (source, sized(right))
            inputs[name] = f"[{makes}]" if name.endswith("bias") else f"[{makes} {reads}]"
        return build("gated_mlp", inputs, body, outputs=[f"[{source}]"])


class MLP(Composite):
    """Learned maps with an activation between them: `mlp(x, "m -> f -> o", activation="relu")`.

    Each arrow is a map with `weight_1` [f m] and `bias_1` [f] and so on; after all but the last comes the activation.
    With one arrow, `"m -> f"`, a second map leads back to m. Source: Rumelhart et al. (1986).
    """

    name: ClassVar[str] = "mlp"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{MLP}", learned=True)

    spec: str
    activation: Activation = "relu"
    bias: bool = True

    @cached_property
    def stages(self) -> tuple[Sizes, ...]:
        """Axes before the first map and after each, with written sizes."""
        parts = tuple(read_sizes(part) for part in self.spec.split("->"))
        if len(parts) == 1:
            raise AttributeProblem("a spec such as 'm -> f -> o'", repr(self.spec), "Write '->' between the axes.")
        found = (*parts, parts[0]) if len(parts) == 2 else parts
        for left, right in pairwise(found):
            distinct(left, right, self.spec)
        return found

    def weights(self) -> Mapping[str, Init]:
        """A weight and a bias a map."""
        found = {}
        for place, reads in enumerate(self.stages[:-1], 1):
            start = Init("uniform", 1.0, tuple(reads))
            found[f"weight_{place}"] = start
            if self.bias:
                found[f"bias_{place}"] = start
        return found

    def expand(self) -> Circuit:
        """One map after the other."""
        stages, names = self.stages, tuple(self.weights())

        def body(x: Wire, *weights: Wire) -> Wire:
            held, last = dict(zip(names, weights, strict=True)), len(stages) - 1
            for place in range(1, last + 1):
                x = mapped(x, stages[place - 1], stages[place], held[f"weight_{place}"], held.get(f"bias_{place}"))
                x = FUNCTIONS[self.activation](x) if place < last else x
            return x

        inputs = {"x": f"[{' '.join(stages[0])}]"}
        for place in range(1, len(stages)):
            inputs[f"weight_{place}"] = f"[{sized(stages[place])} {' '.join(stages[place - 1])}]"
            if self.bias:
                inputs[f"bias_{place}"] = f"[{' '.join(stages[place])}]"
        return build("mlp", inputs, body, outputs=[f"[{' '.join(stages[-1])}]"])


def mapped(x: Wire, reads: Sizes, makes: Sizes, weight: Wire, bias: Wire | None) -> Wire:
    """A linear map, with a bias if there is one."""
    source, target = " ".join(reads), " ".join(makes)
    made = einsum(f"{target} {source}, {source} -> {target}", weight, x)
    return made if bias is None else made + bias


def distinct(left: Sizes, right: Sizes, spec: str) -> None:
    """Raise AttributeProblem where a map would make an axis that it reads."""
    for axis in axis_names(" ".join(left)):
        if axis in right:
            fix = f"Use a twin: {axis}'."
            raise AttributeProblem(f"different axes on both sides of an arrow of {spec!r}", f"'{axis}' twice", fix)


gated_mlp = applied(GatedMLP)
mlp = applied(MLP)
