"""Random draws as a function of (seed, place, named indices), whatever order the axes stand in.

Each value is a hash of the key and of the index along every axis that passes over, so the vectorised interpreter and
the literal scalar loop draw the same numbers. The mixer is splitmix64 (Steele, Lea & Flood 2014).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Draws:
    """Where a draw happens: a key, the passing axes the arrays have, and the indices fixed outside of them.

    `labels` are the names that axes have around, where they differ: a circuit draws the same numbers wherever the
    axes that pass over it are spelled out.
    """

    key: str
    passing: tuple[tuple[str, int], ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    shared: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)

    def uniform(self, produced: Sequence[int], stream: int = 0) -> NDArray[np.float64]:
        """Uniform numbers in [0, 1) of shape [*passing, *produced]; `stream` separates draws of one node."""
        ndim = len(self.passing) + len(produced)
        word: Words = np.full((1,) * ndim, _word(f"{self.key}#{stream}"), dtype=np.uint64)
        lengths = {name: (length, place) for place, (name, length) in enumerate(self.passing)}
        fixed = dict(self.fixed)
        for label, name in sorted((self.labels.get(name, name), name) for name in {*lengths, *fixed}):
            if name in self.shared:
                continue
            if name in lengths:
                length, place = lengths[name]
                word = _mix(word, _along(np.arange(length, dtype=np.uint64), place, ndim), _word(label))
            else:
                word = _mix(word, np.full((1,) * ndim, fixed[name], dtype=np.uint64), _word(label))
        for place, length in enumerate(produced):
            steps = np.arange(length, dtype=np.uint64)
            word = _mix(word, _along(steps, len(self.passing) + place, ndim), np.uint64(place))
        shape = tuple(length for _, length in self.passing) + tuple(produced)
        return np.broadcast_to((word >> np.uint64(11)).astype(np.float64) * 2.0**-53, shape)

    def normal(self, produced: Sequence[int]) -> NDArray[np.float64]:
        """Standard normal numbers by the Box-Muller transform."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(produced, 0)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(produced, 1)))


def keyed(mapping: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """A mapping of fixed indices in the order of their names."""
    return tuple(sorted(mapping.items()))


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def _along(steps: Words, place: int, ndim: int) -> Words:
    return steps.reshape((1,) * place + (-1,) + (1,) * (ndim - place - 1))


def _mix(word: Words, index: Words, salt: np.uint64) -> Words:
    with np.errstate(over="ignore"):
        mixed = word ^ ((index + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + salt)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)
