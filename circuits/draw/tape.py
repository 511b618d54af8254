"""The tape between a forward and a backward row: lines from where arrays are dropped to where they are grabbed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .scene import Command, Item, Path, Tag, circle, polygon
from .taps import Tap
from .theme import Style

TRACK = 8.0
BEND = 6.0
DOT = 2.4

Pair = tuple[Tap, Tap]


def tracks(pairs: Sequence[Pair]) -> dict[str, int]:
    """The track of every array that is kept, so that none meets another on its way.

    The shortest ways lie on top; those that go on in other rows lie below all others, in each row in one order.
    """
    taken: list[list[tuple[float, float]]] = []
    found: dict[str, int] = {}
    ways, over = _ways(pairs), [drop.array for drop, grab in pairs if drop.edge or grab.edge]
    rank = {array: over.index(array) + 1 if array in over else 0 for array in ways}
    for array in sorted(ways, key=lambda array: (rank[array], ways[array][1] - ways[array][0], ways[array][0])):
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
        found[drop.array] = (min(left, drop.x, grab.x), max(right, drop.x, grab.x))
    return found


def inks(arrays: Iterable[str], style: Style) -> dict[str, str]:
    """The colour of every array that is kept."""
    colours = style.theme.levels[1:]
    return {array: colours[number % len(colours)] for number, array in enumerate(dict.fromkeys(arrays))}


def tape(pairs: Sequence[Pair], numbers: Mapping[str, int], top: float, colours: Mapping[str, str]) -> list[Item]:
    """The lines of the tape; `top` is the height of the first track."""
    found: dict[Item, None] = {}
    for drop, grab in pairs:
        for item in _way(drop, grab, top + TRACK * numbers[drop.array], colours[drop.array]):
            found.setdefault(item)
    return list(found)


def _way(drop: Tap, grab: Tap, track: float, ink: str) -> Iterator[Item]:
    """One way from a drop to a grab."""
    tag = Tag("tape", "", drop.array)
    start = min(drop.heights, default=track - BEND)
    end = max(grab.heights, default=track)
    yield Path(tuple(_bent(drop, start, grab, end, track)), stroke=ink, width=1.4, tag=tag)
    tip, *others = sorted(grab.heights) or [track]
    dots = [(drop.x, height) for height in drop.heights if drop.lanes] + [(grab.x, height) for height in others]
    for x, y in dots:
        yield Path(circle(x, y, DOT), fill=ink, tag=tag)
    if not grab.edge:
        yield Path(_head(grab.x, tip, 0.0, 1.0), fill=ink, tag=tag)
    elif grab.x != drop.x:
        yield Path(_head(grab.x, track, 1.0 if grab.x > drop.x else -1.0, 0.0), fill=ink, tag=tag)


def _head(x: float, y: float, across: float, down: float) -> tuple[Command, ...]:
    """An arrowhead with its tip at (x, y) that points to the side, or down."""
    ends = ((-9.0, -4.2), (-6.4, 0.0), (-9.0, 4.2))
    return polygon((x, y), *((x + back * across + side * down, y + back * down + side * across) for back, side in ends))


def _bent(drop: Tap, y: float, grab: Tap, to_y: float, track: float) -> Iterator[Command]:
    """Down, along a track, and down again, with round corners; at the edge of a row it stays on the track."""
    x, to_x = drop.x, grab.x
    turn = min(BEND, abs(to_x - x) / 2)
    side = turn if to_x >= x else -turn
    if turn < 0.01:
        yield from (("M", x, y), ("L", to_x, to_y))
        return
    if drop.edge:
        yield ("M", x, track)
    else:
        yield from (("M", x, y), ("L", x, track - turn), ("C", x, track, x, track, x + side, track))
    if grab.edge:
        yield ("L", to_x, track)
    else:
        yield ("L", to_x - side, track)
        yield from (("C", to_x, track, to_x, track, to_x, track + turn), ("L", to_x, to_y))
