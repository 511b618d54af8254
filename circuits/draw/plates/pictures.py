"""Pictures of circuits as a plate wants them: axes that stand for groups, in an order that suits the eye."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...circuit import Circuit
from ..columns import columns
from ..detail import Detail
from ..diagram import Array, Cell, Diagram, Link, Strand
from ..expand import expand
from ..glyph import Sign
from ..groups import bold, root
from ..layout import Layout, Plan
from ..order import broken, order
from ..pools import labelled
from ..scene import Scene
from ..theme import Style
from ..wrap import breaks
from .parts import together


@dataclass(frozen=True)
class Look:
    """How a plate shows axes, without changing what they mean.

    Axes that are `doubled` are drawn as groups: rows and columns in one double wire. `order` is that of the strands of
    every array from the top; `called` gives letters for letters in labels. What is said of an axis holds for those
    derived from it (`x/2`, `x[l]`). With `named` off, inputs and outputs are not called by their names. `boxes` gives
    the titles and parameters (TeX) of components that are defined elsewhere, by their paths; `bounds` the least and the
    greatest index of repetitions (TeX), where a count would be written.
    """

    doubled: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    named: bool = True
    boxes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def drawn(
    circuit: Circuit,
    detail: Detail | None = None,
    style: Style | None = None,
    look: Look | None = None,
    *,
    width: float = 0.0,
    after: Sequence[str] = (),
) -> Scene:
    """The picture of a circuit with a look, in rows where it has a width or rows end `after` some nodes."""
    style = style or Style()
    return _laid(circuit, detail, style, look, width, after).composer(style).composed()


def drawn_rows(
    circuit: Circuit,
    detail: Detail | None = None,
    style: Style | None = None,
    look: Look | None = None,
    *,
    width: float = 0.0,
    after: Sequence[str] = (),
) -> list[Scene]:
    """The rows of such a picture, each a part of its own: what is put around one makes the next lie farther below."""
    style = style or Style()
    composer = _laid(circuit, detail, style, look, width, after).composer(style)
    rows = [together(Scene(0.0, 0.0, tuple(items))) for items in composer.rows()]
    return [replace(rows[0], title=composer.diagram.title, description=composer.description()), *rows[1:]]


def _laid(
    circuit: Circuit, detail: Detail | None, style: Style, look: Look | None, width: float, after: Sequence[str]
) -> Layout:
    """The layout of a picture with a look."""
    diagram = looked(expand(circuit, detail), look or Look())
    ordered = order(diagram, columns(diagram))
    found = Plan(ordered, style).layout()
    ends = sorted({_last(_ids(found), path) for path in after})
    if width and not after:
        ends = breaks(found.weaver, found.spread, found.blocks, width)
    return Plan(broken(ordered, ends), style).layout() if ends else found


def _ids(layout: Layout) -> list[list[str]]:
    """Ids of the cells of every column."""
    return [[slot.cell.id for slot in column.slots if slot.cell is not None] for column in layout.weaver.columns]


def _last(ids: Sequence[Sequence[str]], path: str) -> int:
    """The last column in which a node, or something inside it, is drawn."""
    return max(
        number
        for number, column in enumerate(ids)
        if any(id == path or id.startswith((f"{path}/", f"{path}.")) for id in column)
    )


def looked(diagram: Diagram, look: Look) -> Diagram:
    """The diagram as it is to be seen."""
    places = {id: _order(array, look) for id, array in diagram.arrays.items()}
    arrays = {id: _shown(array, places[id], look) for id, array in diagram.arrays.items()}
    numbers = {id: {old: new for new, old in enumerate(order)} for id, order in places.items()}
    cells = tuple(_moved(cell, numbers, look) for cell in diagram.cells)
    fences = tuple(
        replace(fence, lower=look.bounds[fence.id][0], upper=look.bounds[fence.id][1])
        if fence.id in look.bounds
        else fence
        for fence in diagram.fences
    )
    return labelled(replace(diagram, arrays=arrays, cells=cells, fences=fences))


def _order(array: Array, look: Look) -> list[int]:
    """Places of the strands of an array in the order in which they are shown."""
    rank = {name: number for number, name in enumerate(look.order)}
    names = [root(strand.axes[0]) for strand in array.strands]
    return sorted(range(len(names)), key=lambda place: (rank.get(names[place], len(rank)), place))


def _shown(array: Array, order: Sequence[int], look: Look) -> Array:
    strands = tuple(_strand(array.strands[place], look) for place in order)
    return replace(array, strands=strands, name=array.name if look.named else "")


def _strand(strand: Strand, look: Look) -> Strand:
    if len(strand.axes) != 1:
        return strand
    name, label = strand.axes[0], strand.label
    letter = root(name)
    if letter in look.called:
        label = re.sub(rf"(?<![a-zA-Z\\]){re.escape(letter)}", look.called[letter], label, count=1)
    if letter not in look.doubled:
        return Strand(strand.axes, label)
    return Strand((name, f"{name}°"), label if label[:1].isdigit() else bold(label))


def _moved(cell: Cell, numbers: Mapping[str, Mapping[int, int]], look: Look) -> Cell:
    """The cell in the new places of the strands."""
    given = [numbers[array] for array in cell.inputs]
    made = [numbers[array] for array in cell.outputs]
    sign = replace(cell.sign, mark="") if cell.kind == "output" and not look.named else cell.sign
    if cell.id in look.boxes:
        title, parameters = look.boxes[cell.id]
        sign = Sign("box3d", parameters, title, detail="nested")
    return replace(
        cell,
        sign=sign,
        touched=tuple(tuple(sorted(to[place] for place in at)) for at, to in zip(cell.touched, given, strict=True)),
        made=tuple(tuple(sorted(to[place] for place in at)) for at, to in zip(cell.made, made, strict=True)),
        links=tuple(
            Link(link.given, given[link.given][link.source], link.made, made[link.made][link.target])
            for link in cell.links
        ),
        joined=tuple(tuple((place, given[place][strand]) for place, strand in group) for group in cell.joined),
        core=tuple(sorted(given[0][place] for place in cell.core)),
    )
