"""Arranging chosen nodes: at one height, or evenly one below the other, by pins that the picture then keeps.

The notation runs left to right, so only heights are free. A pin says how far a node lies below the place it has by
itself, and glyphs must not overlap: what is asked for is measured on the picture and mended a few times, and of all
these pictures the nearest is taken. A block that is open lies around its nodes, so the others go by it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from circuits import Problem

from ..rewiring import Problems
from .sketch import Sketch

# The most by which two nodes may differ, in units of the picture.
REACHED = 1.0
MOST = 1000
_TRIES = 4
# What lies right by itself is pinned as well, so that the others do not push it away.
_HELD = 0.01

Pins = Mapping[str, float]
Heights = Mapping[str, float]
Wanted = Callable[[Heights, Collection[str]], Heights]


@dataclass(frozen=True)
class Arranged:
    """Pins for the chosen nodes by name, none where they would help nothing.

    `astray` are the nodes that lie elsewhere still, `fixed` those that are open.
    """

    pins: Pins
    astray: tuple[str, ...]
    fixed: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What keeps nodes from where they should lie, "" for nothing."""
        if not self.astray:
            return ""
        names = ", ".join(f"'{name}'" for name in self.astray[:4]) + (" and others" if len(self.astray) > 4 else "")
        found, fix = "glyphs in their way, which must not overlap", "Select nodes that stand in different columns."
        if self.fixed:
            found, fix = f"'{self.fixed[0]}' open around its nodes", "Close it first, or leave it out."
        return str(Problem("arrange", f"room for {names}", found, fix))


def level(heights: Heights, fixed: Collection[str]) -> Heights:
    """Every node at the median of all heights, or of those that are fixed."""
    return dict.fromkeys(heights, median([heights[name] for name in fixed] or heights.values()))


def even(heights: Heights, fixed: Collection[str]) -> Heights:
    """The nodes at equal distances between the uppermost and the lowest."""
    names = sorted(heights, key=lambda name: heights[name])
    first, last = heights[names[0]], heights[names[-1]]
    return {name: first + (last - first) * place / (len(names) - 1) for place, name in enumerate(names)}


# What can be asked for, and how few nodes make sense.
_WAYS: Mapping[str, tuple[Wanted, int]] = {"level": (level, 2), "even": (even, 3)}


def arranged(draw: Callable[[Pins], Sketch], pins: Pins, names: Sequence[str], how: str) -> Arranged:
    """Pins with which nodes lie `level` or `even`; `draw` makes the picture with pins, `pins` are those now.

    Raises Problems for too few nodes, or more than one gesture moves.
    """
    wanted, few = _WAYS[how if how in _WAYS else "level"]
    if not few <= len(names) <= MOST:
        fix = "Select more." if len(names) < few else "Select fewer."
        raise Problems(Problem("arrange", f"{few} to {MOST:,} nodes", f"{len(names):,}", fix))
    before = draw(pins)
    fixed = tuple(name for name in names if before.figures[name].open)
    now = {name: pins.get(name, 0.0) for name in names if name not in fixed}
    away = _away(before, names, fixed, wanted)
    best, least = Arranged({}, _astray(away), fixed), _sum(away)
    for _ in range(_TRIES):
        if not best.astray:
            break
        now = {name: round(by - away[name], 2) or _HELD for name, by in now.items()}
        # the picture as a whole may have moved, so the places are those of the picture as it has become
        away = _away(draw({**pins, **now}), names, fixed, wanted)
        if _sum(away) < least - REACHED / 4:
            best, least = Arranged(now, _astray(away), fixed), _sum(away)
    return best


def _away(sketch: Sketch, names: Sequence[str], fixed: Collection[str], wanted: Wanted) -> dict[str, float]:
    """How far below its place the middle of every node lies."""
    boxes = {name: sketch.figures[name].box for name in names}
    heights = {name: (box[1] + box[3]) / 2 for name, box in boxes.items()}
    places = wanted(heights, fixed)
    return {name: heights[name] - places[name] for name in names}


def _astray(away: Heights) -> tuple[str, ...]:
    return tuple(name for name, by in away.items() if abs(by) > REACHED / 2)


def _sum(away: Heights) -> float:
    return sum(map(abs, away.values()))
