"""Flattening: one circuit of primitives and regions that means the same as nested calls and composites."""

from __future__ import annotations

from dataclasses import replace

from ..circuit import Circuit, Node
from .inline import inline
from .lift_parameters import Lifted, lift_parameters, parameter_of


def flatten(circuit: Circuit, *, unroll: bool = False) -> Circuit:
    """Expand composites, splice in the circuits that calls name, and write out rounds that differ.

    What is left are primitives and regions whose bodies are flat. Nodes are named by their paths, `block.query.einsum`;
    every parameter becomes a source of the same key, so a state of the circuit fits. Axes keep their outermost names,
    except where a name from inside would meet another one (`x` becomes `x_2`). Tied repeats stay regions unless
    `unroll` writes out those that a number counts. Raises CircuitError if the circuit has problems.
    """
    lifted = lift_parameters(circuit)
    return owning(inline(lifted.circuit, unroll), lifted)


def owning(circuit: Circuit, lifted: Lifted) -> Circuit:
    """The circuit with sources of their own for those of its inputs that stand for parameters."""
    slots = {slot.name: slot for slot in lifted.slots}
    sources: dict[str, Node] = {}
    for item in circuit.inputs:
        if item.name in slots:
            slot = slots[item.name]
            op = parameter_of(slot.weight, item.type.axes)
            sources[item.name] = Node(f"p{len(sources) + 1}", slot.key, op)

    def source(wire: str | None) -> str | None:
        return sources[wire].outputs()[0] if wire in sources else wire

    nodes = tuple(
        replace(
            node,
            inputs=tuple(source(wire) for wire in node.inputs),
            feeds=tuple((name, source(wire) or wire) for name, wire in node.feeds),
        )
        for node in circuit.nodes
    )
    return replace(
        circuit,
        inputs=tuple(item for item in circuit.inputs if item.name not in slots),
        outputs=tuple(replace(item, wire=source(item.wire) or item.wire) for item in circuit.outputs),
        nodes=(*sources.values(), *nodes),
    ).valid()


def stripped(circuit: Circuit, prefix: str) -> Circuit:
    """The circuit with the nodes of the call of this name named as they were inside, so that they draw the same."""
    nodes = tuple(replace(node, name=node.name.removeprefix(f"{prefix}.")) for node in circuit.nodes)
    names = {node.name for node in nodes} | {item.name for item in circuit.inputs}
    return replace(circuit, nodes=nodes) if len(names) == len(nodes) + len(circuit.inputs) else circuit
