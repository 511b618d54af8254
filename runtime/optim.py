"""Optimizers with their groups, schedules and clipping.

Schedules are functions of the step: nothing has to be stored to go on with one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from .settings import SGD, Constant, Cosine, Linear, Optimizer, Schedule

NORMS = (
    nn.LayerNorm,
    nn.RMSNorm,
    nn.GroupNorm,
    nn.modules.batchnorm._BatchNorm,
    nn.modules.instancenorm._InstanceNorm,
)
_UNDECAYED = re.compile(r"(^|[._])(bias|gain|norm[0-9]*)([._]|$)")


def lr_factor(schedule: Schedule, step: int, total: int) -> float:
    """What the learning rate is multiplied with at step `step` (from 0) of `total`.

    With warm-up `w`, step `s < w` gives `(s+1)/w`; then `p = (s-w)/(total-w)` goes from 0 towards 1
    and a cosine gives `floor + (1-floor)*(1+cos(pi*p))/2`, a line `floor + (1-floor)*(1-p)`, stairs
    `factor**((s-w)//every)`.
    """
    if step < schedule.warmup:
        return (step + 1) / schedule.warmup
    past = step - schedule.warmup
    part = min(1.0, past / max(1, total - schedule.warmup))
    match schedule:
        case Constant():
            return 1.0
        case Cosine(floor=floor):
            return floor + (1 - floor) * (1 + math.cos(math.pi * part)) / 2
        case Linear(floor=floor):
            return floor + (1 - floor) * (1 - part)
        case _:
            return float(schedule.factor ** (past // schedule.every))


def decays(name: str, parameter: Tensor, owner: nn.Module) -> bool:
    """Whether weight decay acts on a parameter: not on vectors, biases, gains, and what belongs to a norm."""
    if parameter.ndim < 2 or isinstance(owner, NORMS):
        return False
    return _UNDECAYED.search(name) is None


def learned(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that learn, by name; a tied one stands under its first name only."""
    return {name: value for name, value in model.named_parameters() if value.requires_grad}


def make_optimizer(model: nn.Module, settings: Optimizer) -> torch.optim.Optimizer:
    """The optimizer over a model's learned parameters, in a group with weight decay and one without."""
    parameters = learned(model)
    owners = {name: model.get_submodule(name.rpartition(".")[0]) for name in parameters}
    decayed = [value for name, value in parameters.items() if decays(name, value, owners[name])]
    kept = {id(value) for value in decayed}
    rest = [value for value in parameters.values() if id(value) not in kept]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    # Fused is one call a step instead of one a parameter, but knows no complex numbers.
    fused = all(value.is_floating_point() for value in parameters.values()) or None
    if isinstance(settings, SGD):
        momentum, nesterov = settings.momentum, settings.nesterov
        return torch.optim.SGD(groups, lr=settings.lr, momentum=momentum, nesterov=nesterov, fused=fused)
    betas, eps = settings.betas, settings.eps
    return torch.optim.AdamW(groups, lr=settings.lr, betas=betas, eps=eps, fused=fused)


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Give all groups one learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def gradient_norm(parameters: Iterable[Tensor]) -> Tensor:
    """The joint 2-norm of all gradients, a scalar."""
    return nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])


def clip(parameters: Iterable[Tensor], norm: Tensor, most: float) -> None:
    """Scale gradients of the joint norm `norm` down to one of at most `most`."""
    nn.utils.clip_grads_with_norm_(parameters, most, norm)
