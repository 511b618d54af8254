"""What a circuit costs: parameters, floating-point operations, bytes moved, and memory of activations.

Operations of a node are its op's cost for one index, times all axes that pass over it: those of its own circuit and
those of the circuits around. A primitive or a composite reads its inputs and weights once and writes its outputs once,
so bytes are those of a program with one kernel a node; calls and regions cost what their bodies do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .circuit import Circuit, Node
from .cost_table import Column, Cost, CostTable, Inner, Line, Sheet
from .derived import Composite, Derived, callee_sizes, scope_map
from .op import Op
from .region import Region
from .scope import require
from .type_nodes import Record

BYTES = 4

# Passing axes of circuits around, by marked names, with their lengths.
Outer = frozenset[tuple[str, int]]
NONE: Outer = frozenset()


def costs(circuit: Circuit, sizes: Mapping[str, int] | None = None, *, opened: bool = False) -> CostTable:
    """The cost of a circuit, node by node, for `sizes` and its defaults; `opened` lists what composites expand to, too.

    A region that stops by itself counts one round. Raises CircuitError if the circuit has problems, BindingError
    naming every size that stays unknown.
    """
    circuit.valid()
    scope = circuit.checked.concrete(dict(sizes or {}))
    given = (NONE,) * len(circuit.inputs)
    sheet = _Counter(opened).circuit(circuit, scope, given, NONE)
    used = {name: scope[name] for name in sorted(circuit.checked.names) if "'" not in name}
    return CostTable(circuit.name, used, sheet)


class Lengths(dict[str, int]):
    """Numbers of a scope's axes; a twin has the length of its base."""

    def __missing__(self, axis: str) -> int:
        if not axis.endswith("'"):
            raise KeyError(axis)
        return self[axis.rstrip("'")]

    def product(self, axes: Iterable[str]) -> int:
        """How many elements an array with these axes has."""
        return math.prod(self[axis] for axis in axes)


def _times(outer: Outer) -> int:
    return math.prod(length for _, length in outer)


@dataclass
class _Counter:
    """Counts circuits, each once for the same sizes and axes around it."""

    opened: bool = False
    sheets: dict[tuple[object, ...], Sheet] = field(default_factory=dict)

    def circuit(self, circuit: Circuit, sizes: Mapping[str, int], given: Sequence[Outer], per: Outer) -> Sheet:
        """Costs of a circuit whose inputs carry the axes `given` besides, and its weights those in `per`."""
        key = (circuit, tuple(sorted(sizes.items())), tuple(given), per)
        if key not in self.sheets:
            require(circuit.checked.names, sizes, circuit.name)
            wires = dict(zip((item.name for item in circuit.inputs), given, strict=True))
            lengths = Lengths(sizes)
            lines = []
            for record in circuit.checked.records.values():
                site = _Site(
                    self, record, lengths, [wires[wire] for wire in record.node.wires if wire is not None], per
                )
                lines.append(site.line())
                wires.update(zip(record.node.outputs(), site.made(), strict=True))
            held = {
                wire: lengths.product(circuit.checked.type(wire).axes) * _times(outer) for wire, outer in wires.items()
            }
            total = sum((line.cost for line in lines), Cost())
            self.sheets[key] = Sheet(tuple(lines), total, tuple(_columns(circuit, held)))
        return self.sheets[key]


@dataclass
class _Site:
    """One node where it is counted: `outer` are the axes around that each of its inputs carries."""

    counter: _Counter
    record: Record
    lengths: Lengths
    outer: Sequence[Outer]
    per: Outer

    @property
    def node(self) -> Node:
        return self.record.node

    @property
    def op(self) -> Op:
        return self.record.node.op

    def line(self) -> Line:
        """The cost of the node, and what it is made of."""
        if isinstance(self.op, Region):
            return self.region(self.op)
        if isinstance(self.op, Derived) and not isinstance(self.op, Composite):
            return self.called(self.op)
        inner: tuple[Inner, ...] = ()
        if isinstance(self.op, Composite) and self.counter.opened:
            inner = (Inner("", 1, 1, self.expansion(self.op)),)
        return Line(self.node.name, self.op.name, self.kernel(), inner)

    def kernel(self) -> Cost:
        """A primitive or composite: everything read once, everything written once."""
        owned = self.owned()
        held = (
            sum(self.lengths.product(axes) for axes in owned) * self.lengths.product(self.node.per) * _times(self.per)
        )
        read = sum(
            self.lengths.product(found.axes) * _times(outer)
            for found, outer in zip(self.record.inputs, self.outer, strict=True)
            if found is not None
        )
        written = sum(
            self.lengths.product(found.axes) * _times(outer)
            for found, outer in zip(self.record.type.outputs, self.made(), strict=True)
            if found is not None
        )
        parameters = 0 if self.node.weights else held
        return Cost(parameters, self.operations(), BYTES * (read + held), BYTES * written)

    def owned(self) -> list[tuple[str, ...]]:
        """Axes of the weights that no wire feeds."""
        return [weight.axes for weight in self.op.signature.weights if weight.name not in self.node.fed]

    def operations(self) -> int:
        """Operations of the op, or of its expansion, over everything that passes."""
        if isinstance(self.op, Composite) and type(self.op).cost is Op.cost:
            return self.expansion(self.op).total.operations
        over = {axis for found in self.passing() for axis in found}.union(self.node.per)
        around = NONE.union(*self.outer, *([self.per] if self.owned() else []))
        return self.op.cost(self.lengths) * self.lengths.product(over) * _times(around)

    def passing(self) -> list[tuple[str, ...]]:
        """Axes of this circuit that pass over the node, an entry an input."""
        return [
            tuple(axis for axis in found.axes if axis not in taken) if found is not None else ()
            for found, taken in zip(self.record.inputs, self.record.type.consumed, strict=True)
        ]

    def inwards(self) -> list[Outer]:
        """What each input carries that the circuit inside does not know."""
        return [
            _marked(outer, {axis: self.lengths[axis] for axis in axes})
            for outer, axes in zip(self.outer, self.passing(), strict=True)
        ]

    def inner_per(self) -> Outer:
        """What weights inside carry besides their own axes."""
        return _marked(self.per, {axis: self.lengths[axis] for axis in self.node.per})

    def body(self, op: Derived, given: Sequence[Outer]) -> Sheet:
        """Costs of the circuit an op stands for."""
        scope = callee_sizes(op.body, self.lengths, scope_map(op.axis_map(), op.size_map()))
        return self.counter.circuit(op.body, scope, given, self.inner_per())

    def expansion(self, op: Composite) -> Sheet:
        """Costs of a composite's expansion, whose inputs are the ports, then the weights."""
        count = len(op.signature.inputs)
        given, fed = self.inwards()[:count], dict(zip(self.node.fed, self.inwards()[count:], strict=True))
        return self.body(op, [*given, *(fed.get(weight.name, self.inner_per()) for weight in op.signature.weights)])

    def called(self, op: Derived) -> Line:
        """A call costs what the circuit costs; what is tied to another node has no parameters of its own."""
        sheet = self.body(op, self.inwards())
        copies = int(not self.node.weights)
        return Line(self.node.name, op.name, sheet.total.scaled(1, copies), (Inner("", 1, copies, sheet),))

    def region(self, op: Region) -> Line:
        """A region costs what its rounds do; what one input carries, all may carry after a round."""
        everything = NONE.union(*self.inwards())
        parts, cost = [], Cost()
        for run in op.tally(self.lengths):
            given = (everything,) * len(run.body.inputs)
            sheet = self.counter.circuit(run.body, run.sizes, given, self.inner_per())
            parts.append(Inner(run.part, run.times, 0 if self.node.weights else run.copies, sheet))
            cost += sheet.total.scaled(run.times, parts[-1].copies)
        return Line(self.node.name, op.name, cost, tuple(parts))

    def made(self) -> list[Outer]:
        """Axes around that each output carries: those of the inputs it depends on, and those of weights."""
        own = self.per if self.op.signature.weights or isinstance(self.op, Derived | Region) else NONE
        count = len(self.op.signature.inputs)
        fed = self.outer[count:]
        return [
            own.union(*(self.outer[:count] if result.of is None else [self.outer[place] for place in result.of]), *fed)
            for result in self.op.signature.outputs
        ]


def _marked(outer: Outer, lengths: Mapping[str, int]) -> Outer:
    """Axes around and those passing here, under names that no inner circuit has."""
    return frozenset((f"^{name}", length) for name, length in (*outer, *lengths.items()))


def _columns(circuit: Circuit, elements: Mapping[str, int]) -> Iterable[Column]:
    """Columns of wires between nodes: what is made up to a level and still needed after it."""
    levels = {item.name: 0 for item in circuit.inputs}
    last = dict.fromkeys(levels, 0)
    nodes: list[list[str]] = [[]]
    for node in circuit.checked.order:
        level = 1 + max((levels[wire] for wire in node.wires if wire is not None), default=0)
        nodes.extend([] for _ in range(level + 1 - len(nodes)))
        nodes[level].append(node.name)
        for wire in node.wires:
            if wire is not None:
                last[wire] = max(last[wire], level)
        levels.update(dict.fromkeys(node.outputs(), level))
        last.update(dict.fromkeys(node.outputs(), level))
    last.update((output.wire, len(nodes)) for output in circuit.outputs)
    change = [0] * (len(nodes) + 1)
    for wire, level in levels.items():
        change[level] += BYTES * elements[wire]
        change[last[wire]] -= BYTES * elements[wire]
    held = 0
    for number, names in enumerate(nodes):
        held += change[number]
        yield Column(number, tuple(names), held)
