import math

import pytest
import torch
from torch import nn

from runtime import SGD, AdamW, Constant, Cosine, Linear, Stairs, lr_factor
from runtime.optim import clip, gradient_norm, make_optimizer, set_lr
from runtime.settings import Optimizer


def test_constant_warms_up_and_stays() -> None:
    assert [lr_factor(Constant(warmup=4), step, 9) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert lr_factor(Constant(), 0, 9) == 1


def test_cosine_falls_from_one_towards_its_floor() -> None:
    schedule = Cosine(warmup=10, floor=0.2)
    assert lr_factor(schedule, 9, 110) == 1
    assert lr_factor(schedule, 10, 110) == 1
    assert lr_factor(schedule, 60, 110) == pytest.approx(0.6)
    assert lr_factor(schedule, 35, 110) == pytest.approx(0.2 + 0.8 * (1 + math.sqrt(0.5)) / 2)
    assert lr_factor(schedule, 110, 110) == pytest.approx(0.2)
    assert lr_factor(schedule, 500, 110) == pytest.approx(0.2)


def test_cosine_is_torchs_cosine() -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.5)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert 0.5 * lr_factor(Cosine(), step, 20) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


def test_linear_falls_in_a_line() -> None:
    assert [lr_factor(Linear(), step, 4) for step in range(5)] == [1, 0.75, 0.5, 0.25, 0]
    assert lr_factor(Linear(floor=0.5, warmup=2), 4, 6) == pytest.approx(0.75)


def test_stairs_multiply_every_so_often() -> None:
    schedule = Stairs(every=3, factor=0.5, warmup=1)
    assert [lr_factor(schedule, step, 9) for step in range(8)] == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_a_warm_up_longer_than_the_run_is_borne() -> None:
    assert [lr_factor(Cosine(warmup=10), step, 5) for step in range(5)] == [0.1, 0.2, 0.3, 0.4, 0.5]


class Mixed(nn.Module):
    """Parameters of all kinds: tied, frozen, with heads, in norms."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.head = nn.Linear(4, 7)
        self.head.weight = self.embed.weight
        self.norm = nn.LayerNorm((2, 4))
        self.query = nn.Parameter(torch.ones(4, 2, 2))
        self.query_bias = nn.Parameter(torch.ones(2, 2))
        self.bias = nn.Parameter(torch.ones(2, 2))
        self.layer_norm2 = nn.ParameterDict({"gain": torch.ones(2, 2)})
        self.normal = nn.Parameter(torch.ones(2, 2))
        self.fixed = nn.Parameter(torch.ones(3, 3), requires_grad=False)


def names(model: nn.Module, group: dict[str, object]) -> list[str]:
    parameters = group["params"]
    assert isinstance(parameters, list)
    ids = [id(parameter) for parameter in parameters]
    return [name for name, value in model.named_parameters() if id(value) in ids]


@pytest.mark.parametrize("settings", [AdamW(weight_decay=0.3), SGD(weight_decay=0.3)])
def test_decay_spares_vectors_biases_gains_and_norms(settings: Optimizer) -> None:
    model = Mixed()
    decayed, rest = make_optimizer(model, settings).param_groups
    assert names(model, decayed) == ["query", "normal", "embed.weight"]
    kept = ["query_bias", "bias", "head.bias", "norm.weight", "norm.bias", "layer_norm2.gain"]
    assert names(model, rest) == kept
    assert (decayed["weight_decay"], rest["weight_decay"]) == (0.3, 0.0)


def by_hand(value: float, gradients: list[float], settings: AdamW) -> float:
    """AdamW of one number, as the paper writes it."""
    first = second = 0.0
    for step, gradient in enumerate(gradients, 1):
        value -= settings.lr * settings.weight_decay * value
        first = settings.betas[0] * first + (1 - settings.betas[0]) * gradient
        second = settings.betas[1] * second + (1 - settings.betas[1]) * gradient**2
        unbiased = second / (1 - settings.betas[1] ** step)
        value -= settings.lr * first / (1 - settings.betas[0] ** step) / (math.sqrt(unbiased) + settings.eps)
    return value


def test_adamw_is_the_papers() -> None:
    settings = AdamW(lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.2)
    model = nn.Linear(1, 1, bias=False).double()
    start = model.weight.item()
    optimizer = make_optimizer(model, settings)
    for gradient in (1.0, -2.0, 0.5):
        model.weight.grad = torch.full((1, 1), gradient, dtype=torch.float64)
        optimizer.step()
    assert model.weight.item() == pytest.approx(by_hand(start, [1.0, -2.0, 0.5], settings), rel=1e-12)


def test_sgd_with_nesterov_momentum() -> None:
    model = nn.Linear(1, 1, bias=False).double()
    optimizer = make_optimizer(model, SGD(lr=0.1, momentum=0.5, nesterov=True))
    expected, speed = model.weight.item(), 0.0
    for gradient in (1.0, -2.0):
        model.weight.grad = torch.full((1, 1), gradient, dtype=torch.float64)
        optimizer.step()
        speed = 0.5 * speed + gradient
        expected -= 0.1 * (gradient + 0.5 * speed)
    assert model.weight.item() == pytest.approx(expected, rel=1e-12)


def test_complex_parameters_can_be_learned() -> None:
    model = nn.ParameterDict({"wave": torch.ones(2, 2, dtype=torch.complex64)})
    optimizer = make_optimizer(model, AdamW(lr=0.1))
    model["wave"].abs().sum().backward()
    optimizer.step()
    assert bool((model["wave"].abs() < 1).all())


def test_set_lr_reaches_all_groups() -> None:
    optimizer = make_optimizer(Mixed(), SGD())
    set_lr(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]


def test_clip_scales_down_and_never_up() -> None:
    values = [nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))]
    values[0].grad, values[1].grad = torch.tensor([2.0, 3.0]), torch.tensor([6.0])
    norm = gradient_norm(values)
    assert float(norm) == pytest.approx(7.0)
    clip(values, norm, 100.0)
    assert values[1].grad.tolist() == [6.0]
    clip(values, norm, 3.5)
    assert values[0].grad.tolist() == pytest.approx([1.0, 1.5], rel=1e-5)
    assert values[1].grad.tolist() == pytest.approx([3.0], rel=1e-5)
