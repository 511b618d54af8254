"""Strands as lines: level pieces and bends, joined to as few paths as there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, sin

from .scene import Command, Path, Tag

# How far apart the two lines of a double wire lie from its middle.
HALF = 1.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a strand from left to right: level, a bend with level ends, or the turn of a cap.

    One that touches a `round` with this centre has one level end; the other, on the round, points to the centre.
    """

    x: float
    y: float
    to_x: float
    to_y: float
    tag: Tag
    double: bool = False
    cap: bool = False
    round: tuple[float, float] | None = None


def paths(
    pieces: Iterable[Piece], colours: dict[Tag, str], ink: str, width: float, breaks: Sequence[float] = ()
) -> list[Path]:
    """Paths of strands: pieces of one strand that follow each other become one line, except over `breaks`."""
    found = []
    for chain in chains(pieces, frozenset(breaks)):
        stroke = colours.get(chain[0].tag, ink)
        for offset in (-HALF, HALF) if chain[0].double else (0.0,):
            found.append(Path(_commands(chain, offset), stroke=stroke, width=width, tag=chain[0].tag))
    return found


def chains(pieces: Iterable[Piece], breaks: frozenset[float] = frozenset()) -> list[list[Piece]]:
    """Pieces in the order in which they were made, those that continue another one appended to it."""
    ends: dict[tuple[Tag, float, float], list[Piece]] = {}
    found: list[list[Piece]] = []
    for piece in pieces:
        if not piece.cap and abs(piece.x - piece.to_x) < 0.01 and abs(piece.y - piece.to_y) < 0.01:
            continue
        chain = ends.pop((piece.tag, piece.x, piece.y), None)
        if chain is None:
            chain = []
            found.append(chain)
        if chain and _level(chain[-1]) and _level(piece):
            chain[-1] = replace(chain[-1], to_x=piece.to_x)
        else:
            chain.append(piece)
        if not piece.cap and piece.to_x not in breaks:
            ends[piece.tag, piece.to_x, piece.to_y] = chain
    return found


def _level(piece: Piece) -> bool:
    return not piece.cap and piece.round is None and abs(piece.y - piece.to_y) < 0.01


def _commands(chain: Sequence[Piece], offset: float) -> tuple[Command, ...]:
    commands: list[Command] = [("M", *_start(chain[0], offset))]
    for piece in chain:
        if piece.cap:
            commands += _turn(piece, offset)
        elif piece.round is not None:
            commands.append(_touch(piece, piece.round, offset))
        elif _level(piece):
            commands.append(("L", piece.to_x, piece.to_y + offset))
        else:
            commands.append(bend(piece, offset))
    return tuple(commands)


def _start(piece: Piece, offset: float) -> tuple[float, float]:
    """Where a line of a piece begins."""
    if piece.round is not None and piece.x > piece.round[0]:
        return _turned((piece.x, piece.y), piece.round, offset)
    return piece.x, piece.y + offset


def _turned(point: tuple[float, float], centre: tuple[float, float], offset: float) -> tuple[float, float]:
    """A point on a round moved along it, downwards right and left of the centre, so that double wires keep apart."""
    across, down = point[0] - centre[0], point[1] - centre[1]
    turn = offset / hypot(across, down) * (1.0 if across > 0 else -1.0)
    return (
        round(centre[0] + across * cos(turn) - down * sin(turn), 3),
        round(centre[1] + across * sin(turn) + down * cos(turn), 3),
    )


def _touch(piece: Piece, centre: tuple[float, float], offset: float) -> Command:
    """A cubic from a level end to a round, or from there to a level end."""
    leaves = piece.x > centre[0]
    at = _turned((piece.x, piece.y) if leaves else (piece.to_x, piece.to_y), centre, offset)
    end = (piece.to_x, piece.to_y + offset) if leaves else (piece.x, piece.y + offset)
    reach = abs(end[1] - at[1]) * 0.5 / max(hypot(at[0] - centre[0], at[1] - centre[1]), 1.0)
    near = (at[0] + (at[0] - centre[0]) * reach, at[1] + (at[1] - centre[1]) * reach)
    far = ((end[0] + near[0]) / 2, end[1])
    return ("C", *near, *far, *end) if leaves else ("C", *far, *near, *at)


def bend(piece: Piece, offset: float) -> Command:
    """A cubic with level ends; the two lines of a double wire keep their distance in the steep part."""
    middle = (piece.x + piece.to_x) / 2
    steep = min(1.0, abs(piece.to_y - piece.y) / 40.0)
    shift = -offset * steep * (1.0 if piece.to_y > piece.y else -1.0)
    at = middle + shift
    return ("C", at, piece.y + offset, at, piece.to_y + offset, piece.to_x, piece.to_y + offset)


def _turn(piece: Piece, offset: float) -> list[Command]:
    """Half a circle to the right, from the upper to the lower strand."""
    radius = (piece.to_y - piece.y) / 2 - offset
    top, low = piece.y + offset, piece.to_y - offset
    middle = (top + low) / 2
    handle = 0.5522847498 * radius
    return [
        ("L", piece.x, top),
        ("C", piece.x + handle, top, piece.x + radius, middle - handle, piece.x + radius, middle),
        ("C", piece.x + radius, middle + handle, piece.x + handle, low, piece.x, low),
    ]
