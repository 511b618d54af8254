"""Merge nodes that compute the same of the same."""

from __future__ import annotations

from dataclasses import replace

from circuits import Circuit, Node

from .everywhere import everywhere
from .remove_dead import owns_arrays


def merge_duplicates(circuit: Circuit) -> Circuit:
    """Let all readers of equal nodes read the first of them; nodes with weights or draws of their own are no equals."""
    return everywhere(circuit, _merge)


def _merge(circuit: Circuit) -> Circuit:
    instead: dict[str, str] = {}
    first: dict[tuple[object, ...], Node] = {}
    nodes: dict[str, Node] = {}
    for node in circuit.checked.order:
        renamed = _reading(node, instead)
        nodes[node.id] = renamed
        if owns_arrays(node) or node.op.signature.draws:
            continue
        key = (renamed.op, renamed.inputs, renamed.feeds, renamed.per, renamed.shared)
        twin = first.setdefault(key, node)
        if twin is not node:
            instead.update(zip(node.outputs(), twin.outputs(), strict=True))
    if not instead:
        return circuit
    outputs = tuple(replace(output, wire=instead.get(output.wire, output.wire)) for output in circuit.outputs)
    return circuit.evolve(nodes=tuple(nodes[node.id] for node in circuit.nodes), outputs=outputs)


def _reading(node: Node, instead: dict[str, str]) -> Node:
    inputs = tuple(instead.get(wire, wire) if wire is not None else None for wire in node.inputs)
    feeds = tuple((name, instead.get(wire, wire)) for name, wire in node.feeds)
    return node if (inputs, feeds) == (node.inputs, node.feeds) else replace(node, inputs=inputs, feeds=feeds)
