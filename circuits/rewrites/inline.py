"""Inlining: the nodes of used circuits spliced into their caller, names from inside kept apart from those around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ..circuit import Circuit, Node, Output
from ..derived import Composite, Derived, output_axes, output_type, scope_map
from ..elementwise import Elementwise
from ..op import Op, Port
from ..ops.cast import Cast
from ..ops.einsum import Broadcast
from ..ops.views import Rename
from ..region import Region
from ..regions.repeat import Repeat
from ..renaming import with_bodies
from ..sizes import Size
from ..trace import Builder, Wire
from ..type_nodes import Record
from ..types import Element, base, follow
from .rename_axes import axis_names, equation, fresh_name, op_axes, rename_axes, renamed_op, size_names

Names = Mapping[str, str]


@lru_cache(maxsize=1024)
def inline(circuit: Circuit, unroll: bool = False) -> Circuit:
    """Expand composites and calls, and write out rounds that differ; parameters have to be lifted before."""
    inliner = Inliner(circuit, unroll)
    for record in circuit.checked.records.values():
        made = inliner.record(record)
        for name, wire, type in zip(record.node.outputs(), made, record.type.outputs, strict=True):
            assert type is not None
            inliner.wires[name] = inliner.counted(inliner.widened(wire, type.axes), type.element)
    return replace(
        circuit,
        outputs=tuple(inliner.output(item) for item in circuit.outputs),
        nodes=tuple(inliner.builder.nodes),
        sizes=tuple({**inliner.defaults, **circuit.checked.defaults}.items()),
        constraints=tuple(dict.fromkeys((*circuit.constraints, *inliner.constraints))),
        view="{}",
    ).valid()


class Inliner:
    """The nodes of one circuit, emitted one by one into a flat one."""

    def __init__(self, circuit: Circuit, unroll: bool) -> None:
        self.circuit, self.unroll = circuit, unroll
        self.builder = Builder()
        self.wires = {item.name: self.builder.input(item.name, item.type) for item in circuit.inputs}
        self.constraints: list[str] = []
        self.defaults: dict[str, int] = {}
        checked = circuit.checked
        names = {base(name) for name in (*checked.names, *checked.solution.bindings)}
        self.sizes = {name: checked.size(name) for name in names}

    def output(self, item: Output) -> Output:
        """An output of the circuit, its type declared, so that the order of its axes stays."""
        own = output_type(self.circuit, item.name)
        wire = self.counted(self.wires[item.wire], own.element)
        return Output(item.name, wire.id, own, item.doc)

    def record(self, record: Record) -> list[Wire]:
        """Emit a node; its outputs have the axes the circuit knows them by."""
        node, op = record.node, record.node.op
        wires = [self.wires[wire] for wire in node.inputs if wire is not None]
        feeds = {name: self.wires[wire] for name, wire in node.feeds}
        if isinstance(op, Derived):
            if isinstance(op, Composite):
                wires += [feeds[weight.name] for weight in op.signature.weights]
            body = inline(op.body, self.unroll)
            return self.splice(node, body, wires, op.axis_map(), op.size_map(), f"{node.name}.")
        if isinstance(op, Repeat) and (op.indexed or self.unroll) and op.times.number is not None:
            return self.rounds(node, op, wires)
        if isinstance(op, Region):
            return self.single(node, with_bodies(op, lambda body: inline(body, self.unroll)), wires, feeds)
        return self.single(node, op, wires, feeds)

    def rounds(self, node: Node, op: Repeat, wires: Sequence[Wire]) -> list[Wire]:
        """A repeat, written out."""
        count, state = op.times.evaluate({}), list(wires[: op.carried])
        columns: list[list[Wire]] = [[] for _ in op.content.outputs]
        for number in range(count):
            sources = op.sources(number, count)
            given = [state[place] if source is None else wires[source] for place, source in enumerate(sources)]
            body = inline(op.round(op.start + number), self.unroll)
            step = f"@{number}." if op.tied else f"{number}."
            made = self.splice(node, body, given, {}, {}, f"{node.name}.{step}")
            for column, wire in zip(columns, made, strict=True):
                column.append(wire)
            state = [wire for wire, several in zip(made, op.several, strict=True) if not several]
        outputs: list[Wire] = []
        for column, several in zip(columns, op.several, strict=True):
            outputs += column if several else column[-1:]
        return outputs

    def widened(self, wire: Wire, axes: Sequence[str]) -> Wire:
        """A wire that carries all these axes."""
        lacking = " ".join(axis for axis in axes if axis not in wire.axes)
        return self.builder.add(Broadcast(axes=lacking), (wire,))[0] if lacking else wire

    def splice(
        self,
        node: Node,
        body: Circuit,
        wires: Sequence[Wire],
        actual: Names,
        sizes: Mapping[str, Size],
        prefix: str,
    ) -> list[Wire]:
        """The nodes of a circuit in place of a node that uses it."""
        formal = [tuple(actual.get(axis, axis) for axis in item.type.axes) for item in body.inputs]
        taken = [self.found(axes, wire) for axes, wire in zip(formal, wires, strict=True)]
        over = {axis for wire, axes in zip(wires, taken, strict=True) for axis in wire.axes if axis not in axes}
        inner, names = self.adopted(body, actual, sizes, over)
        known: dict[str, Wire] = {}
        for item, old, wire in zip(inner.inputs, taken, wires, strict=True):
            known[item.name] = self.counted(self.called(wire, old, item.type.axes), item.type.element, given=True)
        for place in body.checked.order:
            own = inner.by_id[place.id]
            feeds = {weight: known[wire] for weight, wire in own.feeds}
            given = [known[wire] for wire in own.inputs if wire is not None]
            made = self.add(node, own.op, given, feeds, prefix, own)
            known.update(zip(own.outputs(), made, strict=True))
        outputs = []
        for end in body.outputs:
            axes = output_axes(body, end.name)
            back = tuple(actual.get(axis, axis) for axis in axes)
            outputs.append(self.called(known[end.wire], tuple(names[axis] for axis in axes), back))
        return outputs

    def adopted(
        self, body: Circuit, actual: Names, sizes: Mapping[str, Size], over: set[str]
    ) -> tuple[Circuit, dict[str, str]]:
        """A circuit in names that fit in here, and those of its axes."""
        checked, renamed = body.checked, scope_map(actual, sizes)

        def outer(size: Size) -> Size:
            return self.circuit.checked.solution.size(checked.solution.size(size).at(renamed))

        own = axis_names(body)
        face = {axis for item in body.inputs for axis in item.type.axes} | set(actual)
        face |= {axis for item in body.outputs for axis in checked.type(item.wire).axes}
        names: dict[str, str] = {}
        for axis in (*sorted(face & own), *sorted(own - face)):
            wanted = actual.get(axis, axis) if axis in face else follow(axis, names)
            taken = {*own, *names.values(), *over}
            fits = wanted not in over and wanted not in names.values()
            names[axis] = self.name(wanted, outer(Size.name(axis)), taken, fits, axis in face)
        held = {base(axis) for axis in names}
        renamed.update((name, outer(Size.name(name))) for name in checked.solution.bindings if name not in held)
        inner = rename_axes(body, names, renamed)
        self.learn(inner)
        return inner, names

    def name(self, wanted: str, size: Size, taken: set[str], fits: bool, bound: bool) -> str:
        """The name here of an axis from inside: the one wanted if it fits and has this size, else a fresh one."""
        if not fits or not (bound or self.sizes.get(base(wanted), size) == size):
            wanted = fresh_name(wanted, {*self.sizes, *taken})
        if base(wanted) not in self.sizes:
            self.sizes[base(wanted)] = size
            self.constraints += equation(wanted, size) if size != Size.name(wanted) else ()
        return wanted

    def learn(self, inner: Circuit) -> None:
        """Take over what a circuit in names of this one says of sizes."""
        self.constraints += inner.constraints
        for entry in inner.axes:
            self.constraints += equation(entry.name, entry.size) if entry.size is not None else ()
        for name, number in inner.sizes:
            if self.sizes.get(name, Size.name(name)) == Size.name(name):
                self.defaults.setdefault(name, number)

    def single(self, node: Node, op: Op, wires: Sequence[Wire], feeds: Mapping[str, Wire]) -> list[Wire]:
        """A primitive or a region: axes it consumes are called as it calls them, and none of them passes over it."""
        ports = _ports(op, feeds)
        given = [*wires, *(feeds[port.name] for port in ports[len(wires) :])]
        taken = [self.found(port.axes, wire) for port, wire in zip(ports, given, strict=True)]
        over = {axis for wire, axes in zip(given, taken, strict=True) for axis in wire.axes if axis not in axes}
        clash = {axis for port in ports for axis in port.axes if axis in over}
        names: dict[str, str] = {}
        for axis in sorted(clash):
            names[axis] = fresh_name(axis, {*self.sizes, *axis_names(self.circuit), *op_axes(op)})
            self.sizes[names[axis]] = self.sizes[base(axis)]
        moved = renamed_op(op, names, size_names(names, {})) if names else op
        wanted = [tuple(names.get(axis, axis) for axis in port.axes) for port in ports]
        given = [self.called(*both) for both in zip(given, taken, wanted, strict=True)]
        given = [
            self.counted(wire, port.element, given=True) for wire, port in zip(given, _ports(moved, feeds), strict=True)
        ]
        fed = dict(zip((port.name for port in ports[len(wires) :]), given[len(wires) :], strict=True))
        made = self.add(node, moved, given[: len(wires)], fed, "", None)
        return [
            self.called(wire, tuple(names.get(axis, axis) for axis in result.axes), result.axes)
            for wire, result in zip(made, op.signature.outputs, strict=True)
        ]

    @staticmethod
    def found(axes: Sequence[str], wire: Wire) -> tuple[str, ...]:
        """Axes as a wire has them: a twin may be read off its base."""
        return tuple(axis if axis in wire.axes else base(axis) for axis in axes)

    def called(self, wire: Wire, old: Sequence[str], new: Sequence[str]) -> Wire:
        """A wire with axes called otherwise."""
        pairs = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
        if not pairs:
            return wire
        spec = f"{' '.join(one for one, _ in pairs)} -> {' '.join(other for _, other in pairs)}"
        return self.builder.add(Rename(spec=spec), (wire,))[0]

    def counted(self, wire: Wire, element: Element | None, *, given: bool = False) -> Wire:
        """A wire whose whole numbers are of this element; where they are `given`, other bounds fit as well."""
        found = wire.type.element if wire.type is not None else element
        if element is None or found is None or found == element or not (element.whole and found.whole):
            return wire
        if given and found.kind != "Index":
            return wire
        return self.builder.add(Cast(element=str(element)), (wire,))[0]

    def add(
        self, node: Node, op: Op, wires: Sequence[Wire], feeds: Mapping[str, Wire], prefix: str, inner: Node | None
    ) -> tuple[Wire, ...]:
        """Add a node, or one inside that `node` stands for, whose name gets a prefix."""
        own = inner or node
        if isinstance(op, Elementwise) and not op.outer:
            axes = {axis for wire in wires for axis in wire.axes}
            if not any(axes <= set(wire.axes) for wire in wires):
                op = Elementwise(expression=op.expression, outer=True)
        held = bool(op.signature.buffers) or op.signature.updates
        owner = f"{prefix}{own.weights}" if own.weights else ""
        if held and inner is not None and node.weights and not owner:
            owner = node.weights + f"{prefix}{own.name}".removeprefix(node.name)
        per = (*node.per, *own.per) if inner is not None else node.per
        shared = (*node.shared, *own.shared) if inner is not None else node.shared
        carried = {axis for wire in (*wires, *feeds.values()) for axis in wire.axes}
        return self.builder.add(
            op,
            wires,
            feeds=feeds,
            name=f"{prefix}{own.name}",
            per=tuple(dict.fromkeys(per)) if held else (),
            weights=owner if held else "",
            shared=tuple(axis for axis in dict.fromkeys(shared) if op.signature.draws and axis in carried),
        )


def _ports(op: Op, feeds: Mapping[str, Wire]) -> list[Port]:
    """Inputs of an op, then those of its weights that are fed."""
    signature = op.signature
    return [*signature.inputs, *(weight.port for weight in signature.weights if weight.name in feeds)]
