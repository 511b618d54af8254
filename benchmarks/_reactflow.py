"""A page of panel-reactflow with so many nodes, for `benchmarks.editor`: PYTHON _reactflow.py NODES PORT.

Its best case: no editors, no validators, no minimap; a drop is answered by patching the label of the node.
"""

import itertools
import sys

import panel as pn
from panel_reactflow import NodeType, ReactFlow

WIDE, COLUMN, ROW = 20, 150.0, 84.0


def page(count: int) -> pn.viewable.Viewable:
    """A layered grid, twenty wide: every node reads two of the layer before."""
    nodes, edges = [], []
    for number in range(count):
        layer, place = divmod(number, WIDE)
        position = {"x": layer * COLUMN, "y": place * ROW}
        nodes.append({"id": str(number), "type": "op", "position": position, "label": f"node {number}", "data": {}})
        for port, other in (("a", place), ("b", (place + 1) % WIDE)) if layer else ():
            source = str((layer - 1) * WIDE + other)
            made = {"source": source, "target": str(number), "sourceHandle": "out", "targetHandle": port}
            edges.append({"id": f"{number}{port}", **made})
    op = NodeType(type="op", label="Op", inputs=["a", "b"], outputs=["out"])
    zoom = min(1200 / (count / WIDE * COLUMN), 800 / (WIDE * ROW), 1.0)
    flow = ReactFlow(
        nodes=nodes,
        edges=edges,
        node_types={"op": op},
        default_node_editor=lambda *_, **__: None,
        min_zoom=0.01,
        viewport={"x": 20, "y": 20, "zoom": zoom},
        width=1280,
        height=860,
    )
    times = itertools.count(1)
    flow.on("node_moved", lambda event: flow.patch_node_props(str(event["node_id"]), {"label": f"moved {next(times)}"}))
    return flow


if __name__ == "__main__":
    nodes, port = (int(word) for word in sys.argv[1:3])
    origin = f"127.0.0.1:{port}"
    pn.serve(lambda: page(nodes), port=port, address="127.0.0.1", show=False, websocket_origin=[origin], liveness=True)
