"""The scene as SVG: small, readable, the same bytes every time, and without fonts that a reader might lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from xml.sax.saxutils import escape

from .presets import SCREEN, Paper
from .scene import Item, Path, Scene, Tag, Text
from .svg_labels import Labels
from .svg_numbers import number, path_data


def to_svg(scene: Scene, paper: Paper = SCREEN, *, text: str = "outlines", prefix: str = "") -> str:
    """The scene as the text of an SVG file.

    `text` "outlines" draws letters as shapes that are stored once and look the same everywhere; "text" writes words
    that can be searched and are set in a font of the reader. `prefix` begins all ids and classes, so that several
    pictures can stand in one page.
    """
    return _Printer(scene, paper, Labels(text == "outlines", prefix), prefix).document()


@dataclass(frozen=True, slots=True)
class _Look:
    """What paths that look alike share."""

    stroke: str
    fill: str
    width: float
    dash: tuple[float, ...]
    opacity: float

    def rule(self) -> str:
        """The look as declarations of a style sheet; what is not said is as the root element says."""
        parts = [f"fill:{self.fill}"] if self.fill else []
        if self.stroke:
            parts.append(f"stroke:{self.stroke}")
            parts += [f"stroke-width:{number(self.width)}"] if self.width != 1 else []
            parts += [f"stroke-dasharray:{' '.join(number(each) for each in self.dash)}"] if self.dash else []
        if self.opacity < 1:
            # Each paint by itself, as PDF and TeX have it: a line shows the ground under its inner half.
            painted = [name for name, colour in (("fill", self.fill), ("stroke", self.stroke)) if colour]
            parts += [f"{name}-opacity:{number(self.opacity, 3)}" for name in painted]
        return ";".join(parts)


class _Printer:
    """A scene on its way into a document."""

    def __init__(self, scene: Scene, paper: Paper, labels: Labels, prefix: str) -> None:
        self.scene, self.paper, self.labels, self.prefix = scene, paper, labels, prefix
        self.looks: dict[_Look, str] = {}

    def document(self) -> str:
        """The whole file."""
        body = list(self.groups())
        wide, high = (f"{number(each)}pt" for each in self.paper.size(self.scene))
        box = f"0 0 {number(self.scene.width)} {number(self.scene.height)}"
        ids = [
            f"{self.prefix}{name}"
            for name, said in (("title", self.scene.title), ("desc", self.scene.description))
            if said
        ]
        named = f' aria-labelledby="{" ".join(ids)}"' if ids else ""
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="{box}" role="img"{named}'
            ' fill="none" stroke-linejoin="round">',
            *self.words(),
            f"<style>{''.join(self.rules())}</style>",
            *self.labels.definitions(),
            *self.ground(),
            *body,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def words(self) -> Iterator[str]:
        """What the picture says to those who cannot see it."""
        for name, said in (("title", self.scene.title), ("desc", self.scene.description)):
            if said:
                yield f'<{name} id="{self.prefix}{name}">{content(said)}</{name}>'

    def rules(self) -> Iterator[str]:
        """The style sheet: the looks of paths, then those of labels."""
        for look, name in self.looks.items():
            yield f".{name}{{{look.rule()}}}"
        yield from self.labels.rules()

    def ground(self) -> Iterator[str]:
        """The background, where there is one."""
        if self.scene.background:
            wide, high = number(self.scene.width), number(self.scene.height)
            yield f'<path fill="{value(self.scene.background)}" d="M0 0H{wide}V{high}H0z"/>'

    def groups(self) -> Iterator[str]:
        """All items: those of one node that follow each other in a group, and in it those of one tag."""
        for node, items in groupby(self.scene.items, lambda item: item.tag.node):
            found = list(items)
            inner = list(self.tagged(found))
            if node and len(inner) > 1:
                yield f'<g data-node="{value(node)}">'
                yield from (line for _, line in inner)
                yield "</g>"
            else:
                about = f' data-node="{value(node)}"' if node else ""
                yield from (_with(line, about) for _, line in inner)

    def tagged(self, items: Iterable[Item]) -> Iterator[tuple[Tag, str]]:
        """The items of one tag that follow each other, as one element each time."""
        for tag, run in groupby(items, lambda item: replace(item.tag, node="")):
            shapes = list(self.shapes(run))
            about = _about(tag)
            line = _with(shapes[0], about) if len(shapes) == 1 else f"<g{about}>{''.join(shapes)}</g>"
            yield tag, line

    def shapes(self, items: Iterable[Item]) -> Iterator[str]:
        """The items as elements; lines that look alike become one."""
        for look, run in groupby(items, _look):
            if look is None:
                yield from (self.labels.element(item) for item in run if isinstance(item, Text))
                continue
            data = [path_data(item.commands) for item in run if isinstance(item, Path)]
            name = self.looks.setdefault(look, f"{self.prefix}{_letters(len(self.looks))}")
            together = not look.fill and look.opacity == 1
            for each in ["".join(data)] if together else data:
                yield f'<path class="{name}" d="{each}"/>'


def _look(item: Item) -> _Look | None:
    """How a path looks, or None for a label."""
    if isinstance(item, Text):
        return None
    line = (item.width, item.dash) if item.stroke else (0.0, ())
    return _Look(item.stroke, item.fill, *line, item.opacity)


def _about(tag: Tag) -> str:
    """The attributes that tell what an element stands for."""
    said = (("part", tag.part), ("wire", tag.wire), ("axes", " ".join(tag.axes)))
    return "".join(f' data-{name}="{value(word)}"' for name, word in said if word)


def _with(element: str, attributes: str) -> str:
    """The element with more attributes."""
    end = element.index(" ") if " " in element[: element.index(">")] else element.index(">")
    return element[:end] + attributes + element[end:]


def _letters(count: int) -> str:
    """The names a, b, ..., z, aa, ab, ..."""
    name = ""
    while True:
        count, rest = divmod(count, 26)
        name = "abcdefghijklmnopqrstuvwxyz"[rest] + name
        if not count:
            return name
        count -= 1


def content(text: str) -> str:
    """Text between tags; what XML cannot hold is left out."""
    return escape("".join(letter for letter in text if _in_xml(letter)))


def value(text: str) -> str:
    """Text between the quotes of an attribute."""
    return content(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def _in_xml(letter: str) -> bool:
    code = ord(letter)
    return letter in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
