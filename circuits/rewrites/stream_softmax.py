"""Softmax followed by a contraction made one fold, so that its axis can be taken chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..circuit import Circuit, Node, Output
from ..derived import Call, Composite, output_type
from ..op import Op
from ..ops.einsum import Einsum
from ..ops.normalised import NormalisedContraction
from ..ops.softmax import Softmax
from ..renaming import with_bodies

Done = dict[Circuit, Circuit]


def stream_softmax(circuit: Circuit) -> Circuit:
    """Put one normalised contraction for a softmax whose only reader sums over its axis against a second operand.

    `einsum("y x, x k -> y k", softmax(s, axis="x"), v)` becomes `normalised_contraction(s, v, axis="x", value="k")`,
    which means the same and, unlike a softmax, is streamable along x. Circuits inside are rewritten too, and
    composites that own no parameters (attention) become calls of their rewritten expansions. A softmax over several
    axes, read twice, or with anything between it and the contraction stays. Raises CircuitError if the circuit has
    problems.
    """
    circuit.valid()
    done: Done = {}
    for used in circuit.definitions():
        _streamed(used, done)
    return done[circuit]


def _streamed(circuit: Circuit, done: Done) -> Circuit:
    """One circuit rewritten; what it calls is done already, what its composites expand to is done here."""
    if circuit not in done:
        fused = dict(_fused(circuit))
        gone = {maker for maker, _ in fused.values()}
        nodes = []
        for node in circuit.nodes:
            if node.id in fused:
                nodes.append(fused[node.id][1])
            elif node.id not in gone:
                op = _inside(node.op, done)
                nodes.append(node if op is node.op else replace(node, op=op))
        same = all(one is other for one, other in zip(nodes, circuit.nodes, strict=False)) and not gone
        done[circuit] = circuit if same else _ordered(circuit, circuit.evolve(nodes=tuple(nodes)))
    return done[circuit]


def _inside(op: Op, done: Done) -> Op:
    """The op with the circuits it holds rewritten; the same object where nothing changes."""
    if isinstance(op, Composite):
        if op.signature.weights or op.signature.buffers:
            return op
        body = _streamed(op.body, done)
        return op if body is op.body else Call(circuit=body)
    changed = any(_streamed(body, done) is not body for body in op.bodies())
    return with_bodies(op, lambda body: done[body]) if changed else op


def _fused(circuit: Circuit) -> Iterator[tuple[str, tuple[str, Node]]]:
    """Contractions that a softmax feeds: their id, the id of the softmax, and the node instead of both."""
    uses = Counter(wire for node in circuit.nodes for wire in node.wires)
    uses.update(item.wire for item in circuit.outputs)
    makers = {f"{node.id}.out": node for node in circuit.nodes if isinstance(node.op, Softmax)}
    for node in circuit.nodes:
        if not isinstance(node.op, Einsum) or len(node.op.operands) != 2:
            continue
        for place, wire in enumerate(node.inputs):
            maker = makers.get(wire or "")
            op = _contraction(circuit, node, place, maker) if maker is not None and uses[wire] == 1 else None
            if maker is not None and op is not None:
                inputs = (maker.inputs[0], node.inputs[1 - place])
                yield node.id, (maker.id, replace(node, op=op, inputs=inputs))
                break


def _contraction(circuit: Circuit, node: Node, place: int, maker: Node) -> NormalisedContraction | None:
    """The one op for a softmax and the einsum that reads it at `place`; None where they are not of the form."""
    assert isinstance(node.op, Einsum) and isinstance(maker.op, Softmax)
    axis, record = maker.op.axis, circuit.checked.records[node.id]
    operands, result = node.op.operands, node.op.result
    summed = {name for axes in operands for name in axes} - set(result)
    as_named = record.type.consumed == operands and circuit.checked.records[maker.id].type.consumed == ((axis,),)
    if not as_named or summed != {axis} or not all(axis in axes for axes in operands):
        return None
    scores, values = (circuit.checked.type(node.inputs[number] or "") for number in (place, 1 - place))
    if scores.element != values.element:
        return None
    return NormalisedContraction(axis=axis, value=" ".join(name for name in values.axes if name not in scores.axes))


def _ordered(before: Circuit, after: Circuit) -> Circuit:
    """The circuit with outputs declared where their axes would come in another order."""

    def declared(item: Output) -> Output:
        return replace(item, type=output_type(before, item.name))

    kept = before.checked.types, after.checked.types
    moved = [item.type is None and kept[0][item.wire] != kept[1][item.wire] for item in before.outputs]
    outputs = tuple(declared(item) if new else item for item, new in zip(before.outputs, moved, strict=True))
    return after.evolve(outputs=outputs).valid()
