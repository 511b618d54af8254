"""A circuit on its way to a picture: arrays as strands, nodes as cells that touch, pass, join or join up strands.

The graph is the meaning of a picture, before anything has a place. It is made by `expand` and read back from a scene
by `read`; both directions are held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .glyph import Sign

# What a strand carries besides axes: the element of an array that is no plain array of reals, or of one without axes.
ELEMENT = "#"


@dataclass(frozen=True, slots=True)
class Strand:
    """One wire of the picture: the axes it carries (several are drawn as a double wire) and its label in TeX."""

    axes: tuple[str, ...]
    label: str = ""

    @property
    def double(self) -> bool:
        """Whether it stands for a group of axes."""
        return len(self.axes) > 1

    @property
    def element(self) -> bool:
        """Whether it carries the element and no axis."""
        return self.axes == (ELEMENT,)


@dataclass(frozen=True, slots=True)
class Array:
    """What one wire of a circuit carries: strands from the top; `name` is shown where it enters or leaves."""

    id: str
    strands: tuple[Strand, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A strand that passes a cell: from strand `source` of input `given` to strand `target` of output `made`."""

    given: int
    source: int
    made: int
    target: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A node of the picture.

    `kind`: glyph (touches strands), float (touches none), wiring (wires alone), merge (operands meet pairwise at dots),
    gate (an end of a region, which everything passes), save and load (notes for memory), input, output, end (an array
    nobody reads). `touched[i]` and `made[j]` are the strands of input i that end here and of output j that begin
    here; `joined` those that end in each other (caps; one alone is summed); `ordered` says that the inputs keep their
    order from the top; `core` are the strands of the first input on which a glyph sits, none for all it touches.
    """

    id: str
    kind: str
    sign: Sign
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    touched: tuple[tuple[int, ...], ...] = ()
    made: tuple[tuple[int, ...], ...] = ()
    links: tuple[Link, ...] = ()
    joined: tuple[tuple[tuple[int, int], ...], ...] = ()
    ordered: bool = True
    op: str = ""
    fence: str = ""
    ports: tuple[str, ...] = ()
    core: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of cells with a ground and a title; `bracket` is the text at its brackets if it is repeated.

    `kind`: call, repeat, scan, fixed_point, ode ...; `carried` pairs the arrays that leave with those they enter as.
    A block is `learned` if something in it has weights that no wire feeds.
    """

    id: str
    title: str
    parent: str = ""
    kind: str = "call"
    upper: str = ""
    lower: str = ""
    carried: tuple[tuple[str, str], ...] = ()
    tied: bool = False
    learned: bool = False


@dataclass(frozen=True)
class Diagram:
    """All cells, producers first, with the arrays between them."""

    name: str
    arrays: Mapping[str, Array]
    cells: tuple[Cell, ...]
    fences: tuple[Fence, ...] = ()
    title: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    legend: tuple[str, ...] = field(default=())

    @cached_property
    def by_id(self) -> Mapping[str, Cell]:
        """Cells by id."""
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def producers(self) -> Mapping[str, Cell]:
        """The cell that makes each array."""
        return {array: cell for cell in self.cells for array in cell.outputs}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Cell, ...]]:
        """The cells that read each array, once for every port."""
        found: dict[str, list[Cell]] = {array: [] for array in self.arrays}
        for cell in self.cells:
            for array in cell.inputs:
                found[array].append(cell)
        return {array: tuple(cells) for array, cells in found.items()}

    @cached_property
    def fence_of(self) -> Mapping[str, Fence]:
        """Fences by id."""
        return {fence.id: fence for fence in self.fences}

    def enclosing(self, fence: str) -> Iterator[Fence]:
        """A fence and those around it, innermost first."""
        while fence:
            found = self.fence_of[fence]
            yield found
            fence = found.parent
