"""Networks on graphs, held against dense algebra with the adjacency matrix."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.gallery.agree import Case, Tensors, agree, randoms
from tests.gallery.published.graphs import dynamic_attention, graph_attentions, graph_convolutions, mean_messages

# node 5 has no edge at all, node 0 sends but is sent nothing
EDGES = {
    "source": np.array([0, 0, 1, 2, 3, 4, 3, 2]),
    "target": np.array([1, 2, 2, 3, 1, 3, 4, 4]),
}
NODES = 6
INPUTS = {"x": randoms(NODES, 3), **EDGES}


def adjacency(loops: bool) -> Tensor:
    """1 in row t and column s for an edge from s to t."""
    found = torch.zeros(NODES, NODES)
    found[torch.tensor(EDGES["target"]), torch.tensor(EDGES["source"])] = 1.0
    return found + torch.eye(NODES) if loops else found


def test_graph_convolution() -> None:
    def layer(x: Tensor, state: Tensors, name: str) -> Tensor:
        among = adjacency(loops=True)
        root = among.sum(1) ** -0.5
        return root[:, None] * among * root @ F.linear(x, state[f"{name}.weight"]) + state[f"{name}.bias"]

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return layer(layer(inputs["x"], state, "first").relu(), state, "second")

    agree(Case(graph_convolutions, INPUTS, {"h": 4, "o": 2}, literal=True), oracle)


def test_gather_and_scatter() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        among, x = adjacency(loops=False), inputs["x"]
        said = among @ x / among.sum(1, keepdim=True).clamp(min=1.0)
        return F.linear(x, state["own.weight"], state["own.bias"]) + F.linear(said, state["heard.weight"])

    agree(Case(mean_messages, INPUTS, {"o": 4}), oracle)


def masked_softmax(scores: Tensor, among: Tensor) -> Tensor:
    """Softmax of every row over the neighbours alone, nothing for those who have none."""
    raised = scores.exp() * among
    return raised / raised.sum(1, keepdim=True).clamp(min=1e-300)


def test_graph_attention() -> None:
    def layer(x: Tensor, state: Tensors, name: str) -> Tensor:
        """x [n i] -> [n heads o] with torch's axes [heads] before."""
        weight = state[f"{name}.weight"]
        heads = weight.reshape(-1, *weight.shape[-2:])
        scores = [state[f"{name}.{end}_score"].reshape(-1, weight.shape[-2]) for end in ("source", "target")]
        made = []
        for map, sent, met in zip(heads, *scores, strict=True):
            mapped = x @ map.T
            pairs = F.leaky_relu((mapped @ met)[:, None] + mapped @ sent, 0.2)
            made.append(masked_softmax(pairs, adjacency(loops=True)) @ mapped)
        return torch.stack(made, 1).reshape(len(x), *weight.shape[:-1]) + state[f"{name}.bias"]

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return layer(F.elu(layer(inputs["x"], state, "first")).flatten(1), state, "second")

    agree(Case(graph_attentions, INPUTS, {"h": 2, "k": 4, "o": 3}), oracle)


def test_softmax_in_segments() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x = inputs["x"]
        sent, met = x @ state["left.weight"].T, x @ state["right.weight"].T
        pairs = F.leaky_relu(met[:, None] + sent[None], 0.2) @ state["score.weight"]
        return masked_softmax(pairs, adjacency(loops=False)) @ sent

    agree(Case(dynamic_attention, INPUTS, {"o": 4}), oracle)
