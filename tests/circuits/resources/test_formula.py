"""Sums of products with rational powers: arithmetic agrees with that of numbers, and how they are written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.resources import Formula

VALUES = {"a": 2.0, "b": 3.0, "c": 5.0}


@st.composite
def products(draw: st.DrawFn) -> Formula:
    names = draw(st.lists(st.sampled_from("abc"), max_size=4))
    below = draw(st.lists(st.sampled_from("abc"), max_size=2))
    found = Formula.product(below).power(-1)
    assert found is not None
    return Formula.product(names, draw(st.integers(1, 9))) * found


sums = st.lists(products(), max_size=4).map(lambda found: sum(found, Formula()))


@given(sums, sums)
def test_arithmetic_is_that_of_the_numbers(one: Formula, other: Formula) -> None:
    x, y = one.evaluate(VALUES), other.evaluate(VALUES)
    assert (one + other).evaluate(VALUES) == pytest.approx(x + y)
    assert (one * other).evaluate(VALUES) == pytest.approx(x * y)
    assert one + other == other + one
    assert one * other == other * one


@given(products(), st.fractions(-3, 3, max_denominator=3))
def test_powers_are_exact_or_there_is_none(one: Formula, by: Fraction) -> None:
    found = one.power(by)
    if found is not None:
        assert found.evaluate(VALUES) == pytest.approx(one.evaluate(VALUES) ** float(by))
        assert by == 0 or found.power(1 / by) == one


@given(sums)
def test_factors_of_some_names_make_up_the_whole(one: Formula) -> None:
    total = sum((factor * Formula(((powers, Fraction(1)),)) for powers, factor in one.by("ab").items()), Formula())
    assert total == one


@given(sums, sums)
def test_a_sum_covers_its_parts(one: Formula, other: Formula) -> None:
    assert (one + other).covers(one)
    assert one.covers(other) is False or one.evaluate(VALUES) >= other.evaluate(VALUES)


def quotient(above: str, below: str, scale: int | Fraction = 1) -> Formula:
    found = Formula.product(below).power(-1)
    assert found is not None
    return Formula.product(above, scale) * found


@pytest.mark.parametrize(
    ("formula", "text", "tex"),
    [
        (Formula(), "0", "0"),
        (Formula.product((), 3), "3", "3"),
        (quotient("aab", "cc", 4), "4*a**2*b/c**2", r"\frac{4 a^{2} b}{c^{2}}"),
        (quotient("a", "bc") + quotient("a", "b"), "a*(1/b + 1/(b*c))", r"a \left(\frac{1}{b} + \frac{1}{b c}\right)"),
        (quotient("", "b", Fraction(1, 2)) + Formula.product("a"), "a + 1/(2*b)", r"a + \frac{1}{2 b}"),
        (Formula.product("a") + Formula.product("b", -2), "a - 2*b", "a - 2 b"),
        (Formula.product("b", -2), "-2*b", "-2 b"),
        (Formula.product(["x/2", "g_x_2", "head"]), "g_x_2*head*(x/2)", r"g_{x_2} \mathrm{head} \mathrm{x/2}"),
    ],
)
def test_how_they_are_written(formula: Formula, text: str, tex: str) -> None:
    assert (str(formula), formula.tex()) == (text, tex)


def test_roots() -> None:
    assert str(Formula.product("aab", 4).power(Fraction(1, 2))) == "2*a*b**(1/2)"
    assert Formula.product("ab", 2).power(Fraction(1, 2)) is None
    assert (Formula.product("a") + Formula.product("b")).power(-1) is None
    assert str((Formula.product("a") + Formula.product("b")).power(2)) == "a**2 + 2*a*b + b**2"


def test_other_formulas_in_place_of_names() -> None:
    half = Formula.product("c", Fraction(1, 2))
    assert quotient("a", "b").at({"b": half}) == quotient("a", "c", 2)
    both = Formula.product("a") + Formula.product("b")
    with pytest.raises(ValueError, match=r"a \+ b has no power -1"):
        quotient("a", "b").at({"b": both})
