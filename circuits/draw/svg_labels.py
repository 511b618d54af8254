"""Labels of an SVG file: letters stored once, labels made of them once, and each use a reference."""

from __future__ import annotations

from collections.abc import Iterator

from .glyph_outlines import moved, outline
from .scene import Text
from .svg_numbers import number, path_data
from .typeset import Line, start, typeset

_EM = 1000


class Labels:
    """The labels met so far, with the names that the file gives them."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.glyphs: dict[tuple[str, int], str] = {}
        self.lines: dict[tuple[str, str, float], str] = {}
        self.fills: dict[tuple[str, bool], str] = {}

    def element(self, item: Text) -> str:
        """One label."""
        bold = bool(typeset(item.text, item.font).bold)
        fill = self.fills.setdefault((item.fill, bold), f"{self.prefix}_{len(self.fills)}")
        name = self.lines.setdefault((item.text, item.font, item.size), f"{self.prefix}l{len(self.lines)}")
        return f'<use class="{fill}" href="#{name}" x="{number(start(item))}" y="{number(item.y)}"/>'

    def rules(self) -> Iterator[str]:
        """The colours of labels as a style sheet."""
        for (fill, bold), name in self.fills.items():
            yield f".{name}{{fill:{fill}{f';stroke:{fill}' if bold else ''}}}"

    def definitions(self) -> Iterator[str]:
        """What the labels refer to."""
        if not self.lines:
            return
        lines = [self._line(name, typeset(text, font), size) for (text, font, size), name in self.lines.items()]
        yield "<defs>"
        for (font, index), name in self.glyphs.items():
            yield f'<path id="{name}" d="{path_data(moved(outline(font, index), _EM, 0, 0), 0)}"/>'
        yield from lines
        yield "</defs>"

    def _line(self, name: str, line: Line, size: float) -> str:
        """A label: its letters and bars, in thousandths of its size."""
        parts = []
        for each in line.glyphs:
            glyph = self.glyphs.setdefault((each.font, each.index), f"{self.prefix}g{len(self.glyphs)}")
            x, y = number(each.x * _EM, 0), number(each.y * _EM, 0)
            if each.scale == 1:
                place = (f' x="{x}"' if x != "0" else "") + (f' y="{y}"' if y != "0" else "")
            else:
                place = f' transform="translate({x} {y})scale({number(each.scale, 3)})"'
            parts.append(f'<use href="#{glyph}"{place}/>')
        for left, top, right, bottom in line.bars:
            box = [number(each * _EM, 0) for each in (left, top, right, bottom)]
            parts.append(f'<path d="M{box[0]} {box[1]}H{box[2]}V{box[3]}H{box[0]}z"/>')
        bold = f' stroke-width="{number(line.bold * _EM, 0)}"' if line.bold else ""
        return f'<g id="{name}" transform="scale({number(size / _EM, 5)})"{bold}>{"".join(parts)}</g>'
