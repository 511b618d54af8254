"""Checking a circuit: types of all wires, sizes, and every problem at once.

A broken circuit can be checked like any other: what follows from the sound parts is known. Checking again after an
edit retypes only nodes that changed or whose input types changed, and solves sizes again only if facts changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .errors import AttributeProblem, CircuitloomError, Problem, did_you_mean
from .node_type import NodeType, type_node
from .op import DEFINE, EQUAL, Fact
from .scope import Placed, Solution, require, solve_scope
from .sizes import Size
from .types import ArrayType, base

if TYPE_CHECKING:
    from .circuit import Circuit, Node

Types = dict[str, ArrayType | None]


@dataclass(frozen=True)
class Record:
    """A node as it was checked, with the input types it was checked for."""

    node: Node
    inputs: tuple[ArrayType | None, ...]
    type: NodeType


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
    problems: list[Problem] = _duplicates(circuit)
    types: Types = {}
    for item in circuit.inputs:
        types[item.name] = item.type
    records = _type_nodes(circuit, types, previous, problems)
    for record in records.values():
        _place_problems(circuit, record, problems)
    _check_outputs(circuit, types, problems)
    facts = _facts(circuit, records, problems)
    if previous is not None and previous.facts == facts:
        solution = previous.solution
    else:
        solution = solve_scope(_declared(circuit), facts)
    problems.extend(solution.problems)
    return Checked(circuit, types, records, facts, solution, tuple(problems))


def place(circuit: Circuit, node: Node) -> str:
    """The readable place of a node: `attention/scores (softmax)`."""
    return f"{circuit.name}/{node.name} ({node.op.name})"


def _type_nodes(circuit: Circuit, types: Types, previous: Checked | None, problems: list[Problem]) -> dict[str, Record]:
    """Type nodes as their inputs become known; whatever stays behind is on a cycle or misses a wire."""
    records: dict[str, Record] = {}
    old = previous.records if previous is not None else {}
    waiting: Iterable[Node] = circuit.nodes
    wires: set[str] | None = None
    while waiting:
        left: list[Node] = []
        for node in waiting:
            if all(wire is None or wire in types for wire in node.wires):
                records[node.id] = _type_one(node, types, old.get(node.id))
            else:
                left.append(node)
        if len(left) == len(tuple(waiting)):
            wires = wires if wires is not None else _all_wires(circuit)
            if not _report_missing(circuit, left, wires, types, problems):
                _report_cycle(circuit, left, types, problems)
        waiting = left
    return records


def _type_one(node: Node, types: Types, old: Record | None) -> Record:
    inputs = tuple(None if wire is None else types[wire] for wire in node.wires)
    if old is not None and old.node is node and old.inputs == inputs:
        record = old
    else:
        record = Record(node, inputs, _checked_arity(node, inputs))
    for wire, found in zip(_out_wires(node), record.type.outputs, strict=False):
        types[wire] = found
    return record


def _checked_arity(node: Node, inputs: tuple[ArrayType | None, ...]) -> NodeType:
    try:
        ports = node.op.signature.inputs
    except AttributeProblem:
        ports = ()
    else:
        if len(node.inputs) != len(ports):
            wanted = ", ".join(port.name for port in ports) or "none"
            arity = Problem(
                "",
                f"{len(ports)} input{'s' * (len(ports) != 1)} ({wanted})",
                str(len(node.inputs)),
                "Connect one wire to each port.",
            )
            none = (None,) * len(node.op.signature.outputs)
            return NodeType(ports, (), ((),) * len(none), none, (), (arity,))
    found = type_node(node.op, node.per, node.fed, inputs)
    loose = [port.name for port, wire in zip(ports, node.inputs, strict=False) if wire is None]
    if not loose:
        return found
    more = tuple(Problem("", f"a wire at '{name}'", "nothing connected", "Connect it.", port=name) for name in loose)
    return NodeType(
        found.ports,
        found.consumed,
        found.passing,
        found.outputs,
        found.facts,
        found.problems + more,
    )


def _out_wires(node: Node) -> tuple[str, ...]:
    try:
        return node.outputs()
    except AttributeProblem:
        return ()


def _all_wires(circuit: Circuit) -> set[str]:
    return {item.name for item in circuit.inputs} | {wire for node in circuit.nodes for wire in _out_wires(node)}


def _report_missing(circuit: Circuit, left: list[Node], wires: set[str], types: Types, problems: list[Problem]) -> bool:
    """Report wires nobody produces, and go on as if they were there but unknown."""
    missing = False
    for node in left:
        for wire in node.wires:
            if wire is not None and wire not in wires and wire not in types:
                fix = "Connect the port to an existing wire." + did_you_mean(wire, wires)
                problems.append(Problem(place(circuit, node), "wires that exist", f"'{wire}'", fix, node.id))
                types[wire] = None
                missing = True
    return missing


def _report_cycle(circuit: Circuit, left: list[Node], types: Types, problems: list[Problem]) -> None:
    """Report one cycle among the nodes left, and break it where it was found."""
    producers = {wire: node for node in left for wire in _out_wires(node)}
    path: list[Node] = [left[0]]
    while True:
        wire = next(wire for wire in path[-1].wires if wire is not None and wire not in types)
        source = producers[wire]
        if source in path:
            cycle = path[path.index(source) :]
            break
        path.append(source)
    names = " -> ".join(node.name for node in (*reversed(cycle), cycle[-1]))
    problems.append(
        Problem(
            place(circuit, cycle[-1]),
            "no cycle outside a region",
            names,
            "Carry the value through a scan, repeat or fixed_point instead.",
            cycle[-1].id,
        )
    )
    for wire in _out_wires(cycle[0]):
        types[wire] = None
    _ = [types.setdefault(wire, None) for wire in cycle[-1].wires if wire is not None]


def _place_problems(circuit: Circuit, record: Record, problems: list[Problem]) -> None:
    node = record.node
    if record.type.problems:
        where = place(circuit, node)
        problems.extend(problem.at(where, node.id) for problem in record.type.problems)
        return
    if node.weights:
        _check_tie(circuit, node, problems)
    carried = {axis for over in record.type.passing for axis in over}
    for axis in node.shared:
        if axis not in carried:
            problems.append(
                Problem(
                    place(circuit, node),
                    f"a passing axis for shared='{axis}'",
                    f"[{' '.join(sorted(carried))}]",
                    "Name an axis that passes over the draw." + did_you_mean(axis, carried),
                    node.id,
                    axis=axis,
                )
            )


def _check_tie(circuit: Circuit, node: Node, problems: list[Problem]) -> None:
    owner = circuit.by_name.get(node.weights)
    where = place(circuit, node)
    if owner is None or owner is node:
        near = did_you_mean(node.weights, [name for name in circuit.by_name if name != node.name])
        problems.append(
            Problem(
                where,
                f"another node named '{node.weights}' to share weights with",
                "none",
                "Name a node of the same circuit." + near,
                node.id,
            )
        )
        return
    mine = [(weight.name, weight.axes) for weight in node.op.signature.weights]
    theirs = [(weight.name, weight.axes) for weight in owner.op.signature.weights]
    if mine != theirs or node.per != owner.per or not mine:
        problems.append(
            Problem(
                where,
                f"the weights of '{owner.name}' ({_weights(theirs)})",
                _weights(mine),
                "Share weights between nodes whose weights have the same axes.",
                node.id,
            )
        )


def _weights(listed: list[tuple[str, tuple[str, ...]]]) -> str:
    return ", ".join(f"{name}[{' '.join(axes)}]" for name, axes in listed) or "no weights"


def _duplicates(circuit: Circuit) -> list[Problem]:
    problems = []
    for kind, names in (
        ("input", [item.name for item in circuit.inputs]),
        ("output", [item.name for item in circuit.outputs]),
        ("node", [node.name for node in circuit.nodes]),
        ("node id", [node.id for node in circuit.nodes]),
    ):
        for name in (
            dict.fromkeys(name for name in names if names.count(name) > 1) if len(set(names)) < len(names) else ()
        ):
            problems.append(
                Problem(
                    circuit.name,
                    f"one {kind} named '{name}'",
                    str(names.count(name)),
                    "Rename one.",
                )
            )
    return problems


def _check_outputs(circuit: Circuit, types: Types, problems: list[Problem]) -> None:
    for output in circuit.outputs:
        where = f"{circuit.name}/{output.name} (output)"
        if output.wire not in types:
            near = did_you_mean(output.wire, types)
            problems.append(
                Problem(
                    where,
                    "a wire that exists",
                    f"'{output.wire}'",
                    "Connect the output." + near,
                    port=output.name,
                )
            )
            continue
        found = types[output.wire]
        wanted = output.type
        if found is None or wanted is None:
            continue
        if (set(found.axes), found.element, found.space) != (
            set(wanted.axes),
            wanted.element,
            wanted.space,
        ):
            problems.append(Problem(where, str(wanted), str(found), _output_fix(wanted, found), port=output.name))


def _output_fix(wanted: ArrayType, found: ArrayType) -> str:
    extra = [axis for axis in found.axes if axis not in wanted.axes]
    lacking = [axis for axis in wanted.axes if axis not in found.axes]
    match (extra, lacking):
        case ([one], [other]):
            return f"Rename '{one}' to '{other}', or change the declared type."
        case ([], []):
            return "Cast it, or change the declared type."
        case _:
            return "Change the declared type, or what leads to it."


def _facts(circuit: Circuit, records: Mapping[str, Record], problems: list[Problem]) -> tuple[Placed, ...]:
    """All facts of the scope, each once, with its place: glossary, constraints, then nodes."""
    found: dict[Fact, Placed] = {}
    for axis in circuit.axes:
        if axis.size is not None:
            fact = Fact(Size.name(axis.name), axis.size, f"axis '{axis.name}' is declared as {axis.size}")
            found.setdefault(fact, Placed(fact, circuit.name, None))
    for text in circuit.constraints:
        try:
            left, equals, right = text.partition("=")
            if not equals:
                raise AttributeProblem("an equation", repr(text), "Write it as 'm = h*k'.")
            fact = Fact(Size.of(left), Size.of(right), f"declared {text}", EQUAL)
            found.setdefault(fact, Placed(fact, circuit.name, None, declared=True))
        except (CircuitloomError, ValueError) as error:
            problems.append(Problem(f"{circuit.name} (constraint)", "an equation of sizes", repr(text), str(error)))
    for record in records.values():
        facts = record.type.facts
        if facts:
            where = place(circuit, record.node)
            for fact in facts:
                if fact not in found:
                    found[fact] = Placed(fact, where, record.node.id)
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


__all__ = ["DEFINE", "Checked", "Record", "check", "place"]
