"""Sorting and choosing: order, ties, positions and slopes."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, Wire, build, gather, run, sort, topk
from circuits.ops.order import argsort
from tests.circuits.gradients import check_vjp
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems
from tests.circuits.ops.pulled import pulled

LENGTHS = {"p": 2, "q": 3}
Coarse = st.lists(st.integers(-2, 2), min_size=1, max_size=7).map(lambda row: np.array(row, np.float64))


def ordered(function: Any, text: str = "[n]") -> Circuit:
    """A circuit of both outputs."""
    return build("f", {"x": text}, lambda x: dict(zip(("values", "positions"), function(x), strict=True))).valid()


@given(data=st.data(), n=st.integers(1, 5), descending=st.booleans())
def test_sorting_is_the_same_one_index_at_a_time(data: st.DataObject, n: int, descending: bool) -> None:
    axes = data.draw(passing("n"))
    circuit = ordered(lambda x: sort(x, axis="n", descending=descending), f"[{' '.join(axes)}]")
    array = numbers(axes, {**LENGTHS, "n": n})
    check_literal(Traced(circuit, {"x": array}))
    found = run(circuit, {"x": array})["values"]
    expected = np.sort(array, axis=axes.index("n"))
    np.testing.assert_array_equal(found, np.flip(expected, axes.index("n")) if descending else expected)


@given(data=st.data(), n=st.integers(1, 5), largest=st.booleans())
def test_choosing_is_the_same_one_index_at_a_time(data: st.DataObject, n: int, largest: bool) -> None:
    axes, k = data.draw(passing("n")), data.draw(st.integers(1, n))
    circuit = ordered(lambda x: topk(x, axis="n", into=f"k={k}", largest=largest), f"[{' '.join(axes)}]")
    array = numbers(axes, {**LENGTHS, "n": n})
    check_literal(Traced(circuit, {"x": array}))
    place = axes.index("n")
    expected = torch.topk(torch.from_numpy(array), k, dim=place, largest=largest)
    found = run(circuit, {"x": array})
    np.testing.assert_array_equal(found["values"], expected.values)
    np.testing.assert_array_equal(found["positions"], expected.indices)


@given(row=Coarse, descending=st.booleans())
def test_of_equal_elements_the_first_comes_first(row: Any, descending: bool) -> None:
    found = run(ordered(lambda x: sort(x, axis="n", descending=descending)), {"x": row})
    keys = [(-value if descending else value, place) for place, value in enumerate(row)]
    np.testing.assert_array_equal(found["positions"], [place for _, place in sorted(keys)])
    np.testing.assert_array_equal(found["values"], row[found["positions"]])


@given(row=Coarse, largest=st.booleans(), data=st.data())
def test_the_chosen_are_the_beginning_of_what_is_sorted(row: Any, largest: bool, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(row)))
    chosen = run(ordered(lambda x: topk(x, axis="n", into=f"k={k}", largest=largest)), {"x": row})
    all_of_them = run(ordered(lambda x: sort(x, axis="n", descending=largest)), {"x": row})
    for name in ("values", "positions"):
        np.testing.assert_array_equal(chosen[name], all_of_them[name][:k])


def test_gathering_at_the_positions_gives_the_values() -> None:
    circuit = build("f", {"x": "[b n]"}, lambda x: gather(x, argsort(x, "n"), axis="n"), outputs=["[b n]"]).valid()
    array = numbers(("b", "n"), {"b": 2, "n": 5})
    np.testing.assert_array_equal(run(circuit, {"x": array}).only, np.sort(array))


def test_whole_numbers_stay_what_they_are_and_the_size_of_the_chosen_may_come_from_the_scope() -> None:
    def body(x: Wire, w: Wire) -> tuple[Wire, ...]:
        return (*topk(x, axis="n", into="k"), w)

    circuit = build("f", {"x": "Natural(9)[b n]", "w": "[k]"}, body).valid()
    values, positions = (str(circuit.checked.type(item.wire)) for item in circuit.outputs[:2])
    assert (values, positions) == ("Natural(9)[b k]", "Index(n)[b k]")
    found = run(circuit, {"x": np.array([[3, 8, 1]]), "w": np.zeros(2)})
    np.testing.assert_array_equal(found["out0"], [[8, 3]])


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("k", [1, 3])
def test_slopes_go_back_to_where_elements_came_from(n: int, k: int) -> None:
    array = np.random.default_rng(n).normal(size=(2, n))
    check_vjp(build("f", {"x": "[b n]"}, lambda x: sort(x, axis="n", descending=True)[0]).valid(), {"x": array})
    k = min(k, n)
    check_vjp(build("f", {"x": "[b n]"}, lambda x: topk(x, axis="n", into=f"k={k}")[0]).valid(), {"x": array})


def test_slopes_are_those_of_torch() -> None:
    generator = np.random.default_rng(0)
    array, cotangent = generator.normal(size=(2, 6)), generator.normal(size=(2, 3))
    x = torch.tensor(array, requires_grad=True)
    torch.topk(x, 3).values.backward(torch.tensor(cotangent))
    found = pulled(lambda x: topk(x, axis="n", into="k=3"), {"x": "[b n]"}, {"x": array}, [cotangent, np.zeros((2, 3))])
    np.testing.assert_array_equal(found["x"], x.grad)


def test_whole_numbers_have_no_slope() -> None:
    found = pulled(
        lambda x: sort(x, axis="n"), {"x": "Natural(9)[n]"}, {"x": np.array([2, 1])}, [np.ones(2), np.ones(2)]
    )
    assert found == {}


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda x: topk(x, axis="n", into="k=5"),
            "[n=3]",
            "f/topk (topk): expected at most 3, found 5 ('k' are chosen along 'n'). Enlarge the axis, or lower the "
            "bound.",
        ),
        (
            lambda x: topk(x, axis="n", into="n'"),
            "[n]",
            "topk (topk): expected an axis of another size as into, found 'n''. Give it a name of its own.",
        ),
        (
            lambda x: topk(x, axis="n", into="k h"),
            "[n]",
            "topk (topk): expected one axis as into of 'k h', found 'k h'. Name one axis there.",
        ),
        (
            lambda x: sort(x, axis="n"),
            "Complex[n]",
            "f/sort (sort): expected Real or whole numbers to put in order, found Complex. Cast it to Real.",
        ),
        (
            lambda x: sort(x, axis="keys"),
            "[key]",
            "f/sort (sort): expected an axis 'keys' at 'x', found [key]. Rename an axis or add 'keys'. Did you mean "
            "'key'?",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    (found,) = problems(function, x=text)
    assert found.removeprefix("f/") == message.removeprefix("f/")
