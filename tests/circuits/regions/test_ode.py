"""Differential equations: closed forms, orders of the methods, and what may be differentiated."""

import numpy as np
import pytest

from circuits import AttributeProblem, Circuit, Wire, build, elementwise, linear, ode, parameters, reduce, run
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal

ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4}


def _decay(**words: object) -> Circuit:
    field = build("decay", {"y": "[m]"}, lambda y: -y)
    return build("solution", {"y": "[m]"}, lambda y: ode(field, y, **words)).valid()


@pytest.mark.parametrize("method", ORDERS)
def test_decay_is_exponential(method: str) -> None:
    found = run(_decay(method=method, steps=100, stop=3.0), {"y": np.array([1.0, 2.0])}).only
    np.testing.assert_allclose(found, np.exp(-3.0) * np.array([1.0, 2.0]), rtol=0.06 if method == "euler" else 1e-3)


@pytest.mark.parametrize("method", ORDERS)
def test_halving_the_step_divides_the_error_by_a_power_of_two(method: str) -> None:
    errors = [abs(run(_decay(method=method, steps=steps), {"y": np.ones(1)}).only - np.exp(-1.0)) for steps in (16, 32)]
    assert np.log2(errors[0] / errors[1])[0] == pytest.approx(ORDERS[method], abs=0.15)


def test_time_runs_from_start_to_stop() -> None:
    # dy/dt = 3 t**2 from 1 to 2 adds 7
    field = build("cubic", {"y": "[]", "t": "[]"}, lambda y, t: elementwise("3.0 * t ** 2 + 0.0 * y", t, y))
    circuit = build("solution", {"y": "[]"}, lambda y: ode(field, y, steps=4, start=1.0, stop=2.0)).valid()
    np.testing.assert_allclose(run(circuit, {"y": np.array(5.0)}).only, 12.0, rtol=1e-12)


def test_backwards_in_time() -> None:
    np.testing.assert_allclose(run(_decay(steps=50, stop=-1.0), {"y": np.ones(1)}).only, np.exp(1.0), rtol=1e-6)


def test_the_time_may_have_another_name() -> None:
    field = build("clock", {"y": "[]", "t": "[]", "s": "[]"}, lambda y, t, s: elementwise("t + s + 0.0 * y", t, s, y))
    circuit = build("solution", {"y": "[]", "t": "[]"}, lambda y, t: ode(field, y, t, time="s", steps=10)).valid()
    np.testing.assert_allclose(run(circuit, {"y": np.array(0.0), "t": np.array(2.0)}).only, 2.5, rtol=1e-12)


def test_the_path_holds_every_step() -> None:
    field = build("decay", {"y": "[m]"}, lambda y: -y)

    def body(y: Wire) -> dict[str, Wire]:
        last, path = ode(field, y, steps=5, path="s")
        return {"last": last, "path": path}

    found = run(build("solution", {"y": "[m]"}, body).valid(), {"y": np.ones(2)})
    assert found["path"].shape == (5, 2)
    np.testing.assert_array_equal(found["path"][-1], found["last"])
    np.testing.assert_allclose(found["path"][:, 0], np.exp(-np.arange(1, 6) / 5.0), rtol=1e-4)


def _network() -> Circuit:
    def slope(y: Wire, t: Wire, c: Wire) -> Wire:
        return linear("h -> m", elementwise("tanh(a + t)", linear("m -> h=3", y), t)) + c

    field = build("field", {"y": "[m]", "t": "[]", "c": "[m]"}, slope)
    return build("flow", {"y": "[m=2]", "c": "[m]"}, lambda y, c: ode(field, y, c, method="rk4", steps=3)).valid()


def test_the_body_owns_its_parameters_once() -> None:
    assert list(parameters(_network())) == [
        "field.linear.weight",
        "field.linear.bias",
        "field.linear_2.weight",
        "field.linear_2.bias",
    ]


def test_laws() -> None:
    inputs = normal(y=(2,), c=(2,))
    check_passing(_network(), inputs)
    check_flat(_network(), inputs)
    check_flat(_network(), inputs, unroll=True)
    check_reverse(_network(), inputs)


def test_two_states_turn_around_each_other() -> None:
    field = build("circle", {"x": "[]", "v": "[]"}, lambda x, v: {"dx": v * 1.0, "dv": -x})

    def body(x: Wire, v: Wire) -> dict[str, Wire]:
        return dict(zip("xv", ode(field, x, v, steps=100, stop=2.0 * np.pi), strict=True))

    found = run(build("turn", {"x": "[]", "v": "[]"}, body).valid(), {"x": np.array(1.0), "v": np.array(0.5)})
    np.testing.assert_allclose([found["x"], found["v"]], [1.0, 0.5], rtol=1e-5)


def test_steps_may_be_a_size() -> None:
    field = build("decay", {"y": "[m]"}, lambda y: -y)
    circuit = build("solution", {"y": "[m]"}, lambda y: ode(field, y, steps="2*n"), sizes={"n": 10}).valid()
    np.testing.assert_allclose(run(circuit, {"y": np.ones(1)}).only, np.exp(-1.0), rtol=1e-5)
    check_reverse(circuit, normal(y=(2,)))


@pytest.mark.parametrize(
    ("inputs", "function", "message"),
    [
        (
            {"y": "[m]"},
            lambda y: reduce("sum", y, axes="m"),
            "field (ode): expected the slope of 'y' [m], found []. Give it that type.",
        ),
        (
            {"y": "[m]", "t": "[m]"},
            lambda y, t: y * t,
            "field (ode): expected the time 't' as [], found [m]. Call the input otherwise.",
        ),
        (
            {"y": "[m]"},
            lambda y: {"a": y, "b": y},
            "field (ode): expected a slope for each of the first inputs of 'field', found 1 inputs and 2 outputs. "
            "Return one slope a state.",
        ),
    ],
)
def test_fields_that_do_not_fit_are_told(inputs: dict[str, str], function: object, message: str) -> None:
    assert callable(function)
    field = build("field", inputs, function)
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"x": "[m]"}, lambda x: ode(field, x))
    assert str(caught.value) == message
