"""A residual of derivatives, held against torch differentiating twice."""

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.gallery.agree import Case, Tensors, agree, randoms
from tests.gallery.published.physics import burgers


def oracle(inputs: Tensors, state: Tensors) -> tuple[Tensor, Tensor]:
    x, t = inputs.values()

    def layer(value: Tensor, name: str) -> Tensor:
        return F.linear(value, state[f"field.{name}.weight"], state[f"field.{name}.bias"])

    def slope(value: Tensor, by: Tensor) -> Tensor:
        return torch.autograd.grad(value.sum(), by, create_graph=True)[0]

    hidden = layer(layer(torch.stack([x, t], -1), "enter").tanh(), "middle").tanh()
    u = hidden @ state["field.leave.weight"] + state["field.leave.bias"]
    slope_x = slope(u, x)
    residual = slope(u, t) + u * slope_x - 0.003183 * slope(slope_x, x)
    return residual, (residual**2).mean()


def test_residual_of_burgers_equation() -> None:
    """Values, and gradients through the derivatives: a loss of third derivatives in all."""
    agree(Case(burgers, {"x": randoms(5), "t": randoms(5, seed=1)}, {"h": 6}, literal=True), oracle)
