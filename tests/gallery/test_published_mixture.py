"""A sparse mixture of experts, held against the loop over experts that runs each on its own positions."""

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.gallery.agree import Case, Tensors, agree, randoms
from tests.gallery.published.mixture import mixture_of_experts


def oracle(inputs: Tensors, state: Tensors) -> Tensor:
    x = inputs["x"]
    best, chosen = F.linear(x, state["router.weight"]).topk(2)
    weights = best.softmax(-1)
    total = torch.zeros_like(x)
    for number in range(len(state["router.weight"])):
        gate, up, down = (state[f"experts.{name}.weight"][number] for name in ("gate", "up", "down"))
        places, rank = torch.where(chosen == number)
        own = x[places]
        made = F.linear(F.silu(F.linear(own, gate)) * F.linear(own, up), down)
        total = total.index_add(0, places, made * weights[places, rank, None])
    return total


def test_each_position_goes_to_its_two_best_experts() -> None:
    case = Case(mixture_of_experts, {"x": randoms(7, 6)}, {"e": 5, "f": 4}, literal=True)
    assert case.weights["experts.gate.weight"].shape == (5, 4, 6)
    agree(case, oracle)
