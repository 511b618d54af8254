"""What is written at the kernels of pools: the size of a window over all its axes, or the whole extent.

Only the finished diagram knows which axes are one strand, so signs of pools are completed last.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .diagram import Cell, Diagram
from .glyph import Sign

_POWER = re.compile(r"\^\d+$")


def labelled(diagram: Diagram) -> Diagram:
    """The diagram with the extents of all pools as its strands show them: `2^2` over rows and columns."""
    return replace(diagram, cells=tuple(_labelled(cell, diagram) for cell in diagram.cells))


def _labelled(cell: Cell, diagram: Diagram) -> Cell:
    if cell.kind != "glyph" or cell.sign.outline != "pool":
        return cell
    given = diagram.arrays[cell.inputs[0]].strands
    strands = [given[place] for place in cell.touched[0]]
    axes = sum(len(strand.axes) for strand in strands)
    if cell.sign.detail.startswith("global"):
        extent = "\\,".join(strand.label.partition("=")[0] for strand in strands)
        return replace(cell, sign=replace(cell.sign, mark=extent, name=_powered("1", axes)))
    return replace(cell, sign=_windowed(cell.sign, axes))


def _windowed(sign: Sign, axes: int) -> Sign:
    """The sign of a pool whose windows are as long along so many axes; sizes that differ are written out already."""
    size = _POWER.sub("", sign.mark)
    return sign if not size or "\\times" in size else replace(sign, mark=_powered(size, axes))


def _powered(size: str, axes: int) -> str:
    return size if axes == 1 else f"{size}^{axes}"
