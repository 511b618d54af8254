"""What a gesture made new and what it renamed, so that a browser keeps its selection and what it has open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from circuits import Circuit

from .sketch import Figure

Message = Mapping[str, Any]


def renamed(message: Message, before: Circuit, after: Circuit, figures: Mapping[str, Figure]) -> dict[str, str]:
    """The new path of every figure, of those before the gesture, that is called otherwise after it."""
    moves = dict(_nodes(before, after))
    inner = message.get("command") if message.get("do") == "EditDefinition" else None
    if isinstance(inner, Mapping) and inner.get("do") == "RenameNode":
        for figure in figures.values():
            if figure.circuit == message.get("name") and figure.node == inner.get("node"):
                moves[figure.id] = f"{figure.id.rpartition('/')[0]}/{inner.get('name')}"
    kind = {"SetInput": "in", "SetOutput": "out"}.get(str(message.get("do")))
    if kind and message.get("rename"):
        moves[f"{kind}:{message.get('name')}"] = f"{kind}:{message['rename']}"
    paths = {id: followed(id, moves) for id in figures} if moves else {}
    return {old: new for old, new in paths.items() if new != old}


def followed(path: str, moves: Mapping[str, str]) -> str:
    """A path of which some node on the way may be called otherwise."""
    head, rest = path, ""
    while head not in moves:
        head, slash, last = head.rpartition("/")
        if not slash:
            return path
        rest = f"/{last}{rest}"
    return moves[head] + rest


def fresh(before: Circuit, after: Circuit) -> list[str]:
    """The figures of the nodes, inputs and outputs that the main circuit has since a gesture."""
    ids = {node.id for node in before.nodes}
    found = [node.name for node in after.nodes if node.id not in ids]
    for kind, was, now in (("in", before.inputs, after.inputs), ("out", before.outputs, after.outputs)):
        known = {item.name for item in was}
        if len(now) > len(was):
            found += [f"{kind}:{item.name}" for item in now if item.name not in known]
    return found


def _nodes(before: Circuit, after: Circuit) -> Iterator[tuple[str, str]]:
    """Names of nodes of the main circuit before and after, where they differ."""
    names = {node.id: node.name for node in after.nodes}
    for node in before.nodes:
        if names.get(node.id, node.name) != node.name:
            yield node.name, names[node.id]
