"""Dashed lines between arrays: through every column in which both are there, until what reads them both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from .blocks import Block
from .dashes import Dashes, Range, corners, length
from .lanes import Lane, Slot, Weaver
from .order import taken
from .place import Placed, bottoms, tops
from .scene import Path, Tag, line
from .spread import Spread, Stations, label_height
from .theme import Style

# How far a line should lie under the upper and over the lower strand, and how far from a strand it has to.
UNDER, OVER, CLOSE = 10.0, 19.0, 5.0
DASH = (7.0, 5.0)


def separators(weaver: Weaver, placed: Placed, spread: Spread, blocks: Sequence[Block], style: Style) -> list[Path]:
    """The dashed lines of a picture."""
    drawer = _Drawer(weaver, placed, spread, blocks)
    found = []
    for course in drawer.courses():
        for points in course.lines():
            if length(points) > 8.0:
                shape = line(*corners(points))
                found.append(Path(shape, stroke=style.theme.ink, width=1.4, dash=DASH, tag=Tag("separator")))
    return found


class _Drawer:
    """Dashed lines followed from column to column."""

    def __init__(self, weaver: Weaver, placed: Placed, spread: Spread, blocks: Sequence[Block]) -> None:
        self.weaver, self.placed, self.spread, self.blocks = weaver, placed, spread, blocks

    def courses(self) -> Iterator[Dashes]:
        """All lines."""
        open: dict[tuple[str, str], Dashes] = {}
        first = self.weaver.first.settled
        for upper, lower in itertools.pairwise(first):
            if upper.array != lower.array:
                begun = Dashes()
                # the names of arrays of one strand are higher than these
                single = any(len(self.weaver.diagram.arrays[lane.array].strands) < 2 for lane in (upper, lower))
                begun.to(self.spread.begin - (4.0 if single else 10.0), self.spread.first, self.labelled(upper, lower))
                open[upper.array, lower.array] = begun
        for number, (column, at) in enumerate(zip(self.weaver.columns, self.spread.columns, strict=True)):
            if column.lead:
                yield from open.values()
                open.clear()
            order = self.weaver.order
            places = {array: place for place, array in enumerate(order.left(number))}
            groups = [(slot, taken(slot.item, places)) for slot in column.slots]
            given = [array for _, arrays in groups for array in arrays]
            pairs = set(itertools.pairwise(given))
            for pair in [pair for pair in open if pair not in pairs]:
                yield open.pop(pair)
            inside: dict[tuple[str, str], Dashes] = {}
            for (_, over), (_, under) in itertools.pairwise(groups):
                if over and under and (pair := (over[-1], under[0])) in open:
                    inside[pair] = open.pop(pair)
            for slot, arrays in groups:
                for pair in itertools.pairwise(arrays):
                    if pair in open:
                        ended = open.pop(pair)
                        self.gathered(ended, slot, pair, at.start, at.gathered)
                        yield ended
            yield from open.values()
            open.clear()
            passed = self.passed(number, inside, groups, at)
            yield from self.settled(open, passed, number, at.settled, at.end)
        yield from open.values()

    def y(self, lane: Lane) -> float:
        """The height of a lane."""
        return self.placed.lanes[lane.number]

    def gathered(self, one: Dashes, slot: Slot, pair: tuple[str, str], start: float, end: float) -> None:
        """A line between two inputs of one cell, to its left edge."""
        upper = [self.y(lane) for lane in slot.gathered if lane.array == pair[0]]
        lower = [self.y(lane) for lane in slot.gathered if lane.array == pair[1]]
        if upper and lower and max(upper) < min(lower):
            high, low = max(upper), min(lower)
            one.to(end - 4.0, end, Range(high + UNDER, low - UNDER, high + CLOSE, low - CLOSE))

    def labelled(self, upper: Lane, lower: Lane) -> Range:
        """The room between two lanes: clear of the label of the lower one."""
        over = CLOSE
        if lower.number in self.spread.written and lower.strand.label:
            over = label_height(lower) + 1.5
        high, low = self.y(upper), self.y(lower)
        return Range(high + UNDER, low - OVER, high + CLOSE, low - over)

    def between(self, number: int, upper: Slot, lower: Slot, *, glyphs: bool = True) -> Range:
        """The room between two items of a column: clear of `glyphs` and bands of blocks, of their edges if possible."""
        low = max(self.y(lane) + reach * glyphs for lane, reach in bottoms(upper)) + 2.0
        high = min(self.y(lane) - reach * glyphs for lane, reach in tops(lower)) - 2.0
        edge = low
        for block in self.blocks:
            members = block.members.get(number, frozenset())
            holds = (upper.item.key in members, lower.item.key in members)
            top, under = self.placed.blocks[block.id]
            if holds == (True, False):
                edge = max(edge, under + block.under + 3.0)
                low = max(low, under + block.under) if block.under else low
            elif holds == (False, True):
                high = min(high, top - block.title - block.over - 1.0)
        return Range(max(low + 2.0, edge), high - 2.0, low, high).with_(Range(low, high, low, high))

    def passed(
        self,
        number: int,
        inside: dict[tuple[str, str], Dashes],
        groups: Sequence[tuple[Slot, Sequence[str]]],
        at: Stations,
    ) -> dict[tuple[str, str], Dashes]:
        """Lines that go on between two items of a column, by the pair of arrays they then lie between."""
        found: dict[tuple[str, str], Dashes] = {}
        ended = dict(inside)
        for (upper, above), (lower, below) in itertools.pairwise(groups):
            pair = (above[-1], below[0]) if above and below else ("", "")
            one = ended.pop(pair, None)
            if not (upper.gathered or upper.scattered) or not (lower.gathered or lower.scattered):
                continue
            one = one if one is not None else Dashes()
            beside, free = (self.between(number, upper, lower, glyphs=glyphs) for glyphs in (True, False))
            drawn = upper.room.width + lower.room.width > 0.0
            if upper.settled and lower.settled:
                one.to(at.level, at.gathered, free)
                one.to(at.gathered, at.scattered, beside, solid=drawn)
                one.to(at.scattered, at.settled, free)
                found[upper.settled[-1].array, lower.settled[0].array] = one
            elif one.stretches:
                one.to(at.level, at.settled - 2.0, beside, solid=drawn)
                found["", f"{len(found)}"] = one
        return found

    def settled(
        self,
        open: dict[tuple[str, str], Dashes],
        passed: dict[tuple[str, str], Dashes],
        number: int,
        start: float,
        end: float,
    ) -> list[Dashes]:
        """Lines between arrays that lie together: those that come in go on, others begin; gives those that end."""
        lanes = [(slot, lane) for slot in self.weaver.columns[number].slots for lane in slot.settled]
        for (above, upper), (below, lower) in itertools.pairwise(lanes):
            if upper.array == lower.array:
                continue
            one = passed.pop((upper.array, lower.array), None) or Dashes()
            room = self.labelled(upper, lower)
            if above is not below:
                clear = room.with_(self.between(number, above, below, glyphs=False))
                # where loops and labels leave nothing between them, labels count
                room = room if clear.empty else clear
            one.to(start, end, room)
            open[upper.array, lower.array] = one
        return [*passed.values()]
