"""Parameters as inputs: weights are wires, so another circuit may compute them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..circuit import Circuit, Node
from ..derived import Call, Derived, scope_map
from ..errors import AttributeProblem, did_you_mean
from ..op import Op
from ..ops.sources import Parameter
from ..parameters import state_key
from ..region import Region
from ..sizes import Size
from .lift_regions import lift_region
from .rename_axes import axis_names
from .slots import Request, Scope, Slot


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
    outputs = tuple(replace(item, wire=alias.get(item.wire, item.wire)) for item in circuit.outputs)
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
        self.given: dict[str, dict[str, str]] = {}

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
        given = self.given.setdefault(node.name, {})
        for weight in node.op.signature.weights:
            if weight.name in feeds:
                continue
            if node.weights:
                found = self.given[node.weights].get(weight.name)
            else:
                key = state_key("", node, weight.name)
                wanted = self.request.wants(key)
                found = self.scope.input(key, (*node.per, *weight.axes), weight).name if wanted else None
            if found is not None:
                feeds[weight.name] = given[weight.name] = found
        kept = node.weights if len(feeds) < len(node.op.signature.weights) else ""
        return replace(node, feeds=tuple(sorted(feeds.items())), weights=kept)

    def _derived(self, node: Node, op: Derived) -> Node:
        """Thread parameters through the circuit a node stands for."""
        inside = lift(op.body, self.request.inside(f"{node.name}."))
        if not inside.slots:
            return node
        mapped = dict(op.axis_map())
        inner, renamed = inside.circuit, scope_map(mapped, op.size_map())
        for slot in inside.slots:
            for axis in slot.axes:
                if axis not in mapped:
                    size = self.circuit.checked.solution.size(inner.checked.size(axis).at(renamed))
                    mapped[axis] = self.scope.adopt(axis, size, axis_names(inner), node.per)
        written = " ".join(f"{formal}={actual}" for formal, actual in mapped.items() if formal != actual)
        sizes = " ".join(f"{formal}={size}" for formal, size in op.size_map().items())
        wires = self.wires(node, [slot.renamed(mapped) for slot in inside.slots])
        call = Call(circuit=inner, axes=written, sizes=sizes)
        return replace(node, op=call, inputs=(*node.inputs, *wires), weights="")

    def _region(self, node: Node, op: Region) -> Node:
        """Thread parameters through the bodies of a region; its new ports are found by name."""
        changed, slots, kept = lift_region(op, node, self.request, self.scope, lift)
        if changed is op:
            return node
        wires: dict[str, str | None] = dict(
            zip((port.name for port in op.signature.inputs), node.inputs, strict=True)
        )
        wires.update(zip((port for port, _ in slots), self.wires(node, [slot for _, slot in slots]), strict=True))
        for port, slot in kept:
            wires[port] = self._source(node, slot)
        inputs = tuple(wires[port.name] for port in changed.signature.inputs)
        return replace(node, op=changed, inputs=inputs, weights="")

    def wires(self, node: Node, slots: Sequence[Slot]) -> list[str]:
        """Inputs for the slots of a node; those of the node it shares weights with, if there is one."""
        if node.weights:
            given = self.given[node.weights]
            return [given[slot.key] for slot in slots]
        found = self.given.setdefault(node.name, {})
        for slot in slots:
            axes = (*node.per, *slot.axes)
            found[slot.key] = self.scope.input(f"{node.name}.{slot.key}", axes, slot.weight).name
        return [found[slot.key] for slot in slots]

    def _source(self, node: Node, slot: Slot) -> str:
        """A parameter that stays one, as a node of its own that keeps its key."""
        source = parameter_node(f"w{len(self.sources) + 1}", replace(slot, key=f"{node.name}.{slot.key}"), node.per)
        self.sources.append(source)
        return source.outputs()[0]


def parameter_node(id: str, slot: Slot, per: Sequence[str] = ()) -> Node:
    """A node that owns the parameter of a slot, under the same key and with the same start."""
    weight = slot.weight
    op = Parameter(
        axes=" ".join((*per, *slot.axes)),
        init=weight.init.kind,
        scale=weight.init.scale,
        fan=" ".join(weight.init.fan),
        trainable=weight.trainable,
    )
    return Node(id, slot.key, op)


__all__ = ["Lifted", "lift", "lift_parameters", "parameter_node"]
_ = (Op, Size)
