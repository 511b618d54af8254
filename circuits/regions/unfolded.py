"""Regions that stand for a circuit made of their bodies: their meaning is that circuit, and nothing else."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import final

from ..circuit import Circuit
from ..derived import Derived, interface
from ..errors import AttributeProblem
from ..op import Op, Signature
from ..rewrites.fitting import as_tuple
from ..rewrites.lift_parameters import Lifted, lift_parameters, parameter_of
from ..trace import Wire, current_builder
from .carried import require_sound
from .repeat import Repeat

# Enough for bodies that people write, and made in about a second.
MAX_UNFOLDED = 5_000
_LOOP = 10

_UNFOLDED: dict[Op, Circuit] = {}


class Unfolded(Derived):
    """A region that unfolds into simpler nodes around its bodies."""

    def growth(self) -> int:
        """How many times its bodies are written out, roughly."""
        return 1

    @abstractmethod
    def unfold(self) -> Circuit:
        """The circuit it stands for; raises AttributeProblem where the bodies do not fit."""

    @final
    @property
    def body(self) -> Circuit:
        """The unfolded circuit, made once for all equal regions."""
        found = _UNFOLDED.get(self)
        if found is None:
            if len(_UNFOLDED) > 10_000:
                _UNFOLDED.clear()
            for body in self.bodies():
                require_sound(body)
            _check_growth(self)
            found = _UNFOLDED[self] = self.unfold().valid()
        return found

    def bodies(self) -> tuple[Circuit, ...]:
        """All circuits among the attributes, in order."""
        found: list[Circuit] = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            found += [value] if isinstance(value, Circuit) else []
            found += [item for item in value if isinstance(item, Circuit)] if isinstance(value, tuple) else []
        return tuple(found)

    def typing(self) -> Signature:
        """The interface of the unfolded circuit."""
        return interface(self.body, {})


def _check_growth(op: Unfolded) -> None:
    """Raise AttributeProblem where a small document would unfold into a huge circuit."""
    count = op.growth() * sum(spread(body) for body in op.bodies())
    if count > MAX_UNFOLDED:
        expected = f"at most {MAX_UNFOLDED:,} nodes in what a '{op.name}' unfolds into"
        raise AttributeProblem(expected, f"about {count:,}", "Take smaller bodies, or fewer of them.")


@lru_cache(maxsize=4096)
def spread(circuit: Circuit) -> int:
    """How many nodes there are when everything that a sound circuit uses is written out in its place."""
    return sum(_written_out(node.op) for node in circuit.nodes)


def _written_out(op: Op) -> int:
    if isinstance(op, Derived):
        return spread(op.body)
    if not op.bodies():
        return 1
    rounds = op.times.number or 1 if isinstance(op, Repeat) and not op.tied else 1
    # a rewrite of a loop is as much work as one of several nodes
    return _LOOP + rounds * sum(spread(body) for body in op.bodies())


@lru_cache(maxsize=4096)
def tree(circuit: Circuit) -> int:
    """How many nodes a circuit has, those of the circuits it uses counted at each use; quicker than `spread`."""
    return sum(1 + sum(map(tree, node.op.bodies())) for node in circuit.nodes)


def lifted(body: Circuit) -> Lifted:
    """A body that may be used several times, because its parameters are inputs.

    Raises AttributeProblem if it holds running statistics, which one use a step would move more than once.
    """
    if any(record.node.op.signature.updates for record in body.checked.records.values()):
        raise AttributeProblem("a body without running statistics", f"some in '{body.name}'", "Use layer_norm.")
    return lift_parameters(body)


def sources(found: Lifted) -> list[Wire]:
    """Sources of the parameters of a body, under their own keys, in the circuit being traced."""
    builder = current_builder()
    return [builder.add(parameter_of(slot.weight, slot.axes), (), name=slot.key)[0] for slot in found.slots]


__all__ = ["Unfolded", "as_tuple", "lifted", "sources"]
