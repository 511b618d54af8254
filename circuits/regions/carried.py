"""What regions share that carry state and stop by themselves: typing, and rounds in which some hold still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..circuit import Circuit
from ..errors import AttributeProblem
from ..named import Named, merged
from ..op import Port, Result, Signature


def require_sound(body: Circuit) -> None:
    """Raise AttributeProblem if a body has problems."""
    count = len(body.checked.own_problems)
    if count:
        raise AttributeProblem("a body without problems", f"{count} in '{body.name}'", "Mend it first.")


def states(body: Circuit, face: Signature) -> tuple[Result, ...]:
    """The outputs of a body that are its first inputs in the next round; raises AttributeProblem if they cannot be."""
    if not face.outputs or len(face.outputs) > len(face.inputs):
        raise AttributeProblem(
            f"an input of '{body.name}' for each of its outputs",
            f"{len(face.inputs)} inputs and {len(face.outputs)} outputs",
            "Return only what the next round takes.",
        )
    return tuple(state(before, after) for before, after in zip(face.inputs, face.outputs, strict=False))


def state(before: Port, after: Result) -> Result:
    """A state between rounds, whose type does not change; it may come to depend on every input."""
    if set(before.axes) != set(after.axes) or before.element != after.element:
        raise AttributeProblem(
            f"the next state of '{before.name}' [{' '.join(before.axes)}]",
            f"'{after.name}' [{' '.join(after.axes)}]",
            "Make what is carried keep its type.",
        )
    return Result(after.name, after.axes, after.element, after.space)


@dataclass(frozen=True)
class Rounds:
    """The rounds of a region in which every passing index stops by itself: one that has stopped keeps its state."""

    xp: Any
    over: Mapping[str, int]
    own: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, xp: Any, ports: Sequence[Port], inputs: Sequence[Named], count: int) -> Rounds:
        """Rounds of the first `count` inputs; the axes that pass over are those of all."""
        return cls(xp, merged(inputs, [port.axes for port in ports]), tuple(port.axes for port in ports[:count]))

    def spread(self, arrays: Sequence[Named]) -> list[Named]:
        """States that carry every passing axis."""
        return [self._spread(named, axes) for named, axes in zip(arrays, self.own, strict=True)]

    def _spread(self, named: Named, axes: tuple[str, ...]) -> Named:
        wanted = (*self.over, *axes)
        shape = (*self.over.values(), *(named.length(axis) for axis in axes))
        return Named(self.xp.broadcast_to(named.ordered(wanted, self.xp), shape), wanted)

    def flag(self, named: Named) -> Any:
        """A truth value for every passing index."""
        return self.xp.broadcast_to(named.ordered(tuple(self.over), self.xp), tuple(self.over.values()))

    def kept(self, moving: Any, made: Sequence[Named], before: Sequence[Named]) -> list[Named]:
        """The new state where it moves, the old one where it has stopped."""
        found = []
        for new, old, axes in zip(self.spread(made), before, self.own, strict=True):
            choice = self.xp.reshape(moving, (*moving.shape, *(1 for _ in axes)))
            found.append(Named(self.xp.where(choice, new.array, old.array), old.axes))
        return found

    def distance(self, made: Sequence[Named], before: Sequence[Named]) -> Any:
        """How far the states moved at most, for every passing index."""
        furthest: Any = None
        for new, old, axes in zip(self.spread(made), before, self.own, strict=True):
            moved = abs(new.array - old.array)
            trailing = tuple(range(len(self.over), len(self.over) + len(axes)))
            moved = self.xp.max(moved, axis=trailing, initial=0.0) if trailing else moved
            furthest = moved if furthest is None else self.xp.maximum(furthest, moved)
        return furthest
