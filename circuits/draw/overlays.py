"""Overlays: what nodes cost as warm grounds, and where arrays live as colours of their wires.

Both are laid over a finished scene, by the tags of its items, and change no place in it. Source of the second: Abbott &
Zardini (2024), "FlashAttention on a Napkin", arXiv 2412.03317.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..circuit import Circuit
from ..resources import Area, AreaReport, Formula, ResourceReport, Schedule, reaches, resource_report
from .axis_labels import axis_label
from .frame import bounds_of, framed
from .heat import Heat, Legend
from .notes import legend as boxed_legend
from .scene import Bounds, Command, Item, Path, Scene, Tag, Text, rectangle
from .theme import Style
from .typeset import measure

PAD = 5.0
BAR, WIDTH, GAP = 9.0, 150.0, 20.0
# How far from its end a wire has the colour of the level at which it is read.
LOADED = 16.0
_GROUND = ("fence", "shadow", "title", "object", "morphism", "shade", "ground")


def heated(scene: Scene, found: Heat, style: Style) -> Scene:
    """The scene with a ground of its colour under every node that costs something, and a scale below it."""
    boxes = {node: box.grown(PAD) for node, box in _boxes(scene).items() if node in found.colours}
    items: list[Item] = []
    back, seen = 0, set()
    for item in scene.items:
        items.append(item)
        if item.tag.part in _GROUND:
            back = len(items)
        elif item.tag.node in boxes and item.tag.node not in seen:
            # over the grounds of its row, under all else
            box, node = boxes[item.tag.node], item.tag.node
            shape = rectangle(box.left, box.top, box.right, box.bottom)
            items.insert(back, Path(shape, fill=found.colours[node], tag=Tag("overlay", node)))
            seen.add(node)
    below = bounds_of(items)
    scale = _scale(found.legend, below.left, below.bottom + GAP, style)
    return framed([*items, *scale], scene.title, scene.description, scene.background)


def _boxes(scene: Scene) -> dict[str, Bounds]:
    """The rectangle around all that is drawn for each node."""
    parts: dict[str, list[Item]] = {}
    for item in scene.items:
        if item.tag.part in ("glyph", "mark", "cap", "dot") and item.tag.node:
            parts.setdefault(item.tag.node, []).append(item)
    return {node: bounds_of(items) for node, items in parts.items()}


def _scale(found: Legend, x: float, y: float, style: Style) -> list[Item]:
    """A bar of colours with their values, under its title."""
    ink, tag = style.theme.ink, Tag("overlay", "legend")
    if not found.stops:
        return [Text(x, y, found.title, 12.0, "start", ink, "sans", tag)]
    wide = max(measure(stop.label, 11.0, "sans").width for stop in found.stops) + 12.0
    width = max(WIDTH, wide * len(found.stops))
    items: list[Item] = [Text(x, y + 4.0, found.title, 12.0, "start", ink, "sans", tag)]
    each = width / len(found.stops)
    for number, stop in enumerate(found.stops):
        left = x + each * number
        box = rectangle(left, y + 10.0, left + each, y + 10.0 + BAR)
        items.append(Path(box, fill=stop.colour, tag=tag))
        items.append(Text(left + each / 2, y + 33.0, stop.label, 11.0, "middle", ink, "sans", tag))
    return items


def scheduled(scene: Scene, circuit: Circuit, schedule: Schedule, style: Style) -> Scene:
    """The scene with wires in the colours of the memory levels at which arrays live, and costs in a legend.

    The nodes of the areas must be drawn as themselves. Inside an area the parts of an axis are written where the axis
    was. Raises CircuitloomError with every problem of the schedule.
    """
    report = resource_report(circuit, schedule)
    levels = _levels(circuit, schedule)
    parts = _part_labels(circuit, report)
    items = [made for item in scene.items for made in _levelled(item, levels, parts, style)]
    below = bounds_of(items)
    lines = tuple(line for one in report.areas for line in _costs(one, schedule))
    legend = boxed_legend(lines, below.left, below.bottom + GAP, style)
    return framed([*items, *legend], scene.title, scene.description, scene.background)


def _levels(circuit: Circuit, schedule: Schedule) -> dict[str, tuple[int, int]]:
    """By the name of an array in the picture: the level at which it is made, and the innermost at which it is read."""
    found: dict[str, tuple[int, int]] = {}
    for reach in reaches(circuit, schedule):
        node, _, port = reach.wire.rpartition(".")
        maker = circuit.by_id.get(node)
        name = reach.wire if maker is None else maker.name
        if maker is not None and len(maker.outputs()) > 1:
            name = f"{maker.name}.{port}"
        read = [level for _, level in reach.readers]
        found[name] = (reach.made, max(read, default=reach.made) if not reach.made else min(read, default=0))
    return found


def _part_labels(circuit: Circuit, report: ResourceReport) -> dict[tuple[str, str], str]:
    """By an array made in an area and an axis of it: the part of the axis that is there at a time."""
    labels: dict[tuple[str, str], str] = {}
    for one in report.areas:
        area: Area = one.cost.area
        names = {circuit.by_id[node].name for node in area.nodes}
        labels |= {(name, part.axis): axis_label(part.size) for name in names for part in area.parts}
    return labels


def _levelled(
    item: Item, levels: Mapping[str, tuple[int, int]], parts: Mapping[tuple[str, str], str], style: Style
) -> Sequence[Item]:
    """An item in the colour of its level; a wire that is loaded or saved changes it before its end."""
    tag = item.tag
    if isinstance(item, Text):
        text = parts.get((tag.wire, tag.axes[0])) if tag.part == "label" and tag.axes else None
        return (replace(item, text=text),) if text is not None else (item,)
    if tag.part not in ("wire", "dot", "copy", "cap") or tag.wire not in levels:
        return (item,)
    made, read = (style.theme.levels[min(level, len(style.theme.levels) - 1)] for level in levels[tag.wire])
    if tag.part != "wire" or made == read:
        colour = made
        return (replace(item, stroke=colour if item.stroke else "", fill=colour if item.fill else ""),)
    cut = _cut(item.commands)
    if cut is None:
        return (replace(item, stroke=made),)
    before, after = cut
    return (replace(item, stroke=made, commands=before), replace(item, stroke=read, commands=after))


def _cut(commands: tuple[Command, ...]) -> tuple[tuple[Command, ...], tuple[Command, ...]] | None:
    """A wire cut shortly before its end, where its last piece is level and long enough."""
    if len(commands) < 2 or commands[-1][0] != "L":
        return None
    x, y = (float(number) for number in commands[-1][1:])
    start = float(commands[-2][-2])  # type: ignore[misc]
    if x - start < LOADED + 4.0:
        return None
    at = x - LOADED
    return (*commands[:-1], ("L", at, y)), (("M", at, y), ("L", x, y))


def _costs(one: AreaReport, schedule: Schedule) -> list[str]:
    """The cost formulas of an area as TeX."""
    cost, name = one.cost, schedule.levels[one.cost.area.level].name
    lines = [f"\\mathrm{{{name}}}:\\,H={_tex(cost.transfer)}"]
    return [*lines, *(f"M\\geq {_tex(memory)}" for memory in cost.memory)]


def _tex(formula: Formula) -> str:
    """A formula in the TeX that every printer takes: brackets do not grow."""
    return formula.tex().replace("\\left", "").replace("\\right", "")
