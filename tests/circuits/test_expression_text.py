"""Reading expressions: the canonical text, what is wrong with a text in whole sentences, and hostile texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.expressions import ExpressionError, parse_expression
from tests.in_time import in_time


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a*b+1", "a * b + 1"),
        ("((a))+(b*c)", "a + b * c"),
        ("a-(b-c)-d", "a - (b - c) - d"),
        ("a/(b*c)", "a / (b * c)"),
        ("a%b//c", "a % b // c"),
        ("-x**2", "-x ** 2"),
        ("(-x)**2", "(-x) ** 2"),
        ("2**-x**2", "2 ** -x ** 2"),
        ("(a**b)**c", "(a ** b) ** c"),
        ("a**(b**c)", "a ** b ** c"),
        ("--2", "--2"),
        ("-(2)", "-(2)"),
        ("-0.0", "-0.0"),
        ("- 2 * x", "-2 * x"),
        ("(-2)**2", "(-2) ** 2"),
        ("-2**2", "-2 ** 2"),
        ("x - -1", "x - -1"),
        ("(a<b)&~(c==d)|(e!=f)", "(a < b) & ~(c == d) | (e != f)"),
        ("(a < b) == (c < d)", "(a < b) == (c < d)"),
        ("a + b < c * d", "a + b < c * d"),
        ("a & b < c", "a & b < c"),
        ("0.00001 + 1E+22 + .5 + 5. + 007", "1e-5 + 1e22 + 0.5 + 5.0 + 7"),
        ("pi*inf*-pi", "pi * inf * -pi"),
        ("where(x>0,x,-inf)", "where(x > 0, x, -inf)"),
        ("max(a,b , c,)", "max(a, b, c)"),
        ("x*size( k * h )**-0.5", "x * size(h*k) ** -0.5"),
        ("size((x+2*p)//s)\n+ 1", "size((2*p+x)//s) + 1"),
        ("size(c[l-1]) + size(x')", "size(c[l-1]) + size(x)"),
        ("add * mod", "add * mod"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert str(parse_expression(text)) == canonical


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", "expected a number, an operand, a function or '(', found the end. Complete it."),
        ("x +", "expected a number, an operand, a function or '(', found the end. Complete it."),
        (
            "x +* 2",
            "expected a number, an operand, a function or '(', found '*' at position 4. "
            "Use operands, numbers, operators and brackets.",
        ),
        ("2x", "expected an operator or the end, found 'x' at position 2. Write * between factors."),
        ("2 (x)", "expected an operator or the end, found '(' at position 3. Write * between factors."),
        ("x y", "expected an operator or the end, found 'y' at position 3. Write * between factors."),
        ("(x", "expected an operator or ')', found the end. Complete it."),
        ("x)", "expected an operator or the end, found ')' at position 2. Check the brackets."),
        ("x = 1", "expected an operator or the end, found '=' at position 3. Write == to compare."),
        ("x ^ 2", "expected an operator or the end, found '^' at position 3. Write ** for a power."),
        ("x'", "expected an operator or the end, found ''' at position 2. Use names of letters, digits and _."),
        (
            "x\x00",
            "expected an operator or the end, found '\\x00' at position 2. "
            "Use operands, numbers, operators and brackets.",
        ),
        (
            "a < b < c",
            "expected one comparison, found '<' at position 7. Put comparisons in brackets and join them with &.",
        ),
        (
            "a and b",
            "expected an operator or the end, found 'and' at position 3. Write &, with comparisons in brackets.",
        ),
        ("not a", "expected an operand, found 'not' at position 1. Write ~, with a comparison in brackets."),
        ("1 + lambda", "expected an operand, found 'lambda' at position 5. Rename it."),
        ("1 + tanhh(x)", "expected a function, found 'tanhh' at position 5. Did you mean 'tanh'?"),
        ("mul(x, y)", "expected a function, found 'mul' at position 1. Write it with *."),
        ("x + exp", "expected '(' behind the function 'exp', found the end. Write exp(...), or rename the operand."),
        ("clip(x, 0)", "expected 3 arguments of 'clip', found 2 at position 1. Write clip(x, lo, hi)."),
        ("exp()", "expected 1 argument of 'exp', found 0 at position 1. Write exp(x)."),
        ("1 - max(x)", "expected 2 or more arguments of 'max', found 1 at position 5. Write max(a, b, ...)."),
        ("max(x y)", "expected an operator, ',' or ')', found 'y' at position 7. Write * between factors."),
        ("size(h", "expected ')' behind the size, found the end. Complete it."),
        (
            "x * size(h / 2)",
            "expected an operator or the end, found '/' at character 3 in the size at position 10. "
            "Write // for whole division.",
        ),
        ("1e999", "expected a number below 1.8e308, found '1e999' at position 1. Write inf for infinity."),
        (
            "x + 1000000000000000000",
            "expected a whole number of at most 18 digits, found '1000000000000000000' at position 5. "
            "Write 1e18 or so.",
        ),
    ],
)
def test_what_is_wrong_with_a_text(text: str, rest: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    shown = text.replace("\x00", "\\x00")
    assert str(caught.value) == f"expression '{shown}': {rest}"


def test_an_unknown_function_with_no_like_lists_all() -> None:
    with pytest.raises(ExpressionError, match=r"Functions are abs, acos, .*, where and size\.$"):
        parse_expression("qqqqqqqq(x)")


HOSTILE = [
    "(" * 2000,
    "-" * 2000,
    "x" * 10**6,
    " " * 10**6,
    "exp(" * 400,
    "exp(" * 64 + "x" + ")" * 64,
    "+".join("x" * 66),
    "max(" + ",".join("x" * 600) + ")",
    "a|b&c+d*-e**(" * 100,
    "size(" * 400,
    "size(9**9**8)",
    "+".join(f"size((a{number}+b+c)**15)" for number in range(60)),
    "9" * 2000,
    "1e99999999999",
    "__import__('os').system('true')",
    "x.__class__",
    "[x for x in y]",
    "x if y else z",
    "x; y",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_fail_fast(text: str) -> None:
    with in_time(0.1), pytest.raises(ExpressionError):
        parse_expression(text)


@given(st.text(alphabet="xy12.e+-*/%<>=!&|~(), size[]'πmaxpi\n", max_size=40))
def test_any_text_is_an_expression_or_an_expression_error(text: str) -> None:
    try:
        tree = parse_expression(text)
    except ExpressionError as error:
        assert error.found and error.fix[-1] in ".?"
    else:
        assert parse_expression(str(tree)) == tree


def test_text_whose_canonical_form_is_too_long() -> None:
    name = "x" * 30
    text = "max(" + ",".join([f"-{name}"] * 61) + ")"
    assert len(text) <= 2000
    with pytest.raises(ExpressionError, match="expected at most 2000 characters, found 2016"):
        parse_expression(text)
