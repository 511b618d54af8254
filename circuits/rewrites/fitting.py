"""Fitting cotangents to arrays: extra axes are summed, those they lack repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..apply import elementwise
from ..circuit import Circuit
from ..ops.einsum import broadcast, einsum
from ..ops.sources import constant
from ..trace import Wire
from ..types import COMPLEX, REAL, ArrayType

CONTINUOUS = (REAL, COMPLEX)


@dataclass(frozen=True)
class Pass:
    """What a backward pass over a flat circuit is to give.

    `seeds` are outputs and the inputs that give their cotangents, "" for ones; `wanted` are inputs and the outputs
    that give their gradients; `kept` are outputs of the circuit to be given as well.
    """

    seeds: tuple[tuple[str, str], ...]
    wanted: tuple[tuple[str, str], ...]
    kept: tuple[str, ...] = ()


Backward: TypeAlias = Callable[[Circuit, Pass], Circuit]


def fit(found: Wire, wanted: ArrayType) -> Wire:
    """A cotangent for an array of a type."""
    extra = [axis for axis in found.axes if axis not in wanted.axes]
    if extra:
        found = einsum(f"{' '.join(extra)} ->", found)
    if wanted.element == REAL and found.type is not None and found.type.element == COMPLEX:
        found = elementwise("real(z)", found)
    return widen(found, wanted.axes)


def widen(wire: Wire, axes: Sequence[str]) -> Wire:
    """A wire that carries all these axes."""
    lacking = " ".join(axis for axis in axes if axis not in wire.axes)
    return broadcast(wire, axes=lacking) if lacking else wire


def zeros(type: ArrayType) -> Wire:
    """Zeros of a type; sizes come from the scope."""
    wire = constant(0.0)
    return widen(elementwise("complex(x, x)", wire) if type.element == COMPLEX else wire, type.axes)


def total(found: Sequence[Wire]) -> Wire:
    """The sum of cotangents, which meet where an array was copied."""
    result = found[0]
    for wire in found[1:]:
        result = result + wire
    return result


def cotangent_type(type: ArrayType | None) -> ArrayType:
    """The type of a cotangent of an array."""
    if type is None:
        return ArrayType()
    return ArrayType(COMPLEX if type.element == COMPLEX else REAL, type.axes)


def as_tuple(made: Any) -> tuple[Wire, ...]:
    """What a call gave, as a tuple."""
    return made if isinstance(made, tuple) else (made,)


def unused(name: str, taken: Iterable[str]) -> str:
    """A name like this one that is not taken."""
    known = set(taken)
    while name in known:
        name += "_"
    return name
