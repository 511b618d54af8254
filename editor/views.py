"""What the page shows of a circuit, as HTML."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Callable
from html import escape

from circuits import Circuit, costs
from circuits.draw import picture, to_svg
from codegen import build

from .outcome import problems_of

ROW = 1400.0
_SMALLEST, _LARGEST = 0.65, 1.25
_COLOURS = {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "n"}
STYLE = """
:host { --ink: #1f2933; }
pre { font: 12.5px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; margin: 0;
  padding: 12px 14px; white-space: pre; color: var(--ink); tab-size: 4; }
pre .k { color: #7a3e9d; } pre .s { color: #3d7a34; } pre .c { color: #7b8794; } pre .n { color: #b0561f; }
.problem { color: #a61b1b; font: 13px/1.5 system-ui, sans-serif; padding: 8px 14px; border-left: 3px solid #c0392b;
  margin: 8px 12px; white-space: pre-wrap; background: #fdf3f2; }
.fine { color: #2f6b45; font: 13px/1.5 system-ui, sans-serif; padding: 12px 14px; }
table { border-collapse: collapse; font: 12.5px/1.5 system-ui, sans-serif; margin: 8px 14px; color: var(--ink); }
td, th { padding: 3px 14px 3px 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left; }
th { color: #66727f; font-weight: 600; border-bottom: 1px solid #d5dae0; position: sticky; top: 0; background: #fff; }
tr.total td { border-top: 1px solid #d5dae0; font-weight: 600; }
p.note { font: 12.5px/1.5 system-ui, sans-serif; color: #52606d; margin: 10px 14px; }
.drawing { overflow-x: auto; padding: 12px; text-align: center; }
.drawing svg { display: inline-block; height: auto; }
.drawing a { text-decoration: none; cursor: default; }
"""


def drawing(circuit: Circuit) -> str:
    """The circuit drawn, as wide as the page where it stays readable, else to be scrolled."""

    def draw() -> str:
        scene = picture(circuit, width=ROW)
        limits = f"width:100%;min-width:{_SMALLEST * scene.width:.0f}px;max-width:{_LARGEST * scene.width:.0f}px"
        sized = re.sub(r'width="[\d.]+(pt)?" height="[\d.]+(pt)?"', f'style="{limits}"', to_svg(scene), count=1)
        return f'<div class="drawing" role="img" aria-label="Drawing of {escape(circuit.name)}">{sized}</div>'

    return guarded(draw)


def code(circuit: Circuit) -> str:
    """The printed program, coloured."""
    return guarded(lambda: f"<pre>{coloured(build(circuit).source)}</pre>")


def listing(circuit: Circuit) -> str:
    """A line a node."""
    return f"<pre>{escape(str(circuit))}</pre>"


def cost(circuit: Circuit) -> str:
    """The cost of every node, and of all of them."""

    def table() -> str:
        found = costs(circuit)
        rows = [(row.path, row.op, row.cost) for row in found.rows(depth=2)]
        body = "".join(_row(path, op, f"{one.parameters:,}", f"{one.operations:,}") for path, op, one in rows)
        total = _row("total", "", f"{found.total.parameters:,}", f"{found.total.operations:,}", kind="total")
        sizes = ", ".join(f"{name} = {size:,}" for name, size in found.sizes.items())
        note = f"Activations: at most {found.peak.bytes:,} bytes at once. Sizes: {sizes}."
        head = "<tr><th>node</th><th>op</th><th>parameters</th><th>operations</th></tr>"
        return f"<table>{head}{body}{total}</table><p class='note'>{escape(note)}</p>"

    return guarded(table)


def problems(circuit: Circuit) -> str:
    """Every problem, or that there is none."""
    found = "".join(f"<div class='problem'>{escape(str(problem))}</div>" for problem in circuit.problems)
    return found or "<div class='fine'>No problems.</div>"


def guarded(make: Callable[[], str]) -> str:
    """What a view makes; where it fails, what is wrong, so that the other views of the page still show."""
    try:
        return make()
    except Exception as error:
        return failure(error)


def failure(error: Exception) -> str:
    """Every problem that an exception holds."""
    return "".join(f"<div class='problem'>{escape(problem['text'])}</div>" for problem in problems_of(error))


def coloured(source: str) -> str:
    """Python with its keywords, texts, comments and numbers marked."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    pieces, end = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = _COLOURS.get(token.type, "k" if keyword.iskeyword(token.string) else "")
        if kind:
            first, last = (starts[line - 1] + column for line, column in (token.start, token.end))
            pieces += [escape(source[end:first]), f"<span class='{kind}'>{escape(source[first:last])}</span>"]
            end = last
    return "".join([*pieces, escape(source[end:])])


def _row(*cells: str, kind: str = "") -> str:
    return f"<tr class='{kind}'>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
