"""Small circuits with everything that rewrites have to keep: maps, twins, captures, ties, rounds, draws, buffers."""

from circuits import (
    Wire,
    batch_norm,
    call,
    circuit,
    dropout,
    einsum,
    elementwise,
    gather,
    linear,
    reduce,
    rename,
    repeat,
    scan,
    size,
    softmax,
)


@circuit
def attention(q: Wire["y k"], k: Wire["x k"], v: Wire["x k"]) -> Wire["y k"]:
    """Scaled dot-product attention."""
    scores = einsum("y k, x k -> y x", q, k) * size("k") ** -0.5
    return einsum("y x, x k -> y k", softmax(scores, axis="x"), v)


@circuit(sizes={"h": 2, "m": 4, "k": 3})
def heads(y: Wire["y m"], x: Wire["x m"]) -> Wire["y m"]:
    """Attention by several heads."""
    mixed = call(attention, linear("m -> k h", y, name="q"), linear("m -> k h", x), linear("m -> k h", x))
    return linear("k h -> m", mixed, name="out")


@circuit
def layer(x: Wire["t m"], memory: Wire["s m"]) -> Wire["t m"]:
    """The same circuit used twice, with two maps."""
    own = call(heads, x, x, axes="y=t x=t'")
    return x + call(heads, own, memory, axes="y=t x=s")


@circuit
def stack(x: Wire["t m"], memory: Wire["s m"]) -> Wire["t m"]:
    """Rounds with weights of their own."""
    return repeat(layer, x, memory, times=2)


@circuit
def hidden(x: Wire["a=4"]) -> Wire["b=3"]:
    """A name of its own inside, y."""
    return linear("y -> b", elementwise("tanh(x)", linear("a -> y=7", x)))


@circuit
def captured(x: Wire["y m=4"]) -> Wire["y k"]:
    """y passes over a circuit that has another y inside."""
    return call(hidden, x, axes="a=m b=k")


@circuit
def kernel(p: Wire["y k"], q: Wire["x k"]) -> Wire["y"]:
    """A sum over all pairs."""
    near = einsum("y k, x k -> y x", p, q)
    return reduce("sum", elementwise("exp(0.1 * s)", near), axes="x")


@circuit
def folded(n: Wire["t k"]) -> Wire["t"]:
    """Two formal axes are one actual axis."""
    return call(kernel, n, n, axes="y=t x=t")


@circuit
def crossed(m: Wire["s t k"], n: Wire["t k"]) -> Wire["s t"]:
    """One input consumes the axis that passes over another."""
    return call(kernel, m, n, axes="y=s x=t")


@circuit
def experts(x: Wire["b e=3 m=4"]) -> Wire["b e k"]:
    """Weights along an axis, at two levels."""
    return call(hidden, linear("m -> m'", x, per="e"), axes="a=m' b=k", per="e")


@circuit(sizes={"m": 4})
def noisy(x: Wire["t m"]) -> Wire["t m"]:
    """Draws inside."""
    return rename(dropout(linear("m -> m'", x), rate=0.5), "m' -> m")


@circuit(sizes={"m": 4})
def shifted(x: Wire["s m"]) -> Wire["s m"]:
    """The body of a repeat that calls another circuit."""
    return call(noisy, x, axes="t=s")


@circuit
def noise(x: Wire["s m"]) -> Wire["s m"]:
    """Draws in a called circuit whose axis has another name, and in rounds."""
    once = call(noisy, x, axes="t=s")
    return repeat(shifted, once, times=2) + repeat(shifted, once, times=2, tied=True, name="tied")


@circuit
def normed(x: Wire["b c=3"]) -> Wire["b c"]:
    """Running statistics, one of them shared."""
    first = batch_norm(linear("c -> c'", x), channel="c'", axes="b", name="norm")
    return x * rename(batch_norm(first * first, channel="c'", axes="b", weights="norm"), "c' -> c")


@circuit
def picked(i: Wire["Natural(v)[t]"], table: Wire["v=5 m"]) -> Wire["t m"]:
    """Positions along an axis."""
    return gather(table, i, axis="v")


@circuit
def looked_up(j: Wire["Natural(w)[s]"], words: Wire["w=5 n"]) -> Wire["s n"]:
    """Positions along an axis of another name."""
    return call(picked, j, words, axes="v=w t=s m=n")


@circuit
def cell(h: Wire["m"], x: Wire["m"]) -> tuple[Wire["m"], Wire["m"]]:
    """A recurrent cell."""
    state = elementwise("tanh(0.5 * h + a)", h, linear("k -> m", linear("m -> k=3", x)))
    return state, elementwise("2.0 * s", state)


@circuit(sizes={"m": 4})
def recurrent(x: Wire["t m"]) -> Wire["t m"]:
    """A scan along t."""
    states = scan(cell, elementwise("0.0 * a", reduce("sum", x, axes="t")), x, axis="t", along="x")
    return states[1] + x


@circuit
def twice(x: Wire["t m"]) -> Wire["t m"]:
    """Two rounds of a scan."""
    return repeat(recurrent, x, times=2)


@circuit
def nested(x: Wire["b s m=2"]) -> Wire["b s m"]:
    """A scan in rounds, called with another name for its axis."""
    return call(twice, x, axes="t=s")


@circuit(constraints=["a = c"])
def equal(x: Wire["a"], y: Wire["c"]) -> Wire["a"]:
    """Two axes of one size."""
    return x * reduce("sum", elementwise("sin(y)", y), axes="c")


@circuit(constraints=["m = n"])
def equalled(x: Wire["m=3"], y: Wire["n"]) -> Wire["m"]:
    """Two axes whose sizes a callee sets equal."""
    return call(equal, x, y, axes="a=m c=n") * 0.3


@circuit
def emitting(h: Wire["m"], x: Wire["m"]) -> tuple[Wire["m"], Wire["k"]]:
    """A cell that emits an axis of the size of another."""
    state = elementwise("tanh(h + x)", h, x)
    return state * 0.5, linear("m -> k=m", state)
