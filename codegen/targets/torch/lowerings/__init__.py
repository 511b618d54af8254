"""How each op is printed: one family a file, as in `circuits.ops`."""

from . import (
    activations,
    algebra,
    attention,
    convolutions,
    elementwise,
    joining,
    linear,
    norms,
    positions,
    products,
    recurrent,
    reductions,
    regions,
    softmax,
    sources,
    surrogate,
    views,
    windows,
)

FAMILIES = (
    activations,
    algebra,
    attention,
    convolutions,
    elementwise,
    joining,
    linear,
    norms,
    positions,
    products,
    recurrent,
    reductions,
    regions,
    softmax,
    sources,
    surrogate,
    views,
    windows,
)
"""The modules that register lowerings when they are imported."""
