"""The classes of a program: each subcircuit is printed once, callees before callers."""

from __future__ import annotations

from dataclasses import dataclass, field

from circuits import Circuit

from ...writing.names import Names, class_name
from .value import OUTER


@dataclass(frozen=True)
class ClassKey:
    """What makes one class: a circuit, and marked axes that stay named in it, in front of its own.

    All weights carry those in `per`, draws are the same over those in `shared`. `carried` has an entry an input: those
    of them that it carries.
    """

    circuit: Circuit
    per: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    carried: tuple[tuple[str, ...], ...] = ()

    @property
    def fronts(self) -> tuple[str, ...]:
        """All of these axes."""
        return (*self.per, *(axis for axis in self.shared if axis not in self.per))


@dataclass(frozen=True)
class Face:
    """An output of a printed class: the axes it carries in front of its own, and whose leading group it has."""

    per: tuple[str, ...]
    leading: frozenset[str]


@dataclass(frozen=True)
class PrintedClass:
    """A class as text, and what a caller must know of it.

    `arguments` are the sizes its constructor takes, as pairs of size name and keyword.
    """

    name: str
    text: str
    arguments: tuple[tuple[str, str], ...]
    faces: tuple[Face, ...]


@dataclass
class Book:
    """All classes of a program in the making, and the helpers they use."""

    names: dict[Circuit, str] = field(default_factory=dict)
    printed: dict[ClassKey, PrintedClass] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    taken: Names = field(default_factory=Names)

    def name(self, key: ClassKey) -> str:
        """A class name for a key: the planned one, else a fresh one."""
        planned = self.names.get(key.circuit)
        used = {printed.name for printed in self.printed.values()}
        if planned is not None and planned not in used:
            return planned
        words = "_".join([key.circuit.name, *("per_" + axis.strip(OUTER) for axis in key.per)])
        return self.taken.fresh(class_name(words), "")
