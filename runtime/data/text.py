"""Characters of Python's own help topics, which every installation of Python ships."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pydoc_data.topics import topics

import torch
from torch import Tensor

from .core import Array, Batch, Data, digest_of, summary

TEST_SHARE = 0.1


def text(t: int) -> Data:
    """Windows of `t` characters of Python's help topics, each with the characters that come next.

    Training windows start at every character, held-out ones every `t`, so that no held-out
    character counts twice. Topics repeat each other's paragraphs: a paragraph is kept once, hence
    none is in both splits.
    """
    learned, held = split_topics(topics)
    symbols = sorted(set(learned) | set(held))
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    return Data(
        name="text",
        doc=summary(text),
        kind="next_token",
        arrays=(
            Array("tokens", "Natural(v)[t]", "characters in their order"),
            Array("target", "Natural(v)[t]", "for each character the one behind it", "target"),
        ),
        train=windows(torch.tensor([numbers[symbol] for symbol in learned]), t, stride=1),
        test=windows(torch.tensor([numbers[symbol] for symbol in held]), t, stride=t),
        axis_sizes={"t": t, "v": len(symbols)},
        options={"t": t},
        symbols=tuple(symbols),
        digest=digest_of(learned, held, str(t)),
    )


def windows(numbers: Tensor, t: int, stride: int) -> Batch:
    """Views of `t` consecutive numbers and of the `t` one place later: both `[window, t]`."""
    return {"tokens": numbers[:-1].unfold(0, t, stride), "target": numbers[1:].unfold(0, t, stride)}


def split_topics(pages: Mapping[str, str]) -> tuple[str, str]:
    """All pages without repeated paragraphs as (to learn from, held out); whole pages are held out.

    Pages are held out in the order of their names' hashes until a tenth of the characters is.
    """
    kept = without_repeats(pages)
    wanted = TEST_SHARE * sum(map(len, kept.values()))
    held: set[str] = set()
    for name in sorted(kept, key=lambda name: hashlib.sha256(name.encode()).digest()):
        if sum(len(kept[other]) for other in held) >= wanted:
            break
        held.add(name)
    learned = [page for name, page in kept.items() if name not in held]
    return "\n\n".join(learned), "\n\n".join(kept[name] for name in kept if name in held)


def without_repeats(pages: Mapping[str, str]) -> dict[str, str]:
    """The pages in the order of their names, each paragraph only where it first stands."""
    seen: set[str] = set()
    kept: dict[str, str] = {}
    for name in sorted(pages):
        fresh: list[str] = []
        for part in pages[name].split("\n\n"):
            # The same paragraph may stand deeper, or behind one more empty line.
            key = part.strip()
            if key not in seen:
                seen.add(key)
                fresh.append(part)
        if fresh:
            kept[name] = "\n\n".join(fresh)
    return kept
