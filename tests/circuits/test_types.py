"""Types as text and as data: reading, writing, names of twins and strided axes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BOOL, COMPLEX, REAL, ArrayType, AttributeProblem, Element, Size
from circuits.types import (
    Axis as AxisType,
)
from circuits.types import (
    axis_name,
    base,
    derived,
    follow,
    index,
    integer,
    natural,
    parse_element,
    parse_type,
    stride,
)

NAMES = st.sampled_from(["a", "b2", "x'", "x/2", "c[0]", "c[l+1]'", "é"])
elements = st.one_of(
    st.sampled_from([REAL, BOOL, COMPLEX, integer(8), index("t"), natural("2*v+1"), natural(10)]),
)
types = st.builds(
    ArrayType,
    elements,
    st.lists(NAMES, unique=True, max_size=4).map(tuple),
    st.sampled_from(["", "PoincareBall(1)"]),
)


@given(types)
def test_a_type_is_read_as_it_is_written(found: ArrayType) -> None:
    assert parse_type(str(found)).type == found


@given(types)
def test_the_repr_of_a_type_builds_it_again(found: ArrayType) -> None:
    assert eval(repr(found), {"ArrayType": ArrayType, "Element": Element, "Size": Size}) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("y k", "[y k]"),
        ("", "[]"),
        ("[ y  k ]", "[y k]"),
        ("Real[x=28 y]", "[x y]"),
        ("Natural(v)[b t]", "Natural(v)[b t]"),
        ("Natural((v+1)*2) [t]", "Natural(2*v+2)[t]"),
        ("Index(t')[b]", "Index(t')[b]"),
        ("[m] in PoincareBall(c=1)", "[m] in PoincareBall(c=1)"),
    ],
)
def test_types_are_shown_in_one_way(text: str, shown: str) -> None:
    assert str(parse_type(text).type) == shown


def test_sizes_are_read_beside_the_type() -> None:
    assert parse_type("x=28 y=2*x z").sizes == (("x", Size.of(28)), ("y", Size.of("2*x")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x x", "expected every axis once in type 'x x', found 'x' 2 times. Use a twin: x'."),
        ("[x", "expected an array type such as 'Natural(v)[b t]', found '[x'. Write element[axes]."),
        ("Real(2)[x]", "expected an element, found 'Real(2)'. Use Real, Complex, Bool, Natural(size), Index(axis) or "),
        ("2x", "expected an axis name, found '2x'. Use letters, digits and _, then ' for a twin."),
        (" ".join(f"a{number}" for number in range(65)), "expected at most 64 axes, found 65. Merge axes."),
    ],
)
def test_what_is_no_type_says_why(text: str, message: str) -> None:
    with pytest.raises(AttributeProblem) as caught:
        parse_type(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["Real", "Bool", "Complex", "Int(8)", "Natural(10)", "Index(t)"])
def test_elements_are_read_as_they_are_written(text: str) -> None:
    found = parse_element(text)
    assert str(found) == text
    assert found.whole == (text[:3] in ("Int", "Nat", "Ind"))


def test_letters_typed_in_parts_are_composed() -> None:
    parts = "e\u0301"
    assert axis_name(parts) == "\u00e9"
    assert AxisType(parts).name == "\u00e9"
    assert parse_type(f"{parts}=3").type.axes == parse_type("\u00e9").type.axes
    assert Size.of(f"2*{parts}") == Size.of("2*\u00e9")


@pytest.mark.parametrize(
    ("name", "root", "steps"), [("x", "x", ("x", 1)), ("x''", "x", ("x", 1)), ("x/4'", "x/4", ("x", 4))]
)
def test_twins_and_strided_axes_know_where_they_come_from(name: str, root: str, steps: tuple[str, int]) -> None:
    assert (base(name), stride(name)) == (root, steps)


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from(["x", "x'", "c[0]"]))
def test_steps_along_an_axis_lead_back(one: int, other: int, name: str) -> None:
    there = derived(derived(name, one), other)
    assert stride(there) == (base(name), one * other)
    assert derived(derived(there, one, finer=True), other, finer=True) == name


def test_a_finer_axis_than_the_first_needs_a_name() -> None:
    with pytest.raises(AttributeProblem, match="expected a stride of 'x/3' that 2 divides, found stride 3"):
        derived("x/3", 2, finer=True)


def test_twins_and_strided_axes_follow_their_base() -> None:
    renamed = {name: follow(name, {"x": "t", "y": "s", "y'": "r"}) for name in ("x", "x'", "x/2", "x/2'", "y'", "z")}
    assert renamed == {"x": "t", "x'": "t'", "x/2": "t/2", "x/2'": "t/2'", "y'": "r", "z": "z"}
