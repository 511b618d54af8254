"""Sums merged into the einsum whose result they fold: what is summed anyway is never stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..circuit import Circuit, Node
from ..ops.einsum import Einsum


def merge_sums(circuit: Circuit) -> Circuit:
    """Contract an axis inside of an einsum where only its sum over that axis is used.

    `einsum("b ->", einsum("m, k -> m k", x, y))` with an axis b passing over becomes `einsum("b m, b k -> m k", x, y)`.
    """
    uses = Counter(wire for node in circuit.nodes for wire in node.wires)
    uses.update(item.wire for item in circuit.outputs)
    makers = {wire: node for node in circuit.nodes for wire in node.outputs()}
    changed: dict[str, Node] = {}
    gone: set[str] = set()
    for node in circuit.checked.order:
        source = node.inputs[0] if _folds(node) else None
        maker = makers.get(source or "")
        if source is None or maker is None or uses[source] != 1:
            continue
        maker = changed.get(maker.id, maker)
        merged = _merged(circuit, maker, node)
        if merged is not None:
            # the sum takes over: wires behind it keep their names
            changed[node.id] = replace(node, op=merged, inputs=maker.inputs)
            gone.add(maker.id)
    if not changed:
        return circuit
    return circuit.evolve(nodes=tuple(changed.get(node.id, node) for node in circuit.nodes if node.id not in gone))


def _folds(node: Node) -> bool:
    """Whether a node only sums over axes."""
    return isinstance(node.op, Einsum) and len(node.op.operands) == 1 and not node.op.result


def _merged(circuit: Circuit, maker: Node, node: Node) -> Einsum | None:
    """One einsum for two; None where the first is none, or where a summed axis is two different ones in it."""
    assert isinstance(node.op, Einsum)
    if not isinstance(maker.op, Einsum):
        return None
    terms, result = [list(axes) for axes in maker.op.operands], list(maker.op.result)
    for axis in node.op.operands[0]:
        if axis in result:
            result.remove(axis)
            continue
        for term, wire in zip(terms, maker.inputs, strict=True):
            if axis in term:
                return None
            if wire is not None and axis in circuit.checked.type(wire).axes:
                term.append(axis)
    spec = ", ".join(" ".join(term) for term in terms) + " -> " + " ".join(result)
    return Einsum(spec=spec)
