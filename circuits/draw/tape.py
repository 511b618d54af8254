"""The tape between a forward and a backward row: arrays dropped above, led through the band, grabbed below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..circuit import Circuit
from ..derived import Call
from .diagram import Diagram
from .lanes import Lane, Slot
from .picture import Layout
from .scene import Command, Item, Path, Tag, circle, polygon
from .theme import Style

TRACK = 8.0
BEND = 6.0
DOT = 2.4
BESIDE = 3.0


@dataclass(frozen=True)
class Tap:
    """A place where the tape meets a row: the heights of the strands it takes; none at the edge of a glyph."""

    x: float
    heights: tuple[float, ...]
    array: str
    glyph: bool = False


def kept(circuit: Circuit, wire: str, diagram: Diagram, path: str = "") -> str:
    """The array of a diagram, or else the cell, that holds a wire of the forward circuit."""
    name, _, port = wire.rpartition(".")
    node = circuit.by_id.get(name)
    if node is None:
        return wire
    at = f"{path}{node.name}"
    if isinstance(node.op, Call) and at in diagram.fence_of:
        inner = next(item.wire for item in node.op.circuit.outputs if item.name == port)
        if inner not in {item.name for item in node.op.circuit.inputs}:
            return kept(node.op.circuit, inner, diagram, f"{at}/")
    return f"{at}.{port}" if f"{at}.{port}" in diagram.arrays else at


def dropped(layout: Layout, array: str) -> Tap:
    """Where an array of the forward row is dropped: right of where it was made, or below the glyph that keeps it."""
    first = [lane for lane in layout.weaver.first.settled if lane.array == array]
    if first:
        return Tap(layout.spread.first - BESIDE, _heights(layout, first), array)
    columns = list(zip(layout.weaver.columns, layout.spread.columns, strict=True))
    for column, at in columns:
        lanes = [lane for slot in column.slots for lane in slot.settled if lane.array == array]
        if lanes:
            return Tap(at.end - BESIDE, _heights(layout, lanes), array)
    for column, at in columns:
        for slot in column.slots:
            if slot.cell is not None and (slot.cell.id == array or slot.cell.fence.startswith(array)):
                middle = (at.gathered + at.scattered) / 2
                return Tap(middle, (_bottom(layout, slot),), array, glyph=True)
    return Tap(layout.spread.first, (), array, glyph=True)


def grabbed(layout: Layout, cell: str, array: str) -> tuple[Tap, tuple[Lane, ...], float]:
    """Where a cell of the backward row grabs an array; the strands that begin there, and where the cell ends."""
    for column, at in zip(layout.weaver.columns, layout.spread.columns, strict=True):
        for slot in column.slots:
            if slot.cell is not None and slot.cell.id == cell:
                lanes = tuple(slot.made)
                return Tap(at.gathered - BESIDE, _heights(layout, lanes), array), lanes, at.scattered
    raise AssertionError(cell)


def _heights(layout: Layout, lanes: Sequence[Lane]) -> tuple[float, ...]:
    return tuple(layout.placed.lanes[lane.number] for lane in lanes)


def _bottom(layout: Layout, slot: Slot) -> float:
    lanes = [*slot.touched, *slot.made] or [*slot.gathered, *slot.scattered]
    return max(_heights(layout, lanes), default=0.0) + slot.room.below


def tracks(pairs: Sequence[tuple[Tap, Tap]]) -> dict[str, int]:
    """The track of every array that is kept, so that none meets another on its way: the shortest ways on top."""
    ways: dict[str, tuple[float, float]] = {}
    for drop, grab in pairs:
        left, right = sorted((drop.x, grab.x))
        known = ways.get(drop.array, (left, right))
        ways[drop.array] = (min(left, known[0]), max(right, known[1]))
    taken: list[list[tuple[float, float]]] = []
    found: dict[str, int] = {}
    for array, (left, right) in sorted(ways.items(), key=lambda way: (way[1][1] - way[1][0], way[1][0])):
        free = (
            number
            for number, row in enumerate(taken)
            if all(right + BEND < start or end + BEND < left for start, end in row)
        )
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((left, right))
        found[array] = number
    return found


def tape(pairs: Sequence[tuple[Tap, Tap]], numbers: Mapping[str, int], top: float, style: Style) -> list[Item]:
    """The lines of the tape; `top` is the height of the first track."""
    found: dict[Item, None] = {}
    for drop, grab in pairs:
        for item in _way(drop, grab, top + TRACK * numbers[drop.array], style):
            found.setdefault(item)
    return list(found)


def _way(drop: Tap, grab: Tap, track: float, style: Style) -> Iterator[Item]:
    """One way from a drop to a grab."""
    ink, tag = style.theme.levels[1], Tag("tape", "", drop.array)
    start, end = min(drop.heights, default=track), max(grab.heights)
    yield Path(_bent(drop.x, start, grab.x, end, track), stroke=ink, width=1.4, tag=tag)
    for height in () if drop.glyph else drop.heights:
        yield Path(circle(drop.x, height, DOT), fill=ink, tag=tag)
    tip = min(grab.heights)
    yield Path(polygon((grab.x, tip), (grab.x - 4.0, tip - 8.0), (grab.x, tip - 5.6), (grab.x + 4.0, tip - 8.0)), fill=ink, tag=tag)
    for height in grab.heights[1:] if len(grab.heights) > 1 else ():
        yield Path(circle(grab.x, height, DOT), fill=ink, tag=tag)


def _bent(x: float, y: float, to_x: float, to_y: float, track: float) -> tuple[Command, ...]:
    """Down, along a track, and down again, with round corners."""
    turn = min(BEND, abs(to_x - x) / 2)
    side = 1.0 if to_x >= x else -1.0
    if turn < 0.01:
        return (("M", x, y), ("L", to_x, to_y))
    return (
        ("M", x, y),
        ("L", x, track - turn),
        ("C", x, track, x, track, x + side * turn, track),
        ("L", to_x - side * turn, track),
        ("C", to_x, track, to_x, track, to_x, track + turn),
        ("L", to_x, to_y),
    )
