"""Plates: pictures for papers and lessons, made of diagrams, equations, notes, legends, tables and listings."""

from .boxes import Cases, Note, background, box, dotted, ground, legend, noted
from .definitions import definition
from .grids import grid, ruler
from .highlights import arc, band, halo, lettered, relabelled, without
from .listings import listing
from .parts import (
    at,
    banner,
    below,
    beside,
    bounds,
    bracketed,
    formula,
    fraction,
    joined,
    mapsto,
    moved,
    part,
    plate,
    scaled,
    sign,
    titled,
    together,
    words,
)
from .pictures import Look, drawn, drawn_rows
from .sketches import cap, cup, letter, ring, strand
from .targets import At
