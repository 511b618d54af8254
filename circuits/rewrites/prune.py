"""Pruning: nodes that nothing depends on go away."""

from __future__ import annotations

from ..circuit import Circuit
from ..types import Axis, base
from .rename_axes import axis_names, equation


def pruned(circuit: Circuit) -> Circuit:
    """The circuit without nodes that reach no output; those that move running statistics stay.

    Sizes that only such nodes told become constraints.
    """
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
    return _sized(circuit.evolve(nodes=nodes), circuit) if len(nodes) < len(circuit.nodes) else circuit


def _sized(changed: Circuit, before: Circuit) -> Circuit:
    """A part of a circuit in which every axis has the size it had in the whole."""
    constraints, axes = list(changed.constraints), list(changed.axes)
    for name in sorted({base(axis) for axis in axis_names(changed)}):
        size = before.checked.size(name)
        if size != changed.checked.size(name):
            text = equation(name, size)
            constraints += text
            axes += [] if text or any(axis.name == name for axis in axes) else [Axis(name, size=size)]
    if len(constraints) + len(axes) == len(changed.constraints) + len(changed.axes):
        return changed
    return changed.evolve(constraints=tuple(constraints), axes=tuple(axes))
