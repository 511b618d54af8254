"""Slots: the parameters of a circuit as the inputs they become, and the scope that takes them in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..circuit import Circuit, Input
from ..op import Weight
from ..sizes import Size
from ..types import ArrayType, base
from .rename_axes import equation, fresh_name


@dataclass(frozen=True)
class Slot:
    """A parameter by its key inside a circuit, the input it became, its axes there (`per` first) and its start."""

    key: str
    name: str
    axes: tuple[str, ...]
    weight: Weight

    @property
    def type(self) -> ArrayType:
        """The type of the input."""
        return ArrayType(self.weight.element, self.axes)

    @property
    def names(self) -> tuple[str, ...]:
        """Every axis it mentions: its own, and those that a unit reads."""
        return (*self.axes, *self.weight.init.fan)

    def renamed(self, axes: Mapping[str, str]) -> Slot:
        """The slot with axes called otherwise."""

        def actual(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(axes.get(name, name) for name in names)

        start = replace(self.weight.init, fan=actual(self.weight.init.fan))
        weight = replace(self.weight, axes=actual(self.weight.axes), init=start)
        return replace(self, axes=actual(self.axes), weight=weight)


@dataclass(frozen=True)
class Request:
    """What to lift out of a circuit: these keys (all if None), as inputs not called as in `avoid`.

    `suffix` is written behind input names (the index of a repeat); `indices` are those of the repeats around.
    """

    wanted: frozenset[str] | None = None
    avoid: frozenset[str] = frozenset()
    suffix: str = ""
    indices: frozenset[str] = frozenset()

    def wants(self, key: str) -> bool:
        """Whether the parameter of this key is to become an input."""
        return self.wanted is None or key in self.wanted

    def inside(self, prefix: str) -> Request:
        """The same request to a circuit inside, whose keys have a prefix here."""
        if self.wanted is None:
            return Request(None, indices=self.indices)
        inner = frozenset(key[len(prefix) :] for key in self.wanted if key.startswith(prefix))
        return Request(inner, indices=self.indices)


class Scope:
    """The names of a circuit while it takes in parameters: inputs, axes with their sizes, constraints."""

    def __init__(self, circuit: Circuit, request: Request) -> None:
        self.circuit, self.request = circuit, request
        self.taken = {item.name for item in circuit.inputs} | {node.name for node in circuit.nodes} | request.avoid
        self.slots: list[Slot] = []
        self.constraints = list(circuit.constraints)

    @cached_property
    def sizes(self) -> dict[str, Size]:
        """Sizes of all names of the scope."""
        checked = self.circuit.checked
        names = {base(name) for name in (*checked.names, *checked.solution.bindings)}
        return {name: checked.size(name) for name in sorted(names)}

    def input(self, key: str, axes: tuple[str, ...], weight: Weight) -> Slot:
        """Add an input for a parameter; names that nothing declared so far are fixed to their sizes."""
        suffix = self.request.suffix
        root = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in key)
        name, number = root + suffix, 1
        while name in self.taken:
            number += 1
            name = f"{root}_{number}{suffix}"
        self.taken.add(name)
        for axis in axes:
            self.fix(axis)
        self.slots.append(Slot(key, name, axes, weight))
        return self.slots[-1]

    def fix(self, axis: str) -> None:
        """State the size of a name as a constraint, so that an input may carry it."""
        size = self.sizes.get(base(axis), Size.name(axis))
        if size != Size.name(axis):
            self.constraints += [text for text in equation(axis, size) if text not in self.constraints]

    def adopt(self, axis: str, size: Size, avoid: Collection[str], blocked: Collection[str] = ()) -> str:
        """The name here of an axis from inside: its own where it has one size, else a fresh one."""
        if axis in blocked or self.sizes.get(base(axis), size) != size:
            axis = fresh_name(axis, {*self.sizes, *avoid, *blocked})
        self.sizes.setdefault(base(axis), size)
        return axis

    def inputs(self) -> tuple[Input, ...]:
        """Inputs of the circuit, those of parameters last."""
        return (*self.circuit.inputs, *(Input(slot.name, slot.type) for slot in self.slots))
