"""A page of the canvas with so many nodes, for `benchmarks.editor`: python -m benchmarks._canvas NODES PORT."""

from __future__ import annotations

import sys

import panel as pn

from circuits import Circuit, Elementwise, Input, Node, parse_type
from editor.canvas import Canvas
from editor.document import Document
from editor.session import Session

WIDE = 20


def layered(count: int) -> Circuit:
    """Layers of twenty sums: every node reads two of the layer before."""
    add, row = Elementwise(expression="a + b"), [f"x{place}" for place in range(WIDE)]
    inputs = tuple(Input(name, parse_type("t m").type) for name in row)
    nodes: list[Node] = []
    for number in range(count):
        place = number % WIDE
        before = row if number < WIDE else [f"n{number - place - WIDE + other}.out" for other in range(WIDE)]
        nodes.append(Node(f"n{number}", f"node_{number}", add, (before[place], before[(place + 1) % WIDE])))
    return Circuit(f"layers_{count}", inputs, (), tuple(nodes))


if __name__ == "__main__":
    nodes, port = (int(word) for word in sys.argv[1:3])
    document = Document(layered(nodes))
    pn.serve(
        lambda: Canvas(Session.of(document), sizing_mode="fixed", width=1280, height=860),
        port=port,
        address="127.0.0.1",
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        liveness=True,
    )
