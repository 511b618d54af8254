"""Documents of real circuits, which the others are made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from circuits import Circuit, Wire, build, call, dumps, linear, repeat, scan, softmax
from gallery import entries
from tests.circuits.wrong import WRONG


@cache
def real() -> tuple[str, ...]:
    """Documents of real circuits: the gallery, nested and indexed ones, wrong ones, and an op that nobody knows."""
    made = [entry.circuit for entry in entries()]
    made += [found for found in WRONG.values() if isinstance(found, Circuit)]
    inner = _net("inner", lambda x: softmax(linear("m -> m'", x), axis="m'"), axes={"m": "channels"})
    block = _net("block", lambda x: linear("m' -> m", call(inner, x)) + x, sizes={"m": 8})
    deep = _net("deep", lambda x: repeat(block, x, times=3), constraints=["m = 2*k"], doc="Deep.")
    rounds = build("round", {"x": "c[l]"}, lambda x: linear("c[l] -> c[l+1]", x), outputs=["c[l+1]"])
    cell = build("cell", {"h": "[m]", "x": "[m]"}, lambda h, x: {"h": h * 0.5 + x, "y": h})
    texts = [dumps(circuit) for circuit in (*made, inner, deep)]
    texts.append(dumps(build("indexed", {"x": "[t c[0]]"}, lambda x: repeat(rounds, x, times=4))))
    run = build("run", {"h": "[m]", "x": "[t m]"}, lambda h, x: scan(cell, h, x, axis="t", along="x"))
    texts += [dumps(run), dumps(run).replace('"op": "scan"', '"op": "foreign"')]
    return (*texts, dumps(_net("view", _same).with_view({"n1": {"x": 1.5}})))


def _net(name: str, body: Callable[[Wire], Wire], **words: Any) -> Circuit:
    return build(name, {"x": "[t m]"}, body, **words)


def _same(x: Wire) -> Wire:
    return x * 1.0


def any_text(random: Random) -> str:
    """One of the documents."""
    return random.choice(real())
