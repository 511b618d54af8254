"""Boxes with words: notes with a wedge to what they speak of, legends, and plain coloured grounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..frame import bounds_of
from ..scene import Bounds, Command, Item, Path, Scene, Tag, Text, chipped, line, polygon, rectangle
from ..theme import Style
from ..typeset import measure
from .parts import INK, at, bounds, part, together
from .targets import At, behind
from .words import SIZE, paragraph

PAD = 7.0
NOTE_WIDTH = 230.0
# Widths of the lines that add up to a soft shadow, and how much of the theme's each has.
_SOFT = (6.0, 4.5, 3.0, 1.5)
_SHARE = 0.4
LEGEND = 14.0


def shaded(commands: tuple[Command, ...], style: Style) -> tuple[Path, ...]:
    """A soft shadow around a shape."""
    if not style.shadows or not style.theme.shadow:
        return ()
    opacity = round(style.theme.shadow * _SHARE, 4)
    return tuple(
        Path(commands, stroke=style.theme.ink, width=width, opacity=opacity, tag=Tag("shadow")) for width in _SOFT
    )


def box(text: str, width: float = 0.0, fill: str = "", style: Style | None = None, size: float = SIZE) -> Scene:
    """Words on a ground, that of notes unless another is given."""
    style = style or Style()
    said = paragraph(text, width, size)
    shape = rectangle(0.0, 0.0, said.width + 2 * PAD, said.height + 2 * PAD)
    ground = Path(shape, fill=fill or style.theme.note, tag=Tag("note"))
    return part(*shaded(shape, style), ground, *said.items(PAD, PAD, Tag("note"), style.theme.ink))


@dataclass(frozen=True, slots=True)
class Note:
    """Words in a box that points to something: the box lies on a `side` of the picture, moved by `shift` along it.

    `side` is above, below, left or right; empty means above or below, whichever is nearer. `away` is the distance of
    the box from the picture, or where it is `near` from what it points to; `fill` is its colour, and `points` says
    whether there is a wedge.
    """

    text: str
    at: At
    side: str = ""
    shift: float = 0.0
    away: float = 16.0
    width: float = NOTE_WIDTH
    fill: str = ""
    points: bool = True
    near: bool = False


def noted(scene: Scene, *notes: Note, style: Style | None = None) -> Scene:
    """A picture with notes around it; those on one side stand beside each other in the order of what they point to."""
    style = style or Style()
    around = bounds(scene)
    taken: dict[str, list[Bounds]] = {}
    made: list[Scene] = []
    wedges: list[Item] = []
    for note in sorted(notes, key=lambda one: one.at.bounds(scene).left):
        target = note.at.bounds(scene)
        side = note.side or _nearer(target, around)
        drawn = box(note.text, note.width, note.fill, style)
        placed = (
            _placed(drawn, note, side, target, target, [])
            if note.near
            else _placed(drawn, note, side, target, around, taken.setdefault(side, []))
        )
        if note.points:
            wedges += _wedge(bounds(placed), target, side, note.fill or style.theme.note)
        made.append(placed)
    return together(replace(scene, items=tuple(behind(scene, wedges))), *made)


def _nearer(target: Bounds, around: Bounds) -> str:
    return "above" if target.top - around.top <= around.bottom - target.bottom else "below"


def _placed(drawn: Scene, note: Note, side: str, target: Bounds, around: Bounds, taken: list[Bounds]) -> Scene:
    """The box beside the picture, after the boxes that stand there already."""
    found = bounds(drawn)
    wide, high = found.right - found.left, found.bottom - found.top
    if side in ("above", "below"):
        x = (target.left + target.right) / 2 - wide / 2 + note.shift
        x = max([x, *(one.right + 10.0 for one in taken)])
        y = around.top - note.away - high if side == "above" else around.bottom + note.away
    else:
        y = (target.top + target.bottom) / 2 - high / 2 + note.shift
        y = max([y, *(one.bottom + 10.0 for one in taken)])
        x = around.left - note.away - wide if side == "left" else around.right + note.away
    taken.append(Bounds(x, y, x + wide, y + high))
    return at(drawn, round(x, 3), round(y, 3))


def _wedge(box: Bounds, target: Bounds, side: str, fill: str) -> list[Item]:
    """A wedge from the edge of a box to the near edge of what it points to."""
    across, down = (target.left + target.right) / 2, (target.top + target.bottom) / 2
    tag = Tag("wedge")
    if side in ("above", "below"):
        foot = box.bottom - PAD / 2 if side == "above" else box.top + PAD / 2
        tip = target.top if side == "above" else target.bottom
        half = min((target.right - target.left) / 2, 5.0)
        base = min(max(across, box.left + 20.0), box.right - 20.0)
        shape = polygon((base - 11.0, foot), (base + 11.0, foot), (across + half, tip), (across - half, tip))
    else:
        foot = box.right - PAD / 2 if side == "left" else box.left + PAD / 2
        tip = target.left if side == "left" else target.right
        half = min((target.bottom - target.top) / 2, 5.0)
        base = min(max(down, box.top + 12.0), box.bottom - 12.0)
        shape = polygon((foot, base - 9.0), (foot, base + 9.0), (tip, down + half), (tip, down - half))
    return [Path(shape, fill=fill, tag=tag)]


@dataclass(frozen=True, slots=True)
class Cases:
    """A line of a legend that depends: what is defined, and values with their conditions."""

    left: str
    cases: tuple[tuple[str, str], ...]


def legend(*lines: str | Cases, title: str = "Legend", style: Style | None = None) -> Scene:
    """Equations in TeX on a grey ground under a title; their signs of equality stand below each other."""
    style = style or Style()
    ink = style.theme.ink
    sides = [line.left if isinstance(line, Cases) else line.partition("=")[0].strip() for line in lines]
    column = max(measure(side, LEGEND).width for side in sides)
    items: list[Item] = []
    y = SIZE * 1.4 + 12.0
    for entry, side in zip(lines, sides, strict=True):
        rows = len(entry.cases) if isinstance(entry, Cases) else 1
        middle = y + 11.0 * rows
        items.append(Text(column, middle + 4.5, side, LEGEND, "end", ink, tag=Tag("legend")))
        items += _right(entry, column + 6.0, middle, ink)
        y += 22.0 * rows
    found = bounds_of(items)
    said = paragraph(title)
    width = max(found.right, said.width)
    top = said.height + 3.0
    rule = Path(line((0.0, top), (width, top)), ink, tag=Tag("legend"))
    shape = rectangle(-10.0, -6.0, width + 10.0, y + 6.0)
    ground = Path(shape, fill=style.theme.legend, tag=Tag("legend"))
    return part(*shaded(shape, style), ground, *said.items(width / 2, 0.0, Tag("legend"), ink, "middle"), rule, *items)


def _right(entry: str | Cases, x: float, middle: float, ink: str) -> list[Item]:
    """What stands right of what is defined, from the sign of equality on."""
    tag = Tag("legend")
    if isinstance(entry, str):
        _, equals, rest = entry.partition("=")
        return [Text(x, middle + 4.5, f"{equals} {rest.strip()}".strip(), LEGEND, "start", ink, tag=tag)]
    items: list[Item] = [Text(x, middle + 4.5, "=", LEGEND, "start", ink, tag=tag)]
    half = 11.0 * len(entry.cases)
    items.append(Path(_brace(x + 22.0, middle - half + 2.0, middle + half - 2.0), ink, width=1.3, tag=tag))
    widest = max(measure(value, LEGEND).width for value, _ in entry.cases)
    for number, (value, condition) in enumerate(entry.cases):
        y = middle - half + 22.0 * number + 15.5
        items.append(Text(x + 32.0, y, value, LEGEND, "start", ink, tag=tag))
        items.append(Text(x + 32.0 + widest + 14.0, y, condition, LEGEND, "start", ink, tag=tag))
    return items


def _brace(x: float, top: float, bottom: float) -> tuple[Command, ...]:
    """An opening brace whose point is on the left."""
    middle = (top + bottom) / 2
    return (
        ("M", x + 6.0, top),
        ("C", x - 1.0, top, x + 5.0, middle, x - 3.0, middle),
        ("C", x + 5.0, middle, x - 1.0, bottom, x + 6.0, bottom),
    )


# How much room a ground has around what it holds: on all sides, or left, top, right and bottom.
Room = float | tuple[float, float, float, float]
# How much of its lower corners is cut off, on the left and on the right.
Cut = tuple[float, float]


def ground(
    scene: Scene,
    fill: str,
    *where: At,
    title: str = "",
    grow: Room = 6.0,
    under: bool = False,
    cut: Cut = (0.0, 0.0),
    style: Style | None = None,
) -> Scene:
    """A coloured ground behind items of a picture, with a title over them or `under` them."""
    style = style or Style()
    shape, items = _around(scene, where, title, grow, under, cut)
    back = Path(shape, fill=fill, tag=Tag("ground", where[0].node))
    return together(replace(scene, items=(*behind(scene, (*shaded(shape, style), back)), *items)))


def dotted(scene: Scene, *where: At, title: str = "", grow: Room = 6.0, cut: Cut = (0.0, 0.0)) -> Scene:
    """A dotted frame around items of a picture: a remark that changes nothing."""
    shape, items = _around(scene, where, title, grow, cut=cut)
    frame = Path(shape, stroke=INK, dash=(1.5, 3.0), tag=Tag("frame"))
    return together(Scene(0.0, 0.0, (*scene.items, frame, *items), scene.title, scene.description))


def _around(
    scene: Scene, where: Sequence[At], title: str, grow: Room, under: bool = False, cut: Cut = (0.0, 0.0)
) -> tuple[tuple[Command, ...], list[Item]]:
    found = where[0].bounds(scene)
    for one in where[1:]:
        found = found.joined(one.bounds(scene))
    left, top, right, bottom = grow if isinstance(grow, tuple) else (grow,) * 4
    found = Bounds(found.left - left, found.top - top, found.right + right, found.bottom + bottom)
    if not title:
        return chipped(found, *cut), []
    said = paragraph(title)
    wide = max(0.0, said.width + 10.0 - (found.right - found.left)) / 2
    high = said.height + 2.0
    top, bottom = (found.top, found.bottom + high) if under else (found.top - high, found.bottom)
    shape = chipped(Bounds(found.left - wide, top, found.right + wide, bottom), *cut)
    middle = (found.left + found.right) / 2
    return shape, said.items(middle, found.bottom - 1.0 if under else top + 2.0, Tag("title"), INK, "middle")


def background(inner: Scene, fill: str, grow: float = 12.0, style: Style | None = None) -> Scene:
    """A part on a ground of its own."""
    found = bounds(inner).grown(grow)
    shape = rectangle(found.left, found.top, found.right, found.bottom)
    back = (*shaded(shape, style or Style()), Path(shape, fill=fill, tag=Tag("ground")))
    return together(Scene(0.0, 0.0, (*back, *inner.items), inner.title, inner.description))
