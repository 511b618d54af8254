"""The program beside the canvas: its text in coloured pieces, and which lines each node became."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from circuits import Circuit, CircuitloomError
from codegen import build

from .sketch import Figure

_COLOURS = {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "n"}


def code(circuit: Circuit, figures: Mapping[str, Figure]) -> dict[str, Any]:
    """The text of the program, its coloured pieces (line, start, end, kind), and the lines of each figure."""
    try:
        source = build(circuit).source
    except CircuitloomError as error:
        return {"source": "", "pieces": [], "lines": {}, "refusal": str(error)}
    return {"source": source, "pieces": list(_pieces(source)), "lines": lines_of(source, circuit, figures)}


def _pieces(source: str) -> Iterator[tuple[int, int, int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = _COLOURS.get(token.type, "k" if keyword.iskeyword(token.string) else "")
        (line, start), (last, end) = token.start, token.end
        for number in range(line, last + 1) if kind else ():
            first = start if number == line else 0
            yield number - 1, first, end if number == last else -1, kind


def lines_of(source: str, circuit: Circuit, figures: Mapping[str, Figure]) -> dict[str, list[int]]:
    """Lines (from 0) of every figure: statements that name its node, in the class of its circuit."""
    statements = {
        one.name: [(line.lineno - 1, line.end_lineno or line.lineno, _names(line)) for line in _statements(one)]
        for one in ast.parse(source).body
        if isinstance(one, ast.ClassDef)
    }
    classes = {name.lower(): name for name in statements}
    found: dict[str, list[int]] = {}
    for figure in figures.values():
        home = (figure.circuit or circuit.name).partition(" ")[0].replace("_", "").lower()
        name = figure.id.rpartition("/")[2]
        if figure.kind != "node" or home not in classes:
            continue
        lines = [
            number for start, end, names in statements[classes[home]] if name in names for number in range(start, end)
        ]
        if lines:
            found[figure.id] = sorted(set(lines))
    return found


def _statements(cls: ast.ClassDef) -> Iterator[ast.stmt]:
    for function in cls.body:
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if isinstance(statement, ast.For | ast.If | ast.With):
                    yield from statement.body
                else:
                    yield statement


def _names(statement: ast.stmt) -> frozenset[str]:
    """What a statement makes, and the parts of the module it uses."""
    made = {
        target.id
        for target in ast.walk(statement)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    }
    used = {
        part.attr
        for part in ast.walk(statement)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    }
    return frozenset(made | used)
