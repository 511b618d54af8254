"""Blocks: fences as they lie over columns, with the items inside them."""

from __future__ import annotations

from dataclasses import dataclass

from .diagram import Fence
from .lanes import Weaver

TITLE = 18.0
MARGIN = 14.0
# Regions that go back to their beginning, drawn with a loop; a repetition has brackets.
LOOPED = ("scan", "fixed_point", "ode", "while_loop")


def titled(name: str) -> str:
    """A name as a title: its words begin with capital letters."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split())


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
    def title_text(self) -> str:
        """The title as it is written."""
        return titled(self.fence.title)

    @property
    def over(self) -> float:
        """Room above the title, for a count or the upper bound of an index."""
        return 22.0 if self.fence.upper else 0.0

    @property
    def under(self) -> float:
        """Room below the ground, for the lower bound of an index and for loops."""
        loops = 8.0 + 6.0 * len(self.fence.carried) if self.fence.kind in LOOPED else 0.0
        return max(loops, 24.0 if self.fence.lower else 0.0)

    @property
    def id(self) -> str:
        """The id of the fence and the row: every row has its own part of a block."""
        return f"{self.fence.id}@{self.row}"

    @property
    def around(self) -> str:
        """The id of the block around it in its row."""
        return f"{self.fence.parent}@{self.row}"


def blocks(weaver: Weaver) -> list[Block]:
    """Blocks of a woven diagram, the outer ones first."""
    diagram, held = weaver.diagram, weaver.order.blocks
    found: list[Block] = []
    for fence in diagram.fences:
        numbers = [number for number in range(len(weaver.columns)) if _drawn(weaver, number, held.of(number, fence.id))]
        if not numbers:
            continue
        depth = sum(1 for _ in diagram.enclosing(fence.id)) - 1
        for row, columns in enumerate(weaver.rows()):
            span = range(max(numbers[0], columns.start), min(numbers[-1] + 1, columns.stop))
            if not span:
                continue
            members = {number: held.of(number, fence.id) for number in span}
            ends = (span[0] == numbers[0], span[-1] == numbers[-1])
            found.append(Block(fence, span, members, depth, row, TITLE if ends[0] else 4.0, MARGIN, *ends))
    found.sort(key=lambda block: block.depth)
    return found


def _drawn(weaver: Weaver, number: int, keys: frozenset[str]) -> bool:
    """Whether a column holds a cell among these items."""
    return any(slot.cell is not None and slot.item.key in keys for slot in weaver.columns[number].slots)
