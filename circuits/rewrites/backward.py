"""Backward passes beside their circuits: what the forward pass keeps on a tape, and what pulls cotangents back with it.

`reverse` gives one flat circuit of primitives that runs forward once more. Here nothing with a rule of its own is
computed twice, and a node is pulled back by one node or a few, as it is drawn; circuits that are used have backward
passes of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..circuit import Circuit, Output
from ..errors import AttributeProblem, did_you_mean
from .backward_calls import Backward
from .backward_walk import Walk
from .fitting import CONTINUOUS
from .lift_parameters import lift_parameters

__all__ = ["Backward", "backward"]


def backward(circuit: Circuit, wrt: Sequence[str] | None = None) -> Backward:
    """The backward pass of a circuit at the level of its nodes.

    `wrt` names inputs and keys of parameters, all real and complex ones when None. Gradients have the axes of what they
    belong to. What has no reverse rule of its own is pulled back by a circuit `R[<op>]` derived from its expansion.
    Raises CircuitError if the circuit has problems, AttributeProblem for names it does not have and where no gradient
    flows.
    """
    inputs = [item.name for item in circuit.valid().inputs if item.type.element in CONTINUOUS]
    known = dict.fromkeys((*inputs, *lift_parameters(circuit).names))
    for name in wrt or ():
        if name not in known:
            near = did_you_mean(name, known)
            raise AttributeProblem(
                f"a real input or a parameter of '{circuit.name}'", f"'{name}'", f"Name one of them.{near}"
            )
    found = _derived(circuit, tuple(known) if wrt is None else tuple(dict.fromkeys(wrt)))
    outputs = tuple(Output(name, wire) for name, wire in found.tape)
    return replace(found, forward=found.forward.evolve(outputs=(*circuit.outputs, *outputs)).valid())


@lru_cache(maxsize=1024)
def _derived(circuit: Circuit, wanted: tuple[str, ...]) -> Backward:
    """A backward pass whose forward circuit gives of the tape what is no input."""
    found = Walk(circuit, wanted, _derived).walked()
    inputs = {item.name for item in circuit.inputs}
    outputs = tuple(Output(name, wire) for name, wire in found.tape if wire not in inputs)
    return replace(found, forward=found.forward.evolve(outputs=(*circuit.outputs, *outputs)).valid())
