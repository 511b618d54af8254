"""How each op is printed: one family a file, as in `circuits.ops`."""

from . import elementwise, linear, products, reductions, regions, softmax

FAMILIES = (elementwise, linear, products, reductions, regions, softmax)
"""The modules that register lowerings when they are imported."""
