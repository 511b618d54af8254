"""The value of a model on held-out data."""

from __future__ import annotations

import torch
from torch import nn

from .metrics import derived
from .seeds import own_randomness, seed_generators
from .settings import Settings
from .task import Task, to_run


def evaluate(task: Task, model: nn.Module, settings: Settings, step: int = 0) -> dict[str, float]:
    """The loss and the metrics of the task's kind over the whole held-out split.

    Sums are added up over batches, so the batch size changes nothing but rounding. The model's mode
    is as before afterwards; the generators are seeded from (seed, step), for models that draw in
    evaluation too.
    """
    device, dtype = torch.device(settings.device), settings.torch_dtype()
    measures, training = task.measures(), model.training
    sums = dict.fromkeys(("loss", *measures), (0.0, 0))
    model.eval()
    with torch.no_grad(), own_randomness():
        seed_generators("evaluate", settings.seed, step)
        for batch in task.data.test_batches(settings.eval_batch_size):
            batch = to_run(batch, device, dtype)
            outputs = task.apply(model, batch)
            size = len(batch[task.data.arrays[0].name])
            loss = float(task.loss(outputs, batch)) * size
            sums["loss"] = _add(sums["loss"], loss, size)
            for name, measure in measures.items():
                total, count = measure(outputs, batch)
                sums[name] = _add(sums[name], float(total), count)
    model.train(training)
    values = {name: total / count for name, (total, count) in sums.items() if count}
    return values | derived(task.data.kind, values)


def _add(so_far: tuple[float, int], total: float, count: int) -> tuple[float, int]:
    return so_far[0] + total, so_far[1] + count
