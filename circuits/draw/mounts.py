"""Functions of every element that stand on the arrow of a cap, as the factor of a scaled product does.

The arrow drops an axis of length one; what is done to every element right after it can be written over the arrow, if
nothing else reads the product and nothing runs where the mark would be. The strands are drawn as ever: the column of
the function only holds no mark.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence

from .brush import MARK, high
from .diagram import Cell, Diagram
from .lanes import Column, Run, Slot
from .membership import Item
from .place import Placed
from .read import polyline
from .routes import Piece, bend
from .scene import Bounds, Path, Tag
from .spread import Spread, Stations, cap_radius
from .typeset import measure

# Between an arrow and what is written over it: clear of the arrowhead.
OVER = 5.5
LONGEST = 60.0


def mounts(diagram: Diagram, columns: Sequence[Sequence[Item]]) -> dict[str, Cell]:
    """By the id of a cell with one cap the function right after it, where the next column holds it and it is short."""
    found: dict[str, Cell] = {}
    for left, right in itertools.pairwise(columns):
        wired = {item.cell.id: item.cell for item in left if item.cell is not None and _capped(item.cell)}
        for item in right:
            cell = item.cell
            if cell is None or cell.kind != "float" or cell.sign.outline != "arrows":
                continue
            maker = wired.get(diagram.producers[cell.inputs[0]].id)
            alone = diagram.consumers[cell.inputs[0]] == (cell,)
            if maker is not None and alone and maker.fence == cell.fence and fits(cell):
                found[maker.id] = cell
    return found


def _capped(cell: Cell) -> bool:
    """Whether a cell has one cap and nothing else that ends."""
    return cell.kind == "wiring" and len(cell.joined) == 1 and len(cell.joined[0]) == 2


def fits(cell: Cell) -> bool:
    """Whether a mark is short enough for an arrow."""
    return bool(cell.sign.mark) and measure(cell.sign.mark, MARK).width < LONGEST


def blocked(columns: Sequence[Column], placed: Placed, spread: Spread) -> set[str]:
    """Ids of cells whose arrow has no room for a mark: strands run where it would be."""
    found: set[str] = set()
    for column, at in zip(columns, spread.columns, strict=True):
        for slot in column.slots:
            if slot.mark is not None and slot.cell is not None:
                box = _box(slot, slot.mark, placed, at)
                if any(box.meets(part) for run in column.runs for part in _parts(run, placed, at, column)):
                    found.add(slot.cell.id)
    return found


def _box(slot: Slot, mark: Cell, placed: Placed, at: Stations) -> Bounds:
    """Where an arrow and the mark over it are."""
    upper, lower = (placed.lanes[lane.number] for lane in slot.caps[0])
    middle, x = (upper + lower) / 2, at.gathered + cap_radius(placed, slot.caps[0])
    text = measure(mark.sign.mark, MARK)
    return Bounds(x, middle - OVER - high(text), x + text.width + 6.0, middle + OVER)


def _parts(run: Run, placed: Placed, at: Stations, column: Column) -> Iterator[Bounds]:
    """The straight pieces of a bend that crosses a column, each as its rectangle."""
    ends = {"join": (at.start, at.scattered if column.quiet else at.level), "fan": (at.gathered, at.scattered)}
    ends["over"] = (at.gathered, at.scattered)
    if run.kind not in ends or (run.kind == "over" and not run.cell):
        return
    start, end = ends[run.kind]
    piece = Piece(start, placed.lanes[run.start.number], end, placed.lanes[run.end.number], Tag("wire"))
    points = polyline(Path((("M", piece.x, piece.y), bend(piece, 0.0))), 24)
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        yield Bounds(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


def without(found: Mapping[str, Cell], ids: Collection[str]) -> dict[str, Cell]:
    """Mounts but for those of some cells."""
    return {id: cell for id, cell in found.items() if id not in ids}
