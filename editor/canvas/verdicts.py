"""Which ports a wire could be connected to, and why not to the others: asked before a drag, so that it never waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from circuits import Circuit, Node, Problem

from .sketch import Figure


def verdicts(circuit: Circuit, wire: str, figures: Mapping[str, Figure], key: str) -> dict[str, str]:
    """By figure and number of its port (`softmax|0`): "" where the wire fits, else the reason.

    Only ports of the circuit `key` are judged, each by checking the circuit in which the wire is connected there.
    """
    known = frozenset(circuit.checked.own_problems)
    found = {}
    for figure in figures.values():
        if figure.circuit != key:
            continue
        for place in range(len(figure.ins)):
            found[f"{figure.id}|{place}"] = _verdict(circuit, wire, figure, place, known)
    return found


def _verdict(circuit: Circuit, wire: str, figure: Figure, place: int, known: frozenset[Problem]) -> str:
    if figure.kind == "output":
        name = figure.id.partition(":")[2]
        changed = circuit.evolve(
            outputs=tuple(replace(one, wire=wire) if one.name == name else one for one in circuit.outputs)
        )
        return next((str(one) for one in changed.checked.own_problems if one not in known), "")
    node = circuit.by_id.get(figure.node)
    if node is None:
        return ""
    changed = circuit.with_node(connected(node, place, wire))
    return next((str(one) for one in _new(changed, node.id, known)), "")


def connected(node: Node, place: int, wire: str | None) -> Node:
    """The node with a wire at a port: those of weights come after the others."""
    count = len(node.inputs)
    if place < count:
        return replace(node, inputs=(*node.inputs[:place], wire, *node.inputs[place + 1 :]))
    if wire is None or place - count >= len(node.feeds):
        return node
    name = node.feeds[place - count][0]
    return replace(node, feeds=tuple((one, wire if one == name else old) for one, old in node.feeds))


def _new(circuit: Circuit, id: str, known: frozenset[Problem]) -> Iterator[Problem]:
    """Problems that a connection brings: its node's own, and those of sizes and loops; others merely follow."""
    for problem in circuit.checked.own_problems:
        lacking = problem.found == "nothing connected"
        if problem not in known and not lacking and (problem.node == id or problem.port is None):
            yield problem
