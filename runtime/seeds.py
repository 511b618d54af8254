"""Seeds as a pure function of what they are for.

Nothing in a run carries random state from one step to the next: each step seeds the generators from
(seed, purpose, step), so a run resumed at any step draws what the uninterrupted run drew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def seed_from(*parts: int | str) -> int:
    """A number below 2**63 that depends on all parts and on their order."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def seed_generators(*parts: int | str) -> None:
    """Seed torch's generators from the parts.

    The default generator is seeded directly: `torch.manual_seed` also visits every back end, which
    costs more than a small training step.
    """
    seed = seed_from(*parts)
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)


def generator(*parts: int | str) -> torch.Generator:
    """A generator of its own, seeded from the parts."""
    return torch.Generator().manual_seed(seed_from(*parts))


@contextmanager
def own_randomness() -> Iterator[None]:
    """Give the caller back the random state it had, whatever the block draws."""
    initialised = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    with torch.random.fork_rng(devices=range(torch.cuda.device_count() if initialised else 0)):
        yield
