"""Convolutions in full: their windows, then a learned map over channels and kernel."""

from __future__ import annotations

from functools import lru_cache

from ..circuit import Circuit
from ..ops.conv import Conv
from ..ops.linear import linear
from ..ops.spatial import sized, windows
from ..trace import Wire, build

WINDOWED = "windowed convolution"


@lru_cache(maxsize=1024)
def windowed(op: Conv, name: str) -> Circuit:
    """A circuit that draws a convolution without groups in full; its map is called as the convolution is."""
    left, right = op.channels
    old = " ".join(span.fine for span in op.spans)
    kernel = " ".join(span.kernel for span in op.spans)

    def body(x: Wire) -> Wire:
        return linear(f"{' '.join(left)} {kernel} -> {sized(right)}", windows(x, op.spans), bias=op.bias, name=name)

    return build(WINDOWED, {"x": f"[{sized(left)} {old}]"}, body)
