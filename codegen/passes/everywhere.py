"""Applying a rewrite to a circuit and to every circuit it uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from circuits import Call, Circuit, Node, Region


def everywhere(circuit: Circuit, rewrite: Callable[[Circuit], Circuit]) -> Circuit:
    """The circuit with `rewrite` applied to all circuits in it, callees before callers; equal ones stay equal."""
    done: dict[Circuit, Circuit] = {}
    for used in circuit.definitions():
        nodes = tuple(_with_bodies(node, done) for node in used.nodes)
        changed = any(new is not old for new, old in zip(nodes, used.nodes, strict=True))
        done[used] = rewrite(used.evolve(nodes=nodes) if changed else used)
    return done[circuit]


def _with_bodies(node: Node, done: dict[Circuit, Circuit]) -> Node:
    op = node.op
    if isinstance(op, Call) and done[op.circuit] != op.circuit:
        return replace(node, op=Call(**{**op.attributes(), "circuit": done[op.circuit]}))
    if isinstance(op, Region) and done[op.content] != op.content:
        return replace(node, op=type(op)(**{**op.attributes(), "content": done[op.content]}))
    return node
