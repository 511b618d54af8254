"""Backward passes of regions: loops as scans over stored states, fixed points by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import AttributeProblem
from ..region import Region
from ..trace import Wire

Pull = Callable[[Sequence[Wire | None]], Sequence[Wire | None]]


@dataclass(frozen=True)
class Pulled:
    """A region run forward: its outputs, and how cotangents of them are pulled back to what it reads."""

    outputs: tuple[Wire, ...]
    pull: Pull
    constraints: tuple[str, ...] = ()


def reversed_region(op: Region, wires: Sequence[Wire], needed: Sequence[bool], name: str) -> Pulled:
    raise NotImplementedError
