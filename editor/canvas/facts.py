"""What stands beside the canvas: problems with their places, sizes, and the axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from circuits import Circuit, CircuitloomError, Problem

from ..document import Document
from ..view_data import table, view_of
from .sketch import Sketch


def facts(document: Document, drawn: Sketch) -> dict[str, Any]:
    """Problems, sizes, axes and definitions as data."""
    circuit = document.main
    return {
        "problems": [_problem(one, drawn, circuit) for one in document.problems],
        "sizes": list(_sizes(circuit)),
        "axes": [{"name": axis.name, "says": axis.doc, "role": axis.role} for axis in circuit.axes],
        "doc": circuit.doc,
        **_marks(circuit),
    }


def _marks(circuit: Circuit) -> dict[str, Any]:
    """Notes, frames, colours and what is disabled, by the names of nodes."""
    view = view_of(circuit)
    names = {node.id: node.name for node in circuit.nodes}
    frames = {
        id: {**frame, "nodes": [names[node] for node in frame.get("nodes", ()) if node in names]}
        for id, frame in table(view, "frames").items()
    }
    return {
        "notes": {id: {**note, "node": names.get(note.get("node", ""), "")} for id, note in table(view, "notes").items()},
        "frames": frames,
        "colours": {names[id]: colour for id, colour in table(view, "colours").items() if id in names},
        "disabled": [names[id] for id in table(view, "disabled") if id in names],
    }


def _problem(problem: Problem, drawn: Sketch, circuit: Circuit) -> dict[str, Any]:
    """A problem with the figure at which it is."""
    own = problem in circuit.checked.own_problems
    key = "" if own else problem.where.partition("/")[0]
    for figure in drawn.figures.values():
        if problem.node and figure.node == problem.node and figure.circuit == key:
            return {"text": str(problem), "figure": figure.id, "port": problem.port or "", "axis": problem.axis or ""}
    return {"text": str(problem), "figure": "", "port": problem.port or "", "axis": problem.axis or ""}


def _sizes(circuit: Circuit) -> Iterator[dict[str, Any]]:
    """Every size of the circuit: given, followed from others, or open."""
    checked = circuit.checked
    given: Mapping[str, int] = dict(circuit.sizes)
    said = {axis.name: axis.doc for axis in circuit.axes}
    numbers = _numbers(circuit)
    for name in sorted(checked.names):
        size = checked.size(name)
        free = str(size) == name
        yield {
            "name": name,
            "free": free,
            "given": given.get(name),
            "default": checked.defaults.get(name) if free else None,
            "formula": "" if free else str(size),
            "number": numbers.get(name),
            "says": said.get(name, ""),
        }


def _numbers(circuit: Circuit) -> Mapping[str, int]:
    """Numbers for the sizes that defaults tell; none where they contradict each other."""
    try:
        return circuit.checked.known({})
    except CircuitloomError:
        return {}
