"""Models that run along time: a memory that corrects itself, spiking neurons, a chain of dilated convolutions.

Axes: t time, m stream, h heads, k features of a key, v features of a value, c channels.
"""

from circuits import (
    Axis,
    Wire,
    circuit,
    constant,
    delta_rule,
    depthwise_conv,
    einsum,
    elementwise,
    l2_normalize,
    lif,
    linear,
    relu,
    scan,
    sigmoid,
)

TIME = {"t": Axis("t", "time", "position")}


@circuit
def delta_step(
    memory: Wire["v k"], query: Wire["k"], key: Wire["k"], value: Wire["v"], rate: Wire[""]
) -> tuple[Wire["v k"], Wire["v"]]:
    """Take back what the memory says of a key, store the value in its place, read by the query."""
    error = elementwise("b * (v - r)", rate, value, einsum("v k, k -> v", memory, key))
    corrected = memory + einsum("v, k -> v k", error, key)
    return corrected, einsum("v k, k -> v", corrected, query)


@circuit(axes=TIME, source="Schlag et al. (2021), Linear Transformers Are Secretly Fast Weight Programmers")
def delta_layer(x: Wire["t m"]) -> Wire["t m"]:
    """The delta rule as a scan, in several heads, which pass over the body."""
    query = l2_normalize(linear("m -> h k", x, bias=False, name="query_map"), axis="k")
    key = l2_normalize(linear("m -> h k", x, bias=False, name="key_map"), axis="k")
    value = linear("m -> h v", x, bias=False, name="value_map")
    rate = sigmoid(linear("m -> h", x, name="rate_map"))
    empty = constant(0.0, axes="v k")
    _, read = scan(delta_step, empty, query, key, value, rate, axis="t", along="query key value rate", name="memory")
    return linear("h v -> m", read, bias=False, name="output")


@circuit(axes=TIME, source="Yang et al. (2024), Parallelizing Linear Transformers with the Delta Rule")
def delta_op(query: Wire["t k"], key: Wire["t k"], value: Wire["t v"], rate: Wire["t"]) -> Wire["t v"]:
    """The same rule as one op."""
    return delta_rule(query, key, value, rate, axis="t", channel="k", value="v")


@circuit(axes={**TIME, "i": "inputs", "o": "neurons"}, source="Neftci et al. (2019), Surrogate Gradient Learning")
def spiking_layers(x: Wire["t i"]) -> Wire["t o"]:
    """Two layers of leaky integrate-and-fire neurons: exact spikes forward, a smooth slope backward."""
    hidden = lif(linear("i -> h", x, name="first"), axis="t", tau=2.0, threshold=0.5, name="hidden_neurons")
    return lif(linear("h -> o", hidden, name="second"), axis="t", tau=1.5, reset="zero", name="neurons")


@circuit(axes={**TIME, "c": "channels"}, source="van den Oord et al. (2016), WaveNet; Bai et al. (2018), TCN")
def dilated_chain(x: Wire["t c"]) -> Wire["t d"]:
    """Causal depthwise convolutions of dilation 1, 2 and 4, each added to what it reads."""
    for dilation in (1, 2, 4):
        words = {"kernel": 3, "dilation": dilation, "padding": "causal", "name": f"look_back_{dilation}"}
        x = x + relu(depthwise_conv(x, "c", over="t", **words))
    return linear("c -> d", x, name="mix")
