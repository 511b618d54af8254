"""A sparse mixture of experts.

Axes: t positions, m stream, e experts, f hidden features of an expert.
"""

from circuits import Axis, Wire, call, circuit, einsum, linear, route, silu

AXES = {"m": "features of the stream", "f": "hidden features of an expert"}


@circuit(axes=AXES, source="Shazeer (2020), GLU Variants Improve Transformer")
def expert(x: Wire["m"]) -> Wire["m"]:
    """A gated map into hidden features and a map back."""
    hidden = silu(linear("m -> f", x, bias=False, name="gate")) * linear("m -> f", x, bias=False, name="up")
    return linear("f -> m", hidden, bias=False, name="down")


@circuit(
    axes={**AXES, "t": Axis("t", "positions", "position"), "e": "experts"},
    source="Jiang et al. (2024), Mixtral of Experts",
)
def mixture_of_experts(x: Wire["t m"]) -> Wire["t m"]:
    """Every position goes to its two best experts: one circuit, `per` the axis of experts."""
    weights = route(linear("m -> e", x, bias=False, name="router"), expert="e", active=2)
    opinions = call(expert, x, per="e", name="experts")
    return einsum("e, e ->", weights, opinions)
