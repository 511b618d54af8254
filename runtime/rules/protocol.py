"""The seam between the training loop and a learning rule.

The loop chooses the batch, seeds the step, evaluates, logs and stores; the rule changes the model.
A rule is a description; what it keeps between steps lives in the learner it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from torch import nn

from ..data import Batch
from ..settings import Settings
from ..task import Task
from ..tree import Tree

State = Mapping[str, Tree]


class Learner(Protocol):
    """A learning rule at work on one model."""

    def step(self, batch: Batch, step: int) -> Mapping[str, float]:
        """Learn from one batch; returns numbers to log, the batch's loss among them under `loss`.

        The generators are seeded before each call, and the loop refuses numbers that are not
        finite.
        """
        ...

    def state(self) -> State:
        """All that the next steps depend on beside the model's own state: tensors, numbers, texts, tables, lists."""
        ...

    def load_state(self, state: State) -> None:
        """Take over what `state` returned, so that the next steps are the same bit for bit."""
        ...


class Rule(Protocol):
    """A learning rule; `describe` holds everything its steps depend on, and stops a resume under another one."""

    def describe(self) -> str:
        """The rule and its options in one line."""
        ...

    def start(self, task: Task, model: nn.Module, settings: Settings, total: int) -> Learner:
        """A learner for this model over `total` steps."""
        ...
