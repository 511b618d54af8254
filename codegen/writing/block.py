"""A block of statements under construction: what does not fit a line is broken, or a part of it gets a name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager

from .layout import WIDTH, flat, in_brackets, lay_out, parse
from .names import Names

STEP = "    "
_WORTH_A_NAME = 12


class Block:
    """Collects the lines of a function's body; `names` are its local variables."""

    def __init__(self, names: Names, depth: int = 2) -> None:
        self.names = names
        self.lines: list[str] = []
        self._indent = STEP * depth

    def assign(self, target: str, code: str, comment: str = "") -> None:
        """`target = code`, and a comment behind it, or above it where the line is full."""
        before, lines = self._lines(f"{target} = ", parse(code), target)
        note = f"  # {comment}" if comment else ""
        if note and (len(lines) > 1 or len(lines[0] + note) > WIDTH):
            lines.insert(0, f"{self._indent}# {target} {comment}")
        else:
            lines[-1] += note
        self.lines += [*before, *lines]

    def give(self, codes: list[str]) -> None:
        """`return ...` of one value or several."""
        code = ", ".join(codes) if codes else "()"
        self._add("return ", parse(f"({code})"), "")

    def do(self, code: str) -> None:
        """An expression on its own."""
        self._add("", parse(code), "")

    def line(self, text: str) -> None:
        """A line as it stands."""
        self.lines.append(f"{self._indent}{text}" if text else "")

    @contextmanager
    def nested(self, head: str) -> Iterator[None]:
        """A short line such as `if self.training:`, and what is added inside."""
        self.line(head)
        self._indent += STEP
        yield
        self._indent = self._indent[len(STEP) :]

    @contextmanager
    def loop(self, targets: str, code: str) -> Iterator[None]:
        """`for targets in code:` around what is added inside."""
        self._add(f"for {targets} in ", parse(code), targets.split(",")[0], ":")
        self._indent += STEP
        yield
        self._indent = self._indent[len(STEP) :]

    def _add(self, head: str, node: ast.expr, name: str, tail: str = "") -> None:
        before, lines = self._lines(head, node, name, tail)
        self.lines += [*before, *lines]

    def _lines(self, head: str, node: ast.expr, name: str, tail: str = "") -> tuple[list[str], list[str]]:
        """What is assigned before, and the statement itself."""
        before: list[str] = []
        while (lines := lay_out(head, node, tail, self._indent)) is None:
            part = _largest_part(node, WIDTH - len(self._indent) - len(_part_name(name)) - 5)
            if part is None:
                whole = [f"{self._indent}{head}{flat(node)}{tail}"]
                return before, in_brackets(head, node, tail, self._indent) or whole
            fresh = self.names.fresh(_part_name(name))
            node = _replaced(node, part, fresh)
            inner, made = self._lines(f"{fresh} = ", part, name)
            before += [*inner, *made]
        return before, lines


def _part_name(name: str) -> str:
    """The name for a part of what gets a name: of `self.x` or `x`, `x_part`."""
    plain = re.sub(r"\W.*", "", name.rpartition(".")[2])
    return f"{plain}_part" if plain else "result"


def _largest_part(node: ast.expr, room: int) -> ast.expr | None:
    """The longest call or operation inside an expression, of those that fit `room` if any do; None without one."""
    found = [
        (len(flat(item)), item)
        for item in _parts(node)
        if item is not node and isinstance(item, ast.Call | ast.BinOp | ast.Compare | ast.Subscript)
    ]
    sized = [(length, item) for length, item in found if length > _WORTH_A_NAME]
    fitting = [pair for pair in sized if pair[0] <= room]
    return max(fitting or sized, key=lambda pair: pair[0], default=(0, None))[1]


def _parts(node: ast.expr) -> Iterator[ast.AST]:
    """Parts that may be computed before the whole: what a loop repeats or a function names stays inside it."""
    yield node
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _parts(child)
        elif isinstance(child, ast.keyword):
            yield from _parts(child.value)


def _replaced(node: ast.expr, part: ast.expr, name: str) -> ast.expr:
    """The expression with a name in place of one part."""
    found = _Replace(part, name).visit(node)
    assert isinstance(found, ast.expr)
    return found


class _Replace(ast.NodeTransformer):
    """Puts a name in place of one part."""

    def __init__(self, part: ast.expr, name: str) -> None:
        self.part, self.name = part, name

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.Name(self.name, ast.Load()) if node is self.part else self.generic_visit(node)
