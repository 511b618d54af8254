"""The scene as TikZ: colours and looks named once, and every node of the circuit under a comment with its name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from .presets import PAGE, Paper
from .scene import Command, Item, Path, Scene, Text
from .tex import cleaned
from .tex_words import latex

# TeX knows no greater number, and no length of more points.
_LARGEST = 16000.0
# A size at which Computer Modern needs no other design; the nodes scale it.
_FONT, _POINT = 10.0, 72.27 / 72
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
_PREAMBLE = """\
\\documentclass{{article}}
\\usepackage{{amssymb, tikz}}
\\usepackage[paperwidth={width}bp, paperheight={height}bp, margin=0pt]{{geometry}}
% The letters that the picture was laid out with: one design at all sizes, and bold ones that are not extended.
\\DeclareFontShape{{OT1}}{{cmr}}{{m}}{{n}}{{<-> cmr10}}{{}}
\\DeclareFontShape{{OML}}{{cmm}}{{m}}{{it}}{{<-> cmmi10}}{{}}
\\DeclareFontShape{{OMS}}{{cmsy}}{{m}}{{n}}{{<-> cmsy10}}{{}}
\\DeclareMathAlphabet{{\\mathbf}}{{OT1}}{{cmr}}{{b}}{{n}}
\\pagestyle{{empty}}
\\topskip=0pt \\hfuzz=1pt
\\begin{{document}}
% Of no height, so that rounding makes no second page.
\\noindent\\vbox to 0pt{{\\hbox{{%
{picture}}}\\vss}}
\\end{{document}}
"""


def to_tikz(scene: Scene, paper: Paper = PAGE, *, standalone: bool = False) -> str:
    """The scene as a `tikzpicture` for `\\input`, or as a document of its own, as large as the paper says.

    It needs the packages tikz and amssymb and nothing else.
    """
    picture = "\n".join(_Printer(scene, paper).lines()) + "\n"
    if not standalone:
        return picture
    width, height = map(_number, paper.size(scene))
    return _PREAMBLE.format(width=width, height=height, picture=picture)


class _Printer:
    """A scene on its way into a picture."""

    def __init__(self, scene: Scene, paper: Paper) -> None:
        self.scene, self.scale = scene, paper.scale(scene)
        self.farthest = _LARGEST / max(1.0, self.scale)
        self.colours: dict[str, str] = {"#000000": "black", "#ffffff": "white"}
        self.looks: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def lines(self) -> Iterator[str]:
        """The whole picture; looks and colours are known when all else is written."""
        body = [*self.ground(), *self.body()]
        yield from (f"% {said}" for said in map(cleaned, (self.scene.title, self.scene.description)) if said)
        yield "% needs \\usepackage{tikz} and \\usepackage{amssymb}"
        yield "\\begin{tikzpicture}["
        yield f"  x={_number(self.scale, 5)}bp, y=-{_number(self.scale, 5)}bp, line join=round, line cap=butt,"
        yield f"  every node/.style={{inner sep=0pt, outer sep=0pt, font=\\fontsize{{{_FONT:.0f}}}{{12}}\\selectfont}},"
        yield from (f"  {name}/.style={{{options}}}," for options, name in self.looks.items())
        yield "]"
        for colour, name in self.colours.items():
            if name not in ("black", "white"):
                yield f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}"
        yield from body
        yield "\\end{tikzpicture}%"

    def ground(self) -> Iterator[str]:
        """The size of the picture, painted where it has a background."""
        painted = f", fill={self.colour(self.scene.background, 'ground')}" if self.scene.background else ""
        corner = f"({_number(self.scene.width)},{_number(self.scene.height)})"
        yield f"\\path[use as bounding box{painted}] (0,0) rectangle {corner};"

    def body(self) -> Iterator[str]:
        """All items, under the names of their nodes."""
        for node, items in groupby(self.scene.items, lambda item: item.tag.node):
            yield f"% {cleaned(node)}" if node else "%"
            yield from filter(None, map(self.item, items))

    def item(self, item: Item) -> str:
        """One item as a line."""
        if isinstance(item, Path):
            return f"\\path[{self.path_look(item)}] {' '.join(self.steps(item.commands))};"
        said = latex(item.text, item.font)
        place = self.point(item.x, item.y)
        return f"\\node[{self.text_look(item)}] at {place} {{{said}}};" if said else ""

    def steps(self, commands: tuple[Command, ...]) -> Iterator[str]:
        """The points of a path with what joins them."""
        for name, *numbers in commands:
            values = [float(each) for each in numbers]
            points = [self.point(x, y) for x, y in zip(values[::2], values[1::2], strict=True)]
            if name == "C":
                yield ".. controls {} and {} .. {}".format(*points)
            else:
                yield {"M": "", "L": "-- ", "Z": "-- cycle"}[str(name)] + "".join(points)

    def point(self, x: float, y: float) -> str:
        """A point, no farther away than TeX can count."""
        near = (_number(max(-self.farthest, min(self.farthest, each))) for each in (x, y))
        return f"({','.join(near)})"

    def path_look(self, item: Path) -> str:
        """The style of a path."""
        options = [f"fill={self.colour(item.fill, item.tag.part)}"] if item.fill else []
        if item.stroke:
            options += [f"draw={self.colour(item.stroke, item.tag.part)}", f"line width={self.length(item.width)}"]
            if item.dash:
                pairs = zip(("on", "off") * len(item.dash), item.dash * (1 + len(item.dash) % 2), strict=False)
                options.append("dash pattern=" + " ".join(f"{word} {self.length(each)}" for word, each in pairs))
        if item.opacity < 1:
            options.append(f"opacity={_number(item.opacity, 3)}")
        return self.style(", ".join(options), item.tag.part)

    def text_look(self, item: Text) -> str:
        """The style of a label."""
        scale = item.size * self.scale * _POINT / _FONT
        colour = self.colour(item.fill, item.tag.part)
        return self.style(f"anchor={_ANCHORS[item.anchor]}, text={colour}, scale={_number(scale, 4)}", item.tag.part)

    def style(self, options: str, part: str) -> str:
        """The name of a look."""
        if options not in self.looks:
            self.looks[options] = self.name(part)
        return self.looks[options]

    def colour(self, colour: str, part: str) -> str:
        """The name of a colour."""
        if colour not in self.colours:
            self.colours[colour] = self.name(f"{part} colour" if part else "colour")
        return self.colours[colour]

    def name(self, part: str) -> str:
        """A name that says where it was first needed."""
        word = "".join(letter for letter in part if letter.isascii() and (letter.isalpha() or letter == " "))
        word = word.strip() or "look"
        self.counts[word] = self.counts.get(word, 0) + 1
        return f"circuit {word} {self.counts[word]}"

    def length(self, units: float) -> str:
        """A length of the scene on paper."""
        return f"{_number(units * self.scale, 3)}bp"


def _number(value: float, digits: int = 2) -> str:
    shown = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown
