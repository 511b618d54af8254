"""Two circuits beside each other, with what was added, removed and changed in colour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from circuits import Circuit
from circuits.draw import CANVAS, Bounds, Detail, Item, Path, Scene, Style, Tag, colour_names, picture, to_svg

from ..differ import Difference, difference

COLOURS = {"added": "#16915b", "removed": "#d13438", "changed": "#c77700"}
_MARGIN = 6.0


@dataclass(frozen=True)
class Comparison:
    """The pictures of both as SVG, and in words what differs: kind, where, what."""

    before: str
    after: str
    rows: tuple[tuple[str, str, str], ...]


def compared(before: Circuit, after: Circuit) -> Comparison:
    """Compare two circuits, as pictures whose colours a page names by their roles."""
    found = difference(before, after)
    old, new = _names(before), _names(after)
    changed_before = {old[one.before]: "changed" for one in found.changed}
    changed_after = {new[one.after]: "changed" for one in found.changed}
    gone = {old[id]: "removed" for id in found.removed}
    more = {new[id]: "added" for id in found.added}
    return Comparison(
        themed(marked(_drawn(before), {**changed_before, **gone}), "before-"),
        themed(marked(_drawn(after), {**changed_after, **more}), "after-"),
        tuple(_rows(found, old, new)),
    )


def marked(scene: Scene, kinds: Mapping[str, str]) -> Scene:
    """The scene with nodes, by name, recoloured by what happened to them: what stands for one, and all inside it."""
    grounds: dict[str, Bounds] = {}
    items: list[Item] = []
    for item in scene.items:
        name = item.tag.node.partition("/")[0]
        if name not in kinds:
            items.append(item)
            continue
        colour = COLOURS[kinds[name]]
        if isinstance(item, Path):
            if item.tag.part != "wire":
                box = item.bounds()
                grounds[name] = grounds[name].joined(box) if name in grounds else box
            items.append(replace(item, stroke=colour) if item.stroke else item)
        else:
            items.append(replace(item, fill=colour))
    return replace(scene, items=(*(_ground(box, kinds[name], name) for name, box in grounds.items()), *items))


def themed(scene: Scene, prefix: str) -> str:
    """The scene as SVG whose colours are the page's: by role, or by what happened; others are written as they are."""
    return _PAINTED.sub(_named, to_svg(scene, prefix=prefix))


_PAINTED = re.compile(r"((?:fill|stroke)(?::|=\"))(#[0-9a-f]{6}|#[0-9a-f]{3})\b")
_ROLES = {
    **{colour: f"var(--p-{role})" for colour, role in colour_names(CANVAS).items()},
    **{colour: f"var(--{kind}, {colour})" for kind, colour in COLOURS.items()},
}


def _named(found: re.Match[str]) -> str:
    painted, colour = found.groups()
    # printers write `#fff` for `#ffffff`
    whole = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    return f"{painted}{_ROLES.get(whole, colour)}"


def _drawn(circuit: Circuit) -> Scene:
    return picture(circuit, Detail(), Style(theme=CANVAS))


def _ground(box: Bounds, kind: str, name: str) -> Path:
    left, top, right, bottom = (getattr(box.grown(_MARGIN), side) for side in ("left", "top", "right", "bottom"))
    corners = (("M", left, top), ("L", right, top), ("L", right, bottom), ("L", left, bottom), ("Z",))
    return Path(corners, fill=COLOURS[kind], opacity=0.14, tag=Tag("shade", name))


def _names(circuit: Circuit) -> dict[str, str]:
    return {node.id: node.name for node in circuit.nodes}


def _rows(found: Difference, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Everything that differs, nodes first."""
    yield from (("added", new[id], "") for id in found.added)
    yield from (("removed", old[id], "") for id in found.removed)
    for one in found.changed:
        yield "changed", new[one.after], "; ".join(f"{key}: {_said(a)} → {_said(b)}" for key, a, b in one.changes)
    yield from _wires("added", found.wires_added, new)
    yield from _wires("removed", found.wires_removed, old)
    yield from (("changed", _place(wire, new), f"{a} → {b}") for wire, a, b in found.types)
    yield from (("changed", what, f"{_said(a)} → {_said(b)}") for what, a, b in found.face)


def _wires(kind: str, pairs: Iterable[tuple[str, str]], names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for wire, place in pairs:
        yield kind, f"{_place(wire, names)} → {_place(place, names)}", ""


def _place(wire: str, names: Mapping[str, str]) -> str:
    """A wire or port by the name of its node; the outputs of the circuit by theirs."""
    id, dot, port = wire.rpartition(".")
    if not dot:
        return wire
    return f"{names.get(id, id)}.{port}" if id else f"output {port}"


def _said(text: str) -> str:
    return text or "none"
