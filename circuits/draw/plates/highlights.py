"""Parts of a picture brought out: halos along strands, bands behind columns, curved arrows, letters without a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..frame import bounds_of
from ..scene import Item, Path, Scene, Tag, Text, circle, line, rectangle
from ..typeset import measure
from .parts import INK, together
from .targets import At, behind, every

LETTER = 27.0


def _again(scene: Scene, items: Sequence[Item]) -> Scene:
    return together(Scene(0.0, 0.0, tuple(items), scene.title, scene.description))


def halo(scene: Scene, colour: str, *where: At, width: float = 7.0, edge: bool = True) -> Scene:
    """A broad coloured line behind strands, and a disc behind dots."""
    chosen = every(scene, where)
    lines = [item for item in chosen if isinstance(item, Path) and item.stroke]
    dots = [bounds_of([item]) for item in chosen if isinstance(item, Path) and item.tag.part in ("dot", "copy")]
    discs = [((each.left + each.right) / 2, (each.top + each.bottom) / 2) for each in dots]
    tag = Tag("halo")
    back: list[Item] = []
    if edge:
        back += [Path(item.commands, INK, width=width + 1.4, tag=tag) for item in lines]
        back += [Path(circle(*disc, width + 0.7), fill=INK, tag=tag) for disc in discs]
    back += [Path(item.commands, colour, width=width, tag=tag) for item in lines]
    back += [Path(circle(*disc, width), fill=colour, tag=tag) for disc in discs]
    return _again(scene, behind(scene, back))


def band(scene: Scene, colour: str, *where: At, above: float = 17.0, below: float = 5.0, beyond: float = 9.0) -> Scene:
    """A broad band behind the columns, along strands: the axes over which an operation is broadcast."""
    found = bounds_of(every(scene, where))
    columns = [item for item in scene.items if item.tag.part in ("object", "morphism")]
    across = bounds_of(columns) if columns else found
    shape = rectangle(across.left - beyond, found.top - above, across.right + beyond, found.bottom + below)
    return _again(scene, [Path(shape, fill=colour, tag=Tag("band")), *scene.items])


def lettered(scene: Scene, *nodes: str, size: float = LETTER) -> Scene:
    """Boxes of operations drawn as a large letter in a gap of the wires."""
    kept: list[Item] = []
    for item in scene.items:
        if item.tag.node not in nodes or item.tag.part not in ("glyph", "shadow", "mark"):
            kept.append(item)
        elif isinstance(item, Text):
            grown = measure(item.text, size).ascent - measure(item.text, item.size).ascent
            kept.append(replace(item, size=size, y=round(item.y + grown / 2, 3)))
    return _again(scene, kept)


def arc(scene: Scene, start: tuple[float, float], end: tuple[float, float], ink: str, label: str = "") -> Scene:
    """A double arrow that swings under the picture from one point to another, with a letter under it."""
    (x, y), (to_x, to_y) = start, end
    sag = max(y, to_y) + 26.0
    third = (to_x - x) / 4
    curve = (("M", x, y), ("C", x + third, sag, to_x - third, sag, to_x, to_y))
    tag = Tag("arc")
    # The direction in which the curve arrives.
    dx, dy = third, to_y - sag
    long = max((dx * dx + dy * dy) ** 0.5, 1.0)
    ux, uy = dx / long, dy / long
    back = 11.0
    barbs = [(to_x - back * ux + 6.0 * uy * turn, to_y - back * uy - 6.0 * ux * turn) for turn in (1.0, -1.0)]
    items: list[Item] = [
        Path(curve, ink, width=5.0, tag=tag),
        Path(curve, "#ffffff", width=1.6, tag=tag),
        Path(line(barbs[0], (to_x, to_y), barbs[1]), ink, width=2.4, tag=tag),
    ]
    if label:
        items.append(Text((x + to_x) / 2, sag + 14.0, label, 19.0, "middle", ink, tag=tag))
    return _again(scene, [*scene.items, *items])


def without(scene: Scene, *where: At) -> Scene:
    """A picture without some of its items."""
    gone = {id(item) for item in every(scene, where)}
    return _again(scene, [item for item in scene.items if id(item) not in gone])


def relabelled(scene: Scene, text: str, where: At) -> Scene:
    """A picture with another text for some of its labels."""
    chosen = {id(item) for item in where.of(scene)}
    items = [
        replace(item, text=text) if id(item) in chosen and isinstance(item, Text) else item for item in scene.items
    ]
    return _again(scene, items)
