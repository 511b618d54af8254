"""A scene cut into fragments of SVG: one for every node, array and block, so that a canvas can replace them one by one.

Colours are not written but named by what they paint (`s-ink`, `f-glyph`), so that a page can change its theme without
being sent the picture again; labels are references to outlines that are sent once. Path data is absolute and has
nothing left out: whoever drags a node bends the curves that meet it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from .frame import KEPT, item_bounds
from .scene import Bounds, Command, Item, Scene, Tag, Text
from .svg_numbers import number
from .theme import Theme
from .typeset import outlines

GROUNDS = ("fence", "title")
LAYERS = ("ground", "separator", "wire", "node", "label")
# Of each role a colour of its own, so that roles can be told apart by it.
CANVAS = Theme(glyph="#fffffe", index_ink="#fffffd", legend="#e8eeec", object_column="#e28ff0")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The items of one node, array or block: layer, order in it, SVG, and the rectangle around them."""

    layer: str
    order: int
    markup: str
    bounds: Bounds


@dataclass(frozen=True)
class Fragments:
    """A scene as fragments by id (`node:attention/softmax`, `wire:query`), and the outlines its labels refer to."""

    width: float
    height: float
    items: Mapping[str, Fragment]
    outlines: Mapping[str, str]


# An item as SVG, and the id and the path data of the outline it refers to.
Markup = tuple[str, tuple[str, str] | None]
Writer = Callable[[Item], Markup]


def fragments(scene: Scene, theme: Theme = CANVAS) -> Fragments:
    """The fragments of a scene that was drawn with this theme."""
    groups: dict[str, list[Item]] = {}
    grounds = ""
    for item in reversed(scene.items):  # a shadow lies under the ground it belongs to
        grounds = item.tag.node if item.tag.part in GROUNDS else grounds
        groups.setdefault(_group(item.tag, grounds), []).append(item)
    texts: dict[str, str] = {}
    write = writer(theme)
    made: dict[str, Fragment] = {}
    for order, (id, items) in enumerate(reversed(groups.items())):
        made[id] = fragment(id.partition(":")[0], order, reversed(items), texts, write)
    return Fragments(scene.width, scene.height, made, texts)


def writer(theme: Theme) -> Writer:
    """What writes items of a theme."""
    return _writer(tuple(colour_names(theme).items()))


def fragment(layer: str, order: int, items: Iterable[Item], texts: dict[str, str], write: Writer) -> Fragment:
    """Items as one fragment; the outlines of its labels are added to `texts`."""
    found = tuple(items)
    bounds = item_bounds(found[0])
    for item in found[1:]:
        bounds = bounds.joined(item_bounds(item))
    written = [write(item) for item in found]
    texts.update(outline for _, outline in written if outline is not None)
    return Fragment(layer, order, "".join(markup for markup, _ in written), bounds)


def colour_names(theme: Theme) -> dict[str, str]:
    """Colours of a theme to the roles in which they stand, the first where there are several."""
    names: dict[str, str] = {}
    for role, colour in colour_roles(theme).items():
        names.setdefault(colour, role)
    return names


def colour_roles(theme: Theme) -> dict[str, str]:
    """The colour of every role of a theme: `ink`, `index-ink`, `fences-2`."""
    roles: dict[str, str] = {}
    for field in fields(theme):
        value = getattr(theme, field.name)
        if isinstance(value, str):
            roles[field.name.replace("_", "-")] = value
        elif isinstance(value, tuple):
            roles.update((f"{field.name}-{place}", colour) for place, colour in enumerate(value))
    return roles


def _group(tag: Tag, ground: str) -> str:
    """The fragment that an item belongs to."""
    if tag.part in GROUNDS or (tag.part == "shadow" and not tag.node):
        return f"ground:{tag.node or ground}"
    if tag.part in ("shade", "overlay"):
        return "ground:"
    if tag.part == "separator":
        return f"separator:{tag.wire}"
    if tag.part in ("label", "name"):
        return f"label:{tag.wire}"
    if tag.part in ("dot", "copy") or (tag.wire and not tag.node):
        return f"wire:{tag.wire}"
    return f"node:{tag.node}"


@lru_cache(maxsize=8)
def _writer(names: tuple[tuple[str, str], ...]) -> Writer:
    """Writes items whose colours have these roles; it remembers them, for a gesture leaves most of a picture alone."""
    roles = dict(names)
    return lru_cache(maxsize=KEPT)(lambda item: _markup(item, roles))


def _markup(item: Item, names: Mapping[str, str]) -> Markup:
    """An item as SVG, and the outline it refers to, by its id."""
    if isinstance(item, Text):
        return _label(item, names)
    parts = [f'd="{_data(item.commands)}"']
    classes = [_painted("f", item.fill, names, parts), _painted("s", item.stroke, names, parts)]
    if item.stroke and item.width != 1:
        parts.append(f'stroke-width="{number(item.width)}"')
    if item.dash:
        parts.append(f'stroke-dasharray="{" ".join(map(number, item.dash))}"')
    if item.opacity < 1:
        parts.append(f'opacity="{number(item.opacity, 3)}"')
    if item.tag.axes:
        parts.append(f'data-axes="{_quoted(" ".join(item.tag.axes))}"')
    return f'<path class="{item.tag.part} {" ".join(filter(None, classes))}" {" ".join(parts)}/>', None


def _label(item: Text, names: Mapping[str, str]) -> Markup:
    """A label as a reference to its outline."""
    id, data = _outline(item.text, item.font)
    if not data:
        return "", None
    left = item_bounds(item).left
    parts: list[str] = []
    painted = _painted("f", item.fill, names, parts)
    place = f"translate({number(left)} {number(item.y)})scale({number(item.size / _EM, 4)})"
    bold = " bold" if item.font == "sans bold" else ""
    classes = f"{item.tag.part} {painted}{bold}"
    return f'<use class="{classes}" {" ".join(parts)} href="#{id}" transform="{place}"/>', (id, data)


_EM = 100.0


@lru_cache(maxsize=4096)
def _outline(text: str, font: str) -> tuple[str, str]:
    """The id and the path data of a label of a hundred units."""
    found = outlines(Text(0.0, 0.0, text, _EM, font=font))
    letters = "".join(letter if letter.isascii() and letter.isalnum() else f"_{ord(letter):x}_" for letter in text)
    return f"t-{font.replace(' ', '-')}-{letters}", "".join(_data(each.commands, 1) for each in found)


def _painted(kind: str, colour: str, names: Mapping[str, str], parts: list[str]) -> str:
    """The class of a colour; one that the theme does not know is written."""
    if not colour:
        return ""
    if colour in names:
        return f"{kind}-{names[colour]}"
    parts.append(f'{"fill" if kind == "f" else "stroke"}="{_quoted(colour)}"')
    return ""


def _data(commands: Iterable[Command], digits: int = 2) -> str:
    return "".join(f"{name}{' '.join(number(float(each), digits) for each in numbers)}" for name, *numbers in commands)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
