"""What the plain drawing says of nodes and wires, in graphviz's HTML-like labels."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..circuit import Circuit, Node
from ..listing import attributes, sized
from ..types import REAL, ArrayType

INK, GREY, RED = "#1f2933", "#66727f", "#c0392b"
LEARNED, NESTED, PLAIN = "#dcebe3", "#e4ebf5", "#ffffff"
_LONGEST, _WIDE = 60, 16
_NAMELESS = ("spec=", "axes=", "text=")


def wire_label(circuit: Circuit, found: ArrayType | None) -> str:
    """The type of a wire: its axes on one line where they are short, else an axis a line."""
    if found is None:
        return _font("?", RED, 9)
    words = sized(circuit, found)
    element = "" if found.element == REAL else f"{found.element} "
    one_line = f"{element}{' '.join(words)}" or "scalar"
    lines = [one_line] if len(one_line) <= _WIDE else [element.strip(), *words]
    return _font("<BR/>".join(said(line) for line in lines if line), INK, 9)


def node_label(node: Node, ports: Sequence[str], results: Sequence[str], broken: bool) -> str:
    """A node as a table: its input ports to the left, what it is in the middle, its results to the right.

    Ports and results are places `i0`, `i1`, ... and `o0`, `o1`, ...; they are named where there are several.
    """
    rows = max(len(ports), len(results), 1)
    colour = RED if broken else INK
    fill = LEARNED if node.op.glyph.learned else NESTED if node.op.bodies() else PLAIN
    cells = []
    for row in range(rows):
        left = _port(ports, row, "i", rows)
        middle = f'<TD ROWSPAN="{rows}" CELLPADDING="5">{_words(node, colour)}</TD>' if row == 0 else ""
        cells.append(f"<TR>{left}{middle}{_port(results, row, 'o', rows)}</TR>")
    frame = f'BORDER="{2 if broken else 1}" COLOR="{colour}" BGCOLOR="{fill}" STYLE="ROUNDED"'
    return f'<<TABLE {frame} CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(cells)}</TABLE>>'


def said(text: str) -> str:
    """Text as a label may hold it: short, of printable characters, escaped."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return escape(shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}")


def _port(names: Sequence[str], row: int, side: str, rows: int) -> str:
    """A cell to the left or right; the names share the rows there are."""
    if row >= len(names):
        return ""
    span = rows - row if row == len(names) - 1 else 1
    shown = _font(said(names[row]), GREY, 8) if len(names) > 1 else " "
    align = "LEFT" if side == "i" else "RIGHT"
    return f'<TD PORT="{side}{row}" ROWSPAN="{span}" ALIGN="{align}">{shown}</TD>'


def _words(node: Node, colour: str) -> str:
    """The node's name, its op, and the attributes that differ from their defaults."""
    details = [_detail(word) for word in attributes(node.op) if word != node.name]
    details += [f"per {' '.join(node.per)}"] if node.per else []
    details += [f"weights of {node.weights}"] if node.weights else []
    op = "" if node.name == node.op.name else node.op.name
    first = " ".join([op, *details[:1]]).strip()
    lines = [first] if len(first) <= _WIDE else [op, *_split(details[0])] if details else [op]
    lines += details[1:]
    small = "".join(f"<BR/>{_font(said(line), GREY, 9)}" for line in lines if line)
    return f"{_font(f'<B>{said(node.name)}</B>', colour, 11)}{small}"


def _split(text: str) -> list[str]:
    """A long text on two lines, broken at its arrow."""
    left, arrow, right = text.partition(" → ")
    return [f"{left} →", right] if arrow and len(text) > _WIDE else [text]


def _detail(word: str) -> str:
    """An attribute as it is shown: the texts that say what an op does need no name."""
    for name in _NAMELESS:
        word = word.removeprefix(name)
    return word.replace("'", "").replace("->", "→").replace("=", " = ", 1)


def _font(text: str, colour: str, points: int) -> str:
    return f'<FONT COLOR="{colour}" POINT-SIZE="{points}">{text}</FONT>'
