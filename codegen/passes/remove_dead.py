"""Remove nodes that nothing reads."""

from __future__ import annotations

from circuits import Circuit, Node

from .everywhere import everywhere


def remove_dead(circuit: Circuit) -> Circuit:
    """Remove nodes that lead to no output; those that own arrays stay, as their keys are part of the circuit."""
    return everywhere(circuit, _remove)


def _remove(circuit: Circuit) -> Circuit:
    read = {output.wire for output in circuit.outputs}
    kept: list[Node] = []
    for node in reversed(circuit.checked.order):
        if owns_arrays(node) or not read.isdisjoint(node.outputs()):
            kept.append(node)
            read.update(wire for wire in node.wires if wire is not None)
    if len(kept) == len(circuit.nodes):
        return circuit
    names = {node.id for node in kept}
    return circuit.evolve(nodes=tuple(node for node in circuit.nodes if node.id in names))


def owns_arrays(node: Node) -> bool:
    """Whether a node, or a circuit it uses, may hold parameters or buffers."""
    signature = node.op.signature
    return bool(signature.weights or signature.buffers or signature.updates) or any(
        owns_arrays(inner) for body in node.op.bodies() for inner in body.nodes
    )
