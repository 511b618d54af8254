"""Systems, as in a score: a forward row, the part of the backward pass that pulls back through it, the tape between.

The backward rows are mirrored: they are read from the right, and from the last system up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .alignment import facing, row_ends, stretched
from .backward_diagram import GRAB, Grabbed
from .blocks import titled
from .frame import bounds_of, framed, shifted
from .layout import Layout
from .mirror import mirrored
from .scene import Item, Path, Scene, Tag, Text, line
from .spread import TITLE_SIZE
from .tape import TRACK, Pair, inks, tape, tracks
from .taps import Tap, apart, dropped, grabbed, ranked, reached, roomy, row_of
from .theme import Style
from .wrap import LEAD, stacked

APART = 16.0
BACK = ("fence", "shadow")


class Systems:
    """All systems of a picture, from the first to the last."""

    def __init__(self, above: Layout, below: Layout, lower: Grabbed, style: Style) -> None:
        self.style, self.count = style, len(above.weaver.rows())
        above = roomy(above, [drop for drop, _ in self._taps(above, below, lower)], before=False)
        below = roomy(below, [grab for _, grab in self._taps(above, below, lower)], before=True)
        self.above, self.below = _flush(*facing(above, below))
        self.arounds, self.edges = [], []
        for one, other in _rows(self.above, self.below):
            (left, right), (begin, end) = row_ends(self.above, one), row_ends(self.below, other)
            self.arounds.append(right + begin)
            self.edges.append((min(left, right + begin - end) - LEAD, right + LEAD))
        taps = self._taps(self.above, self.below, lower)
        ways: dict[str, float] = {}
        for drop, grab in taps:
            ways[grab.array] = max(self._way(drop, grab), ways.get(grab.array, 0.0))
        first = ranked((drop for drop, _ in taps), ways.__getitem__)
        second = ranked((grab for _, grab in taps), lambda array: -ways[array])
        self.pairs = [(apart(drop, first), apart(grab, second)) for drop, grab in taps]

    def composed(self, title: str) -> Scene:
        """The whole scene."""
        first, second = self.above.composer(self.style), self.below.composer(self.style)
        rows = zip(first.rows(), reversed(second.rows(rises=True)), strict=True)
        made = []
        for number, (upper, lower) in enumerate(rows):
            made.append(self._system(number, upper, lower, "" if number else f"R[{titled(title)}]"))
        said = f"{first.description()}\n\n{second.description()}"
        return framed(stacked(made, self.style.rows + 2 * APART), f"R[{title}]", said, self.style.theme.paper)

    def _system(self, number: int, upper: Sequence[Item], lower: Sequence[Item], title: str) -> list[Item]:
        """The items of one system."""
        under = [item for item in lower if not item.tag.node.startswith(GRAB)]
        around = self.arounds[number]
        levels = tracks(self._ways(number, 0.0))
        band = bounds_of(upper).bottom + APART
        rule = band + TRACK * (max(levels.values(), default=-1) + 1) + 4.0
        turned = [mirrored(item, around) for item in (*under, *self._starts(number))]
        down = rule + TITLE_SIZE + APART - bounds_of(turned).top
        items = [*upper, *(_below(shifted(item, 0.0, down)) for item in turned)]
        back = [item for item in items if item.tag.part in BACK]
        rest = [item for item in items if item.tag.part not in BACK]
        colours = inks((drop.array for drop, _ in self.pairs), self.style)
        lines = tape(self._ways(number, down), levels, band, colours)
        return [*back, *lines, *rest, *self._rule(items, rule, title)]

    def _taps(self, above: Layout, below: Layout, lower: Grabbed) -> list[Pair]:
        """Where each grab takes what is kept, before it is mirrored, with where that is dropped: as near as can be."""
        places = [*((cell, array, False) for cell, array in lower.grabs.items())]
        places += [(cell, block, True) for cell, block in lower.boxes]
        found = []
        for cell, array, box in places:
            grab = (reached if box else grabbed)(below, cell, array)
            found.append((dropped(above, array, self.count - 1 - row_of(below, grab.column)), grab))
        return found

    def _way(self, drop: Tap, grab: Tap) -> float:
        """How far the tape leads from a drop to a grab; to another system farther than within one."""
        start, end = self._numbers(drop, grab)
        if start != end:
            return 1e6 * abs(end - start)
        return abs(self.arounds[end] - grab.x - drop.x)

    def _numbers(self, drop: Tap, grab: Tap) -> tuple[int, int]:
        """The systems in which an array is dropped and grabbed."""
        return row_of(self.above, drop.column), self.count - 1 - row_of(self.below, grab.column)

    def _ways(self, number: int, down: float) -> list[Pair]:
        """The ways of the tape in one system, the backward row mirrored and moved down; over its edges to others."""
        found = []
        for drop, grab in self.pairs:
            start, end = self._numbers(drop, grab)
            if not min(start, end) <= number <= max(start, end):
                continue
            left, right = (Tap(drop.array, 0, edge, (), edge=True) for edge in self.edges[number])
            seen = tuple(height + down for height in grab.heights)
            found.append(
                (
                    drop if number == start else left if start < end else right,
                    replace(grab, x=self.arounds[number] - grab.x, heights=seen)
                    if number == end
                    else (right if start < end else left),
                )
            )
        return found

    def _starts(self, number: int) -> Iterator[Item]:
        """The strands from where they are grabbed to what reads them, before the row is mirrored."""
        ink = self.style.theme.ink
        for drop, grab in self.pairs:
            if self._numbers(drop, grab)[1] != number:
                continue
            for lane, height in zip(grab.lanes, grab.heights, strict=False):
                tag = Tag("wire", "", lane.array, lane.strand.axes)
                for offset in (-1.5, 1.5) if lane.strand.double else (0.0,):
                    path = line((grab.x, height + offset), (grab.end, height + offset))
                    yield Path(path, stroke=ink, tag=tag)

    def _rule(self, items: Sequence[Item], height: float, title: str) -> list[Item]:
        """The double dashed line between the rows, and the title of the lower one."""
        bounds, ink = bounds_of(items), self.style.theme.ink
        tag = Tag("divide")
        lines: list[Item] = [
            Path(line((bounds.left, at), (bounds.right, at)), stroke=ink, width=1.2, dash=(7.0, 5.0), tag=tag)
            for at in (height - 1.6, height + 1.6)
        ]
        place, tag = (bounds.left, height + TITLE_SIZE + 5.0), Tag("title", "R/")
        return [*lines, Text(*place, title, TITLE_SIZE, "start", ink, "sans", tag)] if title else lines


def _rows(above: Layout, below: Layout) -> list[tuple[range, range]]:
    """The columns of both rows of every system."""
    return list(zip(above.weaver.rows(), reversed(below.weaver.rows()), strict=True))


def _flush(above: Layout, below: Layout) -> tuple[Layout, Layout]:
    """Layouts whose rows begin below each other where arrows lead into both from the left."""
    longer = [[0.0] * len(layout.spread.columns) for layout in (above, below)]
    for one, other in _rows(above, below)[1:]:
        (left, right), (begin, end) = row_ends(above, one), row_ends(below, other)
        short = (right - left) - (end - begin)
        column = one.start if short < 0 else other[-1]
        longer[0 if short < 0 else 1][column] += abs(short)
    return (
        replace(above, spread=stretched(above.spread, longer[0])),
        replace(below, spread=stretched(below.spread, longer[1])),
    )


def _below(item: Item) -> Item:
    """An item of the backward row: what it stands for is told apart from what stands above."""
    tag = item.tag
    node, wire = (f"R/{word}" if word else "" for word in (tag.node, tag.wire))
    return replace(item, tag=replace(tag, node=node, wire=wire))
