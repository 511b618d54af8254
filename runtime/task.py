"""What is to be learned: a model, an objective and data, and how they meet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from .data import Batch, Data
from .errors import Problem, TaskError
from .metrics import Metric, metrics_for
from .seeds import own_randomness, seed_generators

# What a model returns is the objective's and the metrics' business: a tensor, or a tuple or table of them.
Outputs = Any
Objective = Callable[[Outputs, Batch], Tensor]
Model = nn.Module | Callable[[], nn.Module]


@dataclass(frozen=True, eq=False)
class Task:
    """A model, an objective and data.

    `model` is a module, which is trained in place, or a callable that builds one, which is called
    under the run's seed. `objective(outputs, batch)` is the mean loss of a batch, a scalar.
    `inputs` maps keywords of the model to arrays of the data; left out, the data's inputs are given
    by position. `metrics` replaces those of the data's kind. `documents` are texts the run depends
    on (circuit, program); they are recorded, and a changed one stops a resume.
    """

    model: Model
    objective: Objective
    data: Data
    inputs: Mapping[str, str] | None = None
    metrics: Mapping[str, Metric] | None = None
    documents: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = []
        known = [array.name for array in self.data.arrays]
        for keyword, name in (self.inputs or {}).items():
            if name not in known:
                where, fix = f"task, input '{keyword}'", "Name one of them."
                problems.append(Problem(where, f"one of the arrays {known}", f"'{name}'", fix))
        if isinstance(self.objective, nn.Module) and list(self.objective.parameters()):
            found = f"{len(list(self.objective.parameters()))} parameters"
            fix = "Make the learned part of the objective a part of the model."
            problems.append(Problem("task, objective", "no parameters", found, fix))
        if problems:
            raise TaskError(*problems)

    def build(self, seed: int) -> nn.Module:
        """The model; built under the seed where the task holds a callable that builds it."""
        if isinstance(self.model, nn.Module):
            return self.model
        with own_randomness():
            seed_generators("initialise", seed)
            return self.model()

    def apply(self, model: nn.Module, batch: Batch) -> Outputs:
        """What the model makes of a batch."""
        if self.inputs is None:
            return model(*(batch[name] for name in self.data.inputs))
        return model(**{keyword: batch[name] for keyword, name in self.inputs.items()})

    def call_with(self) -> Mapping[str, str]:
        """Which array each input is: by keyword, or by place."""
        places = {f"{place}": name for place, name in enumerate(self.data.inputs)}
        return places if self.inputs is None else self.inputs

    def loss(self, outputs: Outputs, batch: Batch) -> Tensor:
        """The objective of a batch; raises TaskError when it is no scalar."""
        value = self.objective(outputs, batch)
        if not isinstance(value, Tensor) or value.ndim != 0:
            found = f"shape {list(value.shape)}" if isinstance(value, Tensor) else repr(value)
            raise TaskError(Problem("task, objective", "a scalar loss", found, "Take its mean."))
        return value

    def measures(self) -> Mapping[str, Metric]:
        """The metrics of an evaluation, beside the loss."""
        return metrics_for(self.data.kind) if self.metrics is None else self.metrics


def architecture(model: nn.Module) -> str:
    """A digest of what a model is, without its values: its modules with their attributes, its state's shapes."""
    lines = [repr(model)]
    for name, value in model.state_dict().items():
        lines.append(f"{name}: {value.dtype} {list(value.shape)}")
    lines += [f"{name} is learned" for name, value in model.named_parameters() if value.requires_grad]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def to_run(batch: Batch, device: torch.device, dtype: torch.dtype) -> Batch:
    """A batch on the run's device, its real arrays in the run's floating-point type."""
    return {name: value.to(device, dtype if value.is_floating_point() else None) for name, value in batch.items()}
