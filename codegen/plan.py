"""The plan of a program: what is printed, in which order, under which names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from circuits import Circuit

from .writing.names import Names, class_name


@dataclass(frozen=True)
class PlannedModule:
    """A circuit that becomes a class."""

    circuit: Circuit
    name: str


@dataclass(frozen=True)
class Plan:
    """The circuit after all passes, and the classes of the circuits it uses, callees first, itself last."""

    circuit: Circuit
    modules: tuple[PlannedModule, ...]

    @property
    def name(self) -> str:
        """The class of the circuit itself."""
        return self.modules[-1].name


def plan(circuit: Circuit, reserved: Iterable[str] = ()) -> Plan:
    """Name every circuit that is used: equal ones share a class, others of one name are numbered.

    `reserved` are names the target gives to something else.
    """
    names = Names(reserved)
    modules = []
    found = list(circuit.definitions())
    # the circuit itself has the first claim on its name
    own = names.fresh(class_name(circuit.name), "")
    for used in found[:-1]:
        modules.append(PlannedModule(used, names.fresh(class_name(used.name), "")))
    return Plan(circuit, (*modules, PlannedModule(circuit, own)))
