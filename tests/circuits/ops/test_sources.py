"""Sources: what is written, counted, held and drawn."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from circuits import (
    REAL,
    ArrayType,
    BindingError,
    Circuit,
    build,
    constant,
    elementwise,
    initial,
    iota,
    parameter,
    parameters,
    random,
    repeat,
    run,
    scan,
)
from circuits.ops.sources import Constant
from tests.circuits.gradients import backward
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3, "r": 1, "m": 4}


def source(function: Any, **words: Any) -> Circuit:
    """A circuit without inputs."""
    return build("source", {}, function, **words).valid()


@given(value=st.lists(st.lists(st.floats(-9, 9), min_size=2, max_size=2), min_size=1, max_size=3))
def test_a_constant_is_the_array_written(value: list[list[float]]) -> None:
    circuit = source(lambda: constant(tuple(map(tuple, value)), axes="y x"))
    assert circuit.checked.type(circuit.outputs[0].wire) == ArrayType(REAL, ("y", "x"))
    assert (circuit.checked.size("y").number, circuit.checked.size("x").number) == (len(value), 2)
    np.testing.assert_array_equal(run(circuit, {}).only, np.array(value))


def test_one_number_is_a_scalar_or_fills_the_axes() -> None:
    scalar = run(source(lambda: constant(2)), {}).only
    assert (scalar.shape, scalar.dtype, scalar) == ((), np.float64, 2.0)
    np.testing.assert_array_equal(run(source(lambda: constant(-1, axes="y=2 x=3")), {}).only, np.full((2, 3), -1.0))
    beside = build("beside", {"x": "[t]"}, lambda x: x + constant(math.inf, axes="t")).valid()
    np.testing.assert_array_equal(run(beside, {"x": np.zeros(5)}).only, np.full(5, np.inf))


@pytest.mark.parametrize(
    ("element", "value", "kind"),
    [("Bool", (True, 0), "b"), ("Natural(3)", (2, 0), "i"), ("Int(8)", (-4, 7), "i"), ("Real", (1, True), "f")],
)
def test_constants_have_the_element_they_say(element: str, value: Any, kind: str) -> None:
    circuit = source(lambda: constant(value, axes="m", element=element))
    found = run(circuit, {}).only
    assert str(circuit.checked.type(circuit.outputs[0].wire).element) == element
    assert found.dtype.kind == kind
    np.testing.assert_array_equal(found, np.array(value).astype(found.dtype))


def test_a_constant_read_from_lists_is_the_one_written_in_tuples() -> None:
    written, read = Constant(value=((1, 2),), axes="y x"), Constant(value=[[1, 2]], axes="y x")
    assert written == read
    assert hash(written) == hash(read)


@pytest.mark.parametrize("length", [1, 2, 63])
def test_iota_counts(length: int) -> None:
    circuit = source(lambda: iota(axes=f"t={length}"))
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "Index(t)[t]"
    np.testing.assert_array_equal(run(circuit, {}).only, np.arange(length))


def test_a_parameter_is_held_under_its_node_and_value() -> None:
    circuit = build("scaled", {"x": "[b m]"}, lambda x: x * parameter(axes="m", init="ones", name="gain")).valid()
    (held,) = parameters(circuit, {"m": 3}).values()
    assert (held.key, held.axes, held.shape, held.trainable) == ("gain.value", ("m",), (3,), True)
    out = run(circuit, {"x": np.ones((2, 3))}, {"gain.value": np.array([1.0, 2.0, 3.0])}).only
    np.testing.assert_array_equal(out, [[1, 2, 3], [1, 2, 3]])


def test_parameters_start_as_they_say() -> None:
    circuit = source(lambda: parameter(axes="m=400 k=500", scale=2.0, fan="m", name="w"))
    assert abs(initial(circuit)["w.value"].std() - 2.0 / 20.0) < 1e-3
    frozen = source(lambda: parameter(axes="y=2 x=3", init="eye", trainable=False, name="w"))
    assert not parameters(frozen)["w.value"].trainable
    np.testing.assert_array_equal(initial(frozen)["w.value"], np.eye(2, 3))
    scalar = source(lambda: parameter(init="constant", scale=0.5, label="", name="w"))
    assert list(parameters(scalar)) == ["w"]
    np.testing.assert_array_equal(run(scalar, {}).only, 0.5)


def test_a_parameter_per_axis_is_one_for_each_index() -> None:
    circuit = build("experts", {"x": "[e m]"}, lambda x: x * parameter(axes="m", per="e", name="w")).valid()
    weight = numbers(("e", "m"), {"e": 2, "m": 3})
    np.testing.assert_array_equal(run(circuit, {"x": np.ones((2, 3))}, {"w.value": weight}).only, weight)


def test_the_cotangent_of_a_parameter_is_that_of_its_output() -> None:
    found: list[Any] = []

    def body(x: Any) -> Any:
        wire = parameter(axes="m", name="w")
        found.extend(wire.builder.nodes[-1].op.vjp([x], [wire], [x]))
        assert found == [x]
        return wire + x

    build("held", {"x": "[m]"}, body).valid()
    assert len(found) == 1


@given(
    data=st.data(), kind=st.sampled_from(["uniform", "normal", "gumbel", "bernoulli"]), own=st.sampled_from(["", "m"])
)
def test_draws_are_the_same_one_index_at_a_time(data: st.DataObject, kind: str, own: str) -> None:
    axes = data.draw(passing(names="p q r"))
    text = f"[{' '.join(axes)}]"
    circuit = build("noise", {"x": text}, lambda x: random(x, kind=kind, axes=own), sizes={"m": 4}).valid()
    check_literal(Traced(circuit, {"x": numbers(axes, LENGTHS)}, {"m": 4} if own else {}))


def test_every_passing_index_draws_afresh_unless_it_is_shared() -> None:
    def draw(shared: str) -> Any:
        circuit = build("noise", {"x": "[b m]"}, lambda x: random(x, shared=shared)).valid()
        return run(circuit, {"x": np.zeros((5, 7))}).only

    assert np.unique(draw("")).size == 35
    assert np.unique(draw("b")).size == 7
    assert np.unique(draw("b m")).size == 1


def test_draws_differ_by_node_seed_and_round_and_are_else_the_same() -> None:
    circuit = build("two", {"x": "[m]"}, lambda x: {"a": random(x, name="a"), "b": random(x, name="b")}).valid()
    arrays = {"x": np.zeros(6)}
    first, again, other = (run(circuit, arrays, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first["a"], again["a"])
    assert not np.intersect1d(first["a"], first["b"]).size
    assert not np.intersect1d(first["a"], other["a"]).size
    step = build("step", {"x": "[m]"}, lambda x: x + random(x)).valid()
    steps = build("steps", {"x": "[m]"}, lambda x: repeat(step, x, times=2, tied=True)).valid()
    np.testing.assert_array_less(1e-6, np.abs(run(steps, arrays).only - 2 * run(step, arrays).only))


def test_a_source_without_inputs_does_not_know_what_passes_over() -> None:
    circuit = build("biased", {"x": "[b m]"}, lambda x: x + random(axes="m")).valid()
    rows = run(circuit, {"x": np.zeros((3, 4))}).only
    np.testing.assert_array_equal(rows, np.broadcast_to(rows[0], (3, 4)))


DISTRIBUTIONS: dict[str, Any] = {
    "uniform": stats.uniform(),
    "normal": stats.norm(),
    "exponential": stats.expon(),
    "gumbel": stats.gumbel_r(),
}


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_draws_have_their_distribution(kind: str) -> None:
    drawn = run(source(lambda: random(kind=kind, axes="b=200 m=200")), {}, seed=3).only
    assert stats.kstest(drawn.ravel(), DISTRIBUTIONS[kind].cdf).pvalue > 1e-3
    rows = DISTRIBUTIONS[kind].cdf(drawn)
    assert np.abs(np.corrcoef(rows) - np.eye(200)).max() < 0.4
    assert np.isfinite(drawn).all()


@pytest.mark.parametrize(("kind", "values"), [("bernoulli", [0.0, 1.0]), ("rademacher", [-1.0, 1.0])])
def test_coins_are_fair(kind: str, values: list[float]) -> None:
    drawn = run(source(lambda: random(kind=kind, axes="n=40000")), {}).only
    np.testing.assert_array_equal(np.unique(drawn), values)
    assert abs((drawn == values[1]).mean() - 0.5) < 4 * 0.5 / 200


def test_a_draw_of_zero_has_a_finite_gumbel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circuits.draws.Draws.uniform", lambda self, produced, stream=0: np.array([0.0, 1 - 2.0**-53]))
    for kind in ("gumbel", "exponential", "normal"):
        assert np.isfinite(run(source(lambda kind=kind: random(kind=kind, axes="n=2")), {}).only).all()


def test_no_slope_flows_through_draws() -> None:
    circuit = build("noisy", {"x": "[m]"}, lambda x: x * random(x, name="noise")).valid()
    noise = run(build("noise", {"x": "[m]"}, lambda x: random(x, name="noise")).valid(), {"x": np.ones(3)}).only
    slope = run(backward(circuit), {"x": np.ones(3)}).only
    np.testing.assert_allclose(slope, noise * (noise**2 + 1))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda: constant(((1, 2), (3,)), axes="y x"),
            "constant (constant): expected rows of one length, found ((1, 2), (3,)). Make the value rectangular.",
        ),
        (
            lambda: constant((1, 2)),
            "constant (constant): expected an axis for each of the 1 levels of the value, found none. Name one axis a "
            "level with axes=.",
        ),
        (
            lambda: constant("x"),
            "constant(value): expected a number, or numbers in nested tuples, found 'x'. Write numbers out.",
        ),
        (
            lambda: constant(math.nan),
            "constant(value): expected a number, or numbers in nested tuples, found nan. Write numbers out.",
        ),
        (
            lambda: constant((0, 3), axes="m", element="Natural(3)"),
            "f/constant (constant): expected at most 3, found 4 (the value 3 must stay below 3). Enlarge the axis, or "
            "lower the bound.",
        ),
        (
            lambda: constant((0, 1.5), axes="m", element="Int(8)"),
            "constant (constant): expected whole numbers for Int(8), found 1.5. Change the value or the element.",
        ),
        (
            lambda: constant(-1, element="Natural(3)"),
            "constant (constant): expected whole numbers from 0 for Natural(3), found -1. Change the value or the "
            "element.",
        ),
        (
            lambda: constant(2, element="Bool"),
            "constant (constant): expected 0 or 1 for Bool, found 2. Change the value or the element.",
        ),
        (
            lambda: constant(2, element="Complex"),
            "constant (constant): expected Real, Bool or whole numbers, found Complex. Use complex(re, im) of two "
            "constants.",
        ),
        (
            lambda: iota(axes="y x"),
            "iota (iota): expected one axis to count along, found 'y x'. Use one iota an axis.",
        ),
        (
            lambda: parameter(axes="m", init="eye"),
            "parameter (parameter): expected two axes or more for init='eye', found 'm'. Use ones, or add an axis.",
        ),
        (
            lambda: random(kind="cauchy"),
            "random: expected attributes of 'random' (kind, axes, like), found kind: Input should be 'uniform', "
            "'normal', 'exponential', 'gumbel', 'bernoulli' or 'rademacher'. See its documentation.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, message: str) -> None:
    (found,) = problems(function)
    assert found.removeprefix("f/") == message.removeprefix("f/")


def test_a_size_that_nothing_tells_is_asked_for() -> None:
    with pytest.raises(BindingError) as caught:
        run(source(lambda: constant(0.0, axes="t")), {})
    assert str(caught.value) == (
        "source: expected a size for every axis, found none for t. Give sizes (t=...), or defaults in the circuit."
    )


def test_steps_of_a_scan_draw_afresh() -> None:
    def step(h: Any, x: Any) -> dict[str, Any]:
        return {"h": h, "y": elementwise("x * 0.0 + r", x, random(x))}

    cell = build("cell", {"h": "[]", "x": "[]"}, step).valid()
    circuit = build("walk", {"x": "[t]"}, lambda x: scan(cell, constant(0.0), x, axis="t", along="x")[1]).valid()
    assert np.unique(run(circuit, {"x": np.zeros(9)}).only).size == 9
