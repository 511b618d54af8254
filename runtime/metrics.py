"""Metrics of held-out data and baselines to hold them against.

A metric returns a sum and a count, so that a split's value does not depend on how it was cut into
batches. Outputs carry classes on their last axis: `[sample, *axes, class]` beside targets of
`[sample, *axes]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from .data import Batch, Data, Kind
from .errors import DataError, Problem

Metric = Callable[[Any, Batch], tuple[Tensor, int]]
CHUNK = 4096


def accuracy(target: str) -> Metric:
    """The share of entries of `target` that are the likeliest class."""

    def measure(outputs: Any, batch: Batch) -> tuple[Tensor, int]:
        right = choices(outputs, batch[target]) == batch[target]
        return right.sum(), right.numel()

    return measure


def asked_accuracy(target: str, asked: str) -> Metric:
    """The share of the entries asked for that are the likeliest class."""

    def measure(outputs: Any, batch: Batch) -> tuple[Tensor, int]:
        right = choices(outputs, batch[target]) == batch[target]
        return right[batch[asked]].sum(), int(batch[asked].sum())

    return measure


def dice(target: str) -> Metric:
    """The mean over samples of `2|A and B| / (|A| + |B|)`, 1 where both are empty (Dice 1945)."""

    def measure(outputs: Any, batch: Batch) -> tuple[Tensor, int]:
        found = choices(outputs, batch[target]).flatten(1) > 0
        right = batch[target].flatten(1) > 0
        both, all_of_them = (found & right).sum(1), found.sum(1) + right.sum(1)
        score = torch.where(all_of_them > 0, 2 * both / all_of_them.clamp(min=1), 1.0)
        return score.double().sum(), len(score)

    return measure


def choices(outputs: Tensor, target: Tensor) -> Tensor:
    """The likeliest class per entry: of classes on the last axis, or the sign of a single logit per entry."""
    if outputs.shape == target.shape:
        return (outputs > 0).to(target.dtype)
    if outputs.shape[:-1] == target.shape:
        return outputs.argmax(-1)
    expected = f"{list(target.shape)}, or that and a last axis of classes"
    fix = "Let the model return its classes on the last axis."
    raise DataError(Problem("metric", f"outputs of shape {expected}", f"{list(outputs.shape)}", fix))


def metrics_for(kind: Kind) -> Mapping[str, Metric]:
    """The metrics of a kind of task, over the array names its data sets use."""
    match kind:
        case "classify":
            return {"accuracy": accuracy("label")}
        case "next_token":
            return {"accuracy": accuracy("target")}
        case "segment":
            return {"dice": dice("mask"), "accuracy": accuracy("mask")}
        case "sequence":
            return {"accuracy": asked_accuracy("target", "asked")}


def derived(kind: Kind, values: Mapping[str, float]) -> dict[str, float]:
    """What follows from the mean loss: the perplexity, where the loss is nats per token."""
    if kind != "next_token" or values["loss"] > 700:  # exp would overflow
        return {}
    return {"perplexity": math.exp(values["loss"])}


def bigram_baseline(data: Data) -> float:
    """Nats per held-out token of a smoothed table of which token follows which, learned from the training split.

    `p(b|a) = (n(a,b) + p(b)) / (n(a) + 1)` with `p(b) = (n(b) + 1) / (n + v)`. Raises DataError for
    data that does not ask for the next token.
    """
    if data.kind != "next_token":
        fix = "Give it data of the kind next_token."
        raise DataError(Problem(f"data '{data.name}'", "the kind next_token", data.kind, fix))
    v = data.sizes()["v"]
    pairs = count_pairs(data.train, v).double()
    single = pairs.sum(0)
    follows = (single + 1) / (single.sum() + v)
    table = (pairs + follows) / (pairs.sum(1, keepdim=True) + 1)
    held_out = count_pairs(data.test, v).double()
    return float(-(held_out * table.log()).sum() / held_out.sum())


def count_pairs(arrays: Mapping[str, Tensor], v: int) -> Tensor:
    """How often each token stands before each other one: [v v'], in windows `tokens` and `target`."""
    counts = torch.zeros(v * v, dtype=torch.int64)
    for start in range(0, len(arrays["tokens"]), CHUNK):  # windows are views: all at once would copy them
        first, second = (arrays[key][start : start + CHUNK].reshape(-1) for key in ("tokens", "target"))
        counts += torch.bincount(first * v + second, minlength=v * v)
    return counts.reshape(v, v)
