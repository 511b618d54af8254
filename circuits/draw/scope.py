"""What the names of one circuit mean in a picture that holds several: axes as they are shown, wires as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..circuit import Circuit
from ..types import REAL, ArrayType, base, stride
from .axis_labels import axis_label, element_label, size_label
from .diagram import ELEMENT, Array, Strand


@dataclass(frozen=True, slots=True)
class Shown:
    """An axis as the picture shows it: the name by which arrays tell their strands apart, and its TeX."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a wire of a circuit is in the picture: an array, its strands under the names of this circuit.

    `type` is in these names too; None where the circuit is broken. A `memory` is an array that was saved in a round of
    a repetition: it has no strands until something loads it.
    """

    array: str
    names: tuple[str, ...]
    type: ArrayType | None
    memory: str = ""


@dataclass
class Scope:
    """One circuit while it is drawn: the path of its node, the block it lies in, what its axes and wires are."""

    circuit: Circuit
    path: str = ""
    fence: str = ""
    index: str = ""
    shown: Mapping[str, Shown] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {axis.name: axis.role for axis in self.circuit.axes}
        self.roles = {**self.roles, **own}
        self.labels = {axis.name: axis.label for axis in self.circuit.axes if axis.label}

    def of(self, name: str) -> Shown:
        """An axis as it is shown."""
        found = self.shown.get(name)
        if found is not None:
            return found
        if name in self.labels:
            return Shown(name, self.labels[name])
        return Shown(name, axis_label(name, self.role(name), self.index))

    def role(self, name: str) -> str:
        """The role of an axis: its own, that of what it is a twin or a stride of, or of all indexed alike."""
        root = stride(base(name))[0]
        for known in (name, base(name), root, root.partition("[")[0]):
            if known in self.roles:
                return self.roles[known]
        return "feature"

    def strand(self, name: str, found: ArrayType) -> Strand:
        """A strand of an array of this type."""
        if name == ELEMENT:
            return Strand((ELEMENT,), element_label(found.element, self.index))
        shown = self.of(name)
        return Strand((shown.name,), shown.label)

    def array(self, id: str, found: ArrayType | None, name: str = "") -> tuple[Array, Held]:
        """A new array of a type, and what it is here; one strand with a question mark where the type is unknown."""
        if found is None:
            return Array(id, (Strand(("?",), "?"),), name), Held(id, ("?",), None)
        names = strand_names(found)
        return Array(id, tuple(self.strand(one, found) for one in names), name), Held(id, names, found)

    def sized(self, array: Array, held: Held) -> Array:
        """The array with its sizes in its labels, where they are known by number."""
        strands = []
        for name, strand in zip(held.names, array.strands, strict=True):
            size = self.size(name)
            strands.append(Strand(strand.axes, f"{strand.label}={size}" if size else strand.label))
        return Array(array.id, tuple(strands), array.name)

    def size(self, name: str) -> str:
        """The size of an axis as TeX if a number is known for it."""
        if name in (ELEMENT, "?"):
            return ""
        size = self.circuit.checked.size(name)
        number = size.number if size.number is not None else self.sizes.get(base(name))
        return size_label(str(number)) if number is not None else ""

    def inside(self, name: str) -> str:
        """The path of a node."""
        return f"{self.path}/{name}" if self.path else name


def strand_names(found: ArrayType) -> tuple[str, ...]:
    """Names of the strands of an array of a type: its axes, then its element if it is no plain array of reals."""
    plain = found.element == REAL and found.axes
    return found.axes if plain else (*found.axes, ELEMENT)
