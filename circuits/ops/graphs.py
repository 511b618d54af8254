"""Message passing on graphs: nodes along one axis, edges along another as pairs of positions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal, final

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..trace import Wire, build
from ..types import axis_name
from .concat import concat
from .einsum import einsum
from .gated import distinct
from .gather import gather, scatter
from .segments import segment_softmax
from .sources import iota
from .spatial import fresh, sized
from .specs import Sizes, read_ends


class GraphLayer(Composite):
    """Messages along edges from source to target, of nodes mapped by a learned weight."""

    spec: str
    nodes: str = "n"
    edges: str = "e"
    loops: bool = True
    bias: bool = True

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """Features read and made, with written sizes."""
        left, right = read_ends(self.spec, "i -> o")
        distinct(left, right, self.spec)
        for axis in (self.nodes, self.edges):
            if axis_name(axis) in (*left, *right):
                fix = "Nodes and edges stay as they are; name features only."
                raise AttributeProblem(f"features in {self.spec!r}", f"'{axis}'", fix)
        return left, right

    def attended(self) -> Mapping[str, tuple[str, ...]]:
        """Axes of further weights."""
        return {}

    @final
    def weights(self) -> Mapping[str, Init]:
        """A weight [o i], what else the layer learns, and a bias [o]."""
        found = {"weight": Init("uniform", 1.0, tuple(self.ends[0]))}
        found |= {name: Init("uniform", 1.0, axes[-1:]) for name, axes in self.attended().items()}
        return {**found, "bias": Init("zeros")} if self.bias else found

    @final
    def expand(self) -> Circuit:
        """Map, send, fold."""
        left, right = self.ends
        made, read = " ".join(right), " ".join(left)
        further = self.attended()

        def body(x: Wire, source: Wire, target: Wire, weight: Wire, *rest: Wire) -> Wire:
            edges = self.edges
            if self.loops:
                edges = fresh("loops", (*left, *right, self.nodes, self.edges))
                own = iota(self.nodes)
                source, target = (concat(w, own, f"{self.edges}, {self.nodes} -> {edges}") for w in (source, target))
            mapped = einsum(f"{made} {read}, {read} -> {made}", weight, x)
            sent = gather(mapped, source, axis=self.nodes)
            held = dict(zip(further, rest, strict=False))
            share = self.share(edges, source, target, mapped, held)
            messages = sent if share is None else elementwise("m * s", sent, share)
            folded = scatter(messages, target, axis=edges, into=self.nodes)
            return folded + rest[-1] if self.bias else folded

        inputs = {
            "x": f"[{self.nodes} {read}]",
            **dict.fromkeys(("source", "target"), f"Index({self.nodes})[{self.edges}]"),
            "weight": f"[{sized(right)} {sized(left)}]",
            **{name: f"[{' '.join(axes)}]" for name, axes in further.items()},
            **({"bias": f"[{made}]"} if self.bias else {}),
        }
        return build(self.name, inputs, body, outputs=[f"[{self.nodes} {made}]"])

    def share(self, edges: str, source: Wire, target: Wire, mapped: Wire, held: Mapping[str, Wire]) -> Wire | None:
        """What each message is multiplied by, nothing for 1."""
        return None


class GraphConv(GraphLayer):
    """Graph convolution: `graph_conv(x, source, target, "i -> o", nodes="n", edges="e", normalise="sym")`.

    out[t] = b + sum of c W x[s] over the edges s -> t, every node having one to itself with `loops`. With d the number
    of edges into a node, c is 1/sqrt(d[s] d[t]) for sym, 1/d[t] for mean and 1 for sum. Source: Kipf & Welling (2017).
    """

    name: ClassVar[str] = "graph_conv"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathcal{G}", learned=True)

    normalise: Literal["sym", "mean", "sum"] = "sym"

    def share(self, edges: str, source: Wire, target: Wire, mapped: Wire, held: Mapping[str, Wire]) -> Wire | None:
        """By the degrees of both ends."""
        if self.normalise == "sum":
            return None
        ones = elementwise("where(i == i, 1.0, 0.0)", target)
        degree = scatter(ones, target, axis=edges, into=self.nodes)
        into = gather(degree, target, axis=self.nodes)
        if self.normalise == "mean":
            return elementwise("1.0 / d", into)
        # a node without edges into it sends nothing, as its degree has no root to divide by
        return elementwise(
            "where(s > 0, 1.0 / sqrt(t * max(s, 1.0)), 0.0)", gather(degree, source, axis=self.nodes), into
        )


class GraphAttention(GraphLayer):
    """Graph attention: `graph_attention(x, source, target, "i -> h o", nodes="n", edges="e")`.

    out[t] = b + sum of a W x[s] over the edges s -> t, a being the softmax, among the edges into t, of leaky_relu(
    u . W x[s] + v . W x[t]). The products run over `channel`, the last axis made where it is not named; the others are
    heads. Source: Velickovic et al. (2018).
    """

    name: ClassVar[str] = "graph_attention"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathcal{A}", learned=True)

    channel: str = ""
    slope: float = 0.2

    def attended(self) -> Mapping[str, tuple[str, ...]]:
        """A vector for either end, with the channel last."""
        right = self.ends[1]
        channel = self.channel or tuple(right)[-1]
        if channel not in right:
            raise AttributeProblem(f"a channel on the right of {self.spec!r}", f"'{channel}'", "Change channel.")
        axes = (*(axis for axis in right if axis != channel), channel)
        return {"source_score": axes, "target_score": axes}

    def share(self, edges: str, source: Wire, target: Wire, mapped: Wire, held: Mapping[str, Wire]) -> Wire | None:
        """A softmax among the edges that point to the same node."""

        def score(end: str, at: Wire) -> Wire:
            axes = self.attended()[f"{end}_score"]
            spec = f"{' '.join(axes)}, {' '.join(axes)} -> {' '.join(axes[:-1])}"
            return gather(einsum(spec, held[f"{end}_score"], mapped), at, axis=self.nodes)

        scores = score("source", source) + score("target", target)
        leaky = elementwise(f"where(s > 0, s, {self.slope!r} * s)", scores)
        return segment_softmax(leaky, target, into=self.nodes, axis=edges)


graph_conv = applied(GraphConv)
graph_attention = applied(GraphAttention)
