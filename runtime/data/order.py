"""The order of the training samples, as a pure function of (seed, step).

The samples form one endless stream: a fresh permutation of all of them for every epoch, one behind
the other. Step `s` takes the places `s*size` to `(s+1)*size`. So no step depends on another one,
every epoch holds each sample once, and every batch is full.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from ..seeds import generator


@lru_cache(maxsize=4)
def permutation(count: int, seed: int, epoch: int) -> Tensor:
    """The samples 0 to `count` - 1 in the order of one epoch; shared, so only to be read."""
    return torch.randperm(count, generator=generator("order", seed, epoch))


def positions(step: int, size: int, count: int, seed: int) -> Tensor:
    """The `size` samples of step `step` (from 0) out of `count`, which may be fewer than `size`."""
    epoch, offset = divmod(step * size, count)
    parts: list[Tensor] = []
    while size > 0:
        part = permutation(count, seed, epoch)[offset : offset + size]
        parts.append(part)
        size, epoch, offset = size - len(part), epoch + 1, 0
    return parts[0] if len(parts) == 1 else torch.cat(parts)
