"""Traces: a diagonal that is summed at once is drawn as a product is, as strands that end in each other.

Both nodes stay cells of their own: the first is the turn, the second the arrow at the end of what comes out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .diagram import Cell, Diagram
from .glyph import Sign


def traced(diagram: Diagram) -> Diagram:
    """The diagram with the signs of all traces as turns and arrows."""
    found = {cell.id: cell for pair in _pairs(diagram) for cell in pair}
    turned = {array for cell in found.values() if cell.sign.outline == "turn" for array in cell.outputs}
    arrays = dict(diagram.arrays)
    for id in sorted(turned):
        made = diagram.producers[id].made[0]
        # a strand that ends right after it begins is called by those that turn into it
        strands = [
            replace(strand, label="") if place in made else strand for place, strand in enumerate(arrays[id].strands)
        ]
        arrays[id] = replace(arrays[id], strands=tuple(strands))
    return replace(diagram, arrays=arrays, cells=tuple(found.get(cell.id, cell) for cell in diagram.cells))


def _pairs(diagram: Diagram) -> Iterator[tuple[Cell, Cell]]:
    """Diagonals of two strands that nothing reads but a sum over them, with the sum."""
    for cell in diagram.cells:
        if cell.op != "diagonal" or cell.kind != "glyph" or len(cell.touched[0]) != 2:
            continue
        readers = diagram.consumers[cell.outputs[0]]
        if len(readers) == 1 and len(readers[0].inputs) == 1 and _sums(readers[0], cell.made[0]):
            made = replace(readers[0], kind="glyph", sign=Sign("tip"), joined=(), ordered=True)
            yield replace(cell, sign=Sign("turn")), made


def _sums(cell: Cell, strands: tuple[int, ...]) -> bool:
    """Whether a cell of one input sums exactly these strands."""
    if cell.op == "einsum":
        return cell.joined == tuple(((0, place),) for place in strands)
    return cell.op == "reduce" and cell.sign.mark == "\\Sigma" and cell.touched[0] == strands
