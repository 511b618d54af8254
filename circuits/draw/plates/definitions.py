"""A named component as a box in space, with its ports: what stands left of the `=` of a definition."""

from __future__ import annotations

from collections.abc import Sequence

from ...circuit import Circuit
from ..detail import Detail
from ..diagram import Array, Strand
from ..expand import expand
from ..glyph import Place, Sign
from ..glyphs import drawn, footprint
from ..scene import PITCH, Item, Path, Scene, Tag, Text, line
from ..theme import Style
from ..typeset import measure
from .parts import part
from .pictures import Look, looked

LABEL = 13.0
APART = 18.0
_HALF = 1.5


def definition(
    circuit: Circuit,
    title: str,
    parameters: str = "",
    *,
    look: Look | None = None,
    nested: bool = False,
    detail: Detail | None = None,
    style: Style | None = None,
) -> Scene:
    """The box of a circuit: its inputs left, its outputs right, its title and what it depends on (TeX) inside."""
    style = style or Style()
    diagram = looked(expand(circuit, detail), look or Look())
    ends = [array for id in diagram.outputs for array in diagram.by_id[id].inputs]
    sides = [[diagram.arrays[name] for name in names] for names in (diagram.inputs, ends)]
    sign = Sign("box3d", parameters, title, detail="nested" if nested else "")
    left, right = (_heights(arrays) for arrays in sides)
    room = footprint(sign, style, len(left), len(right))
    lead = max(_widest(arrays) for arrays in sides) + 22.0
    middle = (max(left[-1], right[-1])) / 2
    places = [[height + middle - side[-1] / 2 for height in side] for side in (left, right)]
    made = drawn(sign, style, Place(lead, room.width, tuple(places[0]), tuple(places[1])), title)
    strands = [[strand for array in arrays for strand in array.strands] for arrays in sides]
    items: list[Item] = []
    for strand, y, end in zip(strands[0], places[0], made.left, strict=True):
        items += _port(strand, 0.0, end, y, style)
    for strand, y, start in zip(strands[1], places[1], made.right, strict=True):
        items += _port(strand, start, lead * 2 + room.width, y, style)
    return part(*items, *made.items)


def _heights(arrays: Sequence[Array]) -> list[float]:
    """Heights of the strands of arrays below each other."""
    heights: list[float] = []
    y = -PITCH
    for number, array in enumerate(arrays):
        y += (APART - PITCH) + PITCH * 0.5 if number else 0.0
        for _ in array.strands:
            y += PITCH
            heights.append(y)
    return heights


def _widest(arrays: Sequence[Array]) -> float:
    return max(measure(strand.label, LABEL).width for array in arrays for strand in array.strands)


def _port(strand: Strand, start: float, end: float, y: float, style: Style) -> list[Item]:
    """A strand at the box, labelled."""
    ink, tag = style.theme.ink, Tag("wire", axes=strand.axes)
    offsets = (-_HALF, _HALF) if strand.double else (0.0,)
    found: list[Item] = [Path(line((start, y + by), (end, y + by)), ink, tag=tag) for by in offsets]
    lift = max(4.0, measure(strand.label, LABEL).descent + 1.4) + (_HALF if strand.double else 0.0)
    found.append(Text(start + 8.0, y - lift, strand.label, LABEL, "start", ink, tag=Tag("label", axes=strand.axes)))
    return found
