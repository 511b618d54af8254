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
    and the first strand. A block that goes over several rows is there in each: it `opens` in one, and `closes` in one.
    """

    fence: Fence
    columns: range
    members: dict[int, frozenset[str]]
    depth: int
    row: int = 0
    title: float = TITLE
    margin: float = MARGIN
    opens: bool = True
    closes: bool = True

    @property
    def id(self) -> str:
        """The id of the fence and the row: every row has its own part of a block."""
        return f"{self.fence.id}@{self.row}"

    @property
    def around(self) -> str:
        """The id of the block around it in its row."""
        return f"{self.fence.parent}@{self.row}"


def blocks(weaver: Weaver) -> list[Block]:
    """Blocks of a woven diagram, the outer ones first; those that cannot lie beside each other are left out."""
    diagram = weaver.diagram
    found: list[Block] = []
    spans = weaver.rows()
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
        depth = sum(1 for _ in diagram.enclosing(fence.id)) - 1
        for row, columns in enumerate(spans):
            span = range(max(numbers[0], columns.start), min(numbers[-1] + 1, columns.stop))
            if not span:
                continue
            members = {number: _members(weaver, diagram, number, inside) for number in span}
            ends = (span[0] == numbers[0], span[-1] == numbers[-1])
            found.append(Block(fence, span, members, depth, row, TITLE if ends[0] else 4.0, MARGIN, *ends))
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
