"""Scenes put beside, below and over each other: the parts of a plate, which is a picture made of several.

Parts lie close at hand: a scene loses its margin when it becomes a part, and the finished plate has one again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..frame import bounds_of, framed, shifted
from ..scene import Bounds, Item, Path, Scene, Tag, Text, line, polygon
from ..theme import Theme
from .words import SIZE, paragraph

GAP = 18.0
INK = Theme().ink
TITLE = 17.0
SIGN = 24.0


def bounds(part: Scene) -> Bounds:
    """The rectangle around all items of a part."""
    return bounds_of(part.items)


def level(part: Scene) -> float:
    """The height at which a part is read: the middle of its strands or its sign, else of all of it."""
    read = [item for item in part.items if item.tag.part in ("wire", "sign")]
    found = bounds_of(read or part.items)
    return (found.top + found.bottom) / 2


def moved(part: Scene, right: float, down: float) -> Scene:
    """A part moved; its size stays that of what it holds."""
    return replace(part, items=tuple(shifted(item, right, down) for item in part.items))


def scaled(part: Scene, by: float) -> Scene:
    """A part larger or smaller, its lines and letters too."""
    return together(Scene(0.0, 0.0, tuple(_scaled(item, by) for item in part.items), part.title, part.description))


def _scaled(item: Item, by: float) -> Item:
    if isinstance(item, Text):
        return replace(item, x=item.x * by, y=item.y * by, size=item.size * by)
    commands = tuple((command[0], *(float(number) * by for number in command[1:])) for command in item.commands)
    dash = tuple(length * by for length in item.dash)
    return replace(item, commands=commands, width=item.width * by, dash=dash)  # type: ignore[arg-type]


def together(*parts: Scene) -> Scene:
    """Parts as they lie, the later ones over the earlier ones."""
    items = [item for part in parts for item in part.items]
    said = [part.description for part in parts if part.description]
    found = bounds_of(items)
    return Scene(found.right - found.left, found.bottom - found.top, tuple(items), _title(parts), "\n".join(said))


def _title(parts: Sequence[Scene]) -> str:
    return next((part.title for part in parts if part.title), "")


def beside(*parts: Scene, gap: float = GAP, align: str = "level") -> Scene:
    """Parts from left to right, with their strands (level), tops, middles or bottoms at one height."""
    placed: list[Scene] = []
    right = 0.0
    for part in parts:
        found = bounds(part)
        heights = {
            "level": level(part),
            "top": found.top,
            "middle": (found.top + found.bottom) / 2,
            "bottom": found.bottom,
        }
        placed.append(moved(part, right - found.left, -heights[align]))
        right += found.right - found.left + gap
    return together(*placed)


def below(*parts: Scene, gap: float = GAP, align: str = "left") -> Scene:
    """Parts from the top to the bottom, with their left ends, middles or right ends in one line."""
    placed: list[Scene] = []
    under = 0.0
    for part in parts:
        found = bounds(part)
        places = {"left": found.left, "middle": (found.left + found.right) / 2, "right": found.right}
        placed.append(moved(part, -places[align], under - found.top))
        under += found.bottom - found.top + gap
    return together(*placed)


def at(part: Scene, x: float, y: float) -> Scene:
    """A part with its upper left corner at a point."""
    found = bounds(part)
    return moved(part, x - found.left, y - found.top)


def part(*items: Item) -> Scene:
    """Items as a part."""
    return together(Scene(0.0, 0.0, items))


def words(text: str, width: float = 0.0, size: float = SIZE, font: str = "sans", align: str = "start") -> Scene:
    """A text as a part; mathematics stands between dollars."""
    found = paragraph(text, width, size, font)
    return part(*found.items(0.0, 0.0, Tag("text"), INK, align))


def formula(text: str, size: float = 19.0) -> Scene:
    """TeX as a part that is read at the height of its signs."""
    return part(Text(0.0, size * 0.3, text, size, tag=Tag("text")))


def titled(inner: Scene, text: str, size: float = TITLE, font: str = "sans", gap: float = 10.0) -> Scene:
    """A part under its title; it is still read at the height of its strands."""
    found = bounds(inner)
    title = paragraph(text, size=size, font=font)
    middle = (found.left + found.right) / 2
    top = found.top - gap - title.height
    return together(inner, Scene(0.0, 0.0, tuple(title.items(middle, top, Tag("title"), INK, "middle"))))


def fraction(over: Scene, under: Scene) -> Scene:
    """One part over another with a line between them, at which it is read."""
    stacked = below(over, under, gap=9.0, align="middle")
    found = bounds(stacked)
    cut = bounds(over).bottom - bounds(over).top + 4.5 + found.top
    rule = Path(line((found.left, cut), (found.right, cut)), INK, width=1.2, tag=Tag("sign"))
    return together(stacked, part(rule))


def bracketed(inner: Scene) -> Scene:
    """A part between round brackets as high as it is."""
    found = bounds(inner)
    sides = []
    for x, turn in ((found.left - 3.0, -1.0), (found.right + 3.0, 1.0)):
        deep = x + 9.0 * turn
        third = (found.bottom - found.top) / 3
        curve = (("M", x, found.top), ("C", deep, found.top + third, deep, found.bottom - third, x, found.bottom))
        sides.append(Path(curve, INK, width=1.8, tag=Tag("text")))
    return together(inner, part(*sides))


def sign(text: str = "=", above: str = "") -> Scene:
    """A sign between parts, with a word over it: an equation by definition has `def`."""
    items: list[Item] = [Text(0.0, SIGN * 0.28, text, SIGN, "middle", INK, tag=Tag("sign"))]
    if above:
        items.append(Text(0.0, -SIGN * 0.32, f"\\mathrm{{{above}}}", SIGN * 0.5, "middle", INK, tag=Tag("text")))
    return part(*items)


def joined(*parts: Scene, by: Scene | None = None, gap: float = GAP) -> Scene:
    """An equation: parts with a sign, `=` unless another is given, between them."""
    between = by or sign()
    row = [parts[0]]
    for each in parts[1:]:
        row += [between, each]
    return beside(*row, gap=gap)


def mapsto(text: str = "", length: float = 0.0) -> Scene:
    """An arrow with a foot that leads from one part to another, and what it does written over it."""
    above = paragraph(text, size=SIZE)
    right = max(length, above.width + 12.0, 44.0)
    stroke, tag = 2.0, Tag("sign")
    head = (("M", right - 16.0, -6.0), ("C", right - 12.0, -2.5, right - 6.0, 0.0, right, 0.0))
    foot = (("C", right - 6.0, 0.0, right - 12.0, 2.5, right - 16.0, 6.0),)
    items: list[Item] = [
        Path(line((0.0, -8.0), (0.0, 8.0)), INK, width=stroke, tag=tag),
        Path(line((0.0, 0.0), (right - 1.0, 0.0)), INK, width=stroke, tag=tag),
        Path((*head, *foot), INK, width=stroke, tag=tag),
    ]
    if text:
        items += above.items(right / 2, -above.height - 10.0, Tag("text"), INK, "middle")
    return part(*items)


def banner(text: str, fill: str, ink: str = "#ffffff", length: float = 0.0) -> Scene:
    """A broad arrow to the right with bold words on it."""
    said = paragraph(f"**{text}**", size=SIZE)
    right, half = max(length, said.width + 16.0), 9.0
    shape = polygon(
        (0.0, -half),
        (right, -half),
        (right, -half * 1.9),
        (right + 20.0, 0.0),
        (right, half * 1.9),
        (right, half),
        (0.0, half),
    )
    tag = Tag("banner")
    return part(Path(shape, fill=fill, tag=tag), *said.items(8.0, -said.height / 2, tag, ink))


def plate(inner: Scene, title: str = "", paper: str = Theme().paper) -> Scene:
    """The finished picture: within a margin, on its paper, with what it says to those who cannot see it."""
    return framed(inner.items, title or inner.title, inner.description, paper)
