"""Multi-head attention.

Axes: y queries, x keys, m features of the stream, h heads, k features of a head.
"""

from circuits import Wire, call, circuit, linear

from .attention import POSITIONS, attention
from .entry import Entry


@circuit(
    sizes={"m": 512, "h": 8, "k": 64, "y": 10, "x": 12},
    axes={**POSITIONS, "m": "features of the stream", "h": "heads", "k": "features of a head"},
    source="Vaswani et al. (2017), Attention Is All You Need, section 3.2.2",
)
def multi_head_attention(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Attention in several heads at once, between learned maps into the heads and out of them.

    The heads never meet inside attention: `h` passes over it and is contracted by the last map only.
    """
    query = linear("m -> k h", y)
    key = linear("m -> k h", x)
    value = linear("m -> k h", x)
    heads = call(attention, query, key, value)
    return linear("k h -> m", heads, name="output")


ENTRY = Entry(multi_head_attention, "Attention used as a subcircuit over which the axis of heads passes.")
