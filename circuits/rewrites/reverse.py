"""Backward passes as circuits: what pulls cotangents of the outputs back to the inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ..circuit import Circuit
from ..derived import output_type
from ..errors import AttributeProblem, did_you_mean
from ..ops.sources import constant
from ..trace import Wire, build, current_builder
from ..types import REAL
from .fitting import CONTINUOUS, Pass, cotangent_type, unused
from .flatten import owning
from .inline import inline
from .lift_parameters import Lifted, lift_parameters
from .merge_sums import merge_sums
from .prune import pruned
from .rename_axes import face_sizes
from .tape import Tape


def reverse(circuit: Circuit, wrt: Sequence[str] | None = None) -> Circuit:
    """The backward pass of a circuit, as a circuit.

    Inputs are those of the circuit, the parameters asked for (as `lift_parameters` calls them) and, behind them,
    `d_<output>` for every real or complex output. Outputs are `d_<input>` for the inputs and parameters named in `wrt`
    (inputs by name, parameters by key), all of them when None. Gradients have the axes of what they belong to; axes
    that pass over the whole circuit pass over the gradients too, also over those of parameters, so that each example
    has its own. Reverse rules are those of the primitives. Raises CircuitError if the circuit has problems,
    AttributeProblem for names it does not have and where no gradient flows.
    """
    source, wanted = _source(circuit, wrt)
    ends = [item.name for item in source.outputs if source.checked.type(item.wire).element in CONTINUOUS]
    taken = {item.name for item in source.inputs}
    seeds = tuple((name, unused(f"d_{name}", taken)) for name in ends)
    found = backward_pass(source, Pass(seeds, tuple((name, f"d_{name}") for name in wanted)))
    return replace(found, name=f"{circuit.name}_reverse", doc=f"The backward pass of {circuit.name}.")


def value_and_gradient(circuit: Circuit, wrt: Sequence[str] | None = None) -> Circuit:
    """A circuit that gives the outputs of a circuit and the gradients of its first one, which is a single number.

    Inputs are those of the circuit and the parameters in `wrt`, as in `reverse`; gradients are called `d_<input>`.
    Raises AttributeProblem if the first output is no single real number.
    """
    source, wanted = _source(circuit, wrt)
    first = source.outputs[0]
    type = source.checked.type(first.wire)
    if type.axes or type.element != REAL:
        raise AttributeProblem(f"'{first.name}' to be a single real number", str(type), "Take its mean.")
    kept = tuple(item.name for item in source.outputs)
    gradients = tuple((name, unused(f"d_{name}", set(kept))) for name in wanted)
    found = backward_pass(source, Pass(((first.name, ""),), gradients, kept))
    return replace(found, name=f"{circuit.name}_gradient", doc=f"{circuit.name} and its gradients.")


def _source(circuit: Circuit, wrt: Sequence[str] | None) -> tuple[Circuit, list[str]]:
    """The flat circuit to differentiate, and the names of the inputs asked for."""
    lifted = lift_parameters(circuit)
    flat = inline(lifted.circuit)
    inputs = {item.name: item.name for item in circuit.inputs if item.type.element in CONTINUOUS}
    known = {**inputs, **lifted.names}
    if wrt is None:
        return flat, list(known.values())
    for name in wrt:
        if name not in known:
            near = did_you_mean(name, known)
            raise AttributeProblem(
                f"a real input or a parameter of '{circuit.name}'", f"'{name}'", f"Name one of them.{near}"
            )
    rest = Lifted(lifted.circuit, tuple(slot for slot in lifted.slots if slot.key not in wrt))
    return owning(flat, rest), [known[name] for name in wrt]


@lru_cache(maxsize=1024)
def backward_pass(flat: Circuit, asked: Pass) -> Circuit:
    """Trace a backward pass over a circuit of primitives and regions."""
    types = {item.name: item.type for item in flat.inputs}
    ends = {item.name: item.wire for item in flat.outputs}
    for name, seed in asked.seeds:
        if seed:
            types[seed] = cotangent_type(output_type(flat, name))
    constraints = list(face_sizes(flat))

    def trace(*inputs: Wire) -> Mapping[str, Wire]:
        given = dict(zip(types, inputs, strict=True))
        tape = Tape(flat, given, [name for name, _ in asked.wanted], current_builder(), backward_pass)
        tape.forward()
        for name, seed in asked.seeds:
            tape.seed(ends[name], given[seed] if seed else constant(1.0))
        tape.backward()
        constraints.extend(tape.constraints)
        kept = {name: tape.wires[ends[name]] for name in asked.kept}
        return kept | {gradient: tape.gradient(name) for name, gradient in asked.wanted}

    glossary = {axis.name: axis for axis in flat.axes}
    found = build(flat.name, types, trace, sizes=dict(flat.sizes), axes=glossary, constraints=flat.constraints)
    declared = {item.name: item.type for item in flat.outputs}
    declared |= {gradient: types[name] for name, gradient in asked.wanted}
    outputs = tuple(replace(item, type=declared.get(item.name)) for item in found.outputs)
    limits = tuple(dict.fromkeys((*found.constraints, *constraints)))
    return merge_sums(inline(pruned(replace(found, outputs=outputs, constraints=limits)).valid()))
