"""Blocks: fences as they lie over columns, with the items inside them."""

from __future__ import annotations

from dataclasses import dataclass

from .diagram import Diagram, Fence
from .lanes import Weaver

TITLE = 18.0
MARGIN = 14.0


@dataclass(frozen=True)
class Block:
    """A fence over the columns `columns`; `members[c]` are the keys of its items in column c.

    `title` is the height of the band above its ground that its title and bounds take, `margin` that between the edge
    and the first strand.
    """

    fence: Fence
    columns: range
    members: dict[int, frozenset[str]]
    depth: int
    title: float = TITLE
    margin: float = MARGIN

    @property
    def id(self) -> str:
        """The id of the fence."""
        return self.fence.id

    @property
    def parent(self) -> str:
        """The id of the fence around it."""
        return self.fence.parent


def blocks(weaver: Weaver) -> list[Block]:
    """Blocks of a woven diagram, the outer ones first; those that cannot lie beside each other are left out."""
    diagram = weaver.diagram
    found: list[Block] = []
    for fence in diagram.fences:
        inside = {
            cell.id for cell in diagram.cells if any(one.id == fence.id for one in diagram.enclosing(cell.fence))
        }
        numbers = [
            number
            for number, column in enumerate(weaver.columns)
            if any(slot.cell is not None and slot.cell.id in inside for slot in column.slots)
        ]
        if not numbers:
            continue
        span = range(numbers[0], numbers[-1] + 1)
        depth = sum(1 for _ in diagram.enclosing(fence.id)) - 1
        members = {number: _members(weaver, diagram, number, inside) for number in span}
        found.append(Block(fence, span, members, depth))
    found.sort(key=lambda block: block.depth)
    return found


def _members(weaver: Weaver, diagram: Diagram, number: int, inside: set[str]) -> frozenset[str]:
    """Items of a column that lie in a fence: its cells, and arrays it makes or is still to read."""
    keys = set()
    for slot in weaver.columns[number].slots:
        if slot.cell is not None:
            if slot.cell.id in inside:
                keys.add(slot.item.key)
            continue
        array = slot.item.key
        later = {
            other.item.key
            for column in weaver.columns[number:]
            for other in column.slots
            if other.cell is not None and array in other.cell.inputs
        }
        if diagram.producers[array].id in inside or later & inside:
            keys.add(array)
    return frozenset(keys)
