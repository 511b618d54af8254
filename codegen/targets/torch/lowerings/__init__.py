"""How each op is printed: one family a file, as in `circuits.ops`."""

from . import (
    activations,
    algebra,
    attention,
    elementwise,
    joining,
    linear,
    norms,
    positions,
    products,
    reductions,
    regions,
    softmax,
    sources,
    views,
    windows,
    windows_library,
)

FAMILIES = (
    activations,
    algebra,
    attention,
    elementwise,
    joining,
    linear,
    norms,
    positions,
    products,
    reductions,
    regions,
    softmax,
    sources,
    views,
    windows,
    windows_library,
)
"""The modules that register lowerings when they are imported."""
