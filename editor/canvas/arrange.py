"""Arranging chosen nodes: at one height, or evenly one below the other, by pins that the picture then keeps.

The notation runs left to right, so only heights are free. A pin says how far a node lies below the place it has by
itself, and glyphs must not overlap: what is asked for is measured on the picture and mended a few times, and of all
these pictures the nearest is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from circuits import Problem

from .sketch import Sketch

REACHED = 1.0
_TRIES = 4
# What lies right by itself is pinned as well, so that the others do not push it away.
_HELD = 0.01

Pins = Mapping[str, float]
Heights = Mapping[str, float]


@dataclass(frozen=True)
class Arranged:
    """Pins for the chosen nodes by name, none where they would help nothing, and the nodes that lie elsewhere still."""

    pins: Pins
    astray: tuple[str, ...]


def level(heights: Heights) -> Heights:
    """Every node at the median of all heights."""
    return dict.fromkeys(heights, median(heights.values()))


def even(heights: Heights) -> Heights:
    """The nodes at equal distances between the uppermost and the lowest."""
    names = sorted(heights, key=lambda name: heights[name])
    first, last = heights[names[0]], heights[names[-1]]
    return {name: first + (last - first) * place / (len(names) - 1) for place, name in enumerate(names)}


def arranged(
    draw: Callable[[Pins], Sketch], pins: Pins, names: Sequence[str], wanted: Callable[[Heights], Heights]
) -> Arranged:
    """Pins with which nodes lie where `wanted` has them; `draw` makes the picture with pins, `pins` are those now."""
    now = {name: pins.get(name, 0.0) for name in names}
    heights = _heights(draw(pins), names)
    goal = wanted(heights)
    away = {name: heights[name] - goal[name] for name in names}
    best, least = Arranged({}, _astray(away)), _sum(away)
    for _ in range(_TRIES):
        if not best.astray:
            break
        now = {name: round(now[name] - away[name], 2) or _HELD for name in names}
        heights = _heights(draw({**pins, **now}), names)
        # the picture as a whole may have moved: only distances count
        moved = median(heights[name] - goal[name] for name in names)
        away = {name: heights[name] - goal[name] - moved for name in names}
        if _sum(away) < least - REACHED:
            best, least = Arranged(now, _astray(away)), _sum(away)
    return best


def unreached(found: Arranged) -> str:
    """What keeps nodes from where they should lie, "" for nothing."""
    if not found.astray:
        return ""
    names = ", ".join(f"'{name}'" for name in found.astray[:4]) + (" and others" if len(found.astray) > 4 else "")
    fix = "Select nodes that stand in different columns."
    return str(Problem("arrange", f"room for {names}", "glyphs in their way, which must not overlap", fix))


def _astray(away: Heights) -> tuple[str, ...]:
    return tuple(name for name, by in away.items() if abs(by) > REACHED)


def _sum(away: Heights) -> float:
    return sum(map(abs, away.values()))


def _heights(sketch: Sketch, names: Sequence[str]) -> dict[str, float]:
    """The heights of the middles of nodes."""
    boxes = {name: sketch.figures[name].box for name in names}
    return {name: (box[1] + box[3]) / 2 for name, box in boxes.items()}
