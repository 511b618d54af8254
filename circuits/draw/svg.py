"""The scene as SVG: small, readable, the same bytes every time, and without fonts that a reader might lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from math import dist

from .presets import SCREEN, Paper
from .scene import Command, Item, Path, Scene, Text, circle
from .svg_labels import Labels
from .svg_numbers import content, number, path_data, value
from .svg_words import Words
from .typeset import Letters

# Half of the last digit that is written.
_SEEN = 0.005


def to_svg(scene: Scene, paper: Paper = SCREEN, *, text: Letters = "outlines", prefix: str = "") -> str:
    """The scene as the text of an SVG file.

    `text` "outlines" draws letters as shapes that are stored once and look the same everywhere; "text" writes words
    that can be searched and are set in a font of the reader. `prefix` begins all ids and classes, so that several
    pictures can stand in one page.
    """
    return _Printer(scene, paper, Labels(prefix) if text == "outlines" else Words(prefix), prefix).document()


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

    def __init__(self, scene: Scene, paper: Paper, labels: Labels | Words, prefix: str) -> None:
        self.scene, self.paper, self.labels, self.prefix = scene, paper, labels, prefix
        self.looks: dict[_Look, str] = {}

    def document(self) -> str:
        """The whole file."""
        body = list(self.groups(self.scene.items, _LEVELS))
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

    def groups(self, items: Sequence[Item], levels: Sequence[Callable[[Item], str]]) -> Iterator[str]:
        """The items as elements: those that follow each other and stand for the same are in one group."""
        if not levels:
            yield from self.shapes(items)
            return
        for about, run in groupby(items, levels[0]):
            inner = list(self.groups(list(run), levels[1:]))
            if not about:
                yield from inner
            elif len(inner) == 1:
                yield _with(inner[0], about)
            else:
                yield f"<g{about}>{''.join(inner)}</g>"

    def shapes(self, items: Iterable[Item]) -> Iterator[str]:
        """The items as elements; lines that look alike become one."""
        for look, run in groupby(items, _look):
            if look is None:
                yield from (self.labels.element(item) for item in run if isinstance(item, Text))
                continue
            name = self.looks.setdefault(look, f"{self.prefix}{_letters(len(self.looks))}")
            shapes = [item.commands for item in run if isinstance(item, Path)]
            if not look.fill and look.opacity == 1:
                shapes = [tuple(chain.from_iterable(shapes))]
            yield from (f'<{each} class="{name}"/>' for each in map(_shape, shapes))


def _shape(commands: tuple[Command, ...]) -> str:
    """A path as an element without attributes of its look: a circle where it is one."""
    if [command[0] for command in commands] == ["M", *"CCCC", "Z"]:
        points = list(Path(commands).points())
        (right, y), (left, _) = points[0], points[6]
        x, radius = (right + left) / 2, (right - left) / 2
        if all(dist(a, b) < _SEEN for a, b in zip(points, Path(circle(x, y, radius)).points(), strict=True)):
            return f'circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    return f'path d="{path_data(commands)}"'


def _look(item: Item) -> _Look | None:
    """How a path looks, or None for a label."""
    if isinstance(item, Text):
        return None
    line = (item.width, item.dash) if item.stroke else (0.0, ())
    return _Look(item.stroke, item.fill, *line, item.opacity)


def _said(name: str, word: str) -> str:
    return f' data-{name}="{value(word)}"' if word else ""


# What elements stand for, from what many share to what few do.
_LEVELS: tuple[Callable[[Item], str], ...] = (
    lambda item: _said("node", item.tag.node),
    lambda item: _said("wire", item.tag.wire) + _said("part", item.tag.part),
    lambda item: _said("axes", " ".join(item.tag.axes)),
)


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
