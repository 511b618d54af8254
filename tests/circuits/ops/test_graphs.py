"""Graph convolution and attention against dense torch, and every message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, Wire, build, run
from circuits.ops.graphs import graph_attention, graph_conv
from tests.circuits.gradients import Array
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms

# node 3 has no edge into it, and nodes 0 and 1 have two edges from one to the other
EDGES = {"s": np.array([0, 1, 2, 3, 0, 3, 0]), "t": np.array([1, 2, 0, 2, 2, 4, 1])}
GRAPH = {"x": "[b n i]", "s": "Index(n)[e]", "t": "Index(n)[e]"}


def _layer(op: Callable[..., Wire], spec: str, weights: dict[str, str], **words: Any) -> Circuit:
    def body(x: Wire, s: Wire, t: Wire, *rest: Wire) -> Wire:
        return op(x, s, t, spec, **dict(zip(weights, rest, strict=True)), **words)

    made = spec.partition("->")[2]
    return build("f", {**GRAPH, **weights}, body, outputs=[f"[b n {made}]"]).valid()


def _arrays(**shapes: tuple[int, ...]) -> dict[str, Array]:
    return {"x": randoms(2, 5, 3), **EDGES} | {name: randoms(*shape) for name, shape in shapes.items()}


def _adjacency(s: torch.Tensor, t: torch.Tensor, loops: bool) -> torch.Tensor:
    """How many edges lead from a column's node to a row's."""
    counts = torch.zeros(5, 5, dtype=torch.float64).index_put((t, s), torch.ones(len(s), dtype=torch.float64), True)
    return counts + torch.eye(5, dtype=torch.float64) if loops else counts


@pytest.mark.parametrize("loops", [False, True])
@pytest.mark.parametrize("normalise", ["sym", "mean", "sum"])
def test_graph_conv(normalise: str, loops: bool) -> None:
    circuit = _layer(graph_conv, "i -> o", {"weight": "[o i]", "bias": "[o]"}, normalise=normalise, loops=loops)

    def dense(
        x: torch.Tensor, s: torch.Tensor, t: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
    ) -> torch.Tensor:
        adjacency = _adjacency(s, t, loops)
        degree = adjacency.sum(1)
        inverse = torch.where(degree > 0, 1 / degree.clamp(min=1), 0)
        shares = {"sym": inverse.sqrt()[:, None] * inverse.sqrt(), "mean": inverse[:, None], "sum": torch.ones(5, 5)}
        return (adjacency * shares[normalise]) @ x @ weight.T + bias

    check(circuit, _arrays(weight=(4, 3), bias=(4,)), dense)


@pytest.mark.parametrize("loops", [False, True])
def test_graph_attention(loops: bool) -> None:
    weights = {"weight": "[h o i]", "source_score": "[h o]", "target_score": "[h o]", "bias": "[h o]"}
    circuit = _layer(graph_attention, "i -> h o", weights, loops=loops)

    def dense(x: torch.Tensor, s: torch.Tensor, t: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        weight, source, target, bias = rest
        mapped = torch.einsum("bni,hoi->bhno", x, weight)
        scores = (mapped * target[:, None]).sum(-1)[..., None] + (mapped * source[:, None]).sum(-1)[..., None, :]
        counts = _adjacency(s, t, loops)
        # as many equal terms in the sum as there are edges
        raised = F.leaky_relu(scores, 0.2).exp() * counts
        shares = raised / raised.sum(-1, keepdim=True).where(counts.sum(-1, keepdim=True) > 0, torch.ones(()))
        return (shares @ mapped).transpose(1, 2) + bias

    check(circuit, _arrays(weight=(2, 4, 3), source_score=(2, 4), target_score=(2, 4), bias=(2, 4)), dense)


def test_nodes_in_another_order_give_the_same_in_that_order() -> None:
    circuit = _layer(graph_conv, "i -> o", {"weight": "[o i]", "bias": "[o]"})
    arrays, order = _arrays(weight=(4, 3), bias=(4,)), np.array([3, 0, 4, 1, 2])
    place = np.argsort(order)
    moved = {**arrays, "x": arrays["x"][:, order], "s": place[EDGES["s"]], "t": place[EDGES["t"]]}
    np.testing.assert_allclose(run(circuit, moved).only, run(circuit, arrays).only[:, order], rtol=1e-12)


def test_messages() -> None:
    def told(
        spec: str = "i -> o", op: Callable[..., Wire] = graph_conv, s: str = "Index(n)[e]", **words: Any
    ) -> list[str]:
        return problems(lambda x, s, t: op(x, s, t, spec, **words), x="[n i]", s=s, t="Index(n)[e]")

    assert told() == []
    assert told("i -> n") == [
        (
            "graph_conv (graph_conv): expected features in 'i -> n', found 'n'. Nodes and edges stay as "
            "they are; name features only."
        )
    ]
    assert told("i -> i") == [
        (
            "graph_conv (graph_conv): expected different axes on both sides of an arrow of 'i -> i', found "
            "'i' twice. Use a twin: i'."
        )
    ]
    assert told(s="Index(m)[e]") == [
        ("f/graph_conv (graph_conv): expected Index(n) at 'source', found Index(m). Cast it, or change its type.")
    ]
    assert told(edges="f") == [
        ("f/graph_conv (graph_conv): expected an axis 'f' at 'source', found Index(n)[e]. Rename an axis or add 'f'."),
        ("f/graph_conv (graph_conv): expected an axis 'f' at 'target', found Index(n)[e]. Rename an axis or add 'f'."),
    ]
    assert told(nodes="m") == [
        "f/graph_conv (graph_conv): expected an axis 'm' at 'x', found [n i]. Rename an axis or add 'm'.",
        ("f/graph_conv (graph_conv): expected Index(m) at 'source', found Index(n). Cast it, or change its type."),
        ("f/graph_conv (graph_conv): expected Index(m) at 'target', found Index(n). Cast it, or change its type."),
    ]
    assert told(normalise="max") == [
        (
            "graph_conv: expected attributes of 'graph_conv' (spec, nodes, edges, loops, bias, normalise), "
            "found normalise: Input should be 'sym', 'mean' or 'sum'. See its documentation."
        )
    ]
    assert told("i -> h o", graph_attention, channel="k") == [
        ("graph_attention (graph_attention): expected a channel on the right of 'i -> h o', found 'k'. Change channel.")
    ]
