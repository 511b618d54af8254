"""The sign of a node: its glyph with the fields filled in."""

from __future__ import annotations

import re

from ..circuit import Circuit, Node
from ..derived import Call
from ..errors import AttributeProblem
from ..op import Op, Weight
from .glyph import Sign
from .marks import filled, instance


def sign(node: Node, circuit: Circuit) -> Sign:
    """The glyph of a node of a circuit with its fields filled in; that of a node with problems too.

    A map is learned, and drawn so, where it has a weight that no wire feeds. One that shares the weights of another
    node has the name of that node.
    """
    op, glyph = node.op, node.op.pictured()
    mark = filled(op, circuit)
    if glyph.outline == "box3d":
        title = op.circuit.name if isinstance(op, Call) else node.name
        return Sign("box3d", mark, _title(title), detail=glyph.detail)
    if glyph.outline == "brackets":
        title = "" if mark and re.fullmatch(rf"{re.escape(op.name)}(_\d+)?", node.name) else _title(node.name)
        return Sign("brackets", mark, title, learned=glyph.learned and learned(node), detail=glyph.detail)
    taught = glyph.learned and learned(node)
    if glyph.outline == "pentagon" and not mark:
        mark = instance(node.name, op.name) or "w"
    bias = any(weight.name == "bias" for weight in _weights(op))
    owner = circuit.by_name.get(node.weights)
    name = instance((owner or node).name, op.name) if glyph.outline == "chip" else ""
    if taught and glyph.outline in ("arrows", "chip", "pentagon"):
        mark = f"\\mathbf{{{mark}}}" if mark.isalpha() else mark.replace("\\mathrm", "\\mathbf", 1)
    return Sign(glyph.outline, mark, name, bias, taught, glyph.detail)


def _title(name: str) -> str:
    """A name as a title: its words begin with capital letters."""
    return " ".join(word[:1].upper() + word[1:] for word in name.replace("_", " ").split())


def learned(node: Node) -> bool:
    """Whether a node, or one in what it stands for, has a weight that no wire feeds."""
    own = any(weight.name not in node.fed for weight in _weights(node.op))
    return own or any(learned(inner) for body in node.op.bodies() for inner in body.nodes)


def _weights(op: Op) -> tuple[Weight, ...]:
    """The weights of an op; none where its attributes make no op."""
    try:
        return op.signature.weights
    except AttributeProblem:
        return ()
