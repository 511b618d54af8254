"""Parameters as inputs: weights are wires, so another circuit may compute them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..circuit import Circuit, Input, Node
from ..derived import Call, Composite, Derived, scope_map
from ..errors import AttributeProblem, did_you_mean
from ..op import Op, Weight
from ..ops.sources import Parameter
from ..parameters import state_key
from ..region import Region
from ..regions.repeat import Repeat
from ..sizes import Size
from ..types import ArrayType, base
from .lift_regions import Lift, lifted_region
from .rename_axes import axis_names, equation, fresh_name
from .slots import Slot

Wanted = frozenset[str] | None


@dataclass(frozen=True)
class Lifted:
    """A circuit whose parameters are inputs, and which input stands for which parameter."""

    circuit: Circuit
    slots: tuple[Slot, ...]

    @property
    def names(self) -> dict[str, str]:
        """State keys to input names: `block.query.weight` to `block_query_weight`."""
        return {slot.key: slot.name for slot in self.slots}

    def inputs(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays of a state, by the inputs they are now."""
        return {slot.name: state[slot.key] for slot in self.slots}


def lift_parameters(circuit: Circuit, keys: Sequence[str] | None = None) -> Lifted:
    """Turn parameters into inputs behind those the circuit has; all of them unless `keys` names some.

    Their axes are those of the parameter, its `per` axes first. They are threaded through calls and regions; a fresh
    repeat takes one a round. Buffers stay. Raises CircuitError if the circuit has problems, AttributeProblem for keys
    it does not have and for fresh rounds that are not counted by a number.
    """
    circuit.valid()
    if keys is None:
        return Lifted(*_lift(circuit, None, frozenset(), frozenset()))
    known = [slot.key for slot in lift_parameters(circuit).slots]
    for key in keys:
        if key not in known:
            raise AttributeProblem(
                f"parameters of '{circuit.name}'", f"'{key}'", "See parameters(...)." + did_you_mean(key, known)
            )
    return Lifted(*_lift(circuit, frozenset(keys), frozenset(), frozenset()))
