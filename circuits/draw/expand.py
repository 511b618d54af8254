"""From a circuit to the diagram of it: used circuits and regions opened into blocks as far as the detail asks.

A call that is opened becomes its nodes within a fence; axes that pass over it pass over each of them. A region that is
opened becomes a fence between two gates, through which everything passes; what a repetition hands on by index
(`skip[l]`) is saved to memory and loaded where it is read, as the notation does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..circuit import Circuit, Node
from ..derived import Call, Composite, Derived, output_axes
from ..node_type import NodeType
from ..ops.conv import Conv
from ..types import ArrayType
from .axis_labels import escaped
from .cells import cell, typed
from .detail import Detail, opened_paths
from .diagram import ELEMENT, Array, Cell, Diagram, Fence
from .gates import open_region
from .glyph import Sign
from .groups import grouped
from .pools import labelled
from .scope import Held, Scope, Shown
from .signs import learned
from .traces import traced
from .windowed import WINDOWED, windowed


def expand(circuit: Circuit, detail: Detail | None = None) -> Diagram:
    """The diagram of a circuit; one with problems gives what is known of it."""
    detail = detail if detail is not None else Detail()
    expander = Expander(circuit, detail)
    scope = Scope(circuit, sizes=circuit.checked.defaults if detail.sizes else {})
    ends = tuple(expander.entry(scope, item.name, item.type) for item in circuit.inputs)
    expander.nodes(scope)
    outs = tuple(expander.exit(scope, item.name, item.wire, item.type) for item in circuit.outputs)
    expander.loose_ends()
    found = Diagram(
        circuit.name,
        expander.arrays,
        tuple(expander.cells),
        tuple(expander.fences),
        detail.title or circuit.name.replace("_", " "),
        ends,
        outs,
    )
    return traced(labelled(grouped(found, expander.extents) if detail.groups else found))


class Expander:
    """A diagram in the making."""

    def __init__(self, circuit: Circuit, detail: Detail) -> None:
        self.opened = opened_paths(circuit, detail)
        self.windows = detail.windows
        self.arrays: dict[str, Array] = {}
        self.cells: list[Cell] = []
        self.fences: list[Fence] = []
        self.extents: list[tuple[str, ...]] = []

    def entry(self, scope: Scope, name: str, type: ArrayType) -> str:
        """The cell of an input of the whole circuit."""
        array, held = scope.array(name, type, name)
        self.arrays[name] = scope.sized(array, held)
        scope.held[name] = held
        made = (tuple(range(len(array.strands))),)
        self.cells.append(Cell(f"in:{name}", "input", Sign("none"), (), (name,), (), made))
        return name

    def exit(self, scope: Scope, name: str, wire: str, type: ArrayType | None) -> str:
        """The cell of an output of the whole circuit."""
        held = self.read(scope, wire, f"out:{name}")
        touched = tuple(range(len(held.names)))
        if type is not None and set(type.axes) <= set(held.names):
            # a declared output says the order of its axes
            order = {axis: number for number, axis in enumerate(type.axes)}
            touched = tuple(sorted(touched, key=lambda place: order.get(held.names[place], len(order))))
        self.cells.append(Cell(f"out:{name}", "output", Sign("none", name), (held.array,), (), (touched,)))
        return f"out:{name}"

    def nodes(self, scope: Scope) -> None:
        """All nodes of a circuit that can be ordered."""
        for node in scope.circuit.checked.order:
            self.node(scope, node)

    def node(self, scope: Scope, node: Node) -> None:
        """One node: opened, or as a cell."""
        path = scope.inside(node.name)
        if self.windows and isinstance(node.op, Conv) and node.op.groups == 1 and not node.feeds:
            self.node(scope, replace(node, op=Call(circuit=windowed(node.op, node.name)), per=(), weights=""))
            return
        opens = path in self.opened or (self.windows and isinstance(node.op, Call) and node.op.circuit.name == WINDOWED)
        given = [self.read(scope, wire, path, memory=opens) for wire in node.wires]
        found = typed(node, [held.type for held in given])
        if opens and not found.problems:
            made = self.call(scope, node, path, given, found)
        else:
            made = self.made(scope, node, path, found)
            self.cells.append(cell(node, scope.circuit, path, scope.fence, given, found, made))
            if isinstance(extent := getattr(node.op, "over", None), str):
                self.extents.append(tuple(scope.of(name).name for name in extent.split()))
        for wire, held in zip(node.outputs() if found.outputs else (), made, strict=False):
            scope.held[wire] = held

    def made(self, scope: Scope, node: Node, path: str, found: NodeType) -> list[Held]:
        """New arrays for the outputs of a node."""
        several = len(found.outputs) > 1
        made = []
        for number, type in enumerate(found.outputs):
            id = f"{path}.{node.op.signature.outputs[number].name}" if several else path
            made.append(self.array(scope, id, type))
        return made

    def array(self, scope: Scope, id: str, type: ArrayType | None) -> Held:
        """A new array."""
        self.arrays[id], held = scope.array(id, type)
        return held

    def read(self, scope: Scope, wire: str | None, reader: str, *, memory: bool = False) -> Held:
        """What a wire holds; a question mark where there is none, and what was saved is loaded unless a region may."""
        held = scope.held.get(wire) if wire is not None else None
        if held is None:
            id = f"? {wire or ''}".strip()
            while id in self.arrays:
                id += "'"
            held = self.array(scope, id, None)
            mark = Sign("none", f"?\\,\\mathrm{{{escaped(wire or '')}}}" if wire else "?")
            self.cells.append(Cell(f"{reader}/{id}", "glyph", mark, (), (id,), (), ((0,),), fence=scope.fence))
        if held.memory and not memory:
            return self.loaded(scope, held, f"{reader}/load{len(self.arrays)}", held.memory)
        return held

    def loaded(self, scope: Scope, held: Held, id: str, label: str) -> Held:
        """A cell that loads what was saved."""
        found = self.array(scope, id, held.type)
        places = (tuple(range(len(found.names))),)
        mark = Sign("load", label)
        self.cells.append(Cell(id, "load", mark, (), (id,), (), places, fence=scope.fence, op=held.array))
        return found

    def call(self, scope: Scope, node: Node, path: str, given: list[Held], found: NodeType) -> list[Held]:
        """A node opened into what it stands for."""
        op = node.op
        if not isinstance(op, Derived):
            return open_region(self, scope, node, path, given, found)
        body = op.body
        inner, names = self.inner(scope, body, path, given, found)
        if body.name == WINDOWED:
            inner.fence = scope.fence
        else:
            title = node.name.replace("_", " ")
            kind = "call" if op.bodies() else "composite"
            self.fences.append(Fence(path, title, scope.fence, kind, learned=learned(node)))
        self.weights(inner, op, path, given, found)
        self.nodes(inner)
        made = []
        for number, output in enumerate(body.outputs):
            held = inner.held[output.wire]
            outer = dict(zip(output_axes(body, output.name), op.signature.outputs[number].axes, strict=True))
            renamed = tuple(outer.get(name, names.get(name, name)) for name in held.names)
            type = found.outputs[number]
            made.append(replace(held, names=renamed, type=as_held(type, renamed)))
        return made

    def inner(
        self, scope: Scope, body: Circuit, path: str, given: Sequence[Held], found: NodeType
    ) -> tuple[Scope, dict[str, str]]:
        """The scope of a circuit that is opened, and what the axes that pass over it are called outside."""
        own = {axis for type in body.checked.types.values() if type is not None for axis in type.axes}
        shown: dict[str, Shown] = {}
        outside: dict[str, str] = {}
        # ports stand before what feeds weights, which the body may have in another order
        ends = {item.name: item for item in body.inputs}
        items = [ends[port.name] for port in found.ports]
        taken = [
            dict(zip(actual, item.type.axes, strict=True)) for item, actual in zip(items, found.consumed, strict=True)
        ]
        for held, formal in zip(given, taken, strict=True):
            for name in held.names:
                inside = formal.get(name, name)
                if name not in formal and name in own and name != ELEMENT:
                    inside = f"{name}°"
                if name not in formal:
                    outside[inside] = name
                shown.setdefault(inside, scope.of(name))
        scope_inside = Scope(body, path, path, scope.index, shown, scope.roles, scope.sizes)
        back = {name: inside for inside, name in outside.items()}
        for item, held, formal in zip(items, given, taken, strict=True):
            names = tuple(formal.get(name, back.get(name, name)) for name in held.names)
            scope_inside.held[item.name] = replace(held, names=names, type=as_held(held.type, names, item.type))
        return scope_inside, outside

    def weights(self, inner: Scope, op: Derived, path: str, given: Sequence[Held], found: NodeType) -> None:
        """Parameters of a composite that no wire feeds are sources inside it."""
        if not isinstance(op, Composite):
            return
        fed = {port.name for port in found.ports}
        for item in op.body.inputs:
            if item.name in fed or item.name in inner.held:
                continue
            id = f"{path}/{item.name}"
            held = self.array(inner, id, item.type)
            inner.held[item.name] = held
            mark = Sign("pentagon", f"\\mathbf{{{item.name[0]}}}", learned=True)
            places = (tuple(range(len(held.names))),)
            self.cells.append(Cell(id, "glyph", mark, (), (id,), (), places, fence=path, op="parameter"))

    def loose_ends(self) -> None:
        """Arrays that nobody reads end visibly."""
        read = {array for one in self.cells for array in one.inputs}
        for one in list(self.cells):
            for array in one.outputs:
                if array not in read:
                    touched = (tuple(range(len(self.arrays[array].strands))),)
                    self.cells.append(Cell(f"end:{array}", "end", Sign("none"), (array,), (), touched, fence=one.fence))


def as_held(type: ArrayType | None, names: Sequence[str], like: ArrayType | None = None) -> ArrayType | None:
    """A type with its axes as the strands of an array are called here; the element is that of `like` if given."""
    if type is None:
        return None
    element = like.element if like is not None else type.element
    return ArrayType(element, tuple(name for name in names if name != ELEMENT), type.space)
