"""Sizes: the laws of rings and of floor division, reading and writing, solving, and limits."""

import copy
import itertools
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits.sizes import Size, SizeError, Solved, Verdict, exact_div, solve

Values = Mapping[str, int]
NAMES = ("a", "b", "k")


@dataclass(frozen=True)
class Formula:
    """A text, and what it means by Python's own whole numbers."""

    text: str
    value: Callable[[Values], int]


def _leaf(word: str | int) -> Formula:
    if isinstance(word, int):
        return Formula(str(word), lambda values: word)
    return Formula(word, lambda values: values[word])


def _combined(left: Formula, sign: str, right: Formula) -> Formula:
    value: dict[str, Callable[[Values], int]] = {
        "+": lambda values: left.value(values) + right.value(values),
        "-": lambda values: left.value(values) - right.value(values),
        "*": lambda values: left.value(values) * right.value(values),
        "//": lambda values: left.value(values) // right.value(values),
    }
    return Formula(f"({left.text}){sign}({right.text})", value[sign])


def formulas(signs: tuple[str, ...], leaves: int = 8) -> st.SearchStrategy[Formula]:
    words = st.sampled_from(NAMES) | st.integers(0, 12)
    return st.recursive(
        words.map(_leaf),
        lambda inner: st.builds(_combined, inner, st.sampled_from(signs), inner),
        max_leaves=leaves,
    )


def _size(formula: Formula) -> Size:
    """The size a formula says; formulas that divide by zero or grow too large are left out."""
    try:
        return Size.of(formula.text)
    except SizeError:
        assume(False)
        raise


polynomials = formulas(("+", "-", "*")).map(_size)
sizes = formulas(("+", "-", "*", "//")).map(_size)
positive = st.builds(
    lambda number, names: Size.of("*".join([str(number), *names])),
    st.integers(1, 6),
    st.lists(st.sampled_from(NAMES), max_size=2),
)
points = st.fixed_dictionaries({name: st.integers(1, 40) for name in NAMES})


# Reading, writing and meaning


@given(formulas(("+", "-", "*", "//"), leaves=12), points)
def test_a_size_means_what_python_means(formula: Formula, values: Values) -> None:
    try:
        expected = formula.value(values)
        found = _size(formula).evaluate(values)
    except (ZeroDivisionError, SizeError):
        assume(False)
        raise
    assert found == expected


@given(sizes)
def test_text_and_code_rebuild_a_size(size: Size) -> None:
    assert Size.of(str(size)) == size
    assert eval(repr(size)) == size
    assert pickle.loads(pickle.dumps(size)) == size
    assert copy.deepcopy(size) == size


@given(sizes)
def test_odd_names_rebuild_a_size(size: Size) -> None:
    odd = size.at({"a": Size.name("x/2"), "b": Size.name("any thing")})
    assert eval(repr(odd)) == odd
    assert odd.names <= {"x/2", "any thing", "k"}


@given(st.text("ab19'[]()+-*/ .=^ȳ", max_size=60))
def test_any_text_is_a_size_or_a_size_error(text: str) -> None:
    started = time.perf_counter()
    try:
        size = Size.of(text)
    except SizeError as error:
        assert str(error).startswith("size '")
    else:
        assert Size.of(str(size)) == size
    assert time.perf_counter() - started < 0.1


# Laws


@given(polynomials | sizes, polynomials | sizes, polynomials | sizes)
def test_ring_laws(a: Size, b: Size, c: Size) -> None:
    try:
        pairs = [
            (a + b, b + a),
            (a * b, b * a),
            (a + b + c, a + (b + c)),
            (a * b * c, a * (b * c)),
            (a * (b + c), a * b + a * c),
            (a - b, a + -b),
            (a - a, Size.of(0)),
            (a**2, a * a),
            (a + 0, a * 1),
        ]
    except SizeError:
        assume(False)
        raise
    for left, right in pairs:
        assert left == right
        assert hash(left) == hash(right)
        assert str(left) == str(right)


@given(
    st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-5, 5)),
    st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-5, 5)),
    st.randoms(),
)
def test_polynomials_are_equal_exactly_if_their_coefficients_are(
    one: dict[tuple[int, int], int], other: dict[tuple[int, int], int], random: st.DataObject
) -> None:
    def built(scales: Mapping[tuple[int, int], int]) -> Size:
        terms = list(scales.items())
        random.shuffle(terms)  # type: ignore[attr-defined]
        a, b = Size.of("a"), Size.of("b")
        return sum((scale * a**i * b**j for (i, j), scale in terms), Size.of(0))

    def kept(scales: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
        return {powers: scale for powers, scale in scales.items() if scale}

    assert built(one) == built(one)
    assert (built(one) == built(other)) is (kept(one) == kept(other))


@given(polynomials | sizes, polynomials | sizes, polynomials)
def test_a_multiple_of_the_divisor_leaves_a_division(a: Size, b: Size, divisor: Size) -> None:
    assume(divisor != 0)
    try:
        assert (a + b * divisor) // divisor == b + a // divisor
        assert (b * divisor) // divisor == b
    except SizeError:
        assume(False)


@given(polynomials, positive, positive)
def test_nested_and_scaled_divisions_merge(a: Size, one: Size, other: Size) -> None:
    assert a // one // other == a // (one * other)
    assert (a * one) // (other * one) == a // other


@given(sizes, sizes, points)
def test_substitution_and_evaluation_commute(size: Size, part: Size, values: Values) -> None:
    try:
        number = part.evaluate(values)
        assume(number > 0)
        inner = size.at({"a": part}).evaluate(values)
        assert size.evaluate({**values, "a": number}) == inner
        assert size.at(values).number == size.evaluate(values)
    except SizeError:
        assume(False)


@given(sizes)
def test_linear_parts_rebuild_a_size(size: Size) -> None:
    parts = size.linear_in("a")
    if parts is None:
        assert "a" in size.names
    else:
        slope, rest = parts
        assert slope * Size.name("a") + rest == size
        assert "a" not in slope.names | rest.names


@given(polynomials, polynomials)
def test_exact_division_undoes_a_product(a: Size, b: Size) -> None:
    assume(b != 0)
    try:
        product = a * b
    except SizeError:
        assume(False)
    assert exact_div(product, b) == a
    assert b.divides(product)
    quotient = exact_div(a, b)
    assert quotient is None or quotient * b == a


@given(sizes, sizes)
def test_verdicts_hold_on_small_numbers(left: Size, right: Size) -> None:
    try:
        solved = solve(left, right)
    except SizeError:
        assume(False)
    names = sorted((left - right).names)
    for numbers in itertools.product(range(12), repeat=len(names)):
        values = dict(zip(names, numbers, strict=True))
        try:
            equal = (left - right).evaluate(values) == 0
        except SizeError:
            continue
        if solved.verdict is Verdict.TRUE:
            assert equal
        elif solved.verdict is Verdict.FALSE:
            assert not equal
        elif solved.verdict is Verdict.BINDS:
            assert equal == (values == {solved.name: solved.value})


@given(positive.filter(lambda size: len(size.names) == 1), st.integers(0, 1000), sizes)
def test_one_growing_unknown_is_found(size: Size, value: int, noise: Size) -> None:
    (name,) = size.names
    right = Size.of(size.evaluate({name: value}))
    try:
        assert solve(size + noise, right + noise) == Solved(Verdict.BINDS, name, value)
        assert solve(right + noise, size + noise) == Solved(Verdict.BINDS, name, value)
    except SizeError:
        assume(False)
