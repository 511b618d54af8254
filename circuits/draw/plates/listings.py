"""Listings beside pictures: code in a typewriter face, its words coloured by what they are, some of them marked."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..scene import Item, Path, Scene, Tag, Text, rectangle
from ..typeset import measure
from .parts import part

SIZE = 12.0
LINE = 17.0
PLAIN, WORD, QUOTED, REMARK, NUMBER = "#1f2328", "#a3122a", "#0a3069", "#59636e", "#0550ae"


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a listing: its line, its first column, its colour."""

    text: str
    row: int
    column: int
    ink: str


def listing(code: str, marks: Mapping[str, str] | None = None, size: float = SIZE) -> Scene:
    """A piece of Python; `marks` gives every occurrence of a text a coloured ground."""
    wide = measure("m", size, "mono").width
    items: list[Item] = []
    lines = code.splitlines()
    for text, colour in (marks or {}).items():
        for row, line in enumerate(lines):
            for column in _places(line, text):
                left, top = column * wide - 1.0, row * LINE + 2.5
                shape = rectangle(left, top, left + len(text) * wide + 2.0, top + LINE - 3.0)
                items.append(Path(shape, fill=colour, tag=Tag("mark")))
    for piece in _pieces(code):
        x, y = round(piece.column * wide, 3), round(piece.row * LINE + LINE * 0.74, 3)
        items.append(Text(x, y, piece.text, size, "start", piece.ink, "mono", Tag("code")))
    return part(*items)


def _places(line: str, text: str) -> Iterator[int]:
    """Columns at which a text stands in a line."""
    found = line.find(text)
    while found >= 0:
        yield found
        found = line.find(text, found + len(text))


def _pieces(code: str) -> Iterator[Piece]:
    """Tokens with their colours; neighbours of one colour with no blank between them are one piece."""
    last: Piece | None = None
    for found in tokenize.generate_tokens(io.StringIO(code).readline):
        if not found.string.strip():
            continue
        piece = Piece(found.string, found.start[0] - 1, found.start[1], _ink(found))
        if last is None:
            last = piece
        elif (last.row, last.column + len(last.text), last.ink) == (piece.row, piece.column, piece.ink):
            last = Piece(last.text + piece.text, last.row, last.column, last.ink)
        else:
            yield last
            last = piece
    if last is not None:
        yield last


def _ink(found: tokenize.TokenInfo) -> str:
    if found.type == token.NAME and keyword.iskeyword(found.string):
        return WORD
    return {token.STRING: QUOTED, token.COMMENT: REMARK, token.NUMBER: NUMBER}.get(found.type, PLAIN)
