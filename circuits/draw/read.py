"""Reading a scene back: which strands end at a glyph, begin at one, pass it or meet, told by where lines lie.

Lines of one strand are followed from end to end; a line that ends on the edge of a glyph is read by it, one that begins
there is made by it. What a node is called, and what an array and its axes are called, is taken from the tags; how they
are connected only from the geometry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .frame import bounds_of
from .scene import Bounds, Command, Item, Path, Scene

# How far a strand may end from the edge of what it touches: words keep a distance from their strand.
NEAR = 3.6
Strand = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Read:
    """What a glyph of a scene touches: strands that end at it and strands that begin at it, from the top."""

    node: str
    bounds: Bounds
    taken: tuple[Strand, ...] = ()
    made: tuple[Strand, ...] = ()


@dataclass
class _Found:
    taken: list[tuple[float, Strand]] = field(default_factory=list)
    made: list[tuple[float, Strand]] = field(default_factory=list)


def read_glyphs(scene: Scene) -> dict[str, Read]:
    """Every glyph by its node, with the strands that end and begin at its edges."""
    parts: dict[str, list[Item]] = {}
    for item in scene.items:
        if item.tag.part in ("glyph", "mark") and item.tag.node:
            parts.setdefault(item.tag.node, []).append(item)
    boxes = {node: bounds_of(items) for node, items in parts.items()}
    found = {node: _Found() for node in boxes}
    ends = _free_ends(scene)
    for x, y, strand, left in ends:
        for node, box in boxes.items():
            if not (box.top - NEAR <= y <= box.bottom + NEAR and box.left - NEAR <= x <= box.right + NEAR):
                continue
            (found[node].taken if left else found[node].made).append((y, strand))
    return {
        node: Read(node, box, _ordered(found[node].taken), _ordered(found[node].made)) for node, box in boxes.items()
    }


def read_nodes(scene: Scene) -> dict[str, frozenset[str]]:
    """For every node the wires it reads: those that end at its glyph, in its caps, at its dots, or in what it makes.

    What a node makes is called as the node, or `node.port` where it makes several arrays; then each has its own entry.
    """
    lines = [path for path in scene.paths if path.tag.part == "wire"]
    stops: dict[tuple[float, float], set[str]] = {}
    for path in lines:
        stops.setdefault(_rounded(last(path.commands)), set()).add(path.tag.wire)
    found: dict[str, set[str]] = {}
    for node, one in read_glyphs(scene).items():
        found.setdefault(node, set()).update(wire for wire, _ in one.taken)
    dots = {_middle(path): path.tag.node for path in scene.paths if path.tag.part == "dot" and path.tag.node}
    for at, node in dots.items():
        found.setdefault(node, set()).update(stops.get(at, ()))
    for path in lines:
        # an array begins where those end that it is made of, unless a dot there says what they are read by
        at = _rounded(first(path.commands))
        if at not in dots:
            found.setdefault(path.tag.wire, set()).update(stops.get(at, set()) - {path.tag.wire})
    for path in scene.paths:
        if path.tag.part == "cap":
            ends = {_rounded(last(one.commands)) for one in lines if _turns(one) and one.tag.wire == path.tag.wire}
            found.setdefault(path.tag.node, set()).update(*(stops[end] for end in ends))
    return {node: frozenset(wires) for node, wires in found.items()}


def _middle(path: Path) -> tuple[float, float]:
    """The point around which a dot lies."""
    box = path.bounds()
    return _rounded(((box.left + box.right) / 2, (box.top + box.bottom) / 2))


def _turns(path: Path) -> bool:
    """Whether a line ends in a cap: it goes back to where it turned."""
    points = list(path.points())
    return len(points) > 2 and max(x for x, _ in points) > last(path.commands)[0] + 1.0


def _ordered(strands: Sequence[tuple[float, Strand]]) -> tuple[Strand, ...]:
    """Strands from the top, each once: both lines of a double wire are one."""
    return tuple(dict.fromkeys(strand for _, strand in sorted(strands)))


def _free_ends(scene: Scene) -> Iterator[tuple[float, float, Strand, bool]]:
    """Ends of lines where no line of the same strand goes on: place, strand, whether the line comes from the left."""
    lines = [path for path in scene.paths if path.tag.part == "wire"]
    starts = {(path.tag, *_rounded(first(path.commands))) for path in lines}
    stops = {(path.tag, *_rounded(last(path.commands))) for path in lines}
    for path in lines:
        strand = (path.tag.wire, path.tag.axes)
        begin, end = first(path.commands), last(path.commands)
        if (path.tag, *_rounded(end)) not in starts:
            yield (*end, strand, True)
        if (path.tag, *_rounded(begin)) not in stops:
            yield (*begin, strand, False)


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 1), round(point[1], 1)


def first(commands: Sequence[Command]) -> tuple[float, float]:
    """Where a line begins."""
    return float(commands[0][1]), float(commands[0][2])  # type: ignore[misc]


def last(commands: Sequence[Command]) -> tuple[float, float]:
    """Where a line ends."""
    end = commands[-1] if len(commands[-1]) > 1 else commands[-2]
    return float(end[-2]), float(end[-1])  # type: ignore[misc]


def polyline(path: Path, steps: int = 12) -> list[tuple[float, float]]:
    """Points along a line."""
    points: list[tuple[float, float]] = []
    for command in path.commands:
        numbers = [float(value) for value in command[1:]]
        if command[0] in ("M", "L"):
            points.append((numbers[0], numbers[1]))
        elif command[0] == "C":
            points += _cubic(points[-1], numbers, steps)
    return points


def _cubic(start: tuple[float, float], numbers: Sequence[float], steps: int) -> list[tuple[float, float]]:
    x1, y1, x2, y2, x3, y3 = numbers
    found = []
    for step in range(1, steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        found.append((a * start[0] + b * x1 + c * x2 + d * x3, a * start[1] + b * y1 + c * y2 + d * y3))
    return found
