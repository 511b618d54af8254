"""Expressions as text and trees: reading and writing are inverse, and what is wrong is said in whole sentences."""

import operator
import pickle

import pytest
from hypothesis import given

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

    assert X * Stranger() == "x taken"
    with pytest.raises(TypeError):
        operator.mul(X, "y")


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
