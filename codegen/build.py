"""From a circuit to a program: passes, plan, check, print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from circuits import AttributeProblem, Circuit, did_you_mean, open_names

from .check import Check, make_check
from .passes import run_passes
from .plan import Plan, plan
from .program import Program
from .targets import torch


@dataclass(frozen=True)
class Target:
    """How plans are printed for one target: the names its programs use, and the function that makes the text."""

    reserved: frozenset[str]
    emit: Callable[[Plan, Check | None], str]


TARGETS: Mapping[str, Target] = {"torch": Target(torch.RESERVED, torch.emit)}
"""The targets by name."""


def build(circuit: Circuit, target: str = "torch", sizes: Mapping[str, int] | None = None) -> Program:
    """Print a circuit as a program.

    `sizes` are other defaults for the constructor's sizes. Raises CircuitError if the circuit has problems,
    AttributeProblem for a target or a size there is not.
    """
    found = TARGETS.get(target)
    if found is None:
        near = did_you_mean(target, TARGETS)
        raise AttributeProblem(f"a target ({', '.join(TARGETS)})", f"'{target}'", f"Name one of them.{near}")
    if sizes:
        # a size that follows from others has no default: that would make it one of its own
        free = open_names(circuit) | dict(circuit.sizes).keys()
        _require_sizes(circuit, sizes, circuit.checked.names | free)
        chosen = {name: number for name, number in sizes.items() if name in free}
        circuit = circuit.evolve(sizes=tuple({**dict(circuit.sizes), **chosen}.items()))
    planned = plan(run_passes(circuit.valid()), found.reserved)
    return Program(found.emit(planned, make_check(circuit)), planned.name, target)


def _require_sizes(circuit: Circuit, sizes: Mapping[str, int], known: Set[str]) -> None:
    """Raise AttributeProblem for a name that is no size of the circuit."""
    names = sorted(known)
    for name in sizes:
        if name not in known:
            fix = f"Name one of them.{did_you_mean(name, names)}"
            raise AttributeProblem(f"a size of '{circuit.name}' ({', '.join(names)})", f"'{name}'", fix)
