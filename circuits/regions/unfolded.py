"""Regions that stand for a circuit made of their bodies: their meaning is that circuit, and nothing else."""

from __future__ import annotations

from abc import abstractmethod
from typing import final

from ..circuit import Circuit
from ..derived import Derived, interface
from ..errors import AttributeProblem
from ..op import Op, Signature
from ..rewrites.fitting import as_tuple
from ..rewrites.lift_parameters import Lifted, lift_parameters, parameter_of
from ..trace import Wire, current_builder
from .carried import require_sound

_UNFOLDED: dict[Op, Circuit] = {}


class Unfolded(Derived):
    """A region that unfolds into simpler nodes around its bodies."""

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
