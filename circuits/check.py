"""Checking a circuit: types of all wires, sizes, and every problem at once.

A broken circuit can be checked like any other: what follows from the sound parts is known. Checking again after an
edit retypes only nodes that changed or whose input types changed, and solves sizes again only if facts changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .circuit_problems import check_outputs, duplicates, place_problems
from .errors import AttributeProblem, Problem
from .op import EQUAL, Fact
from .scope import Placed, Solution, require, solve_scope
from .sizes import Size, SizeError
from .type_nodes import Record, Types, place, type_nodes
from .types import ArrayType, base

if TYPE_CHECKING:
    from .circuit import Circuit, Node


@dataclass(frozen=True)
class Checked:
    """What is known of a circuit.

    `types` by wire (None where unknown), `records` by node id in an order in which producers come first, `solution`
    the sizes, `problems` all that does not fit, those of used circuits included.
    """

    circuit: Circuit
    types: Mapping[str, ArrayType | None]
    records: Mapping[str, Record]
    facts: tuple[Placed, ...]
    solution: Solution
    own_problems: tuple[Problem, ...]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All problems: those of the circuits it uses, once each, then its own."""
        found = [problem for used in _used(self.circuit) for problem in used.checked.own_problems]
        return (*found, *self.own_problems)

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """Nodes, producers first."""
        return tuple(record.node for record in self.records.values())

    @cached_property
    def defaults(self) -> Mapping[str, int]:
        """Default sizes: the circuit's own, then those the circuits it uses propose."""
        proposed = {
            name: size
            for record in self.records.values()
            if not record.type.problems
            for name, size in record.node.op.signature.defaults
        }
        return {**proposed, **dict(self.circuit.sizes)}

    def type(self, wire: str) -> ArrayType:
        """Type of a wire; raises CircuitError if the circuit has problems, KeyError if there is no such wire."""
        found = self.types[wire]
        if found is None:
            self.circuit.valid()
        assert found is not None
        return found

    def size(self, axis: str) -> Size:
        """Size of an axis, in terms of the free sizes of the circuit."""
        return self.solution.size(Size.name(axis))

    @cached_property
    def free_names(self) -> frozenset[str]:
        """Size names of the scope that nothing in it fixes."""
        names = {name for axis in self._axis_names for name in self.size(axis).names}
        for found in self.types.values():
            if found is not None and found.element.bound is not None:
                names |= self.solution.size(found.element.bound).names
        for record in self.records.values():
            for name in record.node.op.size_names:
                names |= self.solution.size(Size.name(name)).names
        for placed in self.facts:
            names |= self.solution.size(placed.fact.left).names | self.solution.size(placed.fact.right).names
        return frozenset(names)

    @cached_property
    def names(self) -> frozenset[str]:
        """Axes of all wires and weights, and the sizes that stay free."""
        return self._axis_names | self.free_names

    @cached_property
    def _axis_names(self) -> frozenset[str]:
        names = {name for found in self.types.values() if found for name in found.axes}
        for record in self.records.values():
            names.update(record.node.per)
            if not record.type.problems:
                names.update(axis for weight in record.node.op.signature.weights for axis in weight.axes)
        return frozenset(names)

    def known(self, given: Mapping[str, int]) -> dict[str, int]:
        """Numbers for the names of the scope that given sizes, solving and defaults tell."""
        return self.solution.concrete(self.names, given, self.defaults, self.circuit.name)

    def concrete(self, given: Mapping[str, int]) -> dict[str, int]:
        """Numbers for all names of the scope; raises BindingError naming those that stay unknown."""
        numbers = self.known(given)
        require(self.names, numbers, self.circuit.name)
        return numbers


def check(circuit: Circuit, previous: Checked | None = None) -> Checked:
    """Check a circuit, using what `previous` found out about nodes that are still the same."""
    problems: list[Problem] = duplicates(circuit)
    types: Types = {}
    for item in circuit.inputs:
        types[item.name] = item.type
    records = type_nodes(circuit, types, previous.records if previous is not None else {}, problems)
    for record in records.values():
        place_problems(circuit, record, problems)
    check_outputs(circuit, types, problems)
    facts = _facts(circuit, records, problems)
    declared = _declared(circuit)
    if previous is not None and previous.facts == facts and _declared(previous.circuit) == declared:
        solution = previous.solution
    else:
        solution = solve_scope(declared, facts)
    problems.extend(solution.problems)
    return Checked(circuit, types, records, facts, solution, tuple(problems))


def _facts(circuit: Circuit, records: Mapping[str, Record], problems: list[Problem]) -> tuple[Placed, ...]:
    """All facts of the scope, each once, with its place: glossary, constraints, then nodes."""
    found: dict[Fact, Placed] = {}
    for axis in circuit.axes:
        if axis.size is not None:
            fact = Fact(Size.name(axis.name), axis.size, f"axis '{axis.name}' is declared as {axis.size}")
            found.setdefault(fact, Placed(fact, circuit.name, None, declared=True))
    for text in circuit.constraints:
        left, equals, right = text.partition("=")
        try:
            if not equals:
                raise AttributeProblem("an equation of sizes", repr(text), "Write it as 'm = h*k'.")
            fact = Fact(Size.of(left), Size.of(right), f"declared {text}", EQUAL)
        except (AttributeProblem, SizeError) as error:
            problems.append(Problem(f"{circuit.name} (constraint)", error.expected, error.found, error.fix))
            continue
        found.setdefault(fact, Placed(fact, circuit.name, None, declared=True))
    seen: set[int] = set()
    for record in records.values():
        facts = record.type.facts
        # nodes of one type share their facts: looking at what they are is quicker than comparing them
        if facts and id(facts) not in seen:
            seen.add(id(facts))
            where = place(circuit, record.node)
            for fact in facts:
                found.setdefault(fact, Placed(fact, where, record.node.id))
    return tuple(found.values())


def _declared(circuit: Circuit) -> frozenset[str]:
    """Names that stand for sizes of their own: axes and bounds of the inputs, the glossary, the defaults."""
    names = {base(axis) for item in circuit.inputs for axis in item.type.axes}
    names |= {base(axis.name) for axis in circuit.axes} | {name for name, _ in circuit.sizes}
    for item in circuit.inputs:
        if item.type.element.bound is not None:
            names |= item.type.element.bound.names
    return frozenset(names)


def _used(circuit: Circuit) -> list[Circuit]:
    """Circuits it uses, each once, callees first."""
    return [used for used in circuit.definitions() if used is not circuit]
