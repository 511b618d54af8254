"""The tape between a forward and a backward row: lines from where arrays are dropped to where they are grabbed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .scene import Command, Item, Path, Tag, circle, polygon
from .taps import Tap
from .theme import Style

TRACK = 8.0
BEND = 6.0
DOT = 2.4

Pair = tuple[Tap, Tap]


def tracks(pairs: Sequence[Pair]) -> dict[str, int]:
    """The track of every array that is kept, so that none meets another on its way: the shortest ways on top."""
    taken: list[list[tuple[float, float]]] = []
    found: dict[str, int] = {}
    ways = _ways(pairs)
    for array in sorted(ways, key=lambda array: (ways[array][1] - ways[array][0], ways[array][0])):
        left, right = ways[array]
        clear = [all(right + BEND < start or end + BEND < left for start, end in row) for row in (*taken, [])]
        found[array] = clear.index(True)
        if found[array] == len(taken):
            taken.append([])
        taken[found[array]].append((left, right))
    return found


def _ways(pairs: Sequence[Pair]) -> dict[str, tuple[float, float]]:
    """How far to the left and to the right each array is led."""
    found: dict[str, tuple[float, float]] = {}
    for drop, grab in pairs:
        left, right = found.get(drop.array, (drop.x, drop.x))
        found[drop.array] = (min(left, grab.x), max(right, grab.x))
    return found


def tape(pairs: Sequence[Pair], numbers: Mapping[str, int], top: float, style: Style) -> list[Item]:
    """The lines of the tape; `top` is the height of the first track."""
    inks = style.theme.levels[1:]
    colours = {array: inks[number % len(inks)] for number, array in enumerate(_ways(pairs))}
    found: dict[Item, None] = {}
    for drop, grab in pairs:
        for item in _way(drop, grab, top + TRACK * numbers[drop.array], colours[drop.array]):
            found.setdefault(item)
    return list(found)


def _way(drop: Tap, grab: Tap, track: float, ink: str) -> Iterator[Item]:
    """One way from a drop to a grab."""
    tag = Tag("tape", "", drop.array)
    tip, *others = sorted(grab.heights)
    start = min(drop.heights, default=track - BEND)
    yield Path(_bent(drop.x, start, grab.x, max(grab.heights), track), stroke=ink, width=1.4, tag=tag)
    dots = [(drop.x, height) for height in drop.heights if drop.lanes] + [(grab.x, height) for height in others]
    for x, y in dots:
        yield Path(circle(x, y, DOT), fill=ink, tag=tag)
    head = polygon((grab.x, tip), (grab.x - 4.2, tip - 9.0), (grab.x, tip - 6.4), (grab.x + 4.2, tip - 9.0))
    yield Path(head, fill=ink, tag=tag)


def _bent(x: float, y: float, to_x: float, to_y: float, track: float) -> tuple[Command, ...]:
    """Down, along a track, and down again, with round corners."""
    turn = min(BEND, abs(to_x - x) / 2)
    side = turn if to_x >= x else -turn
    if turn < 0.01:
        return (("M", x, y), ("L", to_x, to_y))
    return (
        ("M", x, y),
        ("L", x, track - turn),
        ("C", x, track, x, track, x + side, track),
        ("L", to_x - side, track),
        ("C", to_x, track, to_x, track, to_x, track + turn),
        ("L", to_x, to_y),
    )
