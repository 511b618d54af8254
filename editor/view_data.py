"""What a circuit's view holds, by key; none of it ever changes meaning.

pins      {node: {"column": number or absent, "dy": how far it lies below the place it has by itself}}
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
from collections.abc import Callable, Collection, Mapping
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


def notes_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """The notes by id, also where they stand in a list."""
    entries = [entry for entry in listed(view, "notes") if isinstance(entry, dict)]
    by_hand = {
        f"note{number}": {"path" if key == "at" else key: value for key, value in entry.items()}
        for number, entry in enumerate(entries, 1)
    }
    return table(view, "notes") or by_hand


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


def _kept(view: Mapping[str, Any], keep: Callable[[str], bool]) -> dict[str, Any]:
    """A view without nodes that are gone; parts of another form than ours stay as they are."""
    found = dict(view)
    for key in BY_NODE:
        if isinstance(view.get(key), dict):
            found[key] = {id: value for id, value in table(view, key).items() if keep(id)}
    if isinstance(view.get("open"), list):
        found["open"] = [path for path in view["open"] if keep(str(path).partition("/")[0])]
    if isinstance(view.get("order"), list):
        gone = {head for pair in view["order"] for head in _heads(pair) if not keep(head)}
        found["order"] = [pair for pair in view["order"] if not names_any(pair, gone)]
    if isinstance(view.get("frames"), dict):
        frames = {id: _inside(frame, keep) for id, frame in view["frames"].items()}
        found["frames"] = {id: frame for id, frame in frames.items() if frame}
    if isinstance(view.get("notes"), dict):
        found["notes"] = {id: _freed(note, keep) for id, note in view["notes"].items()}
    return {key: value for key, value in found.items() if value or value == view[key]}


def names_any(pair: Any, ids: Collection[str]) -> bool:
    """Whether a hint of the order names one of some nodes, or a wire of theirs."""
    return any(head in ids for head in _heads(pair))


def _heads(pair: Any) -> list[str]:
    return [str(one).partition(".")[0] for one in pair] if isinstance(pair, list) else []


def _inside(frame: Any, keep: Callable[[str], bool]) -> Any:
    """A frame around the nodes that are left, None where there are none."""
    if not isinstance(frame, dict) or not isinstance(frame.get("nodes"), list):
        return frame
    nodes = [node for node in frame["nodes"] if keep(str(node))]
    return {**frame, "nodes": nodes} if nodes else None


def _freed(note: Any, keep: Callable[[str], bool]) -> Any:
    """A note that no longer speaks of a node that is gone."""
    if not isinstance(note, dict) or "node" not in note or keep(str(note["node"])):
        return note
    return {key: value for key, value in note.items() if key != "node"}
