"""The page of all glyphs, docs/glyphs.md, with a drawing of each: `python -m tools.make_glyph_page` writes it anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from circuits import CircuitloomError
from circuits.draw import Row, catalogue, to_svg
from codegen import build

DOCS = Path(__file__).parents[1] / "docs"
HEAD = """# Glyphs

Every op, how it is drawn, what it does, how it is typed and what it prints as. The typing names the axes that an op
consumes and produces; all others pass over it. The right column is what PyTorch runs for the example that is drawn.
This page is made by `python -m tools.make_glyph_page`.

| op | glyph | meaning | typing | PyTorch |
| --- | --- | --- | --- | --- |
"""
_LONGEST = 110


def pages() -> Mapping[str, str]:
    """The page and its drawings, by their paths under docs."""
    rows = catalogue()
    files = {f"figures/glyphs/{row.name}.svg": to_svg(row.scene, prefix=f"{row.name}-") for row in rows}
    return {"glyphs.md": HEAD + "".join([_line(row) for row in rows]), **files}


def _line(row: Row) -> str:
    drawing = f"![{row.name}](figures/glyphs/{row.name}.svg)"
    cells = (f"`{row.name}`", drawing, _escaped(row.meaning), f"`{_escaped(row.typing)}`", _code(printed(row)))
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _code(lines: tuple[str, ...]) -> str:
    return "<br>".join(f"`{_escaped(line)}`" for line in lines)


def printed(row: Row) -> tuple[str, ...]:
    """What the example prints as: the modules it makes, then what it computes; nothing where no program is printed."""
    try:
        program = build(row.circuit)
    except CircuitloomError:
        return ()
    tree = ast.parse(program.source)
    classes = {item.name: item for item in tree.body if isinstance(item, ast.ClassDef)}
    model = classes[program.name]
    methods = {item.name: item for item in model.body if isinstance(item, ast.FunctionDef)}
    made = list(_made(methods["__init__"])) if "__init__" in methods else []
    body = methods["forward"].body[1:]
    return (*made, *(_short(ast.unparse(item)) for item in body[-3:]))


def _made(method: ast.FunctionDef) -> Iterator[str]:
    """Assignments of modules and parameters to the model."""
    for item in method.body:
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Call):
            yield _short(ast.unparse(item))


def _short(text: str) -> str:
    """A statement on one line, its end left out where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def main() -> None:
    """Write the page, and take away drawings of ops that are no more."""
    found = pages()
    for old in (DOCS / "figures" / "glyphs").glob("*.svg"):
        if f"figures/glyphs/{old.name}" not in found:
            old.unlink()
    for path, text in found.items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
