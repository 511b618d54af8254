"""Costs of schedules: formulas from the circuit against loop nests that count, and against every element needed."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import build, call, delta_rule, einsum, elementwise, initial, linear, relu, run
from circuits.resources import AreaCost, Formula, area, area_cost
from tests.circuits.resources.machine import Machine, fused_feed_forward, tiled_attention, tiled_matmul
from tests.circuits.resources.models import feed_forward, flash_attention, matmul


def needed(cost: AreaCost, values: Mapping[str, int]) -> float:
    return max(one.evaluate(values) for one in cost.memory) + cost.carried.evaluate(values)


def randoms(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def check(machine: Machine, cost: AreaCost, values: Mapping[str, int]) -> None:
    assert machine.moved == pytest.approx(cost.transfer.evaluate(values), rel=1e-12)
    assert machine.peak == needed(cost, values)
    assert not machine.held


def parts(draw: st.DrawFn, **lengths: tuple[str, int]) -> dict[str, int]:
    """A size for every part that divides its axis."""
    return {
        name: draw(st.sampled_from([size for size in range(1, length + 1) if length % size == 0]), label=name)
        for name, (_, length) in lengths.items()
    }


@given(st.data(), st.sampled_from([1, 4, 6]), st.sampled_from([1, 6, 9]), st.sampled_from([2, 8]))
def test_a_tiled_product_moves_and_holds_what_the_formulas_say(data: st.DataObject, a: int, b: int, c: int) -> None:
    circuit, tiles = matmul()
    chosen = parts(data.draw, g_a=("a", a), g_c=("c", c), s_b=("b", b))
    x, y, machine = randoms(a, b), randoms(b, c, seed=1), Machine()
    np.testing.assert_allclose(tiled_matmul(machine, x, y, chosen), run(circuit, {"x": x, "y": y}).only, atol=1e-12)
    check(machine, area_cost(circuit, tiles), {"a": a, "b": b, "c": c, **chosen})


@given(st.data(), st.sampled_from([1, 6]), st.sampled_from([1, 9, 12]), st.sampled_from([1, 4]))
def test_attention_in_one_pass_moves_and_holds_what_the_formulas_say(
    data: st.DataObject, q: int, x: int, d: int
) -> None:
    circuit, core = flash_attention()
    chosen = parts(data.draw, g_q=("q", q), s_x=("x", x))
    arrays, machine = {"q": randoms(q, d), "k": randoms(x, d, seed=1), "v": randoms(x, d, seed=2)}, Machine()
    found = tiled_attention(machine, *arrays.values(), chosen)
    np.testing.assert_allclose(found, run(circuit, arrays).only, atol=1e-12)
    check(machine, area_cost(circuit, core), {"q": q, "x": x, "d": d, **chosen})


@given(st.data(), st.sampled_from([1, 6]), st.sampled_from([4, 12]))
def test_a_fused_feed_forward_moves_and_holds_what_the_formulas_say(data: st.DataObject, b: int, h: int) -> None:
    circuit, fused = feed_forward()
    sizes = {"b": b, "m": 3, "h": h, "n": 5}
    chosen = parts(data.draw, g_b=("b", b), s_h=("h", h))
    x, state, machine = randoms(b, 3), initial(circuit, sizes), Machine()
    found = fused_feed_forward(machine, x, state, chosen)
    np.testing.assert_allclose(found, run(circuit, {"x": x}, state, sizes=sizes).only, atol=1e-12)
    check(machine, area_cost(circuit, fused), {**sizes, **chosen})


@given(st.data())
def test_each_group_loads_each_element_it_needs_once(data: st.DataObject) -> None:
    """The elements that outputs of a group depend on, counted one by one, of any product of two arrays."""
    axes, lengths = "abcd", {"a": 2, "b": 4, "c": 3, "d": 6}
    one, two = (data.draw(st.lists(st.sampled_from(axes), min_size=1, unique=True)) for _ in range(2))
    known = [axis for axis in axes if axis in one or axis in two]
    kept = [axis for axis in known if data.draw(st.booleans(), label=axis)]
    groups = [axis for axis in kept if data.draw(st.booleans(), label=f"group {axis}")]
    chosen = parts(data.draw, **{f"g_{axis}": (axis, lengths[axis]) for axis in groups})
    spec = f"{' '.join(one)}, {' '.join(two)} -> {' '.join(kept)}"
    inputs = {"x": f"[{' '.join(one)}]", "y": f"[{' '.join(two)}]"}
    circuit = build("product", inputs, lambda x, y: einsum(spec, x, y))
    touched: set[tuple[object, ...]] = set()
    for index in itertools.product(*(range(lengths[axis]) for axis in known)):
        at = dict(zip(known, index, strict=True))
        group = tuple(at[axis] // chosen[f"g_{axis}"] for axis in groups)
        touched.update((group, place, *(at[axis] for axis in own)) for place, own in enumerate((one, two, kept)))
    cost = area_cost(circuit, area(circuit, groups=" ".join(groups)))
    assert cost.transfer.evaluate({**lengths, **chosen}) == pytest.approx(len(touched), rel=1e-12)


def test_matmul() -> None:
    cost = area_cost(*matmul())
    assert str(cost.transfer) == "a*b*c*(1/g_a + 1/g_c) + a*c"
    assert [str(one) for one in cost.memory] == ["g_a*g_c + g_a*s_b + g_c*s_b"]
    assert cost.carried == Formula()
    assert cost.transfer.tex() == r"a b c \left(\frac{1}{g_{a}} + \frac{1}{g_{c}}\right) + a c"


def test_attention() -> None:
    cost = area_cost(*flash_attention())
    assert str(cost.transfer) == "2*d*q*x/g_q + 2*d*q"
    assert [str(one) for one in cost.memory] == ["2*d*g_q + 2*d*s_x + g_q*s_x"]
    # the largest score and the sum of exponentials, which stand on no wire
    assert str(cost.carried) == "2*g_q"
    assert cost.transfer.tex({"x": r"\bar{x}"}) == r"\frac{2 d q \bar{x}}{g_{q}} + 2 d q"


def test_parameters_are_loaded_and_tied_ones_once() -> None:
    def body(x: object) -> object:
        again = relu(linear("m -> m", x, bias=False, name="first"))
        return linear("m -> m", again, bias=False, weights="first", name="second")

    circuit = build("tied", {"x": "[b m]"}, body)
    cost = area_cost(circuit, area(circuit, groups="b"))
    assert [(item.array, item.saved) for item in cost.moved] == [
        ("x", False),
        ("first.weight", False),
        ("n3.out", True),
    ]
    assert str(cost.transfer) == "b*m**2/g_b + 2*b*m"


def test_an_array_read_under_two_names_is_loaded_twice() -> None:
    circuit = build("gram", {"x": "[t k]"}, lambda x: einsum("t k, t' k -> t t'", x, x))
    cost = area_cost(circuit, area(circuit, groups="t"))
    assert [(item.array, item.axes) for item in cost.moved if not item.saved] == [("x", ("t", "k")), ("x", ("t'", "k"))]
    assert str(cost.transfer) == "k*t**2/g_t + k*t + t**2"


def test_elementwise_results_take_the_room_of_operands_that_are_not_needed_any_more() -> None:
    def body(x: object) -> object:
        one = elementwise("exp(a)", x, name="one")
        return elementwise("a * b", one, elementwise("tanh(a)", one, name="two"), name="three")

    circuit = build("f", {"x": "[a]"}, body)
    cost = area_cost(circuit, area(circuit))
    assert [[name for name, _ in column.arrays] for column in cost.columns] == [
        ["n1.out"],
        ["n1.out", "n2.out"],
        ["n2.out", "n3.out"],
    ]


def test_a_recurrence_carries_its_state() -> None:
    circuit = build(
        "memory",
        {"q": "[t k]", "k": "[t k]", "v": "[t v]", "beta": "[t]"},
        lambda q, k, v, beta: delta_rule(q, k, v, beta),
    )
    cost = area_cost(circuit, area(circuit, stream="t"))
    assert str(cost.transfer) == "2*k*t + 2*t*v + t"
    assert str(cost.carried) == "k*v"


def test_a_call_counts_as_it_is_drawn() -> None:
    circuit, _ = matmul()
    outer = build("outer", {"x": "[h a b]", "y": "[b c]"}, lambda x, y: call(circuit, x, y))
    cost = area_cost(outer, area(outer, groups="h a c", stream="b"))
    assert str(cost.transfer) == "a*b*c*h*(1/g_c + 1/(g_a*g_h)) + a*c*h"
    assert str(cost.memory[0]) == "g_a*g_c*g_h + g_a*g_h*s_b + g_c*s_b"


def test_without_parts_everything_is_moved_once() -> None:
    circuit, _ = matmul()
    cost = area_cost(circuit, area(circuit))
    assert str(cost.transfer) == "a*b + a*c + b*c" == str(cost.memory[0])
    assert math.isclose(cost.transfer.evaluate({"a": 2, "b": 3, "c": 5}), 6 + 10 + 15)
