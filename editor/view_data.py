"""What a circuit's view holds, by key; none of it ever changes meaning.

pins      {node: {"column": number or absent, "dy": pixels below its first input}}
order     [[above, below], ...]: nodes or wires
floating  {node: [x, y]}: where a node lies that is not wired yet
open      [path, ...]: composites and circuits shown in place, "n4" or "n4/n2" inside it
notes     {id: {"text", "at": [x, y], "node": the node it speaks of or absent}}
frames    {id: {"title", "nodes": [...], "colour" or absent}}
colours   {node: colour}
disabled  {node: [[reader, place, wire], ...]}: what read its wires before they were led past it
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from circuits import Circuit

BY_NODE = ("pins", "floating", "colours", "disabled")


def view_of(circuit: Circuit) -> dict[str, Any]:
    """The view as data; empty where it is none that this version reads."""
    try:
        found = json.loads(circuit.view)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def table(view: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A part of a view that is kept by id."""
    found = view.get(key)
    return dict(found) if isinstance(found, dict) else {}


def listed(view: Mapping[str, Any], key: str) -> list[Any]:
    """A part of a view that is a list."""
    found = view.get(key)
    return list(found) if isinstance(found, list) else []


def with_part(circuit: Circuit, key: str, value: Any) -> Circuit:
    """The circuit with one part of its view changed; an empty part is left out."""
    view = view_of(circuit)
    if value:
        view[key] = value
    else:
        view.pop(key, None)
    return circuit if view == view_of(circuit) else circuit.with_view(view)


def without_nodes(circuit: Circuit, gone: Collection[str]) -> Circuit:
    """The circuit whose view says nothing of some nodes any more."""
    old = view_of(circuit)
    if not old:
        return circuit
    view = _kept(old, lambda id: id not in gone)
    return circuit if view == old else circuit.with_view(view)


def of_nodes(circuit: Circuit, ids: Mapping[str, str]) -> dict[str, Any]:
    """What a view says of some nodes, under other ids."""
    view = view_of(circuit)
    kept = {key: table(view, key) for key in ("pins", "colours")}
    found = {key: {ids[id]: value for id, value in part.items() if id in ids} for key, part in kept.items()}
    return {key: part for key, part in found.items() if part}


def merged(circuit: Circuit, more: Mapping[str, Mapping[str, Any]]) -> Circuit:
    """The circuit whose view says more."""
    for key, part in more.items():
        circuit = with_part(circuit, key, {**table(view_of(circuit), key), **part})
    return circuit


def _kept(view: Mapping[str, Any], keep: Any) -> dict[str, Any]:
    found = dict(view)
    for key in BY_NODE:
        found[key] = {id: value for id, value in table(view, key).items() if keep(id)}
    found["open"] = [path for path in listed(view, "open") if keep(str(path).partition("/")[0])]
    found["order"] = [
        pair
        for pair in listed(view, "order")
        if isinstance(pair, list) and all(keep(str(one).partition(".")[0]) for one in pair)
    ]
    frames = {}
    for id, frame in table(view, "frames").items():
        inside = [node for node in listed(frame, "nodes") if keep(node)] if isinstance(frame, dict) else []
        if inside:
            frames[id] = {**frame, "nodes": inside}
    found["frames"] = frames
    notes = {}
    for id, note in table(view, "notes").items():
        said = isinstance(note, dict) and not keep(str(note.get("node", "")))
        notes[id] = {key: value for key, value in note.items() if key != "node"} if said else note
    found["notes"] = notes
    return {key: value for key, value in found.items() if value or key not in _PARTS}


_PARTS = (*BY_NODE, "open", "order", "frames", "notes")
