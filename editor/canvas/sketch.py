"""What the canvas shows of a circuit: the fragments of its picture, and every node in it with its ports.

Places are read off the picture, so they hold whatever laid it out: an array leaves its node where its wires begin, and
enters one where they meet its left edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from circuits import Circuit, Node
from circuits.draw import CANVAS, Bounds, Detail, Drawn, Fragments, Scene, Style, Wishes, fragments

REACH = 44.0
SOCKET = 12.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A port in the picture: where it is, the name it has on its node, its wire ("" where none) and type."""

    x: float
    y: float
    name: str
    wire: str
    type: str
    array: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A node, input or output in the picture; `id` is its path there, `node` its id in its circuit.

    `kind` is node, input or output; `circuit` the key of the definition it stands in, "" for the main circuit and
    None for the inside of an op, which cannot be edited; `opens` whether it can be expanded, `open` whether it is.
    `column` is where it stands from left to right, the first column if it has several, -1 where there are none.
    """

    id: str
    node: str
    kind: str
    op: str
    box: tuple[float, float, float, float]
    ins: tuple[Spot, ...] = ()
    outs: tuple[Spot, ...] = ()
    circuit: str | None = ""
    opens: bool = False
    open: bool = False
    column: int = -1


@dataclass(frozen=True)
class Sketch:
    """The picture of a circuit, cut into fragments, and all that stands in it by id."""

    fragments: Fragments
    figures: Mapping[str, Figure]


def drawn(circuit: Circuit, opened: frozenset[str], wishes: Wishes | None = None) -> Drawn:
    """A circuit to be drawn for the canvas; `opened` are the paths of what is open."""
    return Drawn(circuit, Detail(budget=0, opened=opened), Style(theme=CANVAS), wishes)


def sketch(circuit: Circuit, made: Drawn, keys: Mapping[Circuit, str], pins: Mapping[str, float]) -> Sketch:
    """Draw a circuit for the canvas.

    `keys` names the circuits of the document, `pins` says by path of a node how far it should lie below the place it
    has by itself.
    """
    scene = made.picture(circuit, pins)
    found = fragments(scene)
    figures = _Finder(circuit, scene, found, keys).figures()
    return Sketch(found, {one.id: replace(one, column=made.columns.get(one.id, -1)) for one in figures})


@dataclass
class _Scope:
    """A circuit within the picture: the path of the node it stands for, and what its wires are drawn as."""

    circuit: Circuit
    path: str = ""
    key: str | None = ""
    arrays: dict[str, str] = field(default_factory=dict)

    def inside(self, node: Node) -> str:
        return f"{self.path}/{node.name}" if self.path else node.name


class _Finder:
    """Finds the nodes of a circuit in its picture."""

    def __init__(self, circuit: Circuit, scene: Scene, found: Fragments, keys: Mapping[Circuit, str]) -> None:
        self.circuit, self.found, self.scene, self.keys = circuit, found, scene, keys
        self.points: dict[str, list[tuple[tuple[float, float], ...]]] = {}
        for path in scene.paths:
            if path.tag.part == "wire":
                self.points.setdefault(path.tag.wire, []).append(tuple(path.points()))
        self.sockets: dict[str, list[Bounds]] = {}
        for id, one in found.items.items():
            owner, mark, _ = id.removeprefix("node:").partition("/?")
            if mark:
                self.sockets.setdefault(owner, []).append(one.bounds)

    def figures(self) -> Iterator[Figure]:
        """Everything in the picture that can be pointed at."""
        top = _Scope(self.circuit)
        for item in self.circuit.inputs:
            top.arrays[item.name] = item.name
            yield self.end(f"in:{item.name}", "input", item.name, str(item.type), item.name)
        yield from self.nodes(top)
        for output in self.circuit.outputs:
            array = self.array(top, output.wire)
            yield self.end(f"out:{output.name}", "output", output.wire, self.type(top, output.wire), array)

    def nodes(self, scope: _Scope) -> Iterator[Figure]:
        """The nodes of one circuit, those inside blocks that are open after the block."""
        for node in scope.circuit.checked.order:
            path = scope.inside(node)
            opened = f"ground:{path}" in self.found.items
            inner = next(iter(node.op.scopes()), None)
            if opened and inner is not None:
                below = _Scope(inner, path, self.keys.get(inner))
                for item, wire in zip(inner.inputs, node.inputs, strict=False):
                    entered = f"{path}/{item.name}"
                    below.arrays[item.name] = entered if entered in self.points else self.array(scope, wire)
                yield self.figure(scope, node, below)
                yield from self.nodes(below)
            else:
                yield self.figure(scope, node, None)

    def figure(self, scope: _Scope, node: Node, below: _Scope | None) -> Figure:
        """One node."""
        path = scope.inside(node)
        arrays = self.made(scope, node, below)
        box = self.box(path, arrays)
        signature = scope.circuit.checked.records[node.id].type
        names = [port.name for port in signature.ports] or [f"in {place + 1}" for place in range(len(node.inputs))]
        return Figure(
            path,
            node.id,
            "node",
            node.op.name,
            _rounded(box),
            tuple(self.entries(scope, node, path, names, box)),
            tuple(self.exits(scope, node, arrays, box)),
            scope.key,
            bool(node.op.scopes()),
            below is not None,
        )

    def made(self, scope: _Scope, node: Node, below: _Scope | None) -> list[str]:
        """The arrays that a node's outputs are drawn as."""
        path, found = scope.inside(node), []
        for place, wire in enumerate(node.outputs() if _sound(node) else ()):
            port = wire.rpartition(".")[2]
            array = next((one for one in (f"{path}.{port}", path) if one in self.points), "")
            if not array and below is not None and place < len(below.circuit.outputs):
                array = self.through(below, below.circuit.outputs[place].wire)
            scope.arrays[wire] = array
            found.append(array)
        return found

    def through(self, scope: _Scope, wire: str) -> str:
        """What a wire inside a block that is open is drawn as."""
        if wire in scope.arrays:
            return scope.arrays[wire]
        id, _, port = wire.rpartition(".")
        node = scope.circuit.by_id.get(id)
        if node is None:
            return ""
        path = scope.inside(node)
        found = next((one for one in (f"{path}.{port}", path) if one in self.points), "")
        inner = next(iter(node.op.scopes()), None)
        if found or inner is None or f"ground:{path}" not in self.found.items:
            return found
        output = next((one for one in inner.outputs if one.name == port), None)
        return self.through(_Scope(inner, path), output.wire) if output is not None else ""

    def array(self, scope: _Scope, wire: str | None) -> str:
        """What a wire is drawn as; "" where it is not."""
        return scope.arrays.get(wire, "") if wire is not None else ""

    def type(self, scope: _Scope, wire: str) -> str:
        """The type of a wire as text."""
        found = scope.circuit.checked.types.get(wire)
        return str(found) if found is not None else "?"

    def box(self, path: str, arrays: list[str]) -> Bounds:
        """The rectangle of a node; one that is drawn by its wires alone has a narrow one where they begin."""
        for kind in ("ground", "node"):
            one = self.found.items.get(f"{kind}:{path}")
            if one is not None:
                return _gripped(one.bounds)
        starts = [self.start(array) for array in arrays if array]
        if starts:
            x = min(start[0] for start in starts)
            return Bounds(x - SOCKET, min(s[1] for s in starts) - SOCKET, x + 4.0, max(s[2] for s in starts) + SOCKET)
        sockets = self.sockets.get(path, [])
        if sockets:
            return Bounds(sockets[0].right, sockets[0].top, sockets[0].right + SOCKET, sockets[-1].bottom)
        return Bounds(0.0, 0.0, 0.0, 0.0)

    def start(self, array: str) -> tuple[float, float, float]:
        """Where an array begins: its left end, the heights of its first and last wire there."""
        left = min(points[0][0] for points in self.points[array])
        heights = [points[0][1] for points in self.points[array] if points[0][0] <= left + REACH]
        return left, min(heights), max(heights)

    def entries(self, scope: _Scope, node: Node, path: str, names: list[str], box: Bounds) -> Iterator[Spot]:
        """The ports at which a node reads."""
        sockets = iter(self.sockets.get(path, []))
        count = len(node.wires)
        for place, (name, wire) in enumerate(zip([*names, *[""] * count], node.wires, strict=False)):
            array = self.array(scope, wire)
            spread = box.top + (box.bottom - box.top) * (place + 1) / (count + 1)
            x, y = box.left, spread
            if wire is None or not array:
                socket = next(sockets, None)
                x, y = ((socket.left + socket.right) / 2, (socket.top + socket.bottom) / 2) if socket else (x, y)
            elif node.wires.count(wire) == 1:
                y = self.meeting(array, box, spread)
            type = self.type(scope, wire) if wire is not None else ""
            yield Spot(round(x, 2), round(y, 2), name, wire or "", type, array)

    def meeting(self, array: str, box: Bounds, otherwise: float) -> float:
        """The height at which an array meets the left edge of a rectangle."""
        near = [
            y
            for points in self.points[array]
            for x, y in points
            if box.left - REACH <= x <= box.left + 4.0 and box.top - 2.0 <= y <= box.bottom + 2.0
        ]
        return sum(near) / len(near) if near else otherwise

    def exits(self, scope: _Scope, node: Node, arrays: list[str], box: Bounds) -> Iterator[Spot]:
        """The ports at which a node gives arrays."""
        for wire, array in zip(node.outputs() if _sound(node) else (), arrays, strict=False):
            x, y = box.right, (box.top + box.bottom) / 2
            if array:
                left, top, low = self.start(array)
                x, y = max(left, box.left), (top + low) / 2
            yield Spot(round(x, 2), round(y, 2), wire.rpartition(".")[2], wire, self.type(scope, wire), array)

    def end(self, id: str, kind: str, wire: str, type: str, array: str) -> Figure:
        """An input or output of the whole circuit."""
        anchor, name = ("end" if kind == "input" else "start"), id.partition(":")[2]
        for text in self.scene.texts:
            if text.tag.part == "name" and text.text == name and text.anchor == anchor:
                x, y = text.x, text.y - 6.0
                break
        else:
            x, y = self.tip(array, kind)
        side = -1.0 if kind == "input" else 1.0
        spot = Spot(round(x - side * 6.0, 2), round(y, 2), name, wire, type, array)
        left, right = sorted((x, x + side * (10.0 + 9.0 * len(name))))
        box = _rounded(Bounds(left - 2.0, y - 14.0, right + 2.0, y + 14.0))
        return Figure(id, "", kind, kind, box, *(((), (spot,)) if kind == "input" else ((spot,), ())))

    def tip(self, array: str, kind: str) -> tuple[float, float]:
        """Where the wires of an input that is drawn without its name begin, or those of such an output end."""
        if array not in self.points:
            return 0.0, 0.0
        points = [point for line in self.points[array] for point in line]
        x = (min if kind == "input" else max)(point[0] for point in points)
        heights = {point[1] for point in points if point[0] == x}
        return x + (-12.0 if kind == "input" else 12.0), sum(heights) / len(heights)


def _gripped(bounds: Bounds) -> Bounds:
    """A rectangle wide enough to be taken hold of: some glyphs are a line."""
    wide, high = (max(0.0, SOCKET - side) / 2 for side in (bounds.right - bounds.left, bounds.bottom - bounds.top))
    return Bounds(bounds.left - wide, bounds.top - high, bounds.right + wide, bounds.bottom + high)


def _sound(node: Node) -> bool:
    """Whether the attributes make an op, so that it has ports."""
    try:
        return bool(node.op.signature.outputs)
    except ValueError:
        return False


def _rounded(bounds: Bounds) -> tuple[float, float, float, float]:
    return round(bounds.left, 2), round(bounds.top, 2), round(bounds.right, 2), round(bounds.bottom, 2)
