"""The course of one dashed line: level as long as it may be, and calm where it has to change its height.

Every stretch says between which heights the line should lie and between which it may. As many stretches as one height
serves share it; from one height to the next lead slopes of 45 degrees, none smaller than `STEP`. Where not even that
fits, the line is interrupted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

STEP = 6.0
# How much of the ends of a stretch a slope may take: labels keep further away.
SPARE = 6.0
Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Range:
    """Heights from `low` to `high` where a line should lie, within those from `least` to `most` where it may."""

    low: float
    high: float
    least: float
    most: float

    def with_(self, other: Range) -> Range:
        """Where two ranges agree; what they want counts as far as it is allowed."""
        least, most = max(self.least, other.least), min(self.most, other.most)
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low > high:
            low = high = (low + high) / 2
        low, high = (min(max(each, least), max(least, most)) for each in (low, high))
        return Range(low, high, least, most)

    @property
    def empty(self) -> bool:
        """Whether there is no such height."""
        return self.least > self.most

    def nearest(self, height: float) -> float:
        """The height nearest to another where a line should lie."""
        return min(max(height, self.low), self.high)

    def far(self, height: float) -> float:
        """The height nearest to another where a line may lie."""
        return min(max(height, self.least), self.most)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A level part of a line, and the room of its ends for slopes; beside `solid` ones something is drawn."""

    start: float
    end: float
    range: Range
    head: float
    tail: float
    solid: tuple[bool, bool]


@dataclass
class Dashes:
    """A dashed line in the making."""

    stretches: list[Stretch] = field(default_factory=list)

    def to(self, start: float, end: float, range: Range, *, solid: bool = False) -> None:
        """Go on between two places, within a range of heights; in the middle of one that is empty."""
        if end - start < 0.5:
            return
        if range.empty:
            middle = (range.least + range.most) / 2
            range = Range(middle, middle, middle, middle)
        room = (end - start) / 2 if solid else min(SPARE, (end - start) / 2)
        self.stretches.append(Stretch(start, end, range, room, room, (solid, solid)))

    def lines(self) -> Iterator[Points]:
        """The line, in as many parts as it has."""
        runs = _runs(self.stretches)
        heights = _heights(runs)
        points: Points = []
        for number, (run, height) in enumerate(zip(runs, heights, strict=True)):
            points = points or [(run.start, height)]
            if number + 1 == len(runs):
                yield [*points, (run.end, height)]
                return
            slope = _slope(run, height, runs[number + 1], heights[number + 1])
            if slope:
                points += slope
            else:
                yield [*points, (run.end, height)]
                points = []


def _runs(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that one height serves as one."""
    found: list[Stretch] = []
    for one in stretches:
        both = found[-1].range.with_(one.range) if found else None
        if both is None or both.empty:
            found.append(one)
        else:
            solid = (found[-1].solid[0], one.solid[1])
            found[-1] = replace(found[-1], end=one.end, range=both, tail=one.tail, solid=solid)
    return found


def _heights(runs: Sequence[Stretch]) -> list[float]:
    """The height of every run: near that of the one before, but never so near that the step is a small one."""
    found: list[float] = []
    for number, run in enumerate(runs):
        if not found:
            middle = (run.range.low + run.range.high) / 2
            found.append(run.range.nearest(runs[1].range.nearest(middle)) if len(runs) > 1 else middle)
            continue
        before, height = found[-1], run.range.nearest(found[-1])
        if abs(height - before) < STEP:
            height = run.range.far(before + (STEP if height > before else -STEP))
        if abs(height - before) < STEP - 1e-6:
            height = _together(found, runs, number, height)
        found.append(height)
    return found


def _together(found: list[float], runs: Sequence[Stretch], number: int, height: float) -> float:
    """One height for a run and the one before it, that of the one beside which nothing is drawn."""
    before = found[-1]
    if runs[number].solid[0] or not runs[number - 1].solid[1]:
        return before
    if len(found) > 1 and 1e-6 < abs(height - found[-2]) < STEP:
        return before
    found[-1] = height
    return height


def _slope(run: Stretch, height: float, after: Stretch, to: float) -> Points:
    """The ends of a slope of 45 degrees from one run to the next; none where it does not fit."""
    step, gap = abs(to - height), after.start - run.end
    if step < 1e-6:
        return [(run.end, height), (after.start, to)]
    if gap >= step:
        middle = (run.end + after.start) / 2
        return [(middle - step / 2, height), (middle + step / 2, to)]
    need = step - gap
    rooms = [(run.tail, run.solid[1]), (after.head, after.solid[0])]
    given = [0.0, 0.0]
    for side in sorted((0, 1), key=lambda side: rooms[side][1]):
        given[side] = min(rooms[side][0], need)
        need -= given[side]
    return [(run.end - given[0], height), (after.start + given[1], to)] if need < 1e-6 else []


def corners(points: Points) -> Points:
    """The points of a line without those in the middle of level pieces."""
    found = points[:1]
    for before, point, after in zip(points, points[1:], [*points[2:], None], strict=False):
        if point == before or (after is not None and before[1] == point[1] == after[1]):
            continue
        found.append(point)
    return found


def length(points: Points) -> float:
    """How far a line reaches from left to right."""
    return sum(to[0] - start[0] for start, to in itertools.pairwise(points))
