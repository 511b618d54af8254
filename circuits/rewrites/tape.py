"""The tape of a backward pass: wires forward, cotangents backward, and how the two are fitted to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..apply import elementwise
from ..circuit import Circuit, Node
from ..errors import AttributeProblem, CircuitError, CircuitloomError
from ..op import Op, Primitive
from ..ops.einsum import broadcast, einsum
from ..ops.sources import constant
from ..region import Region
from ..trace import Builder, Wire
from ..type_nodes import place
from ..types import COMPLEX, REAL, ArrayType
from .reverse_regions import Pulled, reversed_region

CONTINUOUS = (REAL, COMPLEX)


def fit(found: Wire, wanted: ArrayType) -> Wire:
    """A cotangent for an array of a type: extra axes are summed, those it lacks repeated."""
    extra = [axis for axis in found.axes if axis not in wanted.axes]
    if extra:
        found = einsum(f"{' '.join(extra)} ->", found)
    if wanted.element == REAL and found.type is not None and found.type.element == COMPLEX:
        found = elementwise("real(z)", found)
    return widen(found, wanted.axes)


def widen(wire: Wire, axes: Sequence[str]) -> Wire:
    """A wire that carries all these axes."""
    lacking = " ".join(axis for axis in axes if axis not in wire.axes)
    return broadcast(wire, axes=lacking) if lacking else wire


def zeros(type: ArrayType) -> Wire:
    """Zeros of a type; sizes come from the scope."""
    wire = constant(0.0)
    return widen(elementwise("complex(x, x)", wire) if type.element == COMPLEX else wire, type.axes)


def total(found: Sequence[Wire]) -> Wire:
    """The sum of cotangents, which meet where an array was copied."""
    result = found[0]
    for wire in found[1:]:
        result = result + wire
    return result


class Tape:
    """Replays the nodes of a flat circuit in the circuit being traced, then pulls cotangents back through them."""

    def __init__(self, circuit: Circuit, inputs: Mapping[str, Wire], wanted: Sequence[str], builder: Builder) -> None:
        self.circuit, self.builder = circuit, builder
        self.wires = dict(inputs)
        self.active = set(wanted)
        self.pulled: dict[str, Pulled] = {}
        self.cotangents: dict[str, list[Wire]] = {}
        self.constraints: list[str] = []

    def forward(self) -> None:
        """Replay every node; regions on the way of a gradient also keep what their backward pass needs."""
        for node in self.circuit.checked.order:
            wires = self.given(node)
            needed = [wire in self.active for wire in self.read(node)]
            if isinstance(node.op, Region) and any(needed):
                self._guard(node)
                pulled = reversed_region(node.op, wires, needed, node.name)
                self.pulled[node.id], made = pulled, pulled.outputs
                self.constraints += pulled.constraints
            else:
                feeds = {name: self.wires[wire] for name, wire in node.feeds}
                made = self.builder.add(
                    node.op,
                    wires[: len(node.inputs)],
                    feeds=feeds,
                    name=node.name,
                    per=node.per,
                    shared=node.shared,
                )
            self.wires.update(zip(node.outputs(), made, strict=True))
            if any(needed):
                self.active.update(node.outputs())

    def _guard(self, node: Node) -> None:
        """Running statistics inside of a region would move in the backward pass, too."""
        if node.op.signature.updates:
            raise AttributeProblem(
                "regions without running statistics on the way of a gradient",
                place(self.circuit, node),
                "Normalise by layer_norm inside of regions.",
            )

    @staticmethod
    def read(node: Node) -> list[str]:
        """Wires a node reads: at its ports, then those that feed its weights in the order the op lists them."""
        feeds = dict(node.feeds)
        ports = [wire for wire in node.inputs if wire is not None]
        return ports + [feeds[weight.name] for weight in node.op.signature.weights if weight.name in feeds]

    def given(self, node: Node) -> list[Wire]:
        """The wires a node reads, in the circuit being traced."""
        return [self.wires[wire] for wire in self.read(node)]

    def seed(self, wire: str, cotangent: Wire) -> None:
        """Start from a cotangent of a wire."""
        self.cotangents.setdefault(wire, []).append(fit(cotangent, self._type(wire)))

    def backward(self) -> None:
        """Pull cotangents back through all nodes, last ones first."""
        for node in reversed(self.circuit.checked.order):
            names = self.read(node)
            found = [self.cotangents.get(wire) for wire in node.outputs()]
            if not any(found) or not any(name in self.active for name in names):
                continue
            start = len(self.builder.nodes)
            given = [total(wires) if wires else None for wires in found]
            try:
                pulled = self._pulled(node, given)
            except CircuitError:
                raise
            except CircuitloomError as error:
                raise AttributeProblem(
                    "nodes that gradients flow through", f"{place(self.circuit, node)}: {error}", "See the node."
                ) from error
            for name, wire in zip(names, pulled, strict=True):
                if wire is not None and name in self.active and self._type(name).element in CONTINUOUS:
                    self.cotangents.setdefault(name, []).append(fit(wire, self._type(name)))
            self._called(start, f"d_{node.name}")

    def _called(self, start: int, prefix: str) -> None:
        """Name nodes of the backward pass after the node they belong to."""
        for number, node in enumerate(self.builder.nodes[start:], start):
            name, count = f"{prefix}.{node.op.name}", 1
            while name in self.builder.taken:
                count += 1
                name = f"{prefix}.{node.op.name}_{count}"
            self.builder.taken.add(name)
            self.builder.named.add(node.id)
            self.builder.nodes[number] = replace(node, name=name)

    def _pulled(self, node: Node, cotangents: Sequence[Wire | None]) -> Sequence[Wire | None]:
        """What the reverse rule of a node gives for each wire it reads."""
        if node.id in self.pulled:
            return self.pulled[node.id].pull(cotangents)
        outputs = [self.wires[wire] for wire in node.outputs()]
        filled = [
            cotangent if cotangent is not None else zeros(_continuous(wire))
            for cotangent, wire in zip(cotangents, outputs, strict=True)
        ]
        op: Op = node.op
        assert isinstance(op, Primitive)
        return op.vjp(self.given(node), outputs, filled)

    def gradient(self, name: str) -> Wire:
        """The cotangent of a wire; zeros where none arrived."""
        found = self.cotangents.get(name)
        return total(found) if found else zeros(self._type(name))

    def _type(self, name: str) -> ArrayType:
        return self.circuit.checked.type(name)


def _continuous(wire: Wire) -> ArrayType:
    """The type of a cotangent of a wire."""
    type = wire.type or ArrayType()
    return ArrayType(COMPLEX if type.element == COMPLEX else REAL, type.axes)
