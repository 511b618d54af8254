"""Expanding one node: the circuit it stands for put in its place, one level deep, everything else as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..apply import make
from ..circuit import Circuit, Node
from ..derived import Derived, output_axes
from ..elementwise import Elementwise
from ..errors import AttributeProblem
from ..op import Op, Weight
from ..ops.sources import Parameter
from ..trace import Builder, Wire
from ..type_nodes import Record
from ..types import base
from .inline import Inliner


def expand_node(circuit: Circuit, node: Node, ids: Sequence[str] = ()) -> Circuit:
    """The circuit with a call or a composite opened: the nodes inside it stand where it stood.

    Weights it owns become `parameter` nodes that start as they did. New nodes take `ids` as far as they go, then
    `NODE.1`, `NODE.2`, ... of the node's own id. Raises AttributeProblem for a node that cannot be opened: of another
    kind, with problems, with a loose port, or tied to another.
    """
    record = circuit.checked.records[node.id]
    if not isinstance(node.op, Derived):
        raise AttributeProblem("a call or a composite", f"'{node.op.name}'", "Open the circuit inside it instead.")
    if record.type.problems:
        raise AttributeProblem("a node without problems", str(len(record.type.problems)), "Mend it first.")
    if any(found is None for found in record.inputs):
        raise AttributeProblem("inputs of known types", "one that is not known", "Mend what makes it first.")
    tied = node.weights or next((other.name for other in circuit.nodes if other.weights == node.name), "")
    if tied:
        raise AttributeProblem("a node that shares no weights", f"'{tied}' at the other end", "Untie them first.")
    return _Expansion(circuit, node).expanded(ids)


@dataclass
class _Expansion:
    """The nodes of one node's circuit, in names of the circuit around."""

    circuit: Circuit
    node: Node
    builder: Builder = field(init=False)
    inliner: Inliner = field(init=False)

    def __post_init__(self) -> None:
        self.inliner = Inliner(self.circuit, False)
        self.builder = self.inliner.builder
        self.builder.taken = {other.name for other in self.circuit.nodes if other is not self.node}
        self.builder.taken.update(item.name for item in self.circuit.inputs)

    def expanded(self, ids: Sequence[str]) -> Circuit:
        types = self.circuit.checked.types
        outer = {f"{number}": wire for number, wire in enumerate(dict.fromkeys(self.node.wires)) if wire is not None}
        wires = {wire: Wire(self.builder, key, types[wire]) for key, wire in outer.items()}
        made = self.spliced(wires)
        named = {f"n{number}": id for number, id in enumerate(self._ids(ids), 1)}

        def here(wire: str) -> str:
            id, dot, port = wire.rpartition(".")
            return f"{named[id]}.{port}" if dot else outer[wire]

        moved = dict(zip(self.node.outputs(), (here(wire.id) for wire in made), strict=True))
        inside = [_moved(one, named[one.id], here) for one in self.builder.nodes]
        nodes: list[Node] = []
        for other in self.circuit.nodes:
            nodes += inside if other is self.node else [_moved(other, other.id, lambda wire: moved.get(wire, wire))]
        return self.circuit.evolve(
            nodes=tuple(nodes),
            outputs=tuple(replace(item, wire=moved.get(item.wire, item.wire)) for item in self.circuit.outputs),
            sizes=tuple({**self.inliner.defaults, **dict(self.circuit.sizes)}.items()),
            constraints=tuple(dict.fromkeys((*self.circuit.constraints, *self.inliner.constraints))),
        )

    def _ids(self, ids: Sequence[str]) -> list[str]:
        count = len(self.builder.nodes)
        return [*ids[:count], *(f"{self.node.id}-{number}" for number in range(1, count + 1 - len(ids)))]

    def spliced(self, outer: Mapping[str, Wire]) -> list[Wire]:
        """Emit the nodes; the wires that take the place of the node's outputs."""
        node, op = self.node, self.node.op
        assert isinstance(op, Derived)
        body, actual = op.body, op.axis_map()
        feeds = dict(node.feeds)
        wires = [outer[wire] for wire in node.inputs if wire is not None]
        for weight in op.signature.weights:
            wires.append(outer[feeds[weight.name]] if weight.name in feeds else self.parameter(weight))
        formal = [tuple(actual.get(axis, axis) for axis in item.type.axes) for item in body.inputs]
        taken = [Inliner.found(axes, wire) for axes, wire in zip(formal, wires, strict=True)]
        over = {axis for wire, axes in zip(wires, taken, strict=True) for axis in wire.axes if axis not in axes}
        inner, names = self.inliner.adopted(body, actual, op.size_map(), over)
        known: dict[str, Wire] = {}
        for item, old, wire in zip(inner.inputs, taken, wires, strict=True):
            called = self.inliner.called(wire, old, item.type.axes)
            known[item.name] = self.inliner.counted(called, item.type.element, given=True)
        self.nodes(inner, known, names)
        outputs = []
        for end in body.outputs:
            axes = output_axes(body, end.name)
            back = tuple(actual.get(axis, axis) for axis in axes)
            outputs.append(self.inliner.called(known[end.wire], tuple(names[axis] for axis in axes), back))
        return outputs

    def nodes(self, inner: Circuit, known: dict[str, Wire], names: Mapping[str, str]) -> None:
        """Emit the nodes of the circuit inside, producers first; ties among them follow their names."""
        assert isinstance(self.node.op, Derived)
        body = self.node.op.body
        named: dict[str, str] = {}
        for place in body.checked.order:
            named[place.name] = self.free(place.name, tuple(named.values()))
        for place in body.checked.order:
            own = inner.by_id[place.id]
            given, fed = self.read(own, known, body.checked.records[place.id], names)
            carried = {axis for wire in (*given, *fed.values()) for axis in wire.axes}
            signature = own.op.signature
            owns = bool(own.op.owned()) or bool(own.op.bodies())
            shared = (axis for axis in dict.fromkeys((*self.node.shared, *own.shared)) if axis in carried)
            made = self.builder.add(
                _covering(own.op, given),
                given,
                feeds=fed,
                name=named[own.name],
                per=tuple(dict.fromkeys((*self.node.per, *own.per))) if owns else (),
                weights=named.get(own.weights, ""),
                shared=tuple(shared) if signature.draws else (),
            )
            known.update(zip(own.outputs(), made, strict=True))

    def read(
        self, own: Node, known: Mapping[str, Wire], record: Record, names: Mapping[str, str]
    ) -> tuple[list[Wire], dict[str, Wire]]:
        """The wires of a node and of its fed weights.

        A twin that was read off its base is written out where the base is called otherwise here.
        """
        signature = own.op.signature
        weights = {weight.name: weight.port for weight in signature.weights}
        ports = [*signature.inputs, *(weights[name] for name in own.fed)]
        wires = []
        for wire, port, taken in zip(own.wires, ports, record.type.consumed, strict=True):
            assert wire is not None
            found, have = known[wire], tuple(names[axis] for axis in taken)
            pairs = [
                (old, new)
                for old, new in zip(have, port.axes, strict=True)
                if new not in found.axes and base(new) not in found.axes
            ]
            wires.append(self.inliner.called(found, [old for old, _ in pairs], [new for _, new in pairs]))
        count = len(own.inputs)
        return wires[:count], dict(zip(own.fed, wires[count:], strict=True))

    def free(self, wanted: str, named: Collection[str] = ()) -> str:
        """A name like the one wanted that nothing has."""
        name, number = wanted, 1
        while name in self.builder.taken or name in named:
            number += 1
            name = f"{wanted}_{number}"
        return name

    def parameter(self, weight: Weight) -> Wire:
        """A node for a weight that the opened node owned."""
        init = weight.init
        attributes = {
            "axes": " ".join((*self.node.per, *weight.axes)),
            "init": init.kind,
            "scale": init.scale,
            "fan": " ".join(init.fan),
            "trainable": weight.trainable,
            "element": str(weight.element),
            "label": weight.name,
        }
        op = make(Parameter, attributes)
        return self.builder.add(op, (), name=self.free(weight.name))[0]


def _covering(op: Op, wires: Sequence[Wire]) -> Op:
    """The op; an elementwise one says that it is an outer one where passing axes have made it that."""
    if isinstance(op, Elementwise) and not op.outer:
        axes = {axis for wire in wires for axis in wire.axes}
        if not any(axes <= set(wire.axes) for wire in wires):
            return Elementwise(expression=op.expression, outer=True)
    return op


def _moved(node: Node, id: str, to: Callable[[str], str]) -> Node:
    """A node with another id and other wires; the same one where nothing changes."""
    inputs = tuple(to(wire) if wire is not None else None for wire in node.inputs)
    feeds = tuple((name, to(wire)) for name, wire in node.feeds)
    if (id, inputs, feeds) == (node.id, node.inputs, node.feeds):
        return node
    return replace(node, id=id, inputs=inputs, feeds=feeds)
