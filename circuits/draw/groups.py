"""Groups of axes drawn as one double wire: rows and columns of images that go everywhere together.

Axes that some op treats as one extent (`over="y x"`) are a group if every array that has one of them has all, and every
cell does with one what it does with the others. The same holds for what derives from them (`y/2 x/2`, `y[l] x[l]`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..types import base, stride
from .diagram import Array, Cell, Diagram, Link, Strand

Roots = tuple[str, ...]


def grouped(diagram: Diagram, candidates: Iterable[Sequence[str]]) -> Diagram:
    """The diagram with every group that holds drawn as one strand."""
    for roots in dict.fromkeys(tuple(map(root, names)) for names in candidates):
        if len(set(roots)) == len(roots) > 1:
            diagram = _grouped(diagram, roots)
    return diagram


def root(name: str) -> str:
    """The letter of an axis: `y` of `y[l-1]`, `y/2` and `y'`."""
    return stride(base(name))[0].partition("[")[0]


def _variant(name: str) -> str:
    """What tells an axis from others of its letter."""
    return name[len(root(name)) :]


def _grouped(diagram: Diagram, roots: Roots) -> Diagram:
    merged: dict[str, list[tuple[int, ...]]] = {}
    for array in diagram.arrays.values():
        found = _pieces(array, roots)
        if found is None:
            return diagram
        merged[array.id] = found
    if not all(_alike(cell, merged) for cell in diagram.cells):
        return diagram
    arrays = {id: _merged(array, merged[id]) for id, array in diagram.arrays.items()}
    return replace(diagram, arrays=arrays, cells=tuple(_moved(cell, merged) for cell in diagram.cells))


def _pieces(array: Array, roots: Roots) -> list[tuple[int, ...]] | None:
    """Strands of an array by those they become; None where it has a part of a group without the rest."""
    places: dict[str, dict[str, int]] = {}
    for place, strand in enumerate(array.strands):
        name = strand.axes[0]
        if len(strand.axes) == 1 and root(name) in roots:
            places.setdefault(_variant(name), {})[root(name)] = place
    if any(len(found) < len(roots) for found in places.values()):
        return None
    held = {place: tuple(found[one] for one in roots) for found in places.values() for place in found.values()}
    pieces = [held.get(place, (place,)) for place in range(len(array.strands))]
    return [piece for place, piece in enumerate(pieces) if place == min(piece)]


def _alike(cell: Cell, merged: dict[str, list[tuple[int, ...]]]) -> bool:
    """Whether a cell treats the strands of every group alike."""
    ends = [(cell.inputs, cell.touched), (cell.outputs, cell.made)]
    for arrays, places in ends:
        for array, touched in zip(arrays, places, strict=True):
            if any(0 < len(set(piece) & set(touched)) < len(piece) for piece in merged[array]):
                return False
    links = {(link.given, link.source, link.made, link.target) for link in cell.links}
    for link in cell.links:
        sources = next(piece for piece in merged[cell.inputs[link.given]] if link.source in piece)
        targets = next(piece for piece in merged[cell.outputs[link.made]] if link.target in piece)
        if len(sources) != len(targets):
            return False
        pairs = zip(sources, targets, strict=True)
        if any((link.given, one, link.made, other) not in links for one, other in pairs):
            return False
    return True


def _merged(array: Array, pieces: Sequence[tuple[int, ...]]) -> Array:
    strands = []
    for piece in pieces:
        first = array.strands[piece[0]]
        if len(piece) == 1:
            strands.append(first)
            continue
        axes = tuple(axis for place in piece for axis in array.strands[place].axes)
        strands.append(Strand(axes, bold(array.strands[piece[-1]].label)))
    return replace(array, strands=tuple(strands))


def bold(label: str) -> str:
    """The label of a group: the letter of its last axis in bold; a size written behind it is that of one axis."""
    label = label.partition("=")[0]
    if label.startswith("\\bar{"):
        return re.sub(r"^\\bar\{([^{}]*)\}", r"\\bar{\\mathbf{\1}}", label)
    return re.sub(r"^(\\?[^\W\d_]+)", r"\\mathbf{\1}", label)


def _moved(cell: Cell, merged: dict[str, list[tuple[int, ...]]]) -> Cell:
    """The cell in the numbers of the merged strands."""
    given = [_numbers(merged[array]) for array in cell.inputs]
    made = [_numbers(merged[array]) for array in cell.outputs]
    links = dict.fromkeys(
        Link(link.given, given[link.given][link.source], link.made, made[link.made][link.target]) for link in cell.links
    )
    joined = dict.fromkeys(
        tuple(dict.fromkeys((place, given[place][strand]) for place, strand in group)) for group in cell.joined
    )
    return replace(
        cell,
        touched=tuple(_renumbered(places, number) for places, number in zip(cell.touched, given, strict=True)),
        made=tuple(_renumbered(places, number) for places, number in zip(cell.made, made, strict=True)),
        links=tuple(links),
        joined=tuple(joined),
    )


def _numbers(pieces: Sequence[tuple[int, ...]]) -> dict[int, int]:
    return {place: number for number, piece in enumerate(pieces) for place in piece}


def _renumbered(places: Sequence[int], numbers: dict[int, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers[place] for place in places))
