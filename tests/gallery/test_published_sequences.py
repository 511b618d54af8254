"""Models that run along time, each held against another way to compute them."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.gallery.agree import Case, Tensors, agree, randoms
from tests.gallery.published.sequences import delta_layer, delta_op, dilated_chain, spiking_layers


def delta(query: Tensor, key: Tensor, value: Tensor, rate: Tensor) -> Tensor:
    """The delta rule all at once: what each step adds solves a triangular system (Yang et al. 2024)."""
    met = (rate[:, None] * (key @ key.T)).tril(-1)
    added = torch.linalg.solve_triangular(
        met + torch.eye(len(key)), rate[:, None] * value, upper=False, unitriangular=True
    )
    return (query @ key.T).tril() @ added


def test_delta_rule_as_a_scan() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x = inputs["x"]
        query, key, value = (
            torch.einsum("tm,hkm->htk", x, state[f"{name}_map.weight"]) for name in ("query", "key", "value")
        )
        rate = torch.sigmoid(x @ state["rate_map.weight"].T + state["rate_map.bias"]).T
        query, key = F.normalize(query, dim=-1), F.normalize(key, dim=-1)
        read = torch.stack([delta(*one) for one in zip(query, key, value, rate, strict=True)])
        return torch.einsum("htv,mhv->tm", read, state["output.weight"])

    agree(Case(delta_layer, {"x": randoms(6, 5)}, {"h": 2, "k": 3, "v": 4}, literal=True), oracle)


def test_delta_rule_as_an_op() -> None:
    inputs = {"query": randoms(7, 3), "key": randoms(7, 3, seed=1), "value": randoms(7, 4, seed=2)}
    inputs["key"] /= (inputs["key"] ** 2).sum(1, keepdims=True) ** 0.5
    rate = abs(randoms(7, seed=3)) / 4
    agree(Case(delta_op, {**inputs, "rate": rate}), lambda inputs, state: delta(*inputs.values()))


class Spike(torch.autograd.Function):
    """A step forward; backward the slope of Zenke & Ganguli (2018)."""

    @staticmethod
    def forward(context: Any, above: Tensor) -> Tensor:
        context.save_for_backward(above)
        return (above >= 0).to(above.dtype)

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        (above,) = context.saved_tensors
        return slope / (1.0 + 25.0 * above.abs()) ** 2


def neurons(x: Tensor, tau: float, threshold: float, *, to_zero: bool) -> Tensor:
    """x [t neurons] -> spikes, step after step."""
    potential, spikes = torch.zeros_like(x[0]), []
    for current in x:
        potential = potential + (current - potential) / tau
        spike = Spike.apply(potential - threshold)
        spikes.append(spike)
        past = spike.detach()
        potential = potential * (1.0 - past) if to_zero else potential - threshold * past
    return torch.stack(spikes)


def test_spiking_neurons() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        current = F.linear(inputs["x"], state["first.weight"], state["first.bias"])
        hidden = neurons(current, 2.0, 0.5, to_zero=False)
        current = F.linear(hidden, state["second.weight"], state["second.bias"])
        return neurons(current, 1.5, 1.0, to_zero=True)

    drawn = {"first.weight": (6, 4), "first.bias": (6,), "second.weight": (3, 6), "second.bias": (3,)}
    state = {key: randoms(*shape, seed=place) for place, (key, shape) in enumerate(drawn.items())}
    case = Case(spiking_layers, {"x": randoms(12, 4, seed=9)}, {"h": 6, "o": 3}, state)
    inputs = {"x": torch.tensor(case.inputs["x"])}
    spikes = oracle(inputs, {key: torch.tensor(one) for key, one in case.weights.items()})
    assert 0.0 < spikes.mean() < 1.0
    agree(case, oracle)


def test_dilated_causal_chain() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x = inputs["x"].T
        for dilation in (1, 2, 4):
            weight, bias = (state[f"look_back_{dilation}.{name}"] for name in ("weight", "bias"))
            padded = F.pad(x, (2 * dilation, 0))
            x = x + F.conv1d(padded[None], weight[:, None], bias, dilation=dilation, groups=len(x))[0].relu()
        return F.linear(x.T, state["mix.weight"], state["mix.bias"])

    agree(Case(dilated_chain, {"x": randoms(20, 3)}, {"d": 4}), oracle)
