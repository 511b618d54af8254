"""Sizes: the laws of rings and of floor division, substitution, exact division and solving."""

import copy
import itertools
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

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
    one: dict[tuple[int, int], int], other: dict[tuple[int, int], int], random: Random
) -> None:
    def built(scales: Mapping[tuple[int, int], int]) -> Size:
        terms = list(scales.items())
        random.shuffle(terms)
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


# Examples


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("(x+2*p-d*(k-1)-1)//s+1", {"x": 28, "p": 1, "d": 1, "k": 3, "s": 2}, 14),
        ("x//2//(y-4)", {"x": 5, "y": 2}, -1),
        ("(2*x+1)//(2*y-8)", {"x": 2, "y": 2}, -2),
        ("x//(1-y)", {"x": 3, "y": 3}, -2),
        ("(x//y)**3*(1-x)", {"x": 7, "y": 2}, -162),
    ],
)
def test_evaluate(text: str, values: Values, expected: int) -> None:
    assert Size.of(text).evaluate(values) == expected
    assert Size.of(text).at(values) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2*h*x+x+k-1", ("2*h+1", "k-1")),
        ("x", ("1", "0")),
        ("k", ("0", "k")),
        ("x*(h//2)", ("h//2", "0")),
        ("x**2", None),
        ("x+x//2", None),
        ("x+h//(x+1)", None),
    ],
)
def test_linear_in(text: str, parts: tuple[str, str] | None) -> None:
    expected = None if parts is None else tuple(Size.of(part) for part in parts)
    assert Size.of(text).linear_in("x") == expected


@pytest.mark.parametrize(
    ("dividend", "divisor", "quotient"),
    [
        ("h*k", "k", "h"),
        ("6*m", "4", None),
        ("m", "h", None),
        ("0", "k", "0"),
        ("k**2-1", "k-1", "k+1"),
        ("k**2+1", "k-1", None),
    ],
)
def test_exact_div(dividend: str, divisor: str, quotient: str | None) -> None:
    expected = None if quotient is None else Size.of(quotient)
    assert exact_div(Size.of(dividend), Size.of(divisor)) == expected
    assert Size.of(divisor).divides(dividend) is (quotient is not None)


def test_zero_divides_nothing() -> None:
    assert not Size.of(0).divides("k")
    with pytest.raises(SizeError) as caught:
        exact_div(Size.name("k"), Size.of(0))
    assert str(caught.value) == "size '(k)//0': expected a divisor other than 0, found 0. Divide by a positive size."


@pytest.mark.parametrize(
    ("left", "right", "solved"),
    [
        ("h*k", "k*h", Solved(Verdict.TRUE)),
        ("8", "9", Solved(Verdict.FALSE)),
        ("x", "x+1", Solved(Verdict.FALSE)),
        ("8*k", "512", Solved(Verdict.BINDS, "k", 64)),
        ("512", "8*k", Solved(Verdict.BINDS, "k", 64)),
        ("8*k", "500", Solved(Verdict.FALSE)),
        ("2*x+4*y", "5", Solved(Verdict.FALSE)),
        ("x+3", "3", Solved(Verdict.BINDS, "x", 0)),
        ("x+3", "2", Solved(Verdict.FALSE)),
        ("x+y+3", "2", Solved(Verdict.FALSE)),
        ("h*k", "512", Solved(Verdict.OPEN)),
        ("x", "y", Solved(Verdict.OPEN)),
        ("n**2", "64", Solved(Verdict.BINDS, "n", 8)),
        ("n**2", "50", Solved(Verdict.FALSE)),
        ("n**2+n", "72", Solved(Verdict.BINDS, "n", 8)),
        ("n**2", "n", Solved(Verdict.OPEN)),
        ("(x-1)//2+1", "8", Solved(Verdict.OPEN)),
        ("3*n//2", "12", Solved(Verdict.BINDS, "n", 8)),
        ("3*n//2", "11", Solved(Verdict.FALSE)),
        ("12//n", "3", Solved(Verdict.OPEN)),
        ("n//999999999999999999", "9", Solved(Verdict.OPEN)),
    ],
)
def test_solve(left: str, right: str, solved: Solved) -> None:
    assert solve(Size.of(left), Size.of(right)) == solved


def test_numbers_and_names_are_shared_and_frozen() -> None:
    assert Size.of(3) is Size.of(3)
    assert Size.of(3) == 3 and hash(Size.of(3)) == hash(3) and Size.of(3) != 4
    assert Size.of("h*k") is Size.of("h*k")
    assert Size.name("x'") == Size.name("x") == Size.of("x'")
    assert Size.name("x/2'") == Size.name("x/2") != Size.of("x//2")
    assert (Size.name("x").sole_name, Size.of("2*x").sole_name) == ("x", None)
    assert (Size.of("x-x").number, Size.of("7").number, Size.of("x+7").number) == (0, 7, None)
    with pytest.raises(AttributeError, match="a size is frozen"):
        Size.of("x").terms = ()


def test_operators_take_whole_numbers_only() -> None:
    x = Size.name("x")
    assert str(7 // x + 2 * x - (1 - x)) == "3*x+7//x-1"
    with pytest.raises(TypeError):
        x + 0.5  # type: ignore[operator]
    for exponent, found in ((-1, "-1"), (99, "99")):
        with pytest.raises(SizeError, match=f"size 'x': .* from 0 to 16, found {found}"):
            x**exponent
    with pytest.raises(SizeError, match=r"size '0\.5': expected a whole number, found float"):
        x**0.5  # type: ignore[operator]
    with pytest.raises(SizeError, match=r"size '\(x\)//0': expected a divisor other than 0"):
        x // 0
    with pytest.raises(SizeError, match="size 'True': expected a whole number, found bool"):
        Size.of(True)


def test_missing_values_are_all_named() -> None:
    with pytest.raises(SizeError) as caught:
        Size.of("h*k+m").evaluate({"k": 2})
    assert str(caught.value) == (
        "size 'h*k+m': expected a value for every name, found none for h, m. Give the missing values."
    )
    with pytest.raises(SizeError, match="size 'x//s': expected a divisor other than 0, found 0"):
        Size.of("x//s").evaluate({"x": 1, "s": 0})
    with pytest.raises(SizeError, match="at most 18 digits, found one of 32"):
        Size.of("x**16").evaluate({"x": 99})
