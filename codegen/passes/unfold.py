"""Unfold regions that stand for a circuit made of their bodies, such as `ode`, into calls of that circuit."""

from __future__ import annotations

from dataclasses import replace

from circuits import Call, Circuit, Composite, Derived, Node

from .everywhere import with_bodies


def unfold(circuit: Circuit) -> Circuit:
    """Put calls in the place of unfolding regions; keys of parameters stay, as both lead into the same circuit."""
    return _unfolded(circuit, {})


def _unfolded(circuit: Circuit, done: dict[Circuit, Circuit]) -> Circuit:
    if circuit in done:
        return done[circuit]
    nodes = tuple(_called(node) for node in circuit.nodes)
    changed = any(new is not old for new, old in zip(nodes, circuit.nodes, strict=True))
    found = circuit.evolve(nodes=nodes) if changed else circuit
    inner = {body: _unfolded(body, done) for node in found.nodes for body in node.op.bodies()}
    done[circuit] = with_bodies(found, inner)
    return done[circuit]


def _called(node: Node) -> Node:
    op = node.op
    if not isinstance(op, Derived) or isinstance(op, Composite | Call):
        return node
    name = op.body.name if op.body.name.startswith(op.name) else f"{op.name}_{op.body.name}"
    return replace(node, op=Call(circuit=op.body.evolve(name=name)))
