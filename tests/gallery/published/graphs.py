"""Networks on graphs, once by their layers and once written out.

Axes: n nodes, e edges, i features, h hidden features or heads, o classes.
"""

from circuits import (
    Wire,
    circuit,
    elementwise,
    elu,
    gather,
    graph_attention,
    graph_conv,
    linear,
    merge,
    relu,
    scatter,
    segment_softmax,
)

AXES = {"n": "nodes", "e": "edges"}


@circuit(axes=AXES, source="Kipf & Welling (2017), Semi-Supervised Classification with Graph Convolutional Networks")
def graph_convolutions(x: Wire["n i"], source: Wire["Index(n)[e]"], target: Wire["Index(n)[e]"]) -> Wire["n o"]:
    """Two rounds of averaging over neighbours and a learned map."""
    hidden = relu(graph_conv(x, source, target, "i -> h", name="first"))
    return graph_conv(hidden, source, target, "h -> o", name="second")


@circuit(axes=AXES, source="Hamilton et al. (2017), Inductive Representation Learning on Large Graphs")
def mean_messages(x: Wire["n i"], source: Wire["Index(n)[e]"], target: Wire["Index(n)[e]"]) -> Wire["n o"]:
    """Gather along the edges, fold by target: the mean of what neighbours say, beside what a node says itself."""
    said = scatter(gather(x, source, axis="n"), target, axis="e", into="n", kind="mean")
    return linear("i -> o", x, name="own") + linear("i -> o", said, bias=False, name="heard")


@circuit(axes={**AXES, "h": "heads"}, source="Velickovic et al. (2018), Graph Attention Networks")
def graph_attentions(x: Wire["n i"], source: Wire["Index(n)[e]"], target: Wire["Index(n)[e]"]) -> Wire["n o"]:
    """Two rounds of attention among neighbours, the first in several heads that are laid side by side."""
    heads = elu(graph_attention(x, source, target, "i -> h k", name="first"))
    return graph_attention(merge(heads, "h k -> c"), source, target, "c -> o", name="second")


@circuit(axes=AXES, source="Brody et al. (2022), How Attentive are Graph Attention Networks?")
def dynamic_attention(x: Wire["n i"], source: Wire["Index(n)[e]"], target: Wire["Index(n)[e]"]) -> Wire["n o"]:
    """Attention written out: a softmax in segments, over the edges that point to one node."""
    sent = gather(linear("i -> o", x, bias=False, name="left"), source, axis="n")
    met = gather(linear("i -> o", x, bias=False, name="right"), target, axis="n")
    leaky = elementwise("where(z > 0, z, 0.2 * z)", sent + met)
    score = linear("o ->", leaky, bias=False, name="score")
    share = segment_softmax(score, target, into="n", axis="e")
    return scatter(elementwise("a * b", sent, share), target, axis="e", into="n")
