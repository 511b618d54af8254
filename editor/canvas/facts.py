"""What stands beside the canvas: problems with their places, sizes, and the axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from circuits import ROLES, Circuit, CircuitloomError, Problem

from ..document import Document
from ..view_data import table, view_of
from .sketch import Figure


def facts(document: Document) -> dict[str, Any]:
    """Problems, sizes, axes and the text of the main circuit as data."""
    circuit = document.main
    own = set(circuit.checked.own_problems)
    return {
        "problems": [_problem(one, "" if one in own else one.where.partition("/")[0]) for one in document.problems],
        "sizes": list(_sizes(circuit)),
        "roles": list(ROLES),
        "doc": circuit.doc,
        "source": circuit.source,
        "ends": {
            **{f"in:{item.name}": {"doc": item.doc, "type": str(item.type)} for item in circuit.inputs},
            **{f"out:{item.name}": {"doc": item.doc, "type": str(item.type or "")} for item in circuit.outputs},
        },
    }


def _problem(problem: Problem, key: str) -> dict[str, Any]:
    """A problem with the circuit and the node at which it is."""
    return {
        "text": str(problem),
        "circuit": key,
        "node": problem.node or "",
        "port": problem.port or "",
        "axis": problem.axis or "",
        "vacant": problem.found == "nothing connected",
    }


def placed(problems: list[dict[str, Any]], figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """The problems, each with the figure at which it is shown."""
    if not problems:
        return []
    places: dict[tuple[str | None, str], str] = {}
    for figure in figures.values():
        places.setdefault((figure.circuit, figure.node), figure.id)
    return [{**one, "figure": _place(one, places, figures)} for one in problems]


def _place(problem: dict[str, Any], places: Mapping[tuple[str | None, str], str], figures: Mapping[str, Figure]) -> str:
    """The figure of a problem's node, or of the output it speaks of; "" for none."""
    if problem["node"]:
        return places.get((problem["circuit"], problem["node"]), "")
    output = f"out:{problem['port']}"
    return output if output in figures and not problem["circuit"] else ""


def marks(circuit: Circuit) -> dict[str, Any]:
    """Notes, frames, colours and what is disabled, by the names of nodes."""
    view = view_of(circuit)
    names = {node.id: node.name for node in circuit.nodes}
    frames = {
        id: {**frame, "nodes": [names[node] for node in frame.get("nodes", ()) if node in names]}
        for id, frame in table(view, "frames").items()
    }
    return {
        "notes": {
            id: {**note, "node": names.get(note.get("node", ""), "")} for id, note in table(view, "notes").items()
        },
        "frames": frames,
        "colours": {names[id]: colour for id, colour in table(view, "colours").items() if id in names},
        "disabled": [names[id] for id in table(view, "disabled") if id in names],
    }


def _sizes(circuit: Circuit) -> Iterator[dict[str, Any]]:
    """Every size of the circuit: given, followed from others, or open."""
    checked = circuit.checked
    given: Mapping[str, int] = dict(circuit.sizes)
    said = {axis.name: axis for axis in circuit.axes}
    used = {axis for found in checked.types.values() if found is not None for axis in found.axes}
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
            "axis": name in used or name in said,
            "role": said[name].role if name in said else "feature",
            "says": said[name].doc if name in said else "",
        }


def _numbers(circuit: Circuit) -> Mapping[str, int]:
    """Numbers for the sizes that defaults tell; none where they contradict each other."""
    try:
        return circuit.checked.known({})
    except CircuitloomError:
        return {}
