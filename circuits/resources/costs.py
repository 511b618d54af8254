"""What a schedule costs: values transferred and held, as formulas that follow from the circuit.

An array that enters or leaves an area is transferred once for each group, in the size it has there: an axis in groups
has the size of its part, a streamed axis comes in chunks that make up all of it. What is held at once is the largest
sum over the columns of an area. Source: the cost rules of neural circuit diagrams, Abbott & Zardini (2024),
"FlashAttention on a Napkin", arXiv 2412.03317. Formulas are exact where parts divide their axes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..circuit import Circuit
from ..type_nodes import Record
from ..types import base
from .formula import Formula
from .lives import RunOrder, carried_axes, leaving, lives, operands, run_order
from .schedule import Area


@dataclass(frozen=True, slots=True)
class Moved:
    """An array that changes level: `axes` as it is read there, `held` its size in the area, `total` all transfers.

    `array` is a wire, or `node.weight` for a parameter; `saved` tells those that leave.
    """

    array: str
    axes: tuple[str, ...]
    saved: bool
    held: Formula
    total: Formula


@dataclass(frozen=True, slots=True)
class Held:
    """What a column of an area holds: the node (by id) that runs there, the arrays with their sizes, and their sum."""

    node: str
    arrays: tuple[tuple[str, Formula], ...]
    total: Formula


@dataclass(frozen=True, slots=True)
class AreaCost:
    """The costs of an area, in values.

    `transfer` is the sum of all transfers. `memory` are the sums of those columns that no other one covers: the area
    needs at least the largest of them, and what is `carried` besides as the state of its folds.
    """

    area: Area
    moved: tuple[Moved, ...]
    columns: tuple[Held, ...]
    transfer: Formula
    memory: tuple[Formula, ...]
    carried: Formula


def area_cost(circuit: Circuit, area: Area) -> AreaCost:
    """The costs of a legal area."""
    sizes = _Sizes(area)
    order = run_order(circuit, area)
    moved = tuple(_moved(circuit, order.records, sizes))
    columns = tuple(_columns(circuit, order, sizes))
    totals = [column.total for column in columns]
    tops = dict.fromkeys(one for one in totals if not any(two.covers(one) and one != two for two in totals))
    transfer = sum((one.total for one in moved), Formula())
    carried = sum((sizes.held(axes) for axes in carried_axes(circuit, order)), Formula())
    return AreaCost(area, moved, columns, transfer, tuple(tops), carried)


class _Sizes:
    """Sizes of arrays inside an area."""

    def __init__(self, area: Area) -> None:
        self.groups = {part.axis: part.size for part in area.groups}
        self.parts = {part.axis: part.size for part in area.parts}

    def held(self, axes: Iterable[str]) -> Formula:
        """How many values of an array are there at once."""
        return Formula.product(self.parts.get(axis, base(axis)) for axis in axes)

    def total(self, axes: Iterable[str]) -> Formula:
        """How many values of an array all groups transfer: those along whose axis it does not lie, each all of it."""
        found = Formula.product(base(axis) for axis in axes)
        for axis, size in self.groups.items():
            if axis not in axes:
                part = Formula.product([size]).power(-1)
                assert part is not None
                found = found * Formula.product([base(axis)]) * part
        return found


def _moved(circuit: Circuit, records: Iterable[Record], sizes: _Sizes) -> Iterator[Moved]:
    """Arrays that enter, each as often as it is read under other names, then those that leave."""
    records = tuple(records)
    inside = {wire for record in records for wire in record.node.outputs()}
    loads = dict.fromkeys(one for record in records for one in operands(record) if one[0] not in inside)
    for name, axes in loads:
        yield Moved(name, axes, False, sizes.held(axes), sizes.total(axes))
    needed = leaving(circuit, records)
    for record in records:
        for wire, type in zip(record.node.outputs(), record.type.outputs, strict=True):
            if wire in needed and type is not None:
                yield Moved(wire, type.axes, True, sizes.held(type.axes), sizes.total(type.axes))


def _columns(circuit: Circuit, order: RunOrder, sizes: _Sizes) -> Iterator[Held]:
    """What is held while each node runs: what it reads and makes, and all that passes by."""
    arrays = tuple(lives(circuit, order))
    for place, record in enumerate(order.records):
        live = [one for one in arrays if one.start <= place <= one.end]
        replaced = {one.over for one in live if one.start == place}
        kept = tuple((one.name, sizes.held(one.axes)) for one in live if one.name not in replaced)
        yield Held(record.node.id, kept, sum((size for _, size in kept), Formula()))
