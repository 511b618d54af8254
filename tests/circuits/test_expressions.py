"""Expressions as text and trees: reading and writing are inverse, and what is wrong is said in whole sentences."""

import operator
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.expressions import (
    Call,
    Expression,
    ExpressionError,
    Name,
    Number,
    SizeOf,
    parse_expression,
    substitute,
)
from circuits.sizes import Size
from tests.circuits.expression_strategies import trees

X, Y = Name("x"), Name("y")


@given(trees)
def test_text_is_read_as_the_same_tree(tree: Expression) -> None:
    text = str(tree)
    assert parse_expression(text) == tree
    assert str(parse_expression(text)) == text


@given(trees)
def test_repr_rebuilds_the_tree(tree: Expression) -> None:
    words = {"Call": Call, "Name": Name, "Number": Number, "SizeOf": SizeOf, "Size": Size, "inf": float("inf")}
    assert eval(repr(tree), words) == tree


@given(trees)
def test_trees_survive_pickling(tree: Expression) -> None:
    copy = pickle.loads(pickle.dumps(tree))
    assert copy == tree
    assert hash(copy) == hash(tree)
    assert (copy.names, copy.sizes, copy.parts, copy.depth) == (tree.names, tree.sizes, tree.parts, tree.depth)


@given(trees)
def test_brackets_are_minimal(tree: Expression) -> None:
    """Leaving out any pair of brackets gives another tree, or no expression."""
    text = str(tree)
    opened = []
    for place, letter in enumerate(text):
        if letter == "(":
            opened.append(place)
        elif letter == ")":
            start = opened.pop()
            call = start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
            if not call and not tree.sizes:
                bare = f"{text[:start]} {text[start + 1 : place]} {text[place + 1 :]}"
                assert not _reads_as(bare, tree)


def _reads_as(text: str, tree: Expression) -> bool:
    try:
        return parse_expression(text) == tree
    except ExpressionError:
        return False


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
    start = time.process_time()
    with pytest.raises(ExpressionError):
        parse_expression(text)
    assert time.process_time() - start < 0.1


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


def test_names_and_sizes_in_order_of_first_use() -> None:
    tree = parse_expression("b * size(k) + a / b - size(h*k) * size(k)")
    assert tree.names == ("b", "a")
    assert tree.sizes == (Size.of("k"), Size.of("h*k"))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (X * 2 + 1, "x * 2 + 1"),
        (1 - 2 / X, "1 - 2 / x"),
        (-(X**Y), "-x ** y"),
        (2**X, "2 ** x"),
        (7 // X % Y, "7 // x % y"),
        (1.5 % (X // 2), "1.5 % (x // 2)"),
        ((X < 1) & (Y >= X) | ~(X <= Y), "(x < 1) & (y >= x) | ~(x <= y)"),
        (operator.lt(1, X), "x > 1"),
        (SizeOf(Size.of("k")) ** -0.5, "size(k) ** -0.5"),
    ],
)
def test_python_operators_build_trees(tree: Expression, text: str) -> None:
    assert str(tree) == text
    assert parse_expression(text) == tree


def test_equality_compares_trees() -> None:
    assert parse_expression("x+1") == X + 1
    assert X + 1 != X + 1.0
    assert Number(2) != Number(2.0)
    assert {X + 1: "whole", X + 1.0: "real"}[parse_expression("x + 1")] == "whole"


def test_an_expression_is_no_condition() -> None:
    with pytest.raises(TypeError, match="expected a scalar to be computed later, found a Python condition"):
        bool(X < Y)


def test_operators_leave_strangers_to_themselves() -> None:
    class Stranger:
        def __rmul__(self, other: Expression) -> str:
            return f"{other} taken"

    assert X * Stranger() == "x taken"  # type: ignore[operator]
    with pytest.raises(TypeError):
        X * "y"  # type: ignore[operator]


def test_substitution_is_simultaneous() -> None:
    tree = parse_expression("x * y + where(x > 0, x, 1)")
    assert str(substitute(tree, {"x": Y + 1, "y": X})) == "(y + 1) * x + where(y + 1 > 0, y + 1, 1)"
    assert substitute(tree, {"z": X}) is tree


@given(trees, trees)
def test_substitution_keeps_other_operands(tree: Expression, other: Expression) -> None:
    try:
        changed = substitute(tree, {"x": other})
    except ExpressionError:
        assert tree.parts + tree.parts * other.parts > 500 or tree.depth + other.depth > 64
        return
    known = set(tree.names) - {"x"}
    assert set(changed.names) == known | (set(other.names) if "x" in tree.names else set())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Name("exp"),
            "expression 'exp': expected the name of an operand, found the function 'exp'. Rename it.",
        ),
        (lambda: Name("pi"), "expression 'pi': expected the name of an operand, found the number 'pi'. Rename it."),
        (lambda: Name("a b"), "expression 'a b': expected the name of an operand, found 'a b'. Rename it."),
        (
            lambda: Name("if"),
            "expression 'if': expected the name of an operand, found the word 'if' of Python. Rename it.",
        ),
        (lambda: Number(float("nan")), "expression 'nan': expected a number, found nan. Use 1.0 or 0.0."),
        (lambda: Number(True), "expression 'True': expected a number, found True. Use 1.0 or 0.0."),
        (
            lambda: SizeOf(Size.name("x y")),
            "expression 'size(x y)': expected a size that is read back from its text, found 'x y'. "
            "Use a shorter size of plain names.",
        ),
        (lambda: Call("exq", (X,)), "expression 'exq': expected a function, found 'exq'. Did you mean 'exp'?"),
        (lambda: Call("exp", ()), "expression 'exp': expected 1 argument of 'exp', found 0. Write exp(x)."),
    ],
)
def test_what_makes_no_tree(build: object, message: str) -> None:
    assert callable(build)
    with pytest.raises(ExpressionError) as caught:
        build()
    assert str(caught.value) == message
