"""Parameters as inputs: weights are wires, so another circuit may compute them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..apply import make
from ..circuit import Circuit, Node
from ..derived import Call, Derived, output_type, scope_map
from ..errors import AttributeProblem, did_you_mean
from ..op import Op, Weight
from ..ops.sources import Parameter
from ..ops.views import Rename
from ..parameters import state_key
from ..region import Region
from ..renaming import map_text
from ..types import follow
from .lift_regions import lift_region
from .rename_axes import axis_names
from .slots import Request, Scope, Slot

Axes = tuple[str, ...]


@dataclass(frozen=True)
class Lifted:
    """A circuit whose parameters are inputs, and which input stands for which parameter."""

    circuit: Circuit
    slots: tuple[Slot, ...]

    @property
    def names(self) -> dict[str, str]:
        """State keys to input names: `block.query.weight` to `block_query_weight`."""
        return {slot.key: slot.name for slot in self.slots}

    def inputs(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays of a state, by the inputs they are now."""
        return {slot.name: state[slot.key] for slot in self.slots}


def lift_parameters(circuit: Circuit, keys: Sequence[str] | None = None) -> Lifted:
    """Turn parameters into inputs behind those the circuit has; all of them unless `keys` names some.

    Their axes are those of the parameter, its `per` axes first. They are threaded through calls and regions; a fresh
    repeat takes one a round. Buffers stay. Raises CircuitError if the circuit has problems, AttributeProblem for keys
    it does not have and for fresh rounds that no number counts.
    """
    circuit.valid()
    if keys is None:
        return lift(circuit, Request())
    known = [slot.key for slot in lift(circuit, Request()).slots]
    for key in keys:
        if key not in known:
            near = did_you_mean(key, known)
            raise AttributeProblem(f"a parameter of '{circuit.name}'", f"'{key}'", f"See parameters(...).{near}")
    return lift(circuit, Request(frozenset(keys)))


@lru_cache(maxsize=1024)
def lift(circuit: Circuit, request: Request) -> Lifted:
    """Lift what is requested out of a circuit."""
    lifter = _Lifter(circuit, request)
    for node in sorted(circuit.nodes, key=lambda node: bool(node.weights)):
        lifter.node(node)
    scope, alias = lifter.scope, lifter.alias
    nodes = tuple(_redirected(lifter.nodes[node.id], alias) for node in circuit.nodes if node.id in lifter.nodes)
    outputs = tuple(
        replace(item, wire=alias.get(item.wire, item.wire), type=output_type(circuit, item.name))
        for item in circuit.outputs
    )
    changed = circuit.evolve(
        inputs=scope.inputs(), outputs=outputs, nodes=(*lifter.sources, *nodes), constraints=tuple(scope.constraints)
    )
    return Lifted(changed.valid() if scope.slots else circuit, tuple(scope.slots))


def _redirected(node: Node, alias: Mapping[str, str]) -> Node:
    if not alias:
        return node
    inputs = tuple(alias.get(wire, wire) if wire is not None else None for wire in node.inputs)
    return replace(node, inputs=inputs, feeds=tuple((name, alias.get(wire, wire)) for name, wire in node.feeds))


class _Lifter:
    """Lifts the parameters of the nodes of one circuit, one by one."""

    def __init__(self, circuit: Circuit, request: Request) -> None:
        self.circuit, self.request = circuit, request
        self.scope = Scope(circuit, request)
        self.nodes: dict[str, Node] = {}
        self.sources: list[Node] = []
        self.alias: dict[str, str] = {}
        self.given: dict[str, dict[str, tuple[str, Axes]]] = {}

    def node(self, node: Node) -> None:
        """Lift what a node owns, or give it what the node it shares weights with was given."""
        changed = node
        if node.op.signature.weights:
            changed = self._own(node)
        elif isinstance(node.op, Derived):
            changed = self._derived(node, node.op)
        elif isinstance(node.op, Region):
            changed = self._region(node, node.op)
        if isinstance(node.op, Parameter) and changed.fed:
            self.alias[node.outputs()[0]] = changed.feeds[0][1]
        else:
            self.nodes[node.id] = changed

    def _own(self, node: Node) -> Node:
        """Feed the weights of a node itself."""
        feeds = dict(node.feeds)
        weights = node.op.signature.weights
        key = {weight.name: state_key("", self._owner(node), weight.name) for weight in weights}
        lacking = [weight for weight in weights if weight.name not in feeds and self.request.wants(key[weight.name])]
        slots = [Slot(weight.name, "", weight.axes, weight) for weight in lacking]
        feeds.update(zip((weight.name for weight in lacking), self._wires(node, slots, key), strict=True))
        kept = node.weights if len(feeds) < len(weights) or node.op.signature.updates else ""
        return replace(node, feeds=tuple(sorted(feeds.items())), weights=kept)

    def _derived(self, node: Node, op: Derived) -> Node:
        """Thread parameters through the circuit a node stands for."""
        inside = lift(op.body, self.request.inside(f"{self._owner(node).name}."))
        if not inside.slots:
            return node
        names = dict(op.axis_map())
        inner, renamed = inside.circuit, scope_map(names, op.size_map())
        for axis in dict.fromkeys(axis for slot in inside.slots for axis in slot.names):
            if axis not in names:
                size = self.circuit.checked.solution.size(inner.checked.size(axis).at(renamed))
                names[axis] = self.scope.adopt(follow(axis, names), size, axis_names(inner), node.per)
        carried = {axis for slot in inside.slots for axis in slot.axes}
        mapped = {axis: actual for axis, actual in names.items() if axis in carried or axis in op.axis_map()}
        sizes = " ".join(f"{formal}={size}" for formal, size in op.size_map().items())
        call = Call(circuit=inner, axes=map_text(mapped), sizes=sizes)
        wires = self._wires(node, [slot.renamed(names) for slot in inside.slots])
        return replace(node, op=call, inputs=(*node.inputs, *wires), weights=self._tie(node, op, inner))

    def _region(self, node: Node, op: Region) -> Node:
        """Thread parameters through the bodies of a region; its new ports are found by name."""
        found = lift_region(op, node, self._owner(node).name, self.request, self.scope, lift)
        if found.op is op:
            return node
        wires: dict[str, str | None] = dict(zip((port.name for port in op.signature.inputs), node.inputs, strict=True))
        wires.update(zip(found.ports, self._wires(node, list(found.ports.values())), strict=True))
        wires.update((port, self._source(node, slot)) for port, slot in found.kept.items())
        inputs = tuple(wires[port.name] for port in found.op.signature.inputs)
        return replace(node, op=found.op, inputs=inputs, weights=self._tie(node, op, *found.op.bodies()))

    def _owner(self, node: Node) -> Node:
        """The node whose parameters a node uses."""
        return self.circuit.by_name[node.weights] if node.weights else node

    @staticmethod
    def _tie(node: Node, op: Op, *bodies: Circuit) -> str:
        """What a node still shares after its parameters were lifted: the rest of them, or running statistics."""
        rest = op.signature.updates or any(lift(body, Request()).slots for body in bodies)
        return node.weights if rest else ""

    def _wires(self, node: Node, slots: Sequence[Slot], keys: Mapping[str, str] | None = None) -> list[str]:
        """Inputs for the slots of a node; those of the node it shares weights with, if there is one."""
        found = self.given.setdefault(self._owner(node).name, {})
        wires = []
        for slot in slots:
            axes = (*node.per, *slot.axes)
            if slot.key not in found:
                key = keys[slot.key] if keys else f"{self._owner(node).name}.{slot.key}"
                found[slot.key] = (self.scope.input(key, axes, slot.weight).name, axes)
            wire, known = found[slot.key]
            if known != axes:
                spec = f"{' '.join(known)} -> {' '.join(axes)}"
                wire = self._added(Rename(spec=spec), f"{node.name}.{slot.key}", (wire,))
            wires.append(wire)
        return wires

    def _source(self, node: Node, slot: Slot) -> str:
        """A parameter that stays one, as a node of its own that keeps its key."""
        axes = (*node.per, *slot.axes)
        return self._added(parameter_of(slot.weight, axes), f"{node.name}.{slot.key}", ())

    def _added(self, op: Op, name: str, inputs: tuple[str, ...]) -> str:
        node = Node(f"w{len(self.sources) + 1}", name, op, inputs)
        self.sources.append(node)
        return node.outputs()[0]


def parameter_of(weight: Weight, axes: Axes) -> Parameter:
    """A source of the array a weight is, with the same start; its key is the name of its node."""
    start = weight.init
    attributes = {"axes": " ".join(axes), "init": start.kind, "scale": start.scale, "fan": " ".join(start.fan)}
    element = str(weight.element)
    return make(Parameter, {**attributes, "trainable": weight.trainable, "element": element, "label": ""})
