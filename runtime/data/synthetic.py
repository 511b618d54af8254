"""Tasks made from a fixed seed: parity, copying, associative recall, noisy discs.

Each is the same on every run; the seed of a run only chooses the order of the samples.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import DataError, Problem
from ..seeds import generator
from .core import Array, Batch, Data, Kind, summary

SAMPLES = 5000
TEST_SHARE = 0.2


def parity(t: int) -> Data:
    """Bit strings of length `t`, no string twice; the label says whether the number of ones is odd."""
    number = distinct_numbers(min(SAMPLES, int(2**t)), t)
    bits = (number[:, None] >> torch.arange(t)) & 1
    return split(
        "parity",
        summary(parity),
        "classify",
        (
            Array("tokens", "Natural(2)[t]", "the bits"),
            Array("label", "Natural(2)[]", "1 where the number of ones is odd", "target"),
        ),
        {"tokens": bits, "label": bits.sum(1) % 2},
        {"t": t},
        {"t": t},
    )


def distinct_numbers(count: int, bits: int) -> Tensor:
    """`count` different numbers below 2**bits in random order: [count]."""
    random = generator("parity", count, bits)
    if bits <= 16:
        return torch.randperm(2**bits, generator=random)[:count]
    drawn = torch.randint(2**bits, (2 * count,), generator=random)  # half the draws may repeat
    unique: Tensor = torch.unique(drawn)
    return unique[torch.randperm(len(unique), generator=random)[:count]]


def copy(s: int, n: int) -> Data:
    """Read `s` symbols out of `n`, then a mark, then write them down again."""
    written = torch.randint(n, (SAMPLES, s), generator=generator("copy", s, n))
    mark, blank = torch.full((SAMPLES, 1), n), torch.full((SAMPLES, s), n + 1)
    tokens = torch.cat([written, mark, blank], 1)
    target = torch.cat([torch.full((SAMPLES, s + 1), n + 1), written], 1)
    sizes = {"t": 2 * s + 1, "v": n + 2}
    arrays = sequence_arrays("symbols, then the mark, then blanks")
    return split(
        "copy",
        summary(copy),
        "sequence",
        arrays,
        {"tokens": tokens, "target": target, "asked": asked_from(s + 1, 2 * s + 1)},
        sizes,
        {"s": s, "n": n},
    )


def recall(s: int, n: int) -> Data:
    """Read `s` pairs of a key and a value, `n` keys and `n` values in all, then give the value of one key again.

    Keys differ within a sample. Raises DataError when there are fewer keys than pairs.
    """
    if s > n:
        fix = "Raise n or lower s."
        raise DataError(Problem("data 'recall', option 'n'", f"at least s={s} keys", f"{n}", fix))
    random = generator("recall", s, n)
    keys = torch.rand(SAMPLES, n, generator=random).argsort(1)[:, :s]
    values = torch.randint(n, (SAMPLES, s), generator=random) + n
    which = torch.randint(s, (SAMPLES, 1), generator=random)
    pairs = torch.stack([keys, values], 2).flatten(1)
    tokens = torch.cat([pairs, keys.gather(1, which)], 1)
    target = torch.cat([tokens[:, 1:], values.gather(1, which)], 1)
    sizes = {"t": 2 * s + 1, "v": 2 * n}
    return split(
        "recall",
        summary(recall),
        "sequence",
        sequence_arrays("key, value, key, value, and at the end the key that is asked for"),
        {"tokens": tokens, "target": target, "asked": asked_from(2 * s, 2 * s + 1)},
        sizes,
        {"s": s, "n": n},
    )


def discs(y: int, x: int, c: int) -> Data:
    """Noisy grey images of one bright disc; the mask says which pixels belong to it."""
    random = generator("discs", y, x)
    count = 1000
    middle_y = (0.25 + 0.5 * torch.rand(count, 1, 1, generator=random)) * y
    middle_x = (0.25 + 0.5 * torch.rand(count, 1, 1, generator=random)) * x
    radius = (0.12 + 0.18 * torch.rand(count, 1, 1, generator=random)) * min(y, x)
    row, column = torch.arange(y)[:, None] + 0.5, torch.arange(x) + 0.5
    mask = (row - middle_y) ** 2 + (column - middle_x) ** 2 <= radius**2
    contrast = 0.6 + 0.4 * torch.rand(count, 1, 1, generator=random)
    image = contrast * mask + 0.4 * torch.randn(count, y, x, generator=random)
    sizes = {"y": y, "x": x}
    return split(
        "discs",
        summary(discs),
        "segment",
        (
            Array("image", "Real[c y x]" if c else "Real[y x]", "grey levels with noise"),
            Array("mask", "Natural(2)[y x]", "1 inside the disc", "target"),
        ),
        {"image": image[:, None] if c else image, "mask": mask.long()},
        {"c": 1, **sizes} if c else sizes,
        {**sizes, "c": c},
    )


def sequence_arrays(doc: str) -> tuple[Array, ...]:
    """The arrays of a task that asks at some places of a sequence."""
    return (
        Array("tokens", "Natural(v)[t]", doc),
        Array("target", "Natural(v)[t]", "the right answer at each place", "target"),
        Array("asked", "Bool[t]", "the places whose answers count", "target"),
    )


def asked_from(first: int, length: int) -> Tensor:
    """The same places in every sample, from `first` to the end: [sample, length]."""
    return (torch.arange(length) >= first).expand(SAMPLES, length).contiguous()


def split(
    name: str,
    doc: str,
    kind: Kind,
    arrays: tuple[Array, ...],
    samples: Batch,
    sizes: dict[str, int],
    options: dict[str, int],
) -> Data:
    """A data set whose last fifth is held out; the samples are in random order already."""
    count = len(samples[arrays[0].name])
    kept = count - round(count * TEST_SHARE)
    return Data(
        name=name,
        doc=doc,
        kind=kind,
        arrays=arrays,
        train={key: values[:kept] for key, values in samples.items()},
        test={key: values[kept:] for key, values in samples.items()},
        axis_sizes=sizes,
        options=options,
    )
