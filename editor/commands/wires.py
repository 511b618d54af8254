"""Commands on wires: connecting ports, feeding weights, and taking wires off."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from circuits import AttributeProblem, Circuit, Node, Problem, did_you_mean

from ..document import Document
from ..rewiring import UNCONNECTED, Problems, port_names, with_output
from .base import Command, Name, WireName, node_of, require_wire, where

Port = Name | int
_UNKNOWN = 32


def placed_at(circuit: Circuit, node: Node, port: str | int, *, connected: bool = False) -> int | str:
    """The number of a port, or the name of a weight that can be fed; raises Problems if there is neither."""
    ports = port_names(node.op)
    count = max(len(ports or ()), len(node.inputs))
    if isinstance(port, int):
        # what an op takes whose attributes are not complete yet is not known
        if 0 <= port < (count if ports is not None else max(count, _UNKNOWN)):
            return port
        raise _no_port(circuit, node, str(port), [str(number) for number in range(count)])
    if ports is not None and port in ports:
        return ports.index(port)
    weights = _weights(node)
    if port in weights or (connected and port in node.fed):
        return port
    raise _no_port(circuit, node, port, [*(ports or ()), *weights])


def _weights(node: Node) -> list[str]:
    try:
        return [weight.name for weight in node.op.signature.weights]
    except AttributeProblem:
        return []


def _no_port(circuit: Circuit, node: Node, port: str, known: list[str]) -> Problems:
    expected = f"one of its ports or weights ({', '.join(known) or 'none'})"
    near = did_you_mean(port, known)
    return Problems(Problem(where(circuit, node), expected, f"'{port}'", f"Choose another.{near}", node.id, port))


def connected(circuit: Circuit, node: Node, place: int | str, wire: str | None) -> Circuit:
    """The circuit with a wire, or none, at a port (by number) or a weight (by name) of a node."""
    if isinstance(place, str):
        feeds = {name: old for name, old in node.feeds if name != place}
        if wire is not None:
            feeds[place] = wire
        return circuit.with_node(replace(node, feeds=tuple(sorted(feeds.items()))))
    ports = port_names(node.op)
    count = max(len(ports or ()), len(node.inputs), place + 1)
    inputs = [*node.inputs, *[None] * (count - len(node.inputs))]
    inputs[place] = wire
    while ports is not None and len(inputs) > len(ports) and inputs[-1] is None:
        inputs.pop()
    return circuit.with_node(replace(node, inputs=tuple(inputs)))


class Connect(Command):
    """Connects a wire to a port, by name or number, or to a weight, which is then fed; what was there is taken off.

    Without a node, `port` names an output of the circuit. A wire that does not fit is connected all the same: the
    check says what is wrong with it.
    """

    do: ClassVar[str] = "Connect"

    wire: WireName
    node: Name | None = None
    port: Port = 0

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        wire = require_wire(circuit, self.wire)
        if self.node is None:
            return with_output(circuit, output_named(circuit, str(self.port)), wire)
        node = node_of(circuit, self.node)
        return connected(circuit, node, placed_at(circuit, node, self.port), wire)


class Disconnect(Command):
    """Takes the wire off a port, a weight, or without a node off an output of the circuit."""

    do: ClassVar[str] = "Disconnect"

    node: Name | None = None
    port: Port = 0

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        if self.node is None:
            return with_output(circuit, output_named(circuit, str(self.port)), UNCONNECTED)
        node = node_of(circuit, self.node)
        return connected(circuit, node, placed_at(circuit, node, self.port, connected=True), None)


class Feed(Command):
    """Feeds a weight of a node from a wire, or with null lets the node own it again."""

    do: ClassVar[str] = "Feed"

    node: Name
    weight: Name
    wire: WireName | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        if self.weight not in (*_weights(node), *node.fed):
            raise _no_port(circuit, node, self.weight, _weights(node))
        wire = require_wire(circuit, self.wire) if self.wire is not None else None
        return connected(circuit, node, self.weight, wire)


def output_named(circuit: Circuit, name: str) -> str:
    """The name of an output; raises Problems if there is none."""
    known = [item.name for item in circuit.outputs]
    if name not in known:
        near = did_you_mean(name, known)
        raise Problems(Problem(where(circuit), f"an output '{name}'", "none", f"Choose one that is there.{near}"))
    return name
