"""Circuits as networkx graphs: every wire an edge, in the order of the document."""

from __future__ import annotations

import networkx
from hypothesis import given

from circuits import Circuit, Wire, build, call, circuit, einsum, linear, loads, repeat, softmax, to_networkx
from tests.circuits.wrong import WRONG
from tests.strategies import circuits


@circuit(sizes={"k": 4})
def attention(q: Wire["y k"], k: Wire["x k"], v: Wire["x k"]) -> Wire["y k"]:
    """Attention."""
    scores = einsum("y k, x k -> y x", q, k)
    return einsum("y x, x k -> y k", softmax(scores, axis="x", name="soft"), v, name="mixed")


def test_the_graph_of_attention() -> None:
    graph = to_networkx(attention)
    assert isinstance(graph, networkx.MultiDiGraph)
    assert graph.graph == {"name": "attention", "doc": "Attention.", "sizes": {"k": 4}}
    assert dict(graph.nodes(data=True)) == {
        "input:q": {"kind": "input", "name": "q", "type": "[y k]"},
        "input:k": {"kind": "input", "name": "k", "type": "[x k]"},
        "input:v": {"kind": "input", "name": "v", "type": "[x k]"},
        "n1": _node("scores", "einsum", {"spec": "y k, x k -> y x"}),
        "n2": _node("soft", "softmax", {"axis": "x"}),
        "n3": _node("mixed", "einsum", {"spec": "y x, x k -> y k"}),
        "output:out": {"kind": "output", "name": "out", "type": "[y k]"},
    }
    assert list(graph.edges(data=True)) == [
        ("input:q", "n1", {"wire": "q", "port": "a", "type": "[y k]"}),
        ("input:k", "n1", {"wire": "k", "port": "b", "type": "[x k]"}),
        ("input:v", "n3", {"wire": "v", "port": "b", "type": "[x k]"}),
        ("n1", "n2", {"wire": "n1.out", "port": "x", "type": "[y x]"}),
        ("n2", "n3", {"wire": "n2.out", "port": "a", "type": "[y x]"}),
        ("n3", "output:out", {"wire": "n3.out", "port": "out", "type": "[y k]"}),
    ]


def _node(name: str, op: str, attributes: dict[str, object]) -> dict[str, object]:
    return {"kind": "node", "name": name, "op": op, "attributes": attributes, "circuits": {}}


def test_nested_circuits_are_graphs_of_their_own_and_one_each() -> None:
    def body(n: Wire) -> Wire:
        return call(attention, call(attention, n, n, n, axes="y=t x=t'"), n, n, axes="y=t x=t'")

    inner = build("inner", {"n": "[t k]"}, body)
    graph = to_networkx(build("outer", {"n": "[t k]"}, lambda n: repeat(inner, n, times=3)))
    assert graph.nodes["n1"]["attributes"] == {"times": "3"}
    layer = graph.nodes["n1"]["circuits"]["content"]
    assert layer.graph["name"] == "inner"
    assert layer.nodes["n1"]["circuits"]["circuit"] is layer.nodes["n2"]["circuits"]["circuit"]


def test_a_fed_weight_is_an_edge_to_its_port() -> None:
    fed = build("fed", {"x": "[m]", "w": "[n m]"}, lambda x, w: linear("m -> n", x, weight=w, bias=False))
    assert [data["port"] for _, _, data in to_networkx(fed).edges(data=True)] == ["x", "weight", "out"]


def test_two_wires_between_two_nodes_are_two_edges() -> None:
    square = build("square", {"x": "[m]"}, lambda x: x * x)
    assert to_networkx(square).number_of_edges("input:x", "n1") == 2


def test_a_broken_circuit_gives_what_there_is_of_it() -> None:
    for found in WRONG.values():
        if isinstance(found, Circuit):
            to_networkx(found)
    text = """{"format": "circuitloom/1", "root": "c", "circuits": {"c": {
        "inputs": [{"name": "x", "type": "[m]"}],
        "nodes": [{"id": "n1", "name": "odd", "op": "odd", "attributes": {"a": [1]}, "inputs": ["x", "none", null]},
                  {"id": "n2", "name": "soft", "op": "softmax", "attributes": {"axis": "m"}, "inputs": ["n1.y"]}],
        "outputs": [{"name": "out", "wire": "n2.out"}]}}}"""
    graph = to_networkx(loads(text))
    assert graph.nodes["n1"]["attributes"] == {"a": [1]}
    assert list(graph.edges(data=True)) == [
        ("input:x", "n1", {"wire": "x", "port": "0", "type": "[m]"}),
        ("n1", "n2", {"wire": "n1.y", "port": "x", "type": "?"}),
        ("n2", "output:out", {"wire": "n2.out", "port": "out", "type": "?"}),
    ]


@given(circuits())
def test_every_wire_that_is_read_is_an_edge(circuit: Circuit) -> None:
    graph = to_networkx(circuit)
    read = [wire for node in circuit.nodes for wire in node.wires] + [output.wire for output in circuit.outputs]
    assert sorted(data["wire"] for _, _, data in graph.edges(data=True)) == sorted(read)
    assert networkx.is_directed_acyclic_graph(graph)
