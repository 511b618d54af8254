"""Printing the nodes of a circuit as statements, producers first.

A node with a name of its own becomes a variable; what nobody named and only one place reads is written there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from circuits import Buffer, Call, Composite, Derived, Node, Op, Region, Weight, lift_parameters

from .call import print_call
from .members import declare
from .registry import LOWERINGS
from .scope import Scope
from .site import Site
from .value import OUTER, Value

if TYPE_CHECKING:
    from circuits import Record

    from .module import ModuleWriter

# longer expressions get a name even where nobody gave them one
_LONGEST_INLINE = 52


def print_nodes(scope: Scope, writer: ModuleWriter) -> list[Value]:
    """Print what a circuit computes; the values of its outputs."""
    for record in scope.circuit.checked.records.values():
        site = _site(scope, writer, record.node)
        if record.node.id in scope.live:
            _print_node(site, record)
        elif scope.around is None:
            # nothing reads it, but its parameters are the circuit's
            with writer.unprinted():
                _print_node(site, record)
    return [replace(scope.wires.get(output.wire, Value("None")), fresh=False) for output in scope.circuit.outputs]


def _site(scope: Scope, writer: ModuleWriter, node: Node) -> Site:
    site = Site(node, scope, writer)
    if scope.around is None:
        return replace(site, member=writer.member(site.owner.name))
    return replace(site, member=f"{scope.path}.{site.owner.name}") if scope.path else site


def _print_node(site: Site, record: Record) -> None:
    node, scope = site.node, site.scope
    if scope.around is None:
        declare(site)
    inputs = _bound(site, record)
    results = _lowered(site.op, site, inputs)
    for number, (wire, value) in enumerate(zip(node.outputs(), results, strict=True)):
        found = record.type.outputs[number]
        assert found is not None
        hint = node.name if len(results) == 1 else f"{node.name}_{node.op.signature.outputs[number].name}"
        value = replace(value, element=found.element, hint=hint)
        value = value.renamed([axis.removeprefix(OUTER) for axis in value.axes])
        missing = [axis for axis in found.axes if axis not in value.axes]
        if missing and scope.uses[wire]:
            value = _completed(site, value, missing, inputs)
        scope.wires[wire] = _settled(site, value, wire)


def _bound(site: Site, record: Record) -> list[Value]:
    """The node's inputs, then its weights and buffers, with the op's own names for what it consumes."""
    node = site.node
    bound = []
    for wire, taken, port in zip(node.wires, record.type.consumed, record.type.ports, strict=True):
        value = site.scope.wires[wire or ""]
        own = dict(zip(taken, port.axes, strict=True))
        value = value.renamed([own.get(axis, OUTER + axis) for axis in value.axes])
        bound.append(replace(value, fresh=value.fresh and site.scope.uses[wire or ""] == 1))
    signature = node.op.signature
    fed = dict(zip(node.fed, bound[len(signature.inputs) :], strict=True))
    arrays = []
    owned: list[Weight | Buffer] = [*signature.weights, *signature.buffers]
    for item in owned:
        arrays.append(fed[item.name] if item.name in fed else Value(_array(site, item.name), (*site.per, *item.axes)))
    return [*bound[: len(signature.inputs)], *arrays]


def _array(site: Site, name: str) -> str:
    """How a weight or buffer is read; one without a name of its own is its node's attribute."""
    if name:
        return f"{site.member}.{name}"
    return site.writer.array(site.owner.name) if site.scope.around is None else site.member


def _lowered(op: Op, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """What the op's lowering prints, else its expansion."""
    lowering = LOWERINGS.get(op.name)
    results = lowering(op, site, inputs) if lowering is not None else None
    if results is not None:
        return results
    if isinstance(op, Derived):
        return print_call(op, site, inputs) if _is_module(op) else expanded(op, site, inputs)
    kind = "region" if isinstance(op, Region) else "primitive"
    raise NotImplementedError(
        f"{site.scope.circuit.name}/{site.node.name} ({op.name}): expected a lowering of this {kind} for PyTorch, "
        "found none. Register one in codegen/targets/torch."
    )


def _is_module(op: Derived) -> bool:
    """Whether what it stands for is a class: that of a circuit called, or of a region with parameters of its own."""
    return isinstance(op, Call) or (not isinstance(op, Composite) and bool(lift_parameters(op.body).slots))


def expanded(op: Derived, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Print the circuit an op stands for in place."""
    body = op.body
    wires = {item.name: value for item, value in zip(body.inputs, inputs, strict=True)}
    path = site.member if op.signature.updates else ""
    pairs = zip(site.node.outputs(), body.outputs, strict=True)
    unread = frozenset(output.name for wire, output in pairs if not site.scope.uses[wire])
    scope = Scope(body, site.writer, wires, site.scope, {}, site.per, site.shared, path, unread)
    return print_nodes(scope, site.writer)


def _completed(site: Site, value: Value, missing: Sequence[str], inputs: Sequence[Value]) -> Value:
    """The value at full length along axes it is typed with but does not depend on."""
    value = site.writer.bind(value, value.hint) if not value.simple else value
    sizes = [site.scope.length(axis) for axis in missing]
    views = ", ".join([*(["..."] if value.axes or value.leading else []), *["None"] * len(missing)])
    view = f"{value.code}[{views}]"
    return value.of(f"{view}.expand(*{value.code}.shape, {', '.join(sizes)})", (*value.axes, *missing))


def _settled(site: Site, value: Value, wire: str) -> Value:
    """The value as a variable, or as it is where it is written in one place."""
    node, scope = site.node, site.scope
    if value.simple or not scope.uses[wire]:
        return value
    # what an expansion gives takes the name of the node it stands for
    given = wire in scope.ends if scope.around is not None else scope.ends == [wire]
    named = not _generic(node) and not given
    if scope.uses[wire] == 1 and not named and (len(value.code) <= _LONGEST_INLINE or given):
        return value
    return site.writer.bind(value, value.hint)


def _generic(node: Node) -> bool:
    """Whether nobody gave the node a name."""
    base = node.op.circuit.name if isinstance(node.op, Call) else node.op.name
    return re.fullmatch(rf"{re.escape(base)}(_\d+)?", node.name) is not None
