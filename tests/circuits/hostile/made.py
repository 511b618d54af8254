"""Documents made to keep a reader busy for ever: small to write down, large or endless to follow."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random
from typing import Any

from tests.circuits.hostile.words import SIZES


def _document(circuits: dict[str, Any], root: str) -> bytes:
    return json.dumps({"format": "circuitloom/1", "root": root, "circuits": circuits}).encode()


def _circuit(nodes: list[dict[str, Any]], output: str, **parts: Any) -> dict[str, Any]:
    ends = [{"name": "out", "wire": output}]
    return {"inputs": [{"name": "x", "type": "[t m]"}], "nodes": nodes, "outputs": ends, **parts}


def _node(number: int, op: str, *inputs: str | None, **parts: Any) -> dict[str, Any]:
    return {"id": f"n{number}", "name": f"node{number}", "op": op, "inputs": list(inputs), **parts}


def _softmax(number: int, wire: str) -> dict[str, Any]:
    return _node(number, "softmax", wire, attributes={"axis": "m"})


def definitions_nested(random: Random) -> bytes:
    """Circuits in circuits: each used by the next, once or several times, so that the calls double at each level."""
    depth, uses = random.choice((5, 40, 63, 64, 65, 300, 2000)), random.choice((1, 2, 3))
    circuits = {"c0": _circuit([_softmax(1, "x")], "n1.out")}
    for level in range(1, depth):
        nodes = [
            _node(use + 1, "call", f"n{use}.out" if use else "x", bodies={"circuit": f"c{level - 1}"})
            for use in range(uses)
        ]
        circuits[f"c{level}"] = _circuit(nodes, f"n{uses}.out")
    if random.random() < 0.2:
        circuits["c0"]["nodes"][0] = _node(1, "call", "x", bodies={"circuit": f"c{random.randrange(depth)}"})
    return _document(circuits, f"c{depth - 1}")


def regions_nested(random: Random) -> bytes:
    """Repetitions of repetitions, whose rounds may differ from each other."""
    depth, times = random.choice((1, 2, 3, 10, 60)), random.choice(("2", "30", "10000", "9**9", "k", "1000000000"))
    axis = random.choice(("m", "c[l]"))
    body = [_node(1, "linear", "x", attributes={"spec": f"{axis} -> {axis.replace('l', 'l+1')}'"})]
    circuits = {"c0": _circuit(body, "n1.out")}
    circuits["c0"]["inputs"][0]["type"] = f"[t {axis}]"
    for level in range(1, depth + 1):
        attributes = {"times": times, "index": random.choice(("l", "k")), "start": random.choice((0, 1, 10**17))}
        node = _node(1, "repeat", "x", attributes=attributes, bodies={"content": f"c{level - 1}"})
        circuits[f"c{level}"] = _circuit([node], "n1.out")
        circuits[f"c{level}"]["inputs"][0]["type"] = f"[t {axis.replace('[l]', '[0]')}]"
    return _document(circuits, f"c{depth}")


# op, attributes, attributes that are circuits, number of inputs, output
_WRAPPERS: tuple[tuple[str, dict[str, Any], tuple[str, ...], int, str], ...] = (
    ("call", {}, ("circuit",), 1, "out"),
    ("scan", {"axis": "t", "along": "x", "carried": 0}, ("content",), 1, "out"),
    ("fixed_point", {}, ("content",), 1, "out"),
    ("repeat", {"times": "7"}, ("content",), 1, "out"),
    ("repeat", {"times": "n", "tied": True}, ("content",), 1, "out"),
    ("ode", {"method": "euler"}, ("content",), 1, "x"),
    ("ode", {"method": "rk4", "steps": "10000"}, ("content",), 1, "x"),
    ("reversible", {}, ("f", "g"), 2, "y1"),
    ("mixture", {"axis": "m"}, ("slots",), 2, "out"),
    ("derivative", {"wrt": "x"}, ("content",), 1, "out_x"),
    ("derivative", {"wrt": "x x x"}, ("content",), 1, "out_x_x_x"),
    ("while", {}, ("content", "condition"), 1, "out"),
)


def regions_of_every_kind(random: Random) -> bytes:
    """Regions in regions, of one kind throughout or of several."""
    depth = random.choice((2, 3, 5, 20, 62))
    kinds = random.choices(_WRAPPERS, k=random.choice((1, 2, 12)))
    step = _node(1, "elementwise", "x", attributes={"expression": random.choice(("tanh(a) * a", "a", "-a"))})
    circuits = {"c0": _circuit([step], "n1.out")}
    for level in range(1, depth + 1):
        op, attributes, names, count, output = random.choice(kinds)
        below = f"c{level - 1}"
        bodies: dict[str, Any] = {name: [below] * random.choice((1, 2)) if name == "slots" else below for name in names}
        if op == "while":
            bodies["condition"] = "stop"
            small = [_node(1, "elementwise", "x", attributes={"expression": "a < 1.0"})]
            small.append(_node(2, "reduce", "n1.out", attributes={"kind": "any", "axes": "m"}))
            circuits["stop"] = _circuit(small, "n2.out")
        node = _node(1, op, *["x"] * count, attributes=attributes, bodies=bodies)
        circuits[f"c{level}"] = _circuit([node], f"n1.{output}")
    axes = random.choice(("[m]", "[m]", "[]", "[t m]"))
    for entry in circuits.values():
        entry["inputs"][0]["type"] = axes
    return _document(circuits, f"c{depth}")


def long_rows(random: Random) -> bytes:
    """Very many nodes: backwards, in circles, all of one name, all reading what is not there, all wrong."""
    count = random.choice((10, 300, 1000))
    kind = random.randrange(8)
    nodes = [_softmax(number, f"n{number - 1}.out" if number else "x") for number in range(count)]
    if kind == 0:
        nodes.reverse()
    elif kind == 1:
        nodes[0]["inputs"] = [f"n{count - 1}.out"]
    elif kind == 2:
        for number, node in enumerate(nodes):
            node["inputs"] = [f"n{number ^ 1}.out"]
    elif kind == 3:
        for node in nodes:
            node["inputs"] = [f"n{random.randrange(count)}.out"]
    elif kind == 4:
        for number, node in enumerate(nodes):
            node.update(name="same", inputs=[f"missing{number}.out"])
    elif kind == 5:
        for number, node in enumerate(nodes):
            node.update(id="n0", weights=f"other{number}", shared=[f"s{number}"], per=[f"p{number}"])
    elif kind == 6:
        for number, node in enumerate(nodes):
            node.update(op="linear", attributes={"spec": f"m -> m k{number % 300}"})
    else:
        for number, node in enumerate(nodes):
            node.update(
                op="elementwise", attributes={"expression": f"a + {number}.0"}, inputs=["x"], per=[f"p{number}"]
            )
    random.shuffle(nodes) if random.random() < 0.3 else None
    return _document({"c": _circuit(nodes, f"n{count - 1}.out")}, "c")


def wide_nodes(random: Random) -> bytes:
    """A node with very many inputs, or a circuit with very many outputs."""
    count = random.choice((64, 65, 500, 1500))
    inputs = [{"name": f"x{number}", "type": f"[a{number} b{number % 7}]"} for number in range(count)]
    words = [item["name"] for item in inputs]
    if random.random() < 0.5:
        text = random.choice((" + ".join(f"v{number}" for number in range(count)), "a"))
        nodes = [_node(1, "elementwise", *words, attributes={"expression": text, "outer": True})]
        ends = [{"name": f"o{number}", "wire": "n1.out"} for number in range(count)]
    else:
        nodes = [
            _node(number, "elementwise", wire, attributes={"expression": "tanh(a)"})
            for number, wire in enumerate(words)
        ]
        ends = [{"name": f"o{number}", "wire": f"n{number}.out"} for number in range(count)]
    inner = {"inputs": inputs, "nodes": nodes, "outputs": ends}
    outer = {"inputs": inputs, "nodes": [_node(1, "call", *words, bodies={"circuit": "c"})], "outputs": []}
    return _document({"c": inner, "d": outer}, "d")


def sizes_entangled(random: Random) -> bytes:
    """Equations between sizes: chains, contradictions, and powers that grow when one is put into the other."""
    count = random.choice((3, 30, 300))
    names = [f"v{number}" for number in range(count)]
    kind = random.randrange(6)
    if kind == 0:
        constraints = [f"{one}*{other} = 6" for one, other in pairwise(names)] + ["v0 = 2"]
    elif kind == 1:
        constraints = [f"{one} = ({other}+1)**2" for one, other in pairwise(names)]
    elif kind == 2:
        constraints = [f"{random.choice(names)} = {random.choice(SIZES)}" for _ in names]
    elif kind == 3:
        constraints = [
            f"{one}*{random.choice(names)}+{random.choice(names)} = {number}" for number, one in enumerate(names)
        ]
        constraints += [f"{name} = {random.randrange(9)}" for name in names]
    elif kind == 4:
        product = "*".join(f"({'+'.join(random.choices(names, k=5))})" for _ in range(3))
        constraints = [f"{name} = {product}" for name in names]
    else:
        constraints = [f"{one} = {other}//2+{other}//3" for one, other in pairwise(names)]
    random.shuffle(constraints) if random.random() < 0.5 else None
    axes = [
        {"name": name, "size": random.choice(("3", "t*m", "v0", "v1+1"))} for name in names if random.random() < 0.3
    ]
    return _document({"c": _circuit([_softmax(1, "x")], "n1.out", constraints=constraints, axes=axes)}, "c")
