"""What a primitive's reference may ask for besides its arrays: the namespace, sizes, draws, the mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .draws import Draws
from .sizes import Size


@dataclass(frozen=True)
class Frame:
    """One execution of a primitive.

    `xp` is an array namespace, `passing` the lengths of the passing axes the arrays lead with, `sizes` the numbers
    of the scope.
    """

    xp: Any
    sizes: Mapping[str, int]
    passing: tuple[int, ...]
    draws: Draws
    training: bool = False

    def size(self, size: Size) -> int:
        """A size as a number."""
        return size.evaluate(self.sizes)

    def length(self, axis: str) -> int:
        """Length of an axis of the scope."""
        return self.size(Size.name(axis))

    @property
    def depth(self) -> int:
        """How many passing axes the arrays lead with."""
        return len(self.passing)
