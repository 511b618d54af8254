"""A plain picture of a large circuit: boxes in columns, every array as the wires of its axes, no program to solve.

The notation's layout takes seconds for a circuit of a thousand nodes, which no gesture can wait for. Beyond a number of
nodes the canvas draws this instead, of the same items and with the same theme. What
was made stays for as long as the circuit means the same, so that a gesture makes anew only what it moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape

from circuits import Circuit, Node
from circuits.draw import CANVAS, Bounds, Fragment, Fragments, Item, Path, Tag, fragment, polygon, writer

from .sketch import Figure, Sketch, Spot

LIMIT = 250
COLUMN, ROW, WIDE, HIGH, PITCH, MARGIN = 150.0, 84.0, 56.0, 44.0, 6.0, 40.0

_WRITE = writer(CANVAS)
Point = tuple[float, float]


class Grid:
    """The plain picture of a circuit, blocks closed, of which nodes can be dragged down."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.places = _places(circuit)
        self.names = {item.name: item.name for item in circuit.inputs}
        self.ends: dict[str, list[str]] = {}
        self.figures: dict[str, Figure] = {}
        self.types = {wire: str(found) if found is not None else "?" for wire, found in circuit.checked.types.items()}
        for node in circuit.checked.order:
            made = node.outputs()
            for wire in made:
                self.names[wire] = node.name if len(made) == 1 else f"{node.name}.{wire.rpartition('.')[2]}"
        self.nodes = {node.name: node for node in circuit.checked.order}
        for figure in self.all():
            self.figures[figure.id] = figure
            for spot in figure.ins:
                self.ends.setdefault(spot.wire, []).append(figure.id)
        self.items: dict[str, Fragment] = {}
        for figure in self.figures.values():
            self.items[f"node:{figure.id}"] = _box(figure.id, figure.op, figure.kind, figure.box)
        self.items.update(self.wire(wire, self.figures) for wire in self.names)

    def sketch(self, pins: Mapping[str, float]) -> Sketch:
        """The picture in which some nodes, by name, were dragged down; the others are those made before."""
        figures, items = dict(self.figures), dict(self.items)
        moved = {name: by for name, by in pins.items() if name in self.nodes}
        for name, by in moved.items():
            figures[name] = self.node(self.nodes[name], by)
        for wire in dict.fromkeys(spot.wire for name in moved for spot in (*figures[name].ins, *figures[name].outs)):
            if wire:
                items.update((self.wire(wire, figures),))
        for name in moved:
            items[f"node:{name}"] = _box(name, figures[name].op, "node", figures[name].box)
        corners = [figure.box[2:] for figure in figures.values()]
        right, low = (max((corner[side] for corner in corners), default=0.0) + MARGIN for side in (0, 1))
        return Sketch(Fragments(right, low, items, {}), figures)

    def all(self) -> Iterator[Figure]:
        """Every figure where it lies by itself."""
        for item in self.circuit.inputs:
            yield _end(f"in:{item.name}", *self.places[f"in:{item.name}"], item.name, item.name, self.types[item.name])
        for node in self.nodes.values():
            yield self.node(node, 0.0)
        for output in self.circuit.outputs:
            x, y = self.places[f"out:{output.name}"]
            type, array = self.types.get(output.wire, "?"), self.names.get(output.wire, "")
            yield _end(f"out:{output.name}", x, y, output.wire, array, type)

    def node(self, node: Node, by: float) -> Figure:
        """A node, dragged down by so much."""
        x, y = self.places[node.name]
        y += by
        names = [f"in {place + 1}" for place in range(len(node.wires))]
        ins = tuple(
            self.spot(x, y, place, len(names), name, wire or "")
            for place, (name, wire) in enumerate(zip(names, node.wires, strict=True))
        )
        made = node.outputs()
        outs = tuple(
            self.spot(x + WIDE, y, place, len(made), wire.rpartition(".")[2], wire) for place, wire in enumerate(made)
        )
        opens = bool(node.op.scopes())
        return Figure(node.name, node.id, "node", node.op.name, (x, y, x + WIDE, y + HIGH), ins, outs, "", opens)

    def spot(self, x: float, y: float, place: int, count: int, name: str, wire: str) -> Spot:
        """A port on one side of a node."""
        height = y + HIGH * (place + 1) / (count + 1)
        return Spot(x, round(height, 2), name, wire, self.types.get(wire, ""), self.names.get(wire, ""))

    def wire(self, wire: str, figures: Mapping[str, Figure]) -> tuple[str, Fragment]:
        """The wires of an array, to all who read it."""
        found = self.circuit.checked.types.get(wire)
        axes = found.axes if found is not None else ("?",)
        maker = wire.rpartition(".")[0]
        source = figures[self.circuit.by_id[maker].name if maker in self.circuit.by_id else f"in:{wire}"]
        start = next(spot for spot in source.outs if spot.wire == wire)
        readers = dict.fromkeys(self.ends.get(wire, ()))
        ends = tuple((spot.x, spot.y) for id in readers for spot in figures[id].ins if spot.wire == wire)
        array = self.names[wire]
        return f"wire:{array}", _wires(array, axes, (start.x, start.y), ends)


def _places(circuit: Circuit) -> dict[str, Point]:
    """The corner of every node: as many columns to the right as what it reads needs, below those before it."""
    level: dict[str, int] = {item.name: 0 for item in circuit.inputs}
    filled = [len(circuit.inputs)]
    found = {f"in:{item.name}": (MARGIN, MARGIN + ROW * row) for row, item in enumerate(circuit.inputs)}
    for node in circuit.checked.order:
        column = 1 + max((level.get(wire, 0) for wire in node.wires if wire is not None), default=0)
        for wire in node.outputs():
            level[wire] = column
        filled += [0] * (column + 1 - len(filled))
        found[node.name] = (MARGIN + COLUMN * column, MARGIN + ROW * filled[column])
        filled[column] += 1
    for row, output in enumerate(circuit.outputs):
        found[f"out:{output.name}"] = (MARGIN + COLUMN * len(filled), MARGIN + ROW * row)
    return found


def _end(id: str, x: float, y: float, wire: str, array: str, type: str) -> Figure:
    kind = "input" if id.startswith("in:") else "output"
    spot = (Spot(x, y, id.partition(":")[2], wire, type, array),)
    box = (x - 28.0, y - 12.0, x - 4.0, y + 12.0) if kind == "input" else (x + 4.0, y - 12.0, x + 28.0, y + 12.0)
    return Figure(id, "", kind, kind, box, *(((), spot) if kind == "input" else (spot, ())))


def _box(id: str, op: str, kind: str, box: tuple[float, float, float, float]) -> Fragment:
    left, top, right, bottom = box
    middle, tag = (left + right) / 2, Tag("glyph", id)
    items: list[Item] = []
    if kind == "node":
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        shape = polygon(*corners)
        items.append(Path(shape, stroke=CANVAS.ink, fill=CANVAS.glyph, tag=tag))
    label = op[:8] if kind == "node" else id.partition(":")[2]
    return _labelled("node", items, middle, (top + bottom) / 2 + 4.0, label, "")


def _wires(array: str, axes: tuple[str, ...], start: Point, ends: tuple[Point, ...]) -> Fragment:
    """The wires of an array, from where it is made to all who read it."""
    items: list[Item] = []
    for number, axis in enumerate(axes):
        away = (number - (len(axes) - 1) / 2) * PITCH
        for x, y in ends or ((start[0] + 16.0, start[1]),):
            middle = (start[0] + x) / 2
            curve = ("C", middle, start[1] + away, middle, y + away, x, y + away)
            shape = (("M", start[0], start[1] + away), curve)
            items.append(Path(shape, stroke=CANVAS.ink, tag=Tag("wire", "", array, (axis,))))
    return _labelled("wire", items, start[0] + 6.0, start[1] - 8.0, " ".join(axes), "start")


def _labelled(layer: str, items: list[Item], x: float, y: float, label: str, anchor: str) -> Fragment:
    """Items and a label as text: thousands of outlines would take a browser seconds."""
    made = fragment(layer, 0, items, {}, _WRITE) if items else Fragment(layer, 0, "", Bounds(x, y, x, y))
    text = f'<text class="f-ink {anchor}" x="{x:g}" y="{y:g}">{escape(label)}</text>'
    return replace(made, markup=made.markup + text)


def is_large(circuit: Circuit) -> bool:
    """Whether a circuit is drawn plainly."""
    return len(circuit.nodes) > LIMIT
