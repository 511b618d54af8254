import pytest
from hypothesis import given

from circuits.draw.expression_labels import expression_label, expression_mark
from circuits.draw.tex import read
from circuits.expression_tree import Call, Expression, Name, Number
from circuits.expressions import parse_expression
from tests.circuits.expression_strategies import trees

MARKS = {
    "a + b": "+",
    "a * b": "\\odot",
    "a - b": "-",
    "a / b": "/",
    "max(a, b)": "\\max",
    "a >= b": "\\geq",
    "-x": "-",
    "relu(x)": "R",
    "sigmoid(x)": "\\sigma",
    "x / sqrt(size(k))": "* k^{-1/2}",
    "x * size(k) ** -0.5": "* k^{-1/2}",
    "x * 0.5": "* 0.5",
    "0.5 * x": "* 0.5",
    "x / 2": "/ 2",
    "x + 1": "+ 1",
    "1 - x": "1-x",
    "x ** 2": "x^{2}",
    "a + a": "a+a",
}
LABELS = {
    "x ** 2 / (1 + exp(-y))": "x^{2}/(1+e^{-y})",
    "(a + b) * c": "(a+b)\\,c",
    "a - (b - c)": "a-(b-c)",
    "a * 2": "a\\cdot 2",
    "where(x > 0, x, 0.1 * x)": "x > 0\\,?\\,x:0.1\\,x",
    "abs(floor(x / 3))": "|\\lfloor x/3\\rfloor|",
    "1e-05 * x": "10^{-5}\\,x",
    "2.5e8 + pi": "2.5\\cdot 10^{8}+\\pi",
    "min(a, -inf)": "\\min(a,-\\infty)",
    "x ** y": "x^{y}",
    "(-x) ** 0.5": "(-x)^{1/2}",
    "rsqrt(v + 1)": "(v+1)^{-1/2}",
    "~(a & b)": "\\neg (a \\wedge b)",
}


@given(trees)
def test_every_expression_is_tex_that_every_printer_takes(expression: Expression) -> None:
    if expression.parts <= 20:
        assert read(expression_label(expression)) is not None, expression_label(expression)
    assert read(expression_mark(expression)) is not None


@pytest.mark.parametrize("text", MARKS)
def test_marks(text: str) -> None:
    assert expression_mark(parse_expression(text)) == MARKS[text]


@pytest.mark.parametrize("text", LABELS)
def test_labels(text: str) -> None:
    assert expression_label(parse_expression(text)) == LABELS[text]


def test_long_expressions_are_functions() -> None:
    text = " + ".join(f"{letter} * {letter}" for letter in "abcdefg")
    assert expression_mark(parse_expression(text)) == "f(a,b,c,d,e,f,g)"


def test_a_power_may_be_infinite() -> None:
    assert expression_label(Call("pow", (Name("x"), Number(float("inf"))))) == "x^{\\infty}"
