"""Lanes: where strands run, column by column, and what leads from lane to lane.

A column has three meridians: `gathered`, where strands lie as its cells take them; `scattered`, where they lie as its
cells leave them; and `settled`, where every array lies together again. Strands that no cell of a column reorders keep
one lane through all three, and so stay straight there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .diagram import Cell, Strand
from .glyph import Footprint
from .glyphs import footprint
from .membership import Item
from .memory import memory_room
from .order import Order, taken
from .theme import Style

LIFT = 16.0
# The room outside of a strand that bends inwards to a glyph.
BENT = 3.0


@dataclass(eq=False, slots=True)
class Lane:
    """A strand of an array at one height in one column; `number` is its place among all lanes."""

    number: int
    array: str
    strand: Strand
    place: int


@dataclass(eq=False, slots=True)
class Run:
    """A piece of a strand between two lanes.

    `kind`: across (from the settled lanes of one column to the gathered ones of the next), over (within a column, past
    or through a cell), join (a leg that ends at a dot on another strand) or fan (a leg that begins at one).
    """

    start: Lane
    end: Lane
    kind: str
    cell: str = ""


@dataclass(eq=False)
class Slot:
    """An item of a column with its lanes, from the top.

    A glyph lies between the lanes it has `touched` and those it has `made`; those `above` and `below` pass it. On the
    arrow of a cap stands the `mark` of the function that follows.
    """

    item: Item
    gathered: list[Lane] = field(default_factory=list)
    scattered: list[Lane] = field(default_factory=list)
    settled: list[Lane] = field(default_factory=list)
    touched: list[Lane] = field(default_factory=list)
    made: list[Lane] = field(default_factory=list)
    above: list[Lane] = field(default_factory=list)
    below: list[Lane] = field(default_factory=list)
    caps: list[list[Lane]] = field(default_factory=list)
    dots: list[Lane] = field(default_factory=list)
    room: Footprint = field(default_factory=lambda: Footprint(0.0, 0.0, 0.0))
    mark: Cell | None = None

    @property
    def paired(self) -> bool:
        """Whether a glyph makes as many strands as it touches."""
        return len(self.touched) == len(self.made)

    @property
    def turned(self) -> bool:
        """Whether it is a gate in which strands change places."""
        if self.item.cell is None or self.item.cell.kind != "gate":
            return False
        sources = [link.source for link in sorted(self.item.cell.links, key=lambda link: link.target)]
        return sources != sorted(sources)

    @property
    def cell(self) -> Cell | None:
        """The cell, None for an array that passes."""
        return self.item.cell


@dataclass
class Column:
    """The slots of a column from the top, and the runs that lead into it and across it.

    A `lead` is the beginning of a row: what leads into it comes from the row before.
    """

    slots: list[Slot]
    runs: list[Run]
    copies: set[str] = field(default_factory=set)
    lead: bool = False

    @property
    def quiet(self) -> bool:
        """Whether its cells draw nothing between their strands, so that strands may cross it anywhere."""
        kinds = {slot.cell.kind for slot in self.slots if slot.cell is not None}
        return kinds <= {"wiring", "merge", "output", "end"} and len(kinds - {"wiring"}) < 2

    def lanes(self) -> Iterator[Lane]:
        """All lanes of the column, some several times."""
        for slot in self.slots:
            yield from slot.gathered
            yield from slot.scattered
            yield from slot.settled


class Weaver:
    """Lanes of all columns, made from the left."""

    def __init__(self, order: Order, style: Style, mounts: Mapping[str, Cell]) -> None:
        self.order, self.style, self.diagram, self.mounts = order, style, order.diagram, mounts
        self.mounted = {cell.id for cell in mounts.values()}
        self.lanes: list[Lane] = []
        self.first = Slot(Item("inputs"))
        self.first.settled = [lane for array in order.first for lane in self.all(array)]
        self.columns: list[Column] = []
        left = self.by_array(self.first.settled)
        for number, items in enumerate(order.columns):
            left = self.column(number, items, left)

    def rows(self) -> list[range]:
        """Columns of every row; all but the first begin with a lead."""
        starts = [0, *(number for number, column in enumerate(self.columns) if column.lead)]
        return [range(start, end) for start, end in zip(starts, [*starts[1:], len(self.columns)], strict=True)]

    def lane(self, array: str, place: int) -> Lane:
        """A new lane for a strand of an array."""
        made = Lane(len(self.lanes), array, self.diagram.arrays[array].strands[place], place)
        self.lanes.append(made)
        return made

    def all(self, array: str) -> list[Lane]:
        """New lanes for all strands of an array."""
        return [self.lane(array, place) for place in range(len(self.diagram.arrays[array].strands))]

    @staticmethod
    def by_array(lanes: Sequence[Lane]) -> dict[str, dict[int, Lane]]:
        """Lanes by their array and their place in it."""
        found: dict[str, dict[int, Lane]] = {}
        for lane in lanes:
            found.setdefault(lane.array, {})[lane.place] = lane
        return found

    def column(
        self, number: int, items: Sequence[Item], left: dict[str, dict[int, Lane]]
    ) -> dict[str, dict[int, Lane]]:
        """Add a column; gives its settled lanes."""
        places = {array: place for place, array in enumerate(left)}
        column = Column([], [], lead=number > 0 and all(item.cell is None for item in items))
        self.columns.append(column)
        used: dict[str, int] = {}
        for item in items:
            slot = Slot(item)
            column.slots.append(slot)
            if item.cell is None:
                self.passing(slot, item.key, left, column)
            else:
                self.filled(slot, item.cell, taken(item, places), left, column)
            for array in taken(item, places):
                used[array] = used.get(array, 0) + 1
        column.copies = {array for array, count in used.items() if count > 1}
        return self.by_array([lane for slot in column.slots for lane in slot.settled])

    def passing(self, slot: Slot, array: str, left: dict[str, dict[int, Lane]], column: Column) -> None:
        """An array that passes: the same lanes all through."""
        lanes = [self.lane(array, lane.place) for lane in left[array].values()]
        column.runs += [Run(left[array][lane.place], lane, "across") for lane in lanes]
        slot.gathered = slot.scattered = slot.settled = lanes

    def filled(
        self, slot: Slot, cell: Cell, inputs: Sequence[str], left: dict[str, dict[int, Lane]], column: Column
    ) -> None:
        """A cell: lanes as its kind asks."""
        order = _input_order(cell, inputs)
        _Shape(self, slot, cell, order, left, column).shaped()
        slot.mark = self.mounts.get(cell.id)
        slot.room = self.room(slot, cell)

    def room(self, slot: Slot, cell: Cell) -> Footprint:
        """The room of what is drawn for a cell."""
        if cell.kind in ("save", "load"):
            return memory_room(cell.sign)
        if slot.mark is not None:
            # the mark is at most as high as letters with a script over the middle of its cap
            return Footprint(0.0, LIFT, 0.0)
        if cell.kind not in ("glyph", "float", "merge") or cell.id in self.mounted:
            return Footprint(0.0, 0.0, 0.0)
        room = footprint(cell.sign, self.style, len(slot.touched), len(slot.made))
        if cell.kind == "glyph":
            return _slim(room, slot, cell)
        return Footprint(room.width, LIFT + room.above, 4.0, True)


def _slim(room: Footprint, slot: Slot, cell: Cell) -> Footprint:
    """The room of a glyph that sits on its core: a strand that bends to it asks for none on its outer side."""
    if not cell.core or not slot.paired or len(slot.touched) < 2:
        return room
    above = room.above if slot.touched[0].place in cell.core or cell.sign.mark else BENT
    return Footprint(room.width, above, room.below if slot.touched[-1].place in cell.core else BENT)


def _input_order(cell: Cell, inputs: Sequence[str]) -> list[int]:
    """Numbers of the inputs of a cell from the top."""
    rest = list(range(len(cell.inputs)))
    order = []
    for array in inputs:
        place = next(number for number in rest if cell.inputs[number] == array)
        rest.remove(place)
        order.append(place)
    return order


class _Shape:
    """The lanes of one cell."""

    def __init__(
        self,
        weaver: Weaver,
        slot: Slot,
        cell: Cell,
        order: Sequence[int],
        left: dict[str, dict[int, Lane]],
        column: Column,
    ) -> None:
        self.weaver, self.slot, self.cell, self.order = weaver, slot, cell, order
        self.column = column
        self.sources = [left[array] for array in cell.inputs]
        self.natural = {
            (given, place): at
            for at, (given, place) in enumerate((given, place) for given in order for place in self.sources[given])
        }
        self.targets = [weaver.all(array) for array in cell.outputs]
        self.gathered: dict[tuple[int, int], Lane] = {}
        self.mains: dict[tuple[int, int], tuple[int, int]] = {}
        self.branches: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self.legs: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self._choose()

    def _choose(self) -> None:
        """For every strand that comes out, the one that goes on into it; all others join it or branch off it."""
        found: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for link in self.cell.links:
            found.setdefault((link.made, link.target), []).append((link.given, link.source))
        taken: set[tuple[int, int]] = set()
        last = self.cell.kind == "wiring"
        for target in sorted(found):
            sources = sorted(found[target], key=self.natural.__getitem__)
            main = sources[-1] if last else sources[0]
            if main in taken:
                self.branches.append((main, target))
                continue
            taken.add(main)
            self.mains[target] = main
            self.legs += [(source, target) for source in sources if source != main]

    def shaped(self) -> None:
        """Fill the slot."""
        if self.cell.kind in ("glyph", "gate", "save", "load", "output", "end", "input"):
            self.glyph()
        else:
            self.wires()
        self.settle()
        self.runs()

    def take(self, source: tuple[int, int]) -> Lane:
        """The lane at which a strand is gathered."""
        given, place = source
        if source not in self.gathered:
            self.gathered[source] = self.weaver.lane(self.cell.inputs[given], place)
        return self.gathered[source]

    def through(self, target: tuple[int, int]) -> Lane:
        """The lane of a strand that comes out; one that goes straight through has the lane it came in on."""
        return self.targets[target[0]][target[1]]

    def glyph(self) -> None:
        """Strands that pass above, those the glyph touches, those that pass below."""
        above, below = self._sides()
        touched = [(given, place) for given in self.order for place in self.cell.touched[given]]
        made = [(number, place) for number, places in enumerate(self.cell.made) for place in places]
        if self.cell.kind == "gate":
            self.gate()
            return
        slot = self.slot
        upper = [self.mains[target] for target in above if target in self.mains]
        lower = [self.mains[target] for target in below if target in self.mains]
        slot.gathered = [self.take(source) for source in (*upper, *touched, *lower)]
        slot.touched = [self.take(source) for source in touched]
        slot.scattered = [self.through(target) for target in (*above, *made, *below)]
        slot.made = [self.through(target) for target in made]
        slot.above = [self.take(source) for source in upper] + [self.through(target) for target in above]
        slot.below = [self.take(source) for source in lower] + [self.through(target) for target in below]

    def gate(self) -> None:
        """The end of a region: every strand passes it, in the order it comes in."""
        slot = self.slot
        slot.gathered = [self.take(source) for source in self.natural]
        slot.scattered = [lane for lanes in self.targets for lane in lanes]

    def _sides(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Strands that come out above the glyph, and those below it."""
        above: list[tuple[int, int]] = []
        below: list[tuple[int, int]] = []
        for number, lanes in enumerate(self.targets):
            made = self.cell.made[number]
            for place in range(len(lanes)):
                target = (number, place)
                if place in made:
                    continue
                (below if self._under(target, made) else above).append(target)
        return above, below

    def _under(self, target: tuple[int, int], made: Sequence[int]) -> bool:
        """Whether a strand passes below the glyph: it comes after all that is made, or after what is touched."""
        if made:
            return target[1] > max(made)
        main = self.mains.get(target)
        touched = self.cell.touched[main[0]] if main is not None else ()
        return bool(touched) and main is not None and main[1] > min(touched)

    def wires(self) -> None:
        """Wiring and operations on every element: what goes on in the order it comes out, caps between."""
        slot = self.slot
        targets = [(number, place) for number, lanes in enumerate(self.targets) for place in range(len(lanes))]
        sequence = [self.mains[target] for target in targets if target in self.mains]
        for group in self.cell.joined:
            strands = sorted(group, key=self.natural.__getitem__)
            at = self._fitting(sequence, strands)
            sequence[at:at] = strands
        slot.gathered = [self.take(source) for source in sequence]
        slot.scattered = [self.through(target) for target in targets]
        slot.caps = [
            [self.take(source) for source in sorted(group, key=self.natural.__getitem__)] for group in self.cell.joined
        ]
        if self.cell.kind == "wiring":
            slot.dots = [self.through(target) for target in targets if target not in self.mains]
        joined = {source for group in self.cell.joined for source in group}
        known = {*self.natural} - joined - {*self.mains.values()} - {leg for leg, _ in self.legs}
        if targets:
            self.legs += [(source, targets[0]) for source in sorted(known, key=self.natural.__getitem__)]

    def _fitting(self, sequence: Sequence[tuple[int, int]], strands: Sequence[tuple[int, int]]) -> int:
        """The place in a sequence where strands that meet cross the fewest others."""

        def crossings(at: int) -> int:
            before = sum(self.natural[other] > self.natural[one] for other in sequence[:at] for one in strands)
            return before + sum(self.natural[other] < self.natural[one] for other in sequence[at:] for one in strands)

        return min(range(len(sequence) + 1), key=lambda at: (crossings(at), at))

    def settle(self) -> None:
        """Arrays lie together again; where they do already, on the same lanes."""
        slot = self.slot
        wanted = [(lane.array, lane.place) for lanes in self.targets for lane in lanes]
        if wanted == [(lane.array, lane.place) for lane in slot.scattered]:
            slot.settled = slot.scattered
            return
        slot.settled = [self.weaver.lane(array, place) for array, place in wanted]
        ends = {(lane.array, lane.place): lane for lane in slot.settled}
        self.column.runs += [Run(lane, ends[lane.array, lane.place], "over", "") for lane in slot.scattered]

    def runs(self) -> None:
        """What leads into the cell and through it."""
        for (given, place), lane in self.gathered.items():
            self.column.runs.append(Run(self.sources[given][place], lane, "across", self.cell.id))
        for target, source in self.mains.items():
            self.column.runs.append(Run(self.take(source), self.through(target), "over", self.cell.id))
        for (given, place), target in self.legs:
            self.column.runs.append(Run(self.sources[given][place], self.through(target), "join", self.cell.id))
        for source, target in self.branches:
            self.column.runs.append(Run(self.take(source), self.through(target), "fan", self.cell.id))


def weave(order: Order, style: Style, mounts: Mapping[str, Cell]) -> Weaver:
    """The lanes of a diagram whose arrays are ordered; `mounts` are the functions that stand on arrows of caps."""
    return Weaver(order, style, mounts)
