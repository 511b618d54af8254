"""Sums of products of arrays, two at a time, as matrix products where those are faster.

A label names a dimension; equal labels are the same dimension. Which two come first is chosen greedily by the size of
what they leave, as opt_einsum does (Smith & Gray 2018).
"""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

Labels = tuple[str, ...]
# Below these counts of multiplications a plain loop is faster than moving dimensions about.
_SMALL, _SMALL_MATRIX = 4096, 32


@dataclass(frozen=True, eq=False)
class Labelled:
    """An array with a label a dimension."""

    array: Any
    labels: Labels

    @property
    def lengths(self) -> dict[str, int]:
        """Length by label."""
        return dict(zip(self.labels, self.array.shape, strict=True))

    def arranged(self, xp: Any, *groups: Labels) -> Any:
        """The array with a dimension for every group of its labels."""
        order = [label for group in groups for label in group]
        lengths = self.lengths
        array = xp.transpose(self.array, tuple(self.labels.index(label) for label in order))
        return xp.reshape(array, tuple(math.prod(lengths[label] for label in group) for group in groups))


def contract(xp: Any, operands: Sequence[Labelled], result: Labels) -> Any:
    """The sum of the product of all operands over all labels that are not in the result."""
    rest = list(operands)
    lengths = {label: length for one in rest for label, length in one.lengths.items()}
    if len(rest) == 1 or math.prod(lengths.values()) <= _SMALL:
        return _looped(xp, rest, result)
    while len(rest) > 1:
        one, other = _next(rest, result)
        rest = [operand for operand in rest if operand is not one and operand is not other]
        needed = {*result, *(label for operand in rest for label in operand.labels)}
        rest.append(_product(xp, one, other, needed))
    return rest[0].array if rest[0].labels == result else _looped(xp, rest, result)


def _next(rest: Sequence[Labelled], result: Labels) -> tuple[Labelled, Labelled]:
    """The two operands whose product needs least room beyond their own."""

    def room(pair: tuple[Labelled, Labelled]) -> int:
        needed = {*result, *(label for one in rest if one not in pair for label in one.labels)}
        lengths = {**pair[0].lengths, **pair[1].lengths}
        made = math.prod(length for label, length in lengths.items() if label in needed)
        return made - sum(math.prod(one.lengths.values()) for one in pair)

    return min(itertools.combinations(rest, 2), key=room)


def _product(xp: Any, one: Labelled, other: Labelled, needed: Collection[str]) -> Labelled:
    """The product of two arrays, summed over the labels nobody needs."""
    one, other = (_summed(xp, *pair, needed) for pair in ((one, other), (other, one)))
    lengths = {**one.lengths, **other.lengths}
    shared = tuple(label for label in one.labels if label in other.labels)
    batch = tuple(label for label in shared if label in needed)
    summed = tuple(label for label in shared if label not in needed)
    left = tuple(label for label in one.labels if label not in shared)
    right = tuple(label for label in other.labels if label not in shared)
    made = (*batch, *left, *right)
    if not summed or math.prod(lengths[label] for label in (*left, *right, *summed)) < _SMALL_MATRIX:
        return Labelled(_looped(xp, (one, other), made), made)
    product = one.arranged(xp, batch, left, summed) @ other.arranged(xp, batch, summed, right)
    return Labelled(xp.reshape(product, tuple(lengths[label] for label in made)), made)


def _summed(xp: Any, one: Labelled, other: Labelled, needed: Collection[str]) -> Labelled:
    """An array summed over what only it has and nobody needs."""
    kept = tuple(label for label in one.labels if label in needed or label in other.labels)
    return one if kept == one.labels else Labelled(_looped(xp, (one,), kept), kept)


def _looped(xp: Any, operands: Sequence[Labelled], result: Labels) -> Any:
    letters: dict[str, str] = {}
    for one in operands:
        for label in one.labels:
            letters.setdefault(label, string.ascii_letters[len(letters)])
    terms = ",".join("".join(letters[label] for label in one.labels) for one in operands)
    return xp.einsum(f"{terms}->{''.join(letters[label] for label in result)}", *(one.array for one in operands))
