"""Dashed lines between arrays: through every column in which both are there, until what reads them both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .blocks import Block
from .lanes import Lane, Slot, Weaver
from .order import taken
from .place import Placed, bottoms, tops
from .scene import Path, Tag, line
from .spread import Spread
from .theme import Style

UNDER, OVER = 10.0, 19.0
DASH = (7.0, 5.0)


@dataclass
class _Line:
    """A dashed line in the making: stretches, and between which heights it may lie in each."""

    stretches: list[tuple[float, float, float, float]]

    def to(self, start: float, end: float, low: float, high: float) -> None:
        """Go on between two places, at a height between two others."""
        middle = (low + high) / 2
        self.stretches.append((start, end, *((low, high) if low <= high else (middle, middle))))

    def points(self) -> list[tuple[float, float]]:
        """The line: level over as many stretches as one height serves, so that it bends where it has to."""
        found: list[tuple[float, float]] = []
        rest = self.stretches
        while rest:
            low, high, count = rest[0][2], rest[0][3], 1
            while count < len(rest) and max(low, rest[count][2]) <= min(high, rest[count][3]):
                low, high = max(low, rest[count][2]), min(high, rest[count][3])
                count += 1
            height = min(max(found[-1][1], low), high) if found else (low + high) / 2
            if len(rest) > count:
                # as near as can be to where it has to go on
                height = min(max(rest[count][2], low), high) if rest[count][2] > high else height
                height = min(max(rest[count][3], low), high) if rest[count][3] < low else height
            found += [(rest[0][0], height), (rest[count - 1][1], height)]
            rest = rest[count:]
        return found


def separators(weaver: Weaver, placed: Placed, spread: Spread, blocks: Sequence[Block], style: Style) -> list[Path]:
    """The dashed lines of a picture."""
    drawer = _Drawer(weaver, placed, spread, blocks)
    found = []
    for points in drawer.lines():
        clean = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
        if len(clean) > 1 and clean[-1][0] - clean[0][0] > 8.0:
            shape = line(*_bevelled(clean))
            found.append(Path(shape, stroke=style.theme.ink, width=1.4, dash=DASH, tag=Tag("separator")))
    return found


def _bevelled(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Steps go over a slope of 45 degrees where there is room: within them, or in the level piece before them."""
    kept = [points[0]]
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        step = abs(to_y - y)
        if step > 0.5 and to_x - x > step:
            middle = (x + to_x) / 2
            kept += [(middle - step / 2, y), (middle + step / 2, to_y)]
        elif step > 0.5 and len(kept) > 1 and kept[-2][1] == y and kept[-1][0] - kept[-2][0] > 3.0:
            kept[-1] = (kept[-1][0] - min(step, kept[-1][0] - kept[-2][0] - 1.0), y)
        kept.append((to_x, to_y))
    flat = kept[:1]
    for before, point, after in zip(kept[:-1], kept[1:], [*kept[2:], None], strict=True):
        if after is None or not before[1] == point[1] == after[1]:
            flat.append(point)
    return flat


class _Drawer:
    """Dashed lines followed from column to column."""

    def __init__(self, weaver: Weaver, placed: Placed, spread: Spread, blocks: Sequence[Block]) -> None:
        self.weaver, self.placed, self.spread, self.blocks = weaver, placed, spread, blocks

    def lines(self) -> Iterator[list[tuple[float, float]]]:
        """The points of every line."""
        open: dict[tuple[str, str], _Line] = {}
        first = self.weaver.first.settled
        for upper, lower in itertools.pairwise(first):
            if upper.array != lower.array:
                begun = _Line([])
                begun.to(self.spread.begin - 10.0, self.spread.first, self.y(upper) + UNDER, self.y(lower) - OVER)
                open[upper.array, lower.array] = begun
        for number, (column, at) in enumerate(zip(self.weaver.columns, self.spread.columns, strict=True)):
            if column.lead:
                yield from (one.points() for one in open.values())
                open.clear()
            order = self.weaver.order
            places = {array: place for place, array in enumerate(order.left(number))}
            groups = [(slot, taken(slot.item, places)) for slot in column.slots]
            given = [array for _, arrays in groups for array in arrays]
            pairs = set(itertools.pairwise(given))
            for pair in [pair for pair in open if pair not in pairs]:
                yield open.pop(pair).points()
            inside: dict[tuple[str, str], _Line] = {}
            for (_, over), (_, under) in itertools.pairwise(groups):
                if over and under and (pair := (over[-1], under[0])) in open:
                    inside[pair] = open.pop(pair)
            for slot, arrays in groups:
                for pair in itertools.pairwise(arrays):
                    if pair in open:
                        ended = open.pop(pair)
                        self.gathered(ended, slot, pair, at.start, at.gathered)
                        yield ended.points()
            yield from (one.points() for one in open.values())
            open.clear()
            passed = self.passed(number, inside, groups, at.level, at.settled)
            yield from self.settled(open, passed, number, at.settled, at.end)
        yield from (one.points() for one in open.values())

    def y(self, lane: Lane) -> float:
        """The height of a lane."""
        return self.placed.lanes[lane.number]

    def gathered(self, one: _Line, slot: Slot, pair: tuple[str, str], start: float, end: float) -> None:
        """A line between two inputs of one cell, to its left edge."""
        upper = [self.y(lane) for lane in slot.gathered if lane.array == pair[0]]
        lower = [self.y(lane) for lane in slot.gathered if lane.array == pair[1]]
        if upper and lower and max(upper) < min(lower):
            one.to(end - 4.0, end, max(upper) + UNDER, min(lower) - UNDER)

    def between(self, number: int, upper: Slot, lower: Slot, *, glyphs: bool = True) -> tuple[float, float]:
        """The room between two items of a column: clear of `glyphs`, and of the bands and edges of blocks."""
        low = max(self.y(lane) + reach * glyphs for lane, reach in bottoms(upper)) + 4.0
        high = min(self.y(lane) - reach * glyphs for lane, reach in tops(lower)) - 4.0
        for block in self.blocks:
            members = block.members.get(number, frozenset())
            holds = (upper.item.key in members, lower.item.key in members)
            top, under = self.placed.blocks[block.id]
            if holds == (True, False):
                low = max(low, under + block.under + 3.0)
            elif holds == (False, True):
                high = min(high, top - block.title - block.over - 3.0)
        return low, high

    def passed(
        self,
        number: int,
        inside: dict[tuple[str, str], _Line],
        groups: Sequence[tuple[Slot, Sequence[str]]],
        start: float,
        end: float,
    ) -> dict[tuple[str, str], _Line]:
        """Lines that go on between two items of a column, by the pair of arrays they then lie between."""
        found: dict[tuple[str, str], _Line] = {}
        ended = dict(inside)
        for (upper, above), (lower, below) in itertools.pairwise(groups):
            pair = (above[-1], below[0]) if above and below else ("", "")
            one = ended.pop(pair, None)
            if not (upper.gathered or upper.scattered) or not (lower.gathered or lower.scattered):
                continue
            one = one if one is not None else _Line([])
            low, high = self.between(number, upper, lower)
            if upper.settled and lower.settled:
                one.to(start, end, low, high)
                found[upper.settled[-1].array, lower.settled[0].array] = one
            elif one.stretches:
                one.to(start, end - 2.0, low, high)
                found["", f"{len(found)}"] = one
        return found

    def settled(
        self,
        open: dict[tuple[str, str], _Line],
        passed: dict[tuple[str, str], _Line],
        number: int,
        start: float,
        end: float,
    ) -> list[list[tuple[float, float]]]:
        """Lines between arrays that lie together: those that come in go on, others begin; gives those that end."""
        lanes = [(slot, lane) for slot in self.weaver.columns[number].slots for lane in slot.settled]
        for (above, upper), (below, lower) in itertools.pairwise(lanes):
            if upper.array == lower.array:
                continue
            one = passed.pop((upper.array, lower.array), None) or _Line([])
            low, high = self.y(upper) + UNDER, self.y(lower) - OVER
            if above is not below:
                least, most = self.between(number, above, below, glyphs=False)
                low, high = max(low, least), min(high, most)
            one.to(start, end, low, high)
            open[upper.array, lower.array] = one
        return [one.points() for one in passed.values()]
