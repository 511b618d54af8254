"""Applying a rewrite to a circuit and to every circuit it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from circuits import Circuit, Node


def everywhere(circuit: Circuit, rewrite: Callable[[Circuit], Circuit]) -> Circuit:
    """The circuit with `rewrite` applied to all circuits in it, callees before callers; equal ones stay equal."""
    done: dict[Circuit, Circuit] = {}
    for used in circuit.definitions():
        done[used] = rewrite(with_bodies(used, done))
    return done[circuit]


def with_bodies(circuit: Circuit, done: Mapping[Circuit, Circuit]) -> Circuit:
    """The circuit with others in place of those its nodes hold."""
    nodes = tuple(_changed(node, done) for node in circuit.nodes)
    if all(new is old for new, old in zip(nodes, circuit.nodes, strict=True)):
        return circuit
    return circuit.evolve(nodes=nodes)


def _changed(node: Node, done: Mapping[Circuit, Circuit]) -> Node:
    if not any(done.get(body, body) != body for body in node.op.bodies()):
        return node
    attributes = {name: _exchanged(value, done) for name, value in node.op.attributes().items()}
    return replace(node, op=type(node.op)(**attributes))


def _exchanged(value: object, done: Mapping[Circuit, Circuit]) -> object:
    if isinstance(value, Circuit):
        return done.get(value, value)
    return tuple(_exchanged(item, done) for item in value) if isinstance(value, tuple) else value
