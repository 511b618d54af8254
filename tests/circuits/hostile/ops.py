"""Documents of one node each: every op there is, with attributes that might be its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Literal, get_args, get_origin

from circuits import REAL, REGISTRY, ArrayType, AttributeProblem
from circuits.apply import make
from tests.circuits.hostile.words import EXPRESSIONS, NUMBERS, SIZES, SPECS, TYPES

OPS = tuple(sorted(REGISTRY))
ATTRIBUTES = tuple(sorted({name for kind in REGISTRY.values() for name in kind.model_fields}))
ARROWS = (
    *("m -> k", "m -> k=4", "t -> t/2", "t m -> tm", "tm -> t m", "m, m -> k", "t m, m -> t", "m -> m'", "t -> ", "->"),
    *("t m -> m t", "m -> k h", "m -> m/2 k=2", "t -> m", "k=3 -> m", "m -> "),
)
AXES = ("m", "m", "t", "t", "t m", "m t", "m'", "m m'", "t t'", "", "m=4", "t=9 m", "k", "x", "t/2", "c[l]", "tanh(x)")
WHOLE = (0, 1, 2, 3, 4, 5, 7, -1, -3, 1000, 100_000, 10**9, 10**17)


def one_op(random: Random) -> bytes:
    """A node with an op, some of its attributes, and inputs that may fit."""
    name = random.choice(OPS)
    attributes: dict[str, Any] = {}
    bodies: dict[str, Any] = {}
    for field, info in REGISTRY[name].model_fields.items():
        if info.is_required() or random.random() < 0.2:
            value = _value(random, info.annotation, ARROWS if field == "spec" else AXES)
            (bodies if value == "body" else attributes)[field] = value
    types = _fitting(random, name, attributes) if not bodies and random.random() < 0.8 else None
    types = types or [random.choice(_KINDS) for _ in range(random.choice((0, 1, 1, 2, 2, 3, 4)))]
    inputs = [{"name": f"x{place}", "type": text} for place, text in enumerate(types)]
    node: dict[str, Any] = {"id": "n1", "name": "node", "op": name, "attributes": attributes, "bodies": bodies}
    node["inputs"] = [item["name"] for item in inputs]
    if random.random() < 0.2:
        node["per"] = [random.choice(("e", "m", "t"))]
    outputs = [{"name": "out", "wire": random.choice(("n1.out", "n1.y", "n1.values"))}]
    whole = {"inputs": inputs, "nodes": [node], "outputs": outputs, "sizes": {"m": 4, "t": 6}}
    circuits = {"whole": whole, **({"body": _body(random)} if bodies else {})}
    return json.dumps({"format": "circuitloom/1", "root": "whole", "circuits": circuits}).encode()


_KINDS = (
    "[t m]",
    "[t m]",
    "[m]",
    "[]",
    "Natural(m)[t]",
    "Bool[t m]",
    "Index(m)[t]",
    "Complex[t m]",
    "[t t' m]",
    "Int(8)[m]",
)


def _fitting(random: Random, name: str, attributes: dict[str, Any]) -> list[str] | None:
    """Types that the ports of an op ask for, most of them; None where the attributes make no op."""
    try:
        ports = make(REGISTRY[name], attributes).signature.inputs
    except AttributeProblem:
        return None
    return [
        str(
            ArrayType(
                port.element or REAL, tuple(dict.fromkeys((*random.choice(((), ("b",), ("b", "t"))), *port.axes)))
            )
        )
        if random.random() < 0.95
        else random.choice(_KINDS)
        for port in ports[:20]
    ]


def _value(random: Random, annotation: Any, texts: Sequence[str]) -> Any:
    """A value of a field's type, or one that might be taken for it."""
    if random.random() < 0.05:
        return random.choice((*NUMBERS, *SIZES, *EXPRESSIONS, *SPECS, *TYPES, None, [], {}))
    kind = get_origin(annotation)
    if kind is Literal:
        return random.choice(get_args(annotation))
    if annotation is bool:
        return random.random() < 0.5
    if annotation is int:
        return random.choice(WHOLE)
    if annotation is float:
        return random.choice((*NUMBERS, "inf", "nan", 0.1, 1.5))
    if annotation is str:
        return random.choice(texts if random.random() < 0.9 else (*SPECS, *EXPRESSIONS, *AXES))
    if kind is tuple:
        inner = get_args(annotation)[0]
        return [_value(random, inner, texts) for _ in range(random.choice((0, 1, 2, 3, 70)))]
    if "Circuit" in str(annotation):
        return "body"
    if get_args(annotation):
        return _value(random, random.choice(get_args(annotation)), texts)
    return random.choice((*SIZES, "2", "3", "k", 3, "1000000000", "-5", "0"))


def _body(random: Random) -> dict[str, Any]:
    """A small circuit for a region to run."""
    text = random.choice(("a * 0.5", "tanh(a)", "a + b", "a"))
    count = 2 if "b" in text else random.choice((1, 1, 2))
    inputs = [
        {"name": f"y{place}", "type": random.choice(("[m]", "[m]", "[]", "[t m]", "[c[l]]"))} for place in range(count)
    ]
    reads = [item["name"] for item in inputs][: 2 if "b" in text else 1]
    node = {"id": "n1", "name": "step", "op": "elementwise", "attributes": {"expression": text}, "inputs": reads}
    ends = [{"name": f"z{place}", "wire": "n1.out"} for place in range(random.choice((0, 1, 1, 2)))]
    return {"inputs": inputs, "nodes": [node], "outputs": ends}
