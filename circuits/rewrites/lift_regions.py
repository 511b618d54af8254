"""Lifting parameters out of the bodies of regions: once for all rounds, or a port a round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..circuit import Circuit, Node
from ..errors import AttributeProblem
from ..region import Region
from ..regions.indexed import name_at_index
from ..regions.repeat import Repeat
from ..renaming import with_bodies
from ..sizes import Size
from .rename_axes import axis_names, rename_axes
from .slots import Request, Scope, Slot

if TYPE_CHECKING:
    from .lift_parameters import Lifted

Ports = dict[str, Slot]
Lift = Callable[[Circuit, Request], "Lifted"]


@dataclass(frozen=True)
class LiftedRegion:
    """A region whose bodies take parameters as inputs, and the ports it got, by name.

    `kept` are ports whose parameters were not asked for, but have to come from outside too, since those of other
    rounds do. Slots have keys inside the node and axes of the scope.
    """

    op: Region
    ports: Ports
    kept: Ports = field(default_factory=dict)


def lift_region(op: Region, node: Node, owner: str, request: Request, scope: Scope, lift: Lift) -> LiftedRegion:
    """Lift the parameters of a region, whose keys begin with the name `owner`."""
    if isinstance(op, Repeat) and not op.tied:
        return _lift_rounds(op, node, owner, request, scope, lift)
    ports: Ports = {}
    taken = {port.name for port in op.signature.inputs}

    def change(body: Circuit) -> Circuit:
        prefix = op.prefix(body)
        asked = request.inside(f"{owner}.{prefix}")
        avoid = frozenset({*taken, *ports})
        inside = lift(body, Request(asked.wanted, avoid, asked.suffix, asked.indices))
        if not inside.slots:
            return body
        names = _adopted(inside.circuit, inside.slots, node, scope)
        for slot in inside.slots:
            keyed = Slot(prefix + slot.key, slot.name, slot.axes, slot.weight)
            ports[slot.name] = keyed.renamed(names)
        return rename_axes(inside.circuit, names) if names else inside.circuit

    changed = with_bodies(op, change)
    assert isinstance(changed, Region)
    return LiftedRegion(changed if ports else op, ports)


def _adopted(inner: Circuit, slots: tuple[Slot, ...], node: Node, scope: Scope) -> dict[str, str]:
    """Axes of the slots that have another size in the scope, and their names there: a region maps no names."""
    names = {}
    for axis in dict.fromkeys(axis for slot in slots for axis in slot.names):
        size = scope.circuit.checked.solution.size(inner.checked.size(axis))
        found = scope.adopt(axis, size, axis_names(inner), node.per)
        if found != axis:
            names[axis] = found
    return names


def _lift_rounds(op: Repeat, node: Node, owner: str, request: Request, scope: Scope, lift: Lift) -> LiftedRegion:
    """A fresh repeat: the body takes `name[l]`, so that the repeat takes one port a round."""
    count = scope.circuit.checked.solution.size(op.times).number
    index = op.index if op.indexed else _free_index(op, request.indices)
    asked = Request(_any_round(request, owner), suffix=f"[{index}]", indices=request.indices | {index})
    avoid = frozenset(port.name for port in op.signature.inputs)
    inside = lift(op.content, Request(asked.wanted, avoid, asked.suffix, asked.indices))
    if not inside.slots:
        return LiftedRegion(op, {})
    if count is None:
        raise AttributeProblem(
            f"a number of rounds of '{node.name}', which own parameters", str(op.times), "Give a number, or tie them."
        )
    names = _adopted(inside.circuit, inside.slots, node, scope)
    body = rename_axes(inside.circuit, names) if names else inside.circuit
    changed = Repeat(content=body, times=Size.of(count), tied=False, index=index, start=op.start)
    lifted: Ports = {}
    kept: Ports = {}
    first = len(op.content.inputs)
    for number in range(count):
        inputs = changed.round(op.start + number).inputs[first:]
        for item, slot in zip(inputs, inside.slots, strict=True):
            key = f"{number}.{slot.key}"
            found = Slot(key, item.name, slot.axes, slot.weight).renamed(names)
            found = found.renamed({axis: name_at_index(axis, index, op.start + number) for axis in found.names})
            (lifted if request.wants(f"{owner}.{key}") else kept)[item.name] = found
    return LiftedRegion(changed, lifted, kept)


def _any_round(request: Request, name: str) -> frozenset[str] | None:
    """Keys inside a round that are wanted of any round."""
    if request.wanted is None:
        return None
    inside = (key[len(name) + 1 :] for key in request.wanted if key.startswith(f"{name}."))
    return frozenset(key.partition(".")[2] for key in inside)


def _free_index(op: Repeat, around: frozenset[str]) -> str:
    """An index that no repeat around or inside uses."""
    used = set(around)
    for body in op.content.definitions():
        used |= {node.op.index for node in body.nodes if isinstance(node.op, Repeat) and node.op.indexed}
    if op.index not in used:
        return op.index
    return next(name for number in range(2, 1000) if (name := f"{op.index}{number}") not in used)
