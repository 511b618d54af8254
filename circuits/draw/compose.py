"""From a placed diagram to the scene: grounds, separators, strands, glyphs, dots and labels, from back to front."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .blocks import Block
from .brush import MARK
from .diagram import Diagram
from .frame import framed
from .glyph import Drawn, Place
from .glyphs import drawn
from .grounds import brackets, grounds
from .lanes import LIFT, Column, Lane, Run, Slot, Weaver
from .memory import memory_drawn
from .mounts import OVER
from .place import Placed
from .routes import Piece, paths
from .scene import Item, Path, Scene, Tag, Text, circle, polygon
from .separators import separators
from .shades import shades
from .spread import GAP, LABEL, NAME, Spread, Stations, arrow, chip_width, label_lift
from .theme import Style
from .titles import cleared
from .typeset import measure
from .wrap import parted, rows, stacked

DOT = 3.2


class Composer:
    """The items of one picture."""

    def __init__(self, weaver: Weaver, placed: Placed, spread: Spread, blocks: Sequence[Block], style: Style) -> None:
        self.weaver, self.placed, self.spread, self.blocks, self.style = weaver, placed, spread, blocks, style
        self.diagram: Diagram = weaver.diagram
        self.pieces: list[Piece] = []
        self.glyphs: list[Item] = []
        self.dots: dict[Item, None] = {}
        self.labels: list[Item] = []

    def composed(self) -> Scene:
        """The whole scene, its corner at the origin."""
        return framed(self.items(), self.diagram.title, self.description(), self.style.theme.paper)

    def items(self) -> list[Item]:
        """All items, rows below each other."""
        return stacked(self.rows(), self.style.rows)

    def rows(self, *, rises: bool = False) -> list[list[Item]]:
        """The items of every row, where the layout has them; in a picture that `rises` each leads to the row above."""
        self.entries()
        for column, stations in zip(self.weaver.columns, self.spread.columns, strict=True):
            self.column(column, stations)
        theme = self.style.theme
        found = rows(self.weaver, self.spread)
        wires = paths(self.pieces, self.colours(), theme.ink, 1.0, [row.right for row in found])
        back = shades(self.weaver, self.placed, self.spread, self.style) if self.style.columns else []
        back += grounds(self.blocks, self.spread, self.placed, self.style) if self.style.fences else []
        gates = brackets(self.blocks, self.spread, self.placed, self.style)
        dashes = separators(self.weaver, self.placed, self.spread, self.blocks, self.style)
        items = cleared([*back, *dashes, *wires, *gates, *self.glyphs, *self.dots, *self.labels])
        return parted(items, found, self.placed, self.style, rises=rises)

    def y(self, lane: Lane) -> float:
        """The height of a lane."""
        return self.placed.lanes[lane.number]

    def tag(self, lane: Lane) -> Tag:
        """What a piece of a strand is part of."""
        return Tag("wire", "", lane.array, lane.strand.axes)

    def level(self, lane: Lane, start: float, end: float) -> None:
        """A level piece of a strand."""
        self.pieces.append(Piece(start, self.y(lane), end, self.y(lane), self.tag(lane), lane.strand.double))

    def curve(self, run: Run, start: float, end: float, tag: Tag) -> None:
        """A piece that bends from one lane to another."""
        height, other = self.y(run.start), self.y(run.end)
        self.pieces.append(Piece(start, height, end, other, tag, run.start.strand.double))

    def entries(self) -> None:
        """The inputs of the whole circuit, with their names."""
        for lane in self.weaver.first.settled:
            self.level(lane, self.spread.begin, self.spread.first)
        self.label(self.weaver.first.settled, self.spread.begin)
        for array in self.weaver.order.first:
            lanes = [lane for lane in self.weaver.first.settled if lane.array == array]
            self.name(self.diagram.arrays[array].name, lanes, self.spread.begin - 6.0, "end")

    def name(self, text: str, lanes: Sequence[Lane], x: float, anchor: str) -> None:
        """The name of an input or output, large, beside its strands."""
        if text and lanes:
            middle = (self.y(lanes[0]) + self.y(lanes[-1])) / 2
            tag = Tag("name", wire=lanes[0].array)
            self.labels.append(Text(x, middle + 6.0, text, NAME, anchor, self.style.theme.ink, tag=tag))

    def column(self, column: Column, at: Stations) -> None:
        """One column: what leads into it, its cells, what leads out."""
        self.across(column, at)
        through: dict[str, list[Run]] = {}
        for run in column.runs:
            if run.kind in ("over", "fan") and run.cell:
                through.setdefault(run.cell, []).append(run)
        for slot in column.slots:
            self.slot(slot, through.get(slot.item.key, ()), at, column)
        for run in column.runs:
            if run.kind == "over" and not run.cell:
                self.curve(run, at.scattered, at.settled, self.tag(run.start))
        for slot in column.slots:
            for lane in slot.settled:
                if slot.settled is slot.scattered:
                    self.level(lane, at.scattered, at.settled)
                self.level(lane, at.settled, at.end)
            if slot.settled:
                self.label(slot.settled, at.settled)

    def across(self, column: Column, at: Stations) -> None:
        """Copies, and strands on their way into the column."""
        fork = at.start + (8.0 if column.copies else 0.0)
        if column.lead:
            for slot in column.slots:
                for lane in slot.gathered:
                    self.level(lane, at.start, at.gathered)
            return
        forked: set[int] = set()
        for run in column.runs:
            if run.kind not in ("across", "join"):
                continue
            if run.start.number not in forked and column.copies:
                forked.add(run.start.number)
                self.level(run.start, at.start, fork)
                if run.start.array in column.copies:
                    self.dot(fork, run.start)
            # a leg that joins a strand crosses no column in which other things are drawn
            late = run.kind == "join" and column.quiet
            end = at.scattered if late else at.level
            self.curve(run, fork, end, self.tag(run.start))
            if run.kind == "across":
                self.level(run.end, at.level, at.gathered)
            else:
                self.dot(end, run.end, run.cell)

    def slot(self, slot: Slot, runs: Sequence[Run], at: Stations, column: Column) -> None:
        """An array that passes, or a cell with the runs through it."""
        if slot.cell is None:
            for lane in slot.gathered:
                self.level(lane, at.gathered, at.scattered)
            return
        for run in runs:
            self.curve(run, at.gathered, at.scattered, self.tag(run.start))
            if run.kind == "fan":
                self.dot(at.gathered, run.start, run.cell)
        match slot.cell.kind:
            case "output":
                self.outlet(slot, at)
            case "end":
                for lane in slot.gathered:
                    self.level(lane, at.gathered, at.gathered + 8.0)
                    self.dot(at.gathered + 8.0, lane, slot.cell.id)
            case "wiring":
                self.wiring(slot, at)
            case "float":
                self.afloat(slot, (at.gathered + at.scattered) / 2)
            case "merge":
                self.afloat(slot, at.scattered if column.quiet else at.level)
            case "gate":
                self.ends(slot, at)
            case _:
                self.glyph(slot, at, chip_width(column) if slot.cell.sign.outline == "chip" else slot.room.width)

    def ends(self, slot: Slot, at: Stations) -> None:
        """Strands that end or begin at a gate."""
        middle = (at.gathered + at.scattered) / 2
        cell = slot.cell
        assert cell is not None
        linked = {(link.given, link.source) for link in cell.links}
        grown = {(link.made, link.target) for link in cell.links}
        for lane in slot.gathered:
            if not any((given, lane.place) in linked for given in places(cell.inputs, lane.array)):
                self.level(lane, at.gathered, middle)
        for lane in slot.scattered:
            if not any((made, lane.place) in grown for made in places(cell.outputs, lane.array)):
                self.level(lane, middle, at.scattered)

    def outlet(self, slot: Slot, at: Stations) -> None:
        """An output of the whole circuit."""
        for lane in slot.gathered:
            self.level(lane, at.gathered, at.end)
        self.label(slot.gathered, at.settled)
        name = slot.cell.sign.mark if slot.cell is not None and slot.cell.sign.mark != "out" else ""
        self.name(name, slot.gathered, at.end + 6.0, "start")

    def glyph(self, slot: Slot, at: Stations, width: float) -> None:
        """A glyph, and the strands that reach it."""
        cell = slot.cell
        assert cell is not None
        x = (at.gathered + at.scattered - width) / 2
        place = self.where(slot, x, width)
        if cell.kind in ("save", "load"):
            made = memory_drawn(cell.sign, place, cell.id, self.style)
        else:
            made = drawn(cell.sign, self.style, place, cell.id)
        self.attach(slot, at, made)

    def where(self, slot: Slot, x: float, width: float) -> Place:
        """The place of a glyph between the strands it touches."""
        ends = (*slot.touched, *slot.made)
        core = slot.cell.core if slot.cell is not None else ()
        return Place(
            x,
            width,
            tuple(map(self.y, slot.touched)),
            tuple(map(self.y, slot.made)),
            tuple(self.y(lane) for lane in slot.touched if lane.place in core),
            tuple(self.y(lane) for lane in ends if lane.strand.double),
        )

    def attach(self, slot: Slot, at: Stations, made: Drawn) -> None:
        """Strands from the edges of the column to where the glyph meets them."""
        self.glyphs += made.items
        for lane, end in zip(slot.touched, made.left, strict=True):
            self.level(lane, at.gathered, end)
        for bend in made.bends:
            lane = (slot.made if bend.right else slot.touched)[bend.strand]
            level, touch = ((made.right if bend.right else made.left)[bend.strand], self.y(lane)), (bend.x, bend.y)
            ends = (*touch, *level) if bend.right else (*level, *touch)
            self.pieces.append(Piece(*ends, self.tag(lane), lane.strand.double, round=bend.centre))
        for lane, start in zip(slot.made, made.right, strict=True):
            self.level(lane, start, at.scattered)

    def afloat(self, slot: Slot, middle: float) -> None:
        """A mark that touches no strand, on a lane above the first one."""
        cell = slot.cell
        assert cell is not None
        lanes = slot.scattered or slot.gathered
        if not lanes or cell.id in self.weaver.mounted:
            return
        height = min(map(self.y, lanes)) - LIFT
        place = Place(middle - slot.room.width / 2, slot.room.width, (height,), (height,))
        self.glyphs += drawn(cell.sign, self.style, place, cell.id).items

    def wiring(self, slot: Slot, at: Stations) -> None:
        """Caps, sums and strands that begin at a dot."""
        for cap in slot.caps:
            if len(cap) == 1:
                end = at.gathered + 8.0
                self.level(cap[0], at.gathered, end)
                self.dot(end, cap[0], slot.item.key)
            for upper, lower in itertools.pairwise(cap):
                self.cap(upper, lower, at, slot)
            for lane in cap[1:-1]:
                self.dot(at.gathered, lane, slot.item.key)
        for lane in slot.dots:
            self.dot(at.scattered, lane, slot.item.key)

    def cap(self, upper: Lane, lower: Lane, at: Stations, slot: Slot) -> None:
        """Two strands that end in each other; an arrow drops the axis of length one that is left, maybe with a mark."""
        top, low = self.y(upper), self.y(lower)
        self.pieces.append(Piece(at.gathered, top, at.gathered, low, self.tag(upper), upper.strand.double, cap=True))
        apex, middle = at.gathered + (low - top) / 2, (top + low) / 2
        stub = apex + arrow(slot)
        node = slot.item.key
        tag = Tag("cap", node, upper.array, upper.strand.axes)
        self.glyphs.append(Path((("M", apex, middle), ("L", stub - 5.0, middle)), stroke=self.style.theme.ink, tag=tag))
        self.glyphs.append(arrowhead(stub, middle, self.style.theme.ink, tag))
        if slot.mark is not None:
            text, ink = slot.mark.sign.mark, self.style.theme.ink
            baseline = middle - OVER - measure(text, MARK).descent
            self.glyphs.append(Text(apex + 3.0, baseline, text, MARK, "start", ink, tag=Tag("mark", slot.mark.id)))

    def dot(self, x: float, lane: Lane, node: str = "") -> None:
        """A solid dot on a strand, of a node or of a copy."""
        tag = Tag("dot" if node else "copy", node, lane.array, lane.strand.axes)
        self.dots[Path(circle(x, self.y(lane), DOT), fill=self.style.theme.ink, tag=tag)] = None

    def label(self, lanes: Sequence[Lane], x: float) -> None:
        """Labels of the lanes that are labelled."""
        for lane in lanes:
            if lane.number in self.spread.written and lane.strand.label:
                tag = Tag("label", "", lane.array, lane.strand.axes)
                ink, text = self.style.theme.ink, lane.strand.label
                self.labels.append(Text(x + GAP, self.y(lane) - label_lift(lane), text, LABEL, "start", ink, tag=tag))

    def colours(self) -> dict[Tag, str]:
        """Colours of strands by their axes, where that is asked for."""
        if not self.style.axis_colours:
            return {}
        theme = self.style.theme
        names = dict.fromkeys(strand.axes for one in self.diagram.arrays.values() for strand in one.strands)
        hues = {axes: theme.axes[number % len(theme.axes)] for number, axes in enumerate(names)}
        return {piece.tag: hues[piece.tag.axes] for piece in self.pieces}

    def description(self) -> str:
        """The picture in words: one line a cell."""
        return "\n".join(
            f"{cell.id}: {', '.join(cell.inputs)} -> {', '.join(cell.outputs)}"
            for cell in self.diagram.cells
            if cell.kind not in ("input", "output", "end")
        )


def places(arrays: Sequence[str], array: str) -> list[int]:
    """Where an array stands among others."""
    return [number for number, one in enumerate(arrays) if one == array]


def arrowhead(x: float, y: float, ink: str, tag: Tag) -> Path:
    """A stealth arrowhead whose tip is at (x, y)."""
    shape = polygon((x, y), (x - 9.0, y - 4.4), (x - 6.0, y), (x - 9.0, y + 4.4))
    return Path(shape, fill=ink, tag=tag)
