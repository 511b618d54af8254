"""Sentences in pictures: plain words with mathematics and bold words among them, broken into lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..scene import Item, Tag, Text
from ..typeset import measure

SIZE = 13.0
_LINE = 1.42
_BLANK = 0.3
_MARKED = re.compile(r"(\$[^$]*\$|\*\*[^*]*\*\*|\n)")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one font; `glued` to the one before it without a blank."""

    text: str
    font: str
    glued: bool


@dataclass(frozen=True)
class Paragraph:
    """Lines of runs: `$k^2$` is mathematics, `**word**` bold, a line break stays one."""

    lines: tuple[tuple[Run, ...], ...]
    size: float = SIZE

    @property
    def width(self) -> float:
        """The width of the longest line."""
        return max((sum(self._widths(line)) for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """From the top of the first line to the foot of the last."""
        return self.size * _LINE * len(self.lines)

    def _widths(self, line: Sequence[Run]) -> Iterator[float]:
        for number, run in enumerate(line):
            blank = 0.0 if run.glued or not number else _BLANK * self.size
            yield blank + measure(run.text, self.size, run.font).width

    def items(self, x: float, y: float, tag: Tag, fill: str = "#000000", align: str = "start") -> list[Item]:
        """The labels; (x, y) is the upper left corner, middle or right corner by `align`."""
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[align]
        found: list[Item] = []
        for number, line in enumerate(self.lines):
            widths = list(self._widths(line))
            left = x - share * sum(widths)
            baseline = round(y + self.size * (_LINE * number + 1.05), 3)
            for place, (run, width) in enumerate(zip(line, widths, strict=True)):
                blank = 0.0 if run.glued or not place else _BLANK * self.size
                found.append(Text(round(left + blank, 3), baseline, run.text, self.size, "start", fill, run.font, tag))
                left += width
        return found


def paragraph(text: str, width: float = 0.0, size: float = SIZE, font: str = "sans") -> Paragraph:
    """A text broken into lines of at most that width; without a width only where it says so itself."""
    lines: list[tuple[Run, ...]] = []
    for part in _lines(text, font):
        line: list[Run] = []
        for word in part:
            longer = _joined([*line, *word], font)
            if width and line and Paragraph((longer,), size).width > width:
                lines.append(_joined(line, font))
                line = [*word]
            else:
                line += word
        lines.append(_joined(line, font))
    return Paragraph(tuple(lines), size)


def _lines(text: str, font: str) -> Iterator[list[list[Run]]]:
    """Words of every line that the text sets; a word is what no break may part."""
    words: list[list[Run]] = []
    glued = False
    for piece in _MARKED.split(text):
        if piece == "\n":
            yield words
            words, glued = [], False
            continue
        for run in _runs(piece, font):
            if glued and not run.text[:1].isspace() and words:
                words[-1].append(Run(run.text.strip(), run.font, True))
            elif run.text.strip():
                words.append([Run(run.text.strip(), run.font, False)])
            glued = not run.text[-1:].isspace()
    yield words


def _runs(piece: str, font: str) -> Iterator[Run]:
    """Words of one font, each with the blanks around it."""
    if piece.startswith("$"):
        yield Run(piece[1:-1], "math", False)
        return
    bold = piece.startswith("**")
    for word in re.findall(r"\s*\S+\s*|\s+", piece[2:-2] if bold else piece):
        yield Run(word, "sans bold" if bold else font, False)


def _joined(line: Sequence[Run], font: str) -> tuple[Run, ...]:
    """The line with neighbours of one font as one run."""
    found: list[Run] = []
    for run in line:
        if found and found[-1].font == run.font != "math":
            last = found.pop()
            found.append(Run(f"{last.text}{'' if run.glued else ' '}{run.text}", run.font, last.glued))
        else:
            found.append(run)
    return tuple(found)
