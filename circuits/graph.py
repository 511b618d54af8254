"""Circuits as networkx graphs, for whatever graph tools are good at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx

from .circuit import Circuit, Node
from .errors import AttributeProblem
from .opaque import apart
from .sizes import Size
from .type_nodes import out_wires


def to_networkx(circuit: Circuit) -> networkx.MultiDiGraph:
    """The circuit as a graph: an edge a wire and consumer, in the order of the document.

    Nodes are `input:q`, `n1` (the node's id) and `output:out`. All have `kind` (input, node, output) and `name`; nodes
    have `op`, `attributes` and `circuits`, the graphs of the circuits they hold by attribute; inputs and outputs have
    `type`. Edges have `wire`, `port` (the input or weight it feeds) and `type`, "?" where it is unknown. A broken
    circuit gives what there is of it. The same circuit used twice is the same graph.
    """
    graphs: dict[Circuit, networkx.MultiDiGraph] = {}
    for used in circuit.definitions():
        graphs[used] = _graph(used, graphs)
    return graphs[circuit]


def _graph(circuit: Circuit, inner: Mapping[Circuit, networkx.MultiDiGraph]) -> networkx.MultiDiGraph:
    graph = networkx.MultiDiGraph(name=circuit.name, doc=circuit.doc, sizes=dict(circuit.sizes))
    types = {wire: "?" if found is None else str(found) for wire, found in circuit.checked.types.items()}
    makers: dict[str, str] = {}
    for item in circuit.inputs:
        makers[item.name] = f"input:{item.name}"
        graph.add_node(makers[item.name], kind="input", name=item.name, type=str(item.type))
    for node in circuit.nodes:
        makers.update(dict.fromkeys(out_wires(circuit, node), node.id))
        plain, bodies = apart(node.op)
        held = {
            name: inner[value] if isinstance(value, Circuit) else tuple(inner[one] for one in value)
            for name, value in bodies.items()
        }
        named = {"name": node.name, "op": node.op.name}
        graph.add_node(node.id, kind="node", **named, attributes=_attributes(plain), circuits=held)
    for output in circuit.outputs:
        key = f"output:{output.name}"
        graph.add_node(key, kind="output", name=output.name, type=types.get(output.wire, "?"))

    def connect(wire: str | None, target: str, port: str) -> None:
        if wire in makers:
            graph.add_edge(makers[wire], target, wire=wire, port=port, type=types.get(wire, "?"))

    for node in circuit.nodes:
        for wire, port in zip(node.wires, _ports(node), strict=True):
            connect(wire, node.id, port)
    for output in circuit.outputs:
        connect(output.wire, f"output:{output.name}", output.name)
    return graph


def _ports(node: Node) -> list[str]:
    """Names of what its wires are connected to; numbers where the op does not say."""
    try:
        names = [port.name for port in node.op.signature.inputs]
    except AttributeProblem:
        names = []
    numbered = [names[place] if place < len(names) else str(place) for place in range(len(node.inputs))]
    return [*numbered, *node.fed]


def _attributes(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Size) else value for name, value in plain.items()}
