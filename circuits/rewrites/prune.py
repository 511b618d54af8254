"""Pruning: nodes that nothing depends on go away."""

from __future__ import annotations

from ..circuit import Circuit


def pruned(circuit: Circuit) -> Circuit:
    """The circuit without nodes that reach no output; those that move running statistics stay."""
    makers = {wire: node for node in circuit.nodes for wire in node.outputs()}
    waiting = [item.wire for item in circuit.outputs]
    waiting += [wire for node in circuit.nodes if node.op.signature.updates for wire in node.outputs()]
    kept: set[str] = set()
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.id in kept:
            continue
        kept.add(node.id)
        waiting += [wire for wire in node.wires if wire is not None]
    owners = {node.weights for node in circuit.nodes if node.id in kept and node.weights}
    nodes = tuple(node for node in circuit.nodes if node.id in kept or node.name in owners)
    return circuit.evolve(nodes=nodes) if len(nodes) < len(circuit.nodes) else circuit
