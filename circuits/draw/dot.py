"""A circuit for graphviz: nodes as boxes, every wire labelled with the axes it carries."""

from __future__ import annotations

import graphviz

from ..circuit import Circuit, Node
from .dot_labels import RED, node_label, said, wire_label

_FONT = "Arial"


def to_dot(circuit: Circuit) -> graphviz.Digraph:
    """The circuit as a graph for graphviz, in which problems are marked red; broken circuits are drawn too."""
    graph = graphviz.Digraph("circuit")
    graph.attr(rankdir="LR", nodesep="0.25", ranksep="0.25", fontname=_FONT, tooltip=" ", bgcolor="transparent")
    graph.attr("node", shape="plain", fontname=_FONT, fontsize="11")
    graph.attr("edge", fontname=_FONT, fontsize="9", arrowsize="0.5", penwidth="0.9", color="#66727f", tooltip=" ")
    return _Drawing(circuit, graph).drawn()


class _Drawing:
    """A circuit on its way into a graph: graphviz sees ids of our own, so that no name can mean anything to it."""

    def __init__(self, circuit: Circuit, graph: graphviz.Digraph) -> None:
        self.circuit, self.graph, self.checked = circuit, graph, circuit.checked
        self.broken = {problem.node for problem in self.checked.own_problems}
        self.places: dict[str, str] = {}

    def drawn(self) -> graphviz.Digraph:
        """The whole graph."""
        for number, item in enumerate(self.circuit.inputs):
            self.places[item.name] = f"input{number}:e"
            self.end(f"input{number}", item.name, item.doc)
        for number, node in enumerate(self.circuit.nodes):
            self.node(f"node{number}", node)
        for number, node in enumerate(self.circuit.nodes):
            for place, wire in enumerate(node.wires):
                if wire is not None:
                    self.wire(wire, f"node{number}:i{place}:w")
        for number, output in enumerate(self.circuit.outputs):
            self.end(f"output{number}", output.name, output.doc)
            self.wire(output.wire, f"output{number}:w")
        return self.graph

    def node(self, place: str, node: Node) -> None:
        """A box, and the places of its results."""
        record = self.checked.records.get(node.id)
        ports = [*(port.name for port in record.type.ports), *node.fed] if record is not None else []
        ports = [*ports, *map(str, range(len(ports), len(node.wires)))]
        wires = self.circuit.read_wires.get(node.id, ())
        for number, wire in enumerate(wires):
            self.places[wire] = f"{place}:o{number}:e"
        results = [wire.rpartition(".")[2] for wire in wires]
        label = node_label(node, ports, results, node.id in self.broken)
        words = (node.op.__doc__ or node.op.name).partition("\n")[0]
        self.graph.node(place, label, id=place, tooltip=graphviz.escape(f"{node.name}: {words}"))

    def end(self, place: str, name: str, words: str) -> None:
        """An input or output: its name alone."""
        label = f'<<TABLE BORDER="0" CELLPADDING="4"><TR><TD><B>{said(name)}</B></TD></TR></TABLE>>'
        self.graph.node(place, label, id=place, tooltip=graphviz.escape(words or name))

    def wire(self, wire: str, target: str) -> None:
        """A wire from its producer, or from a red question mark where it has none."""
        if wire not in self.places:
            self.places[wire] = f"missing{len(self.places)}"
            self.graph.node(self.places[wire], f"<<FONT COLOR='{RED}'>? {said(wire)}</FONT>>")
        label = wire_label(self.circuit, self.checked.types.get(wire))
        self.graph.edge(self.places[wire], target, f"<{label}>")
