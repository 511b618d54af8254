"""Where columns lie from left to right: as wide as what bends, is drawn and is written in each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from .blocks import Block
from .brush import MARK
from .lanes import Column, Lane, Run, Slot, Weaver
from .place import Placed
from .routes import HALF
from .typeset import measure

LABEL = 13.0
NAME = 19.0
GAP = 7.0
FENCE = 11.0
GATE = 16.0
TITLE_SIZE = 12.5


@dataclass(frozen=True, slots=True)
class Stations:
    """Places of one column from the left.

    Strands bend from `start` to `level`, cells are drawn from `gathered` to `scattered`, arrays come together again
    until `settled`, and labels stand from there to `end`.
    """

    start: float
    level: float
    gathered: float
    scattered: float
    settled: float
    end: float


@dataclass(frozen=True)
class Spread:
    """Stations of all columns, the place where inputs begin, and the labels that are written."""

    begin: float
    first: float
    columns: tuple[Stations, ...]
    written: frozenset[int]

    @property
    def right(self) -> float:
        """The right end of the picture."""
        return self.columns[-1].end if self.columns else self.first


def spread(weaver: Weaver, placed: Placed, blocks: Sequence[Block]) -> Spread:
    """Stations of a woven diagram."""
    written = _written(weaver, placed)
    begin = _whole(_names(weaver))
    first = _whole(begin + max(_labels(weaver.first.settled, written), 20.0))
    at, found = first, []
    opened: dict[str, float] = {}
    for number, column in enumerate(weaver.columns):
        opening = sum(block.columns[0] == number and block.opens for block in blocks)
        closing = sum(block.columns[-1] == number and block.closes for block in blocks)
        level = (
            at
            if column.lead
            else at
            + _early(column)
            + bend(placed, [run for run in column.runs if run.kind in ("across", "join")], bool(column.copies))
        )
        gathered = level + opening * FENCE
        scattered = gathered + _width(column, placed)
        for block in blocks:
            if block.columns[0] == number:
                opened[block.id] = gathered
            if block.columns[-1] == number and block.opens:
                scattered = max(scattered, opened[block.id] + _title(block))
        settled = scattered + bend(placed, [run for run in column.runs if run.kind == "over" and not run.cell], False)
        settled += closing * FENCE + _overhang(column)
        lanes = [lane for slot in column.slots for lane in (slot.settled or slot.gathered)]
        end = settled + max(_labels(lanes, written), 4.0)
        # whole numbers keep level lines sharp on screens
        places = (at, *map(_whole, (level, gathered, scattered, settled, end)))
        found.append(Stations(*places))
        at = places[-1]
    return Spread(begin, first, tuple(found), frozenset(written))


def _whole(place: float) -> float:
    return float(ceil(place - 1e-6))


def bend(placed: Placed, runs: Sequence[Run], copies: bool) -> float:
    """The width that runs need for their curves; legs that join a strand may use some of that of the cell."""
    jumps = [
        abs(placed.lanes[run.start.number] - placed.lanes[run.end.number]) * (0.5 if run.kind == "join" else 0.75)
        for run in runs
    ]
    most = max(jumps, default=0.0)
    return (0.0 if most < 0.5 else min(max(most, 22.0), 84.0)) + (8.0 if copies else 0.0)


def _width(column: Column, placed: Placed) -> float:
    """The widest cell of a column."""
    return max((slot_width(slot, placed) for slot in column.slots), default=0.0)


def _overhang(column: Column) -> float:
    """How far marks over dots at the right edge of a column reach beyond it."""
    marks = [slot.room.width / 2 for slot in column.slots if slot.cell is not None and slot.cell.kind == "merge"]
    return max(marks, default=0.0) if column.quiet else 0.0


def _early(column: Column) -> float:
    """Room for marks over dots at the left edge of a column."""
    marks = [slot.room.width / 2 for slot in column.slots if slot.cell is not None and slot.cell.kind == "merge"]
    return max(marks, default=0.0) if not column.quiet else 0.0


def _title(block: Block) -> float:
    """The width that the title of a block needs."""
    brackets = 0.0 if block.fence.kind in ("call", "composite") else 2 * GATE
    return measure(block.title_text, TITLE_SIZE, "sans").width + 8.0 + brackets


def slot_width(slot: Slot, placed: Placed) -> float:
    """The width of one cell."""
    if slot.cell is None:
        return 0.0
    if slot.cell.kind == "wiring":
        radii = [cap_radius(placed, cap) for cap in slot.caps]
        return max((radius + arrow(slot) + 16.0 for radius in radii), default=10.0 if slot.dots else 0.0)
    if slot.cell.kind == "merge":
        return max(slot.room.width / 2 + 6.0, 14.0)
    if slot.cell.kind == "gate":
        return GATE
    if slot.cell.kind in ("output", "input"):
        return 0.0
    if slot.cell.kind == "end":
        return 12.0
    return slot.room.width


def label_lift(lane: Lane) -> float:
    """How far the baseline of the label of a strand lies above it."""
    room = measure(lane.strand.label, LABEL, "math")
    return max(4.0, room.descent + 1.4) + (HALF if lane.strand.double else 0.0)


def label_height(lane: Lane) -> float:
    """How far the label of a strand reaches above it."""
    return label_lift(lane) + measure(lane.strand.label, LABEL, "math").ascent


def arrow(slot: Slot) -> float:
    """The length of the arrow of a cap: that of the mark over it."""
    return max(14.0, measure(slot.mark.sign.mark, MARK).width + 6.0) if slot.mark is not None else 14.0


def chip_width(column: Column) -> float:
    """The width that learned maps of one column share."""
    chips = [slot.room.width for slot in column.slots if slot.cell is not None and slot.cell.sign.outline == "chip"]
    return max(chips, default=0.0)


def cap_radius(placed: Placed, cap: Sequence[Lane]) -> float:
    """The largest radius among the caps that join strands."""
    heights = [placed.lanes[lane.number] for lane in cap]
    return max((abs(lower - upper) / 2 for upper, lower in itertools.pairwise(heights)), default=6.0)


def _labels(lanes: Sequence[Lane], written: set[int]) -> float:
    widths = [
        measure(lane.strand.label, LABEL, "math").width
        for lane in lanes
        if lane.number in written and lane.strand.label
    ]
    return max(widths) + 2 * GAP if widths else 0.0


def _names(weaver: Weaver) -> float:
    """The room of the names of inputs."""
    named = [weaver.diagram.arrays[array].name for array in weaver.order.first]
    shown = [measure(name, NAME, "math").width for name in named if name]
    return max(shown) + 10.0 if shown else 0.0


def _written(weaver: Weaver, placed: Placed) -> set[int]:
    """Numbers of the lanes that are labelled.

    A strand is labelled where it begins, is called otherwise or has come a long way; and where it leaves the picture:
    where a strand of its array is labelled just before, it is labelled there with it. On grounds of columns every
    column of what flows names all its strands, so that each reads off a whole type.
    """
    written = {lane.number for lane in weaver.first.settled}
    since: dict[int, int] = {}
    for number, column in enumerate(weaver.columns):
        before = {run.end.number: run.start for run in column.runs if run.kind in ("across", "over")}
        for slot in column.slots:
            made = {(lane.array, lane.place) for lane in (*slot.made, *slot.dots)}
            for lane in slot.settled or (slot.gathered if slot.cell and slot.cell.kind == "output" else ()):
                old = _origin(lane, before)
                far = not column.lead and abs(placed.lanes[old.number] - placed.lanes[lane.number]) > 35.0
                called = old.strand.label != lane.strand.label
                beside = any(since.get(_origin(one, before).number) == number - 1 for one in slot.gathered)
                ends = slot_ends(slot) and (far or not beside)
                if slot_ends(slot) and beside and not far:
                    written.add(old.number)
                read = weaver.style.columns and not slot_ends(slot)
                if column.lead or read or (lane.array, lane.place) in made or called or far or ends:
                    written.add(lane.number)
                    since[lane.number] = number
    return written


def slot_ends(slot: Slot) -> bool:
    """Whether the picture ends here."""
    return slot.cell is not None and slot.cell.kind == "output"


def _origin(lane: Lane, before: Mapping[int, Lane]) -> Lane:
    """The lane left of the column from which a strand comes."""
    seen = set()
    while lane.number in before and lane.number not in seen:
        seen.add(lane.number)
        lane = before[lane.number]
    return lane
