"""The tape of a backward pass: wires forward, cotangents backward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..circuit import Circuit, Node
from ..errors import AttributeProblem, CircuitError, CircuitloomError
from ..op import Primitive
from ..region import Region
from ..trace import Builder, Wire
from ..type_nodes import place
from ..types import ArrayType
from .fitting import CONTINUOUS, Backward, cotangent_type, fit, total, zeros
from .rename_axes import axis_names
from .reverse_regions import Pulled, reversed_region


class Tape:
    """Replays the nodes of a flat circuit in the circuit being traced, then pulls cotangents back through them."""

    def __init__(
        self, circuit: Circuit, inputs: Mapping[str, Wire], wanted: Sequence[str], builder: Builder, backward: Backward
    ) -> None:
        self.circuit, self.builder, self.pass_back = circuit, builder, backward
        self.wires = dict(inputs)
        self.active = set(wanted)
        self.pulled: dict[str, Pulled] = {}
        self.cotangents: dict[str, list[Wire]] = {}
        self.constraints: list[str] = []
        self.axes = axis_names(circuit)

    def forward(self) -> None:
        """Replay every node; regions on the way of a gradient also keep what their backward pass needs."""
        for node in self.circuit.checked.order:
            needed = [wire in self.active for wire in self.read(node)]
            if isinstance(node.op, Region) and any(needed):
                made = self._region(node, node.op, needed)
            else:
                feeds = {name: self.wires[wire] for name, wire in node.feeds}
                wires = self.given(node)[: len(node.inputs)]
                made = self.builder.add(
                    node.op,
                    wires,
                    feeds=feeds,
                    name=node.name,
                    per=node.per,
                    weights=node.weights,
                    shared=node.shared,
                )
            self.wires.update(zip(node.outputs(), made, strict=True))
            if any(needed):
                self.active.update(node.outputs())

    def _region(self, node: Node, op: Region, needed: Sequence[bool]) -> Sequence[Wire]:
        if op.signature.updates:
            # they would move once more in the backward pass, which runs the body again
            raise AttributeProblem(
                "gradients through regions without running statistics",
                place(self.circuit, node),
                "Use layer_norm inside of regions.",
            )
        found = reversed_region(op, self.given(node), needed, node.name, self.axes, self.pass_back)
        self.pulled[node.id] = found
        self.constraints += found.constraints
        self.axes.update(found.axes)
        return found.outputs

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
            pulled = self._placed(node, [total(wires) if wires else None for wires in found])
            for name, wire in zip(names, pulled, strict=True):
                if wire is not None and name in self.active and self._type(name).element in CONTINUOUS:
                    self.cotangents.setdefault(name, []).append(fit(wire, self._type(name)))
            self._called(start, f"d_{node.name}")

    def _placed(self, node: Node, cotangents: Sequence[Wire | None]) -> Sequence[Wire | None]:
        """What a node pulls back; what goes wrong is told with its place."""
        try:
            return self._pulled(node, cotangents)
        except CircuitError:
            raise
        except CircuitloomError as error:
            where = place(self.circuit, node)
            expected, found, fix = (getattr(error, part, "") for part in ("expected", "found", "fix"))
            raise AttributeProblem(f"{expected} on the way of a gradient", f"{found} at {where}", fix) from error

    def _pulled(self, node: Node, cotangents: Sequence[Wire | None]) -> Sequence[Wire | None]:
        if node.id in self.pulled:
            return self.pulled[node.id].pull(cotangents)
        outputs = [self.wires[wire] for wire in node.outputs()]
        filled = [
            cotangent if cotangent is not None else zeros(cotangent_type(wire.type))
            for cotangent, wire in zip(cotangents, outputs, strict=True)
        ]
        assert isinstance(node.op, Primitive)
        return node.op.vjp(self.given(node), outputs, filled)

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

    def gradient(self, name: str) -> Wire:
        """The cotangent of a wire; zeros where none arrived."""
        found = self.cotangents.get(name)
        return total(found) if found else zeros(self._type(name))

    def _type(self, name: str) -> ArrayType:
        return self.circuit.checked.type(name)
