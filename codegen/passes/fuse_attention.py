"""Fuse the four steps of attention into the op that targets have a routine for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from circuits import REAL, Circuit, Node, Size, expressions, op_class

from .everywhere import everywhere

Expression = expressions.Expression


def fuse_attention(circuit: Circuit) -> Circuit:
    """Let one node take the place of softmax(q k * scale) v where only these steps read each other.

    The contraction of queries and keys folds one axis, the softmax goes along one axis of the keys, and the second
    contraction folds that one; the scale is a number, 1 / sqrt(length of the first axis), or missing.
    """
    return everywhere(circuit, lambda one: _Fusion(one).fused())


@dataclass(frozen=True)
class _Steps:
    """The nodes that go, and the one that stays in their place."""

    gone: frozenset[str]
    node: Node


class _Fusion:
    """One circuit, who makes its wires, and how often each is read."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.makers = {wire: node for node in circuit.nodes for wire in node.outputs()}
        self.readers = Counter(wire for node in circuit.nodes for wire in node.wires)
        self.readers.update(output.wire for output in circuit.outputs)

    def fused(self) -> Circuit:
        """The circuit with all attentions in it fused."""
        found = [steps for node in self.circuit.nodes if (steps := self._steps(node)) is not None]
        if not found:
            return self.circuit
        gone = frozenset().union(*(steps.gone for steps in found))
        instead = {steps.node.id: steps.node for steps in found}
        nodes = [instead.get(node.id, node) for node in self.circuit.nodes if node.id not in gone]
        return _ordered(self.circuit, self.circuit.evolve(nodes=_named(nodes, instead)))

    def _steps(self, mixing: Node) -> _Steps | None:
        """The steps that end in this contraction."""
        if not _is(mixing, "einsum", 2):
            return None
        for one, other in (mixing.inputs, mixing.inputs[::-1]):
            weights, values = self._only(one, "softmax", 1), other
            if weights is None or len(weights.op.attributes()["axis"].split()) != 1:
                continue
            below = weights.inputs[0]
            scaling = self._only(below, "elementwise", 1)
            meeting = self._only(scaling.inputs[0] if scaling else below, "einsum", 2)
            if meeting is None:
                continue
            op = self._op(meeting, scaling, weights, mixing, values or "")
            if op is not None:
                (query, key), attention = op
                gone = frozenset(node.id for node in (meeting, scaling, weights) if node is not None)
                return _Steps(gone, Node(mixing.id, mixing.name, attention, (query, key, values)))
        return None

    def _only(self, wire: str | None, name: str, count: int) -> Node | None:
        """The node of this op that makes the wire for a single reader."""
        node = self.makers.get(wire or "")
        return node if node is not None and self.readers[wire] == 1 and _is(node, name, count) else None

    def _op(self, meeting: Node, scaling: Node | None, weights: Node, mixing: Node, values: str) -> Any:
        """The queries and the keys, and the op; None where it is no attention."""
        types = self.circuit.checked.types
        found = [types[wire or ""] for wire in (*meeting.inputs, values)]
        if any(one is None or one.element != REAL for one in found):
            return None
        (key,) = weights.op.attributes()["axis"].split()
        wires = meeting.inputs if key not in self._axes(meeting.inputs[0]) else meeting.inputs[::-1]
        q, k, v = (self._axes(wire) for wire in (*wires, values))
        folded = _folded(meeting)
        if len(folded) != 1 or _folded(mixing) != [key] or key in q or key not in k or key not in v:
            return None
        (channel,) = folded
        query = _chosen([axis for axis in q if axis not in (*k, *v)], meeting)
        value = _chosen([axis for axis in v if axis != key and (axis == channel or axis not in (*q, *k))], mixing)
        scale = _scale(scaling, channel)
        if channel not in q or channel not in k or not query or not value or scale is None:
            return None
        words = {"query": query, "key": key, "channel": channel, "value": value if value != channel else ""}
        return wires, op_class("attention")(**words, **scale)

    def _axes(self, wire: str | None) -> tuple[str, ...]:
        return self.circuit.checked.type(wire or "").axes


def _is(node: Node, name: str, count: int) -> bool:
    """Whether it is a plain use of an op with so many inputs."""
    special = node.per or node.feeds or node.weights or node.shared
    return node.op.name == name and len(node.inputs) == count and None not in node.inputs and not special


def _folded(node: Node) -> list[str]:
    """The axes a contraction folds."""
    op: Any = node.op
    return [axis for axis in dict.fromkeys(axis for axes in op.operands for axis in axes) if axis not in op.result]


def _chosen(axes: list[str], node: Node) -> str:
    """One of several axes, which the others pass over: the last that the contraction names."""
    op: Any = node.op
    return next(iter([axis for axis in reversed(axes) if axis in op.result] or axes[::-1]), "")


def _scale(scaling: Node | None, channel: str) -> Mapping[str, float] | None:
    """The attribute for how scores are scaled, empty for the usual way; None where it is no scaling."""
    if scaling is None:
        return {"scale": 1.0}
    op: Any = scaling.op
    length = expressions.SizeOf(Size.name(channel.rstrip("'")))
    if any(op.tree in _rooted(expressions.Name(name), length) for name in op.tree.names):
        return {}
    match op.tree:
        case expressions.Call("mul", (expressions.Name(), expressions.Number(number))):
            return {"scale": float(number)}
        case expressions.Call("mul", (expressions.Number(number), expressions.Name())):
            return {"scale": float(number)}
        case expressions.Call("div", (expressions.Name(), expressions.Number(number))) if number:
            return {"scale": 1.0 / number}
    return None


def _rooted(scores: Expression, length: Expression) -> tuple[Expression, ...]:
    """Scores by the root of a length, in the ways this is written."""
    root, power = expressions.Call("sqrt", (length,)), length**-0.5
    return (scores * power, power * scores, scores / length**0.5, scores / root, scores * (1 / root), 1 / root * scores)


def _ordered(before: Circuit, after: Circuit) -> Circuit:
    """The circuit with the axes of its outputs in the order they had: passing axes come in that of the inputs."""
    types = before.checked.types
    outputs = tuple(
        output
        if types[output.wire] == after.checked.types[output.wire]
        else replace(output, type=output.type or types[output.wire])
        for output in after.outputs
    )
    return after.evolve(outputs=outputs)


def _named(nodes: list[Node], fused: Mapping[str, Node]) -> tuple[Node, ...]:
    """The nodes, those fused named for what they are now where nobody had named them."""
    taken = {node.name for node in nodes}
    found = []
    for node in nodes:
        if node.id in fused and re.fullmatch(r"einsum(_\d+)?", node.name):
            count = 1
            while (name := "attention" if count == 1 else f"attention_{count}") in taken:
                count += 1
            taken.add(name)
            node = Node(node.id, name, node.op, node.inputs)
        found.append(node)
    return tuple(found)
