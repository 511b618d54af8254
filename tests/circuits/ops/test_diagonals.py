"""Diagonals: what is read, the pair of inverses, and every message."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import build, run
from circuits.ops.diagonals import diagonal, embed_diagonal
from tests.circuits.laws import FEWER, Reading, check_reading, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3}


def _diagonal(n: int) -> Reading:
    return Reading("x x'", {"x": n}, lambda x: diagonal(x, "x x' -> x"), lambda at: {"x": at["x"], "x'": at["x"]})


def _deep_diagonal(n: int) -> Reading:
    return Reading(
        "x x' x''",
        {"x": n},
        lambda x: diagonal(x, "x x' x'' -> z"),
        lambda at: {"x": at["z"], "x'": at["z"], "x''": at["z"]},
    )


def _embed(n: int) -> Reading:
    return Reading(
        "x",
        {"x": n},
        lambda x: embed_diagonal(x, "x -> x x'"),
        lambda at: {"x": at["x"]} if at["x"] == at["x'"] else None,
    )


def _embed_deep(n: int) -> Reading:
    return Reading(
        "x",
        {"x": n},
        lambda x: embed_diagonal(x, "x -> a b c"),
        lambda at: {"x": at["a"]} if at["a"] == at["b"] == at["c"] else None,
    )


@pytest.mark.parametrize("make", [_diagonal, _deep_diagonal, _embed, _embed_deep])
@FEWER
@given(data=st.data())
def test_every_element_is_read_where_the_view_says(make: Any, data: st.DataObject) -> None:
    reading = make(data.draw(st.integers(1, 3)))
    check_reading(reading, data.draw(passing(reading.axes)), LENGTHS)


@given(data=st.data(), n=st.integers(1, 4))
def test_embedding_and_reading_give_the_array_back(data: st.DataObject, n: int) -> None:
    axes = data.draw(passing("x"))
    text = f"[{' '.join(axes)}]"
    circuit = build(
        "pair", {"x": text}, lambda x: diagonal(embed_diagonal(x, "x -> x x'"), "x x' -> x"), outputs=[text]
    ).valid()
    array = numbers(axes, {**LENGTHS, "x": n})
    np.testing.assert_array_equal(run(circuit, {"x": array}).only, array)


def test_one_axis_of_a_square_stays() -> None:
    circuit = build("trace", {"x": "Index(x)[b x x'] in Words"}, lambda x: diagonal(x, "x x' -> x")).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "Index(x)[b x] in Words"
    array = np.arange(9).reshape(1, 3, 3) % 3
    np.testing.assert_array_equal(run(circuit, {"x": array}).only, np.diagonal(array, axis1=1, axis2=2))


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda x: diagonal(x, "y k -> x"),
            "[y=3 k=4]",
            "f/diagonal (diagonal): expected k = 4 (axis 'k' is declared as 4 at f; 'y' and 'k' have one diagonal 'x' "
            "at f/diagonal (diagonal)), found 3 ('y' and 'k' have one diagonal 'x'). Make the sizes equal, or give one "
            "axis another name.",
        ),
        (
            lambda x: diagonal(x, "y k -> x"),
            "[y k]",
            "f/diagonal (diagonal): expected k and y to stay two sizes, found k = y ('y' and 'k' have one diagonal "
            "'x'). Declare the constraint 'k = y' if it is meant, or rename an axis.",
        ),
        (
            lambda x: diagonal(x, "x x' -> x"),
            "[x]",
            "f/diagonal (diagonal): expected two axes 'x' and 'x'' at 'x', found one axis 'x' in [x]. Give the array a "
            "twin: x'.",
        ),
        (
            lambda x: diagonal(x, "y -> x"),
            "[y]",
            "diagonal (diagonal): expected two axes or more at one end of 'y -> x', found 'y'. Use rename.",
        ),
        (
            lambda x: embed_diagonal(x, "y k -> x z"),
            "[y k]",
            "embed_diagonal (embed_diagonal): expected one axis on the left of 'y k -> x z', found 'y k'. Name one "
            "axis there.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    assert problems(function, x=text) == [message]
