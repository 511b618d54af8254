"""Laying out statements as `ruff format` does, so that printed text passes it unchanged.

Code is written by printers in any spacing, read with `ast`, and written back here: with as few brackets as
precedence allows, in one line where that fits, else broken inside the last pair of brackets. What this cannot break
the way ruff would, it reports, and the block gives a part of it a name instead.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

WIDTH = 88
_STEP = "    "

_BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.BitOr: ("|", 6),
    ast.BitXor: ("^", 7),
    ast.BitAnd: ("&", 8),
    ast.Add: ("+", 10),
    ast.Sub: ("-", 10),
    ast.Mult: ("*", 11),
    ast.MatMult: ("@", 11),
    ast.Div: ("/", 11),
    ast.FloorDiv: ("//", 11),
    ast.Mod: ("%", 11),
    ast.Pow: ("**", 13),
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.Invert: "~", ast.Not: "not "}
# if-else, or, and, not, compare stand below the operators; signs between products and powers
_CHOICE, _OR, _AND, _NOT, _COMPARED, _SIGN, _POWER, _ATOM = 1, 2, 3, 4, 5, 12, 13, 15


def parse(code: str) -> ast.expr:
    """The tree of an expression."""
    return ast.parse(code, mode="eval").body


def flat(node: ast.expr, level: int = 0) -> str:
    """An expression in one line, in brackets if it binds less tightly than `level`."""
    text, own = _write(node)
    return f"({text})" if own < level else text


def _write(node: ast.expr) -> tuple[str, int]:
    """Text and binding strength; calls, names and collections are the common cases."""
    match node:
        case ast.Name(name):
            return name, _ATOM
        case ast.Constant(value):
            return _constant(value), _ATOM
        case ast.Attribute(value, attribute):
            return f"{_owner(value)}.{attribute}", _ATOM
        case ast.Call(function, _, _):
            return f"{flat(function, _ATOM)}({', '.join(arguments(node))})", _ATOM
        case ast.Subscript(value, index):
            return f"{flat(value, _ATOM)}[{_index(index)}]", _ATOM
        case ast.Tuple(items):
            return _tuple(items), _ATOM
        case ast.List(items):
            return f"[{', '.join(map(flat, items))}]", _ATOM
        case ast.Dict(keys, values):
            pairs = zip(keys, values, strict=True)
            return f"{{{', '.join(f'{flat(key)}: {flat(value)}' for key, value in pairs if key)}}}", _ATOM
        case ast.Starred(value):
            return f"*{flat(value, 6)}", _CHOICE
        case _:
            return _write_operator(node)


def _write_operator(node: ast.expr) -> tuple[str, int]:
    match node:
        case ast.BinOp(left, operator, right):
            symbol, level = _BINARY[type(operator)]
            if level == _POWER:
                return _power(left, right), _POWER
            return f"{flat(left, level)} {symbol} {flat(right, level + 1)}", level
        case ast.UnaryOp(operator, operand):
            level = _NOT if isinstance(operator, ast.Not) else _SIGN
            # ruff puts brackets around a power behind a sign
            held = _POWER + 1 if isinstance(operand, ast.BinOp) else level
            return f"{_UNARY[type(operator)]}{flat(operand, held)}", level
        case ast.Compare(left, operators, rights):
            words = [flat(left, _COMPARED + 1)]
            for comparison, right in zip(operators, rights, strict=True):
                words += [_COMPARE[type(comparison)], flat(right, _COMPARED + 1)]
            return " ".join(words), _COMPARED
        case ast.BoolOp(operator, values):
            word, level = ("or", _OR) if isinstance(operator, ast.Or) else ("and", _AND)
            return f" {word} ".join(flat(value, level + 1) for value in values), level
        case ast.IfExp(test, then, otherwise):
            return f"{flat(then, _OR)} if {flat(test, _OR)} else {flat(otherwise, _CHOICE)}", _CHOICE
        case _:
            return _write_scope(node)


def _write_scope(node: ast.expr) -> tuple[str, int]:
    """Expressions with names of their own."""
    match node:
        case ast.GeneratorExp(element, generators):
            return f"({flat(element)}{_loops(generators)})", _ATOM
        case ast.ListComp(element, generators):
            return f"[{flat(element)}{_loops(generators)}]", _ATOM
        case ast.Lambda(taken, body):
            words = " ".join(["lambda", ", ".join(item.arg for item in taken.args)]).strip()
            return f"{words}: {flat(body)}", 0
        case _:
            raise NotImplementedError(ast.dump(node))


def _constant(value: object) -> str:
    if isinstance(value, str):
        quoted = repr(value)
        return quoted if '"' in value else f'"{quoted[1:-1]}"'
    return "..." if value is ... else repr(value)


def _owner(node: ast.expr) -> str:
    """What stands before a dot, which would be taken for that of a number."""
    number = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return f"({flat(node)})" if number else flat(node, _ATOM)


def _tuple(items: Sequence[ast.expr]) -> str:
    return f"({flat(items[0])},)" if len(items) == 1 else f"({', '.join(map(flat, items))})"


def _index(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        return ", ".join(_index(item) for item in node.elts)
    if not isinstance(node, ast.Slice):
        return flat(node)
    ends = [end for end in (node.lower, node.upper, node.step) if end is not None]
    colon = ":" if all(_simple_end(end) for end in ends) else " : "
    text = (flat(node.lower) if node.lower else "") + colon + (flat(node.upper) if node.upper else "")
    return (text + (colon + flat(node.step) if node.step else "")).strip()


def _simple_end(node: ast.expr) -> bool:
    held = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(held, ast.Name | ast.Constant)


def _power(left: ast.expr, right: ast.expr) -> str:
    """ruff closes up a power of simple operands."""
    joint = "**" if _simple(left) and _simple(right) and not isinstance(left, ast.UnaryOp) else " ** "
    tower = isinstance(right, ast.BinOp)
    return f"{flat(left, _POWER + 1)}{joint}{flat(right, _ATOM if tower else _SIGN)}"


def _simple(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _simple(node.operand)
    if isinstance(node, ast.Attribute):
        return _simple(node.value)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and isinstance(node.value, int | float))


def _loops(generators: Sequence[ast.comprehension]) -> str:
    return "".join(f" for {_target(loop.target)} in {flat(loop.iter, _OR)}" for loop in generators)


def _target(node: ast.expr) -> str:
    return ", ".join(map(flat, node.elts)) if isinstance(node, ast.Tuple) else flat(node)


def arguments(call: ast.Call) -> list[str]:
    """The arguments of a call, each in one line."""
    if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.GeneratorExp):
        return [flat(call.args[0])[1:-1]]
    words = [flat(item) for item in call.args]
    return words + [f"{word.arg}={flat(word.value)}" if word.arg else f"**{flat(word.value)}" for word in call.keywords]


def lay_out(head: str, node: ast.expr, tail: str = "", indent: str = "") -> list[str] | None:
    """The lines of `head expression tail`, broken as ruff breaks them; None where that is not known."""
    bare = _target(node) if head in ("return ",) and isinstance(node, ast.Tuple) and len(node.elts) > 1 else flat(node)
    line = f"{indent}{head}{bare}{tail}"
    if len(line) <= WIDTH:
        return [line]
    match node:
        case ast.Call(function, _, _) if not _holds_brackets(function):
            return _lay_out_call(f"{indent}{head}{flat(function)}(", node, f"{indent}){tail}", indent)
        case ast.Tuple(items) if len(items) > 1:
            return _listed(f"{indent}{head}(", items, f"{indent}){tail}", indent)
        case ast.List(items) if items:
            return _listed(f"{indent}{head}[", items, f"{indent}]{tail}", indent)
        case ast.Dict(keys, values):
            words = [f"{flat(key)}: " for key in keys if key is not None]
            return _stack(
                f"{indent}{head}{{", list(zip(words, values, strict=True)), f"{indent}}}{tail}", indent + _STEP
            )
        case ast.BinOp():
            return _lay_out_sum(f"{indent}{head}(", node, f"{indent}){tail}", indent + _STEP)
        case _:
            return None


def _holds_brackets(node: ast.expr) -> bool:
    """Whether a function is itself a call or an item, which ruff breaks by other rules."""
    return not isinstance(node, ast.Name) and not (isinstance(node, ast.Attribute) and not _holds_brackets(node.value))


def _lay_out_call(head: str, call: ast.Call, tail: str, indent: str) -> list[str] | None:
    inner = indent + _STEP
    words = arguments(call)
    if len(head) > WIDTH or not words:
        return None
    joined = inner + ", ".join(words)
    if len(joined) <= WIDTH:
        return [head, joined, tail]
    if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.GeneratorExp):
        loop = call.args[0]
        lines = [inner + flat(loop.elt), inner + _loops(loop.generators).strip()]
        return [head, *lines, tail] if all(len(line) <= WIDTH for line in lines) else None
    parts = [("", item) for item in call.args]
    parts += [(f"{word.arg}=" if word.arg else "**", word.value) for word in call.keywords]
    return _stack(head, parts, tail, inner)


def _listed(head: str, items: Sequence[ast.expr], tail: str, indent: str) -> list[str] | None:
    return _stack(head, [("", item) for item in items], tail, indent + _STEP)


def _stack(head: str, parts: Sequence[tuple[str, ast.expr]], tail: str, indent: str) -> list[str] | None:
    """One part a line, a comma behind each."""
    lines = [head]
    for word, item in parts:
        found = lay_out(word, item, ",", indent)
        if found is None:
            return None
        lines += found
    return [*lines, tail]


def _lay_out_sum(head: str, node: ast.BinOp, tail: str, indent: str) -> list[str] | None:
    """In brackets: on one line, or one operand of the lowest level a line.

    Where there is one such operator and brackets to break in, ruff goes by other rules.
    """
    level = _BINARY[type(node.op)][1]
    parts: list[str] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and _BINARY[type(left.op)][1] == level and level != _POWER:
        parts.append(f"{_BINARY[type(left.op)][0]} {flat(left.right, level + 1)}")
        left = left.left
    whole = flat(node)
    if not parts or (len(parts) == 1 and ("(" in whole or "[" in whole)):
        return None
    inner = [whole] if len(indent + whole) <= WIDTH else [flat(left, level), *reversed(parts)]
    lines = [head, *(indent + part for part in inner), tail]
    return lines if all(len(line) <= WIDTH for line in lines) else None


def in_brackets(head: str, node: ast.expr, tail: str, indent: str) -> list[str] | None:
    """A statement whose value stands in brackets on a line of its own, as nothing in it can be broken."""
    lines = [f"{indent}{head}(", f"{indent}{_STEP}{flat(node)}", f"{indent}){tail}"]
    return lines if head and all(len(line) <= WIDTH for line in lines) else None
