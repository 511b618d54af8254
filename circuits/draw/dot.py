"""The plain drawing: nodes as boxes ranked by graphviz, every wire labelled with the axes it carries."""

from __future__ import annotations

import shutil
from pathlib import Path

import graphviz

from ..circuit import Circuit, Node
from ..errors import CircuitloomError
from ..listing import attributes, typed

FORMATS = ("svg", "pdf", "png", "dot")
_FONT = "Helvetica"
_LEARNED, _REGION, _PLAIN, _END = "#e8eeeb", "#f3f3f4", "#ffffff", "#ffffff"


def to_dot(circuit: Circuit) -> graphviz.Digraph:
    """The circuit as a graph for graphviz, in which problems are marked red; broken circuits are drawn too."""
    checked = circuit.checked
    broken = {problem.node for problem in checked.own_problems}
    graph = graphviz.Digraph(circuit.name)
    graph.attr(rankdir="LR", nodesep="0.3", ranksep="0.5", fontname=_FONT, tooltip=circuit.name)
    graph.attr("node", shape="box", style="filled", fontname=_FONT, fontsize="11", margin="0.12,0.06", penwidth="1")
    graph.attr("edge", fontname=_FONT, fontsize="9", arrowsize="0.5", penwidth="0.8", color="#555555")
    for item in circuit.inputs:
        graph.node(_place(item.name), item.name, shape="plaintext", fillcolor=_END, tooltip=item.doc or item.name)
    for node in circuit.nodes:
        _add_node(graph, node, node.id in broken)
    for record in checked.records.values():
        ports = [*(port.name for port in record.type.ports), *record.node.fed]
        for number, wire in enumerate(record.node.wires):
            if wire is not None:
                label = typed(circuit, checked.types.get(wire))
                several = len(record.node.wires) > 1 and number < len(ports)
                graph.edge(_place(wire), _place(record.node.id), label, headlabel=ports[number] if several else "")
    for output in circuit.outputs:
        graph.node(f"out:{_place(output.name)}", output.name, shape="plaintext", fillcolor=_END)
        graph.edge(_place(output.wire), f"out:{_place(output.name)}", typed(circuit, checked.types.get(output.wire)))
    return graph


def draw(circuit: Circuit, path: str | Path, format: str = "") -> Path:
    """Draw a circuit into a file whose ending, or `format`, says how: svg, pdf, png or dot.

    Raises CircuitloomError for another format, or where graphviz's `dot` is not installed.
    """
    path = Path(path)
    chosen = format or path.suffix.lstrip(".")
    if chosen not in FORMATS:
        raise CircuitloomError(f"draw: expected a file ending in {', '.join(FORMATS)}, found '{path.name}'. Rename it.")
    graph = to_dot(circuit)
    path.write_bytes(graph.source.encode() if chosen == "dot" else render(graph, chosen))
    return path


def render(graph: graphviz.Digraph, format: str) -> bytes:
    """The graph as bytes of a picture."""
    if shutil.which("dot") is None:
        raise CircuitloomError("draw: expected graphviz's `dot`, found none. Install the package graphviz.")
    data = graph.pipe(format=format)
    assert isinstance(data, bytes)
    return data


def _add_node(graph: graphviz.Digraph, node: Node, broken: bool) -> None:
    words = [word for word in attributes(node.op) if word != node.name]
    title = node.name if node.name == node.op.name else f"{node.name} ({node.op.name})"
    label = "\\n".join(graphviz.escape(text) for text in (title, *words, *_marks(node)))
    learned = bool(node.op.glyph.learned)
    fill = _LEARNED if learned else _REGION if node.op.bodies() else _PLAIN
    colour = "#c0392b" if broken else "#222222"
    graph.node(
        _place(node.id), label, fillcolor=fill, color=colour, fontcolor=colour, id=node.id,
        penwidth="2" if learned else "1", peripheries="2" if node.op.bodies() else "1",
        tooltip=(node.op.__doc__ or "").partition("\n")[0],
    )


def _marks(node: Node) -> list[str]:
    marks = [f"per {' '.join(node.per)}"] if node.per else []
    return [*marks, f"weights of {node.weights}"] if node.weights else marks


def _place(wire: str) -> str:
    """A graphviz name for the producer of a wire: colons would name ports there."""
    return wire.partition(".")[0].replace(":", "_")
