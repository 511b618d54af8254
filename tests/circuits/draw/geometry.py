"""Laws of pictures, as functions that list what breaks them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from circuits import Circuit, Node
from circuits.draw.diagram import Diagram
from circuits.draw.frame import bounds_of, text_bounds
from circuits.draw.read import polyline, read_glyphs, read_nodes
from circuits.draw.scene import Bounds, Item, Scene, Text

Points = list[tuple[float, float]]


def crossed(box: Bounds, points: Sequence[tuple[float, float]]) -> bool:
    """Whether a line of straight pieces has a point inside a rectangle."""
    return any(_clips(box, *a, *b) for a, b in itertools.pairwise(points))


def _clips(box: Bounds, x: float, y: float, to_x: float, to_y: float) -> bool:
    low, high = 0.0, 1.0
    for start, move, least, most in ((x, to_x - x, box.left, box.right), (y, to_y - y, box.top, box.bottom)):
        if abs(move) < 1e-9:
            if not least < start < most:
                return False
            continue
        one, other = (least - start) / move, (most - start) / move
        low, high = max(low, min(one, other)), min(high, max(one, other))
    return low < high - 1e-9


def label_faults(scene: Scene) -> Iterator[str]:
    """Labels that lie on a strand, a glyph or another label."""
    labels = [text for text in scene.texts if text.tag.part in ("label", "name", "mark", "bound", "title")]
    lines = [(path, polyline(path)) for path in scene.paths if path.tag.part == "wire"]
    glyphs = boxes(scene)
    for number, text in enumerate(labels):
        box = text_bounds(text).grown(-0.4)
        for other in labels[number + 1 :]:
            if box.meets(text_bounds(other).grown(-0.4)):
                yield f"label {said(text)} on label {said(other)}"
        if text.tag.part == "mark":
            continue
        for path, points in lines:
            if crossed(box, points):
                yield f"label {said(text)} on strand {path.tag.wire} {path.tag.axes}"
        for node, one in glyphs.items():
            if box.meets(one.grown(-0.6)):
                yield f"label {said(text)} on glyph {node}"


def said(text: Text) -> str:
    return f"{text.text!r} ({text.tag.part} of {text.tag.wire or text.tag.node}) at {text.x:.0f},{text.y:.0f}"


def boxes(scene: Scene) -> dict[str, Bounds]:
    parts: dict[str, list[Item]] = {}
    for item in scene.items:
        if item.tag.part == "glyph":
            parts.setdefault(item.tag.node, []).append(item)
    return {node: bounds_of(items) for node, items in parts.items()}


def glyph_faults(scene: Scene) -> Iterator[str]:
    """Strands that run through a glyph, and glyphs that lie on each other."""
    lines = [(path, polyline(path)) for path in scene.paths if path.tag.part == "wire"]
    found = boxes(scene)
    for node, box in found.items():
        for path, points in lines:
            if crossed(box.grown(-2.5), points) and not _attached(box, points):
                yield f"strand {path.tag.wire} {path.tag.axes} runs through {node}"
    names = list(found)
    for number, node in enumerate(names):
        for other in names[number + 1 :]:
            if found[node].grown(-0.5).meets(found[other].grown(-0.5)):
                yield f"glyph {node} on glyph {other}"


def _attached(box: Bounds, points: Points) -> bool:
    """Whether a line ends or begins inside a glyph: it belongs to it."""
    grown = box.grown(0.5)
    return any(grown.left <= x <= grown.right and grown.top <= y <= grown.bottom for x, y in (points[0], points[-1]))


def connection_faults(scene: Scene, diagram: Diagram) -> Iterator[str]:
    """Glyphs whose strands, as the picture shows them, are not those of their node."""
    read = read_glyphs(scene)
    for cell in diagram.cells:
        if cell.kind not in ("glyph", "save", "load") or not (any(cell.touched) or any(cell.made)):
            continue
        found = read.get(cell.id)
        if found is None:
            yield f"{cell.id} is not drawn"
            continue
        taken = Counter(
            (array, diagram.arrays[array].strands[place].axes)
            for array, places in zip(cell.inputs, cell.touched, strict=True)
            for place in places
        )
        made = Counter(
            (array, diagram.arrays[array].strands[place].axes)
            for array, places in zip(cell.outputs, cell.made, strict=True)
            for place in places
        )
        if set(found.taken) != set(taken):
            yield f"{cell.id}: takes {sorted(taken)}, drawn {sorted(found.taken)}"
        if set(found.made) != set(made):
            yield f"{cell.id}: makes {sorted(made)}, drawn {sorted(found.made)}"


def cut_faults(scene: Scene, circuit: Circuit) -> list[str]:
    """Vertical cuts through object columns that do not read off the types of whole arrays, from the top."""
    wires = {wire: found for wire, found in circuit.checked.types.items() if found is not None}
    names = {node.name: node for node in circuit.nodes}
    lines = [(path, polyline(path)) for path in scene.paths if path.tag.part == "wire"]
    found = []
    for shade in scene.paths:
        if shade.tag.part != "object":
            continue
        box = shade.bounds()
        middle = (box.left + box.right) / 2
        cut = sorted((y, path.tag.wire, path.tag.axes) for path, points in lines for y in heights(points, middle))
        for wire, group in itertools.groupby(cut, key=lambda entry: entry[1]):
            axes = tuple(axis for *_, some in group for axis in some if axis != "#")
            node = names.get(wire.partition(".")[0]) if wire not in wires else None
            key = (
                wire
                if node is None
                else node.outputs()[0]
                if "." not in wire
                else f"{node.id}.{wire.partition('.')[2]}"
            )
            if axes != wires[key].axes:
                found.append(f"cut at {middle:.0f}: {wire} reads {axes}, is {wires[key].axes}")
    return found


def heights(points: Points, x: float) -> Iterator[float]:
    """Where a line crosses a vertical."""
    for (a, y), (b, to_y) in itertools.pairwise(points):
        if min(a, b) <= x < max(a, b):
            yield y + (to_y - y) * (x - a) / (b - a)


def wires_read(circuit: Circuit) -> dict[str, frozenset[str]]:
    """For every node the wires it reads, by the names a picture gives them."""
    names = {item.name: item.name for item in circuit.inputs}
    for node in circuit.nodes:
        outputs = node.outputs()
        for wire in outputs:
            port = wire.rpartition(".")[2]
            names[wire] = node.name if len(outputs) == 1 else f"{node.name}.{port}"
    return {node.name: frozenset(names[wire] for wire in node.wires if wire is not None) for node in circuit.nodes}


def nodes_read(scene: Scene, circuit: Circuit) -> dict[str, frozenset[str]]:
    """For every node the wires that a picture shows it reads; those of all arrays it makes together."""
    read = read_nodes(scene)
    return {
        node.name: frozenset().union(
            *(wires for name, wires in read.items() if name == node.name or name in _ports(node, circuit))
        )
        for node in circuit.nodes
    }


def _ports(node: Node, circuit: Circuit) -> set[str]:
    return {f"{node.name}.{wire.rpartition('.')[2]}" for wire in node.outputs()}


def faults(scene: Scene, diagram: Diagram) -> list[str]:
    return [*label_faults(scene), *glyph_faults(scene), *connection_faults(scene, diagram)]
