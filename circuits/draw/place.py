"""Heights of all lanes and blocks: what must keep apart, what should be straight, what should lie close."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .blocks import Block
from .lanes import Column, Lane, Slot, Weaver
from .program import Heights
from .scene import PITCH

ARRAYS_APART = 30.0
CLEAR = 8.0
# How much it costs to move what was dragged away from there, and what was not from where it was.
PIN = 100.0
STAY = 0.3


@dataclass(frozen=True)
class Placed:
    """Heights of lanes by their number, and top and bottom of blocks by their id."""

    lanes: dict[int, float]
    blocks: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class _Pinned:
    """What was dragged, and where all lanes lie without that."""

    pins: Mapping[str, float]
    before: Mapping[int, float]

    def hold(self, heights: Heights, columns: Sequence[Column], lanes: Sequence[Lane]) -> None:
        """Let pinned cells lie where they were put, and all else where it was."""
        origin = heights.more()
        moved = {number: by for one in columns for slot in one.slots for number, by in self.moved(slot)}
        for number in dict.fromkeys(lane.number for lane in lanes):
            by, weight = moved.get(number, 0.0), PIN if number in moved else STAY
            heights.apart(origin, number, self.before[number] + by, weight)

    def moved(self, slot: Slot) -> Iterator[tuple[int, float]]:
        """The lanes at a cell that was dragged, and how far they go with it."""
        by = self.pins.get(slot.cell.id) if slot.cell is not None else None
        if by is not None:
            for lane in (*slot.touched, *slot.made) or (*slot.gathered, *slot.scattered):
                yield lane.number, by


def place(weaver: Weaver, blocks: Sequence[Block]) -> Placed:
    """Heights for a woven diagram, row by row."""
    return _placed(weaver, blocks, {}, {})


def pinned(weaver: Weaver, blocks: Sequence[Block], free: Placed, pins: Mapping[str, float]) -> Placed:
    """Heights of which some were dragged, `free` being those of the diagram by itself.

    `pins` say by id of a cell how far it should lie below the place it has by itself: what is pinned moves there while
    the rest stays where it was, as far as it can.
    """
    held = {id: by for id, by in pins.items() if by}
    return _placed(weaver, blocks, held, free.lanes) if held else free


def _placed(weaver: Weaver, blocks: Sequence[Block], pins: Mapping[str, float], before: Mapping[int, float]) -> Placed:
    lanes: dict[int, float] = {}
    found: dict[str, tuple[float, float]] = {}
    for columns in weaver.rows():
        inside = [block for block in blocks if block.columns[0] in columns]
        _row(weaver, columns, inside, lanes, found, _Pinned(pins, before))
    return Placed(lanes, found)


def _row(
    weaver: Weaver,
    columns: range,
    blocks: Sequence[Block],
    lanes: dict[int, float],
    found: dict[str, tuple[float, float]],
    pinned: _Pinned,
) -> None:
    """Heights of one row."""
    heights = Heights(len(weaver.lanes))
    inside = [weaver.columns[number] for number in columns]
    for column in inside:
        _tie(heights, column)
    if columns.start == 0:
        _sequence(heights, weaver.first.settled, 3.0, 0.2)
    for number, column in enumerate(inside):
        _apart(heights, column)
        _wishes(heights, column, number / len(inside))
    if inside and columns.stop == len(weaver.columns):
        for slot in inside[-1].slots:
            _sequence(heights, slot.gathered, 3.0, 0.2)
    edges = {block.id: (heights.more(), heights.more()) for block in blocks}
    for block in blocks:
        _fenced(heights, weaver, block, blocks, edges)
    _beside(heights, weaver, blocks, edges)
    used = [*(weaver.first.settled if columns.start == 0 else ()), *(lane for one in inside for lane in one.lanes())]
    for lane in used:
        heights.hold(lane.number)
    if pinned.pins:
        pinned.hold(heights, inside, used)
    made = heights.solve()
    lanes.update((lane.number, made[heights.of(lane.number)]) for lane in used)
    found.update((id, (made[heights.of(top)], made[heights.of(low)])) for id, (top, low) in edges.items())


def _tie(heights: Heights, column: Column) -> None:
    """What passes a glyph or goes through wiring stays at its height."""
    gates = {slot.item.key for slot in column.slots if slot.cell is not None and slot.turned}
    for run in column.runs:
        if run.kind == "over" and run.cell and run.cell not in gates:
            heights.alias(run.start.number, run.end.number)
    for slot in column.slots:
        # what a glyph makes of as many strands goes on at their heights
        for touched, made in zip(slot.touched, slot.made, strict=False) if slot.paired else ():
            heights.alias(touched.number, made.number)


def _sequence(heights: Heights, lanes: Sequence[Lane], pitch: float, apart: float) -> None:
    """Lanes of one meridian keep their distances, and should not be further apart than that."""
    for upper, lower in itertools.pairwise(lanes):
        same = upper.array == lower.array
        heights.below(upper.number, lower.number, PITCH if same else ARRAYS_APART)
        heights.near(upper.number, lower.number, pitch if same else apart)


def _apart(heights: Heights, column: Column) -> None:
    """Every lane clear of its neighbours and of glyphs that are not its own."""
    slots = [slot for slot in column.slots if slot.gathered or slot.scattered]
    for slot in slots:
        _sequence(heights, slot.gathered, 0.1, 0.06)
        _sequence(heights, slot.scattered, 0.1, 0.06)
        _sequence(heights, slot.settled, 0.35, 0.06)
        _inside(heights, slot)
        for cap in slot.caps:
            for one, other in itertools.pairwise(cap):
                heights.near(one.number, other.number, 0.12)
    for upper, lower in itertools.pairwise(slots):
        for lane, reach in bottoms(upper):
            for under, above in tops(lower):
                heights.below(lane.number, under.number, max(ARRAYS_APART, reach + above + CLEAR))
        _close(heights, upper, lower)


def _close(heights: Heights, upper: Slot, lower: Slot) -> None:
    if upper.settled and lower.settled:
        heights.near(upper.settled[-1].number, lower.settled[0].number, 0.06)


def tops(slot: Slot) -> Iterator[tuple[Lane, float]]:
    """The uppermost lanes of a slot, and how far what belongs to them reaches above."""
    for lanes in (slot.gathered, slot.scattered, slot.settled):
        if lanes:
            yield lanes[0], slot.room.above if slot.room.floats else 0.0
    for lanes in (slot.touched, slot.made, *(slot.caps if slot.mark is not None else ())):
        if lanes and not slot.room.floats:
            yield lanes[0], slot.room.above


def bottoms(slot: Slot) -> Iterator[tuple[Lane, float]]:
    """The lowest lanes of a slot, and how far what belongs to them reaches below."""
    for lanes in (slot.gathered, slot.scattered, slot.settled):
        if lanes:
            yield lanes[-1], 0.0
    for lanes in (slot.touched, slot.made):
        if lanes:
            yield lanes[-1], slot.room.below


def _inside(heights: Heights, slot: Slot) -> None:
    """Strands that pass a glyph keep clear of it on both sides."""
    if slot.cell is not None and slot.cell.sign.outline == "turn":
        for lane in slot.made:
            heights.below(slot.touched[0].number, lane.number, PITCH / 2)
            heights.below(lane.number, slot.touched[-1].number, PITCH / 2)
    for lanes in (slot.touched, slot.made):
        for lane in slot.above if lanes else ():
            heights.below(lane.number, lanes[0].number, max(PITCH, slot.room.above + CLEAR - 2.0))
        for lane in slot.below if lanes else ():
            heights.below(lanes[-1].number, lane.number, max(PITCH, slot.room.below + CLEAR - 2.0))


def _wishes(heights: Heights, column: Column, along: float) -> None:
    """Strands should be straight: those of inner axes more than outer ones, and left more than right."""
    later = 1.0 - 0.3 * along
    copied: set[int] = set()
    for run in column.runs:
        if column.lead and run.kind == "across":
            continue
        stiff = later * (1.0 + 0.2 * min(run.start.place, 4))
        weight = {"across": 1.0, "over": 0.8, "join": 0.12, "fan": 0.12}[run.kind]
        if run.kind in ("across", "join"):
            # of the copies of a strand the first stays straight, the others bend away from it
            weight *= 0.2 if run.start.number in copied else 1.0
            copied.add(run.start.number)
        heights.straight(run.start.number, run.end.number, weight * stiff)
    for slot in column.slots:
        if slot.touched and slot.made:
            heights.straight(slot.touched[0].number, slot.made[0].number, 0.7 * later)
            heights.straight(slot.touched[-1].number, slot.made[-1].number, 0.1)


def _fenced(
    heights: Heights, weaver: Weaver, block: Block, blocks: Sequence[Block], edges: dict[str, tuple[int, int]]
) -> None:
    """A block lies around its members, and other lanes keep clear of it."""
    top, low = edges[block.id]
    heights.near(top, low, 0.05)
    heights.below(top, low, 20.0)
    if block.around in edges:
        above, under = edges[block.around]
        heights.below(above, top, block.title + block.over + 8.0)
        heights.below(low, under, block.under + 8.0)
    for number in block.columns:
        slots = [slot for slot in weaver.columns[number].slots if slot.gathered or slot.scattered]
        inside = [place for place, slot in enumerate(slots) if slot.item.key in block.members[number]]
        if not inside:
            continue
        for place in inside:
            for lane, reach in tops(slots[place]):
                heights.below(top, lane.number, reach + block.margin)
            for lane, reach in bottoms(slots[place]):
                heights.below(lane.number, low, reach + block.margin - 2.0)
        foreign = {
            key
            for other in blocks
            if number in other.columns and not other.members[number] & block.members[number]
            for key in other.members[number]
        }
        if inside[0] and slots[inside[0] - 1].item.key not in foreign:
            for lane, reach in bottoms(slots[inside[0] - 1]):
                heights.below(lane.number, top, reach + block.title + block.over + 6.0)
        if inside[-1] + 1 < len(slots) and slots[inside[-1] + 1].item.key not in foreign:
            for lane, reach in tops(slots[inside[-1] + 1]):
                heights.below(low, lane.number, reach + block.under + 8.0)


def _beside(heights: Heights, weaver: Weaver, blocks: Sequence[Block], edges: dict[str, tuple[int, int]]) -> None:
    """Blocks that share columns lie apart, as their items do; those whose items are mixed are left as they are."""
    for number, one in enumerate(blocks):
        for other in blocks[number + 1 :]:
            shared = [column for column in one.columns if column in other.columns]
            if one.around != other.around or not shared:
                continue
            above = {_above(weaver, column, one, other) for column in shared} - {None}
            if len(above) == 1:
                upper, lower = (one, other) if above.pop() else (other, one)
                heights.below(edges[upper.id][1], edges[lower.id][0], upper.under + lower.title + lower.over + 8.0)


def _above(weaver: Weaver, column: int, one: Block, other: Block) -> bool | None:
    """Whether in a column all items of one block lie above those of another; None where a block has none there."""
    keys = [slot.item.key for slot in weaver.columns[column].slots]
    mine = [place for place, key in enumerate(keys) if key in one.members[column]]
    theirs = [place for place, key in enumerate(keys) if key in other.members[column]]
    return max(mine) < min(theirs) if mine and theirs else None
