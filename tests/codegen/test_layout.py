"""Statements are laid out as `ruff format` does."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.writing.block import Block
from codegen.writing.layout import flat, parse
from codegen.writing.names import Names
from tests.codegen.verify import RUFF

Draw = Callable[[st.SearchStrategy[Any]], Any]
METHODS = ("sum(-1)", "mT", "unflatten(-1, (2, -1))", "movedim(-1, -3)")
NUMBERS = ("1", "0.5", "-1", "1e-05", "math.inf")
NAMES = ("x", "query", "self.norm.weight", "attention_weights", "a_rather_long_name_of_a_value")


@st.composite
def codes(draw: Draw, depth: int = 4) -> str:
    """Code such as lowerings write, with brackets where they may be needed."""
    kind = draw(st.integers(0, 9)) if depth else 0
    one, other = (lambda: draw(codes(depth - 1))), (lambda: draw(codes(depth - 1)))
    # nothing is asked of a number
    owner = lambda: draw(codes(depth - 1).filter(lambda code: code not in NUMBERS))  # noqa: E731
    match kind:
        case 0:
            return draw(st.sampled_from(NAMES))
        case 1:
            return draw(st.sampled_from(NUMBERS))
        case 2 | 3:
            operator = draw(st.sampled_from(("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "<", ">=")))
            return f"({one()}) {operator} ({other()})"
        case 4:
            return f"-({one()})"
        case 5:
            return (
                f"({owner()}).{draw(st.sampled_from(('sum(-1)', 'mT', 'unflatten(-1, (2, -1))', 'movedim(-1, -3)')))}"
            )
        case 6:
            return f"({owner()})[..., {draw(st.sampled_from(('None, :', '1:', ':-1', '::2', '0', 'a : b + 1')))}]"
        case 7:
            return f'torch.einsum("...yk,...xk->...yx", {one()}, {other()})'
        case 8:
            words = [draw(codes(depth - 1)) for _ in range(draw(st.integers(1, 4)))]
            return f"F.function({', '.join(words)}, scale={one()})"
        case _:
            return f"torch.cat([{one()}, {other()}], -1)"


def formatted(source: str) -> str:
    """What ruff makes of a text."""
    done = subprocess.run([RUFF, "format", "--isolated", "-"], input=source, capture_output=True, text=True, check=True)
    return done.stdout


@settings(max_examples=40)
@given(st.lists(codes(), min_size=8, max_size=8))
def test_statements_stay_as_ruff_would_have_them(found: list[str]) -> None:
    block = Block(Names(), depth=1)
    for number, code in enumerate(found):
        block.assign(f"value_{number}", code, "[... y x]" if number % 2 else "")
    with block.loop("step, other", f"zip({found[0]}, {found[1]})"):
        block.do(f"rows.append({found[2]})")
    block.give(found[3:5])
    source = "\n".join(["def forward():", *block.lines, ""])
    assert formatted(source) == source
    ast.parse(source)


@given(codes())
def test_brackets_are_left_out_only_where_nothing_changes(code: str) -> None:
    tree = parse(code)
    assert flat(parse(flat(tree))) == flat(tree)
    assert ast_of(flat(tree)) == ast_of(code)


def ast_of(code: str) -> str:
    """The tree of an expression as text; signs before numbers count as part of them."""
    return ast.dump(ast.parse(code, mode="eval"))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("((a))*(b)", "a * b"),
        ("(a*b)+c", "a * b + c"),
        ("a*(b+c)", "a * (b + c)"),
        ("(a**b)**c", "(a**b) ** c"),
        ("x.shape[-1]**-0.5", "x.shape[-1] ** -0.5"),
        ("-(x**2)", "-(x**2)"),
        ("x[..., a:b+1]", "x[..., a : b + 1]"),
        ("(1).bit_length()", "(1).bit_length()"),
        ("(a if b else c)+1", "(a if b else c) + 1"),
        ("f((x for x in y))", "f(x for x in y)"),
        ("f(*(a, b), **{'x': 1})", 'f(*(a, b), **{"x": 1})'),
        ("(x,)", "(x,)"),
        ("lambda: (a)", "lambda: a"),
    ],
)
def test_expressions_in_one_line(code: str, text: str) -> None:
    assert flat(parse(code)) == text


def test_what_does_not_fit_gets_a_name() -> None:
    block = Block(Names({"y"}), depth=1)
    block.assign("y", f"({'a' * 40}).sum(-1) * ({'b' * 40}).sum(-1)")
    assert block.lines == [
        f"    y_part = {'a' * 40}.sum(-1)",
        f"    y = y_part * {'b' * 40}.sum(-1)",
    ]
