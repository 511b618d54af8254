"""Gradient descent through the whole model: the default rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..data import Batch
from ..errors import CheckpointError, DivergedError, Problem
from ..optim import clip, gradient_norm, learned, lr_factor, make_optimizer, set_lr
from ..settings import Settings
from ..task import Task
from ..tree import Tree
from .protocol import State


@dataclass(frozen=True, slots=True)
class Backprop:
    """Backpropagation with the settings' optimizer, schedule and clipping."""

    def describe(self) -> str:
        """The rule and its options in one line."""
        return "backprop"

    def start(self, task: Task, model: nn.Module, settings: Settings, total: int) -> BackpropLearner:
        """A learner with a fresh optimizer."""
        return BackpropLearner(task, model, settings, total)


class BackpropLearner:
    """The optimizer and what it remembers, by the parameters' names."""

    def __init__(self, task: Task, model: nn.Module, settings: Settings, total: int) -> None:
        self.task, self.model, self.settings, self.total = task, model, settings, total
        self.parameters = learned(model)
        self.optimizer = make_optimizer(model, settings.optimizer)

    def step(self, batch: Batch, step: int) -> Mapping[str, float]:
        """One forward, backward and update; logs the loss, the learning rate and, where clipped, the norm."""
        settings = self.settings
        lr = settings.optimizer.lr * lr_factor(settings.schedule, step, self.total)
        set_lr(self.optimizer, lr)
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(self.task.apply(self.model, batch), batch)
        logged = {"loss": loss.item(), "lr": lr}
        self._require_finite("loss", logged["loss"], step)
        torch.autograd.backward(loss)
        if settings.clip_norm is not None:
            norm = gradient_norm(self.parameters.values())
            logged["grad_norm"] = norm.item()
            self._require_finite("gradient norm", logged["grad_norm"], step)
            clip(self.parameters.values(), norm, settings.clip_norm)
        self.optimizer.step()
        return logged

    def state(self) -> State:
        """What the optimizer remembers of each parameter."""
        kept: dict[str, Tree] = {}
        for name, parameter in self.parameters.items():
            if parameter in self.optimizer.state:
                kept[name] = dict(self.optimizer.state[parameter])
        return kept

    def load_state(self, state: State) -> None:
        """Take over what the optimizer remembered; raises CheckpointError for names of another model."""
        unknown = [name for name in state if name not in self.parameters]
        if unknown:
            expected = f"the parameters {sorted(self.parameters)}"
            fix = "Resume with the model it was made for."
            raise CheckpointError(Problem("optimizer state", expected, f"{unknown}", fix))
        for name, values in state.items():
            assert isinstance(values, dict)
            parameter = self.parameters[name]
            self.optimizer.state[parameter] = {
                key: value.to(parameter.device) if isinstance(value, Tensor) else value for key, value in values.items()
            }

    def _require_finite(self, name: str, value: float, step: int) -> None:
        if math.isfinite(value):
            return
        raise DivergedError(
            Problem(
                f"training, step {step + 1}",
                f"a finite {name}",
                f"{value}, with {self._where_not_finite()}",
                f"Lower the learning rate ({self.settings.optimizer.lr:g}), clip the gradients "
                f"(clip_norm={self.settings.clip_norm}), or look at the data.",
            )
        )

    def _where_not_finite(self) -> str:
        """The parameters, else the gradients, that hold numbers which are not finite."""
        for kind, values in (
            ("parameters", self.parameters),
            ("gradients", {name: value.grad for name, value in self.parameters.items()}),
        ):
            bad = [n for n, v in values.items() if v is not None and not bool(v.isfinite().all())]
            if bad:
                return f"{kind} that are not finite: {', '.join(bad[:3])}" + ", ..." * (len(bad) > 3)
        return "all parameters finite"
