"""Fixed points: they solve, each index by itself, and their gradient is that of the solution."""

import numpy as np
import pytest

from circuits import Circuit, CircuitError, Wire, build, elementwise, fixed_point, initial, linear, reduce, reverse, run
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal


def _root(tolerance: float = 1e-14, limit: int = 100) -> Circuit:
    """The square root of x, by Heron's iteration."""
    body = build("heron", {"z": "[]", "x": "[]"}, lambda z, x: elementwise("(z + x / z) / 2.0", z, x))
    return build(
        "root", {"z": "[]", "x": "[]"}, lambda z, x: fixed_point(body, z, x, tolerance=tolerance, limit=limit)
    ).valid()


def test_it_solves() -> None:
    inputs = {"z": np.ones(4), "x": np.array([1.0, 2.0, 9.0, 1e6])}
    np.testing.assert_allclose(run(_root(), inputs).only, np.sqrt(inputs["x"]), rtol=1e-12)


def test_every_index_stops_by_itself() -> None:
    x = np.array([1.0, 2.0, 9.0, 1e6])
    together = run(_root(tolerance=1e-3), {"z": np.ones(4), "x": x}).only
    for number, one in enumerate(x):
        assert run(_root(tolerance=1e-3), {"z": np.array(1.0), "x": one}).only == together[number]


def test_it_stops_at_the_limit() -> None:
    assert run(_root(limit=1), {"z": np.array(1.0), "x": np.array(9.0)}).only == 5.0


def test_what_is_no_number_does_not_count_as_arrived() -> None:
    text = "where(n > 2.0, 7.0, log(z - n))"
    body = build("step", {"z": "[]", "n": "[]"}, lambda z, n: elementwise(text, n, z))
    circuit = build("odd", {"z": "[]", "n": "[]"}, lambda z, n: fixed_point(body, z, n, limit=5)).valid()
    assert np.isnan(run(circuit, {"z": np.array(-1.0), "n": np.array(0.0)}).only)
    assert run(circuit, {"z": np.array(-1.0), "n": np.array(3.0)}).only == 7.0


def _equilibrium() -> Circuit:
    def step(z: Wire, x: Wire) -> Wire:
        return elementwise("tanh(0.4 * a + x)", linear("k -> m", linear("m -> k=3", z)), x)

    body = build("step", {"z": "[m]", "x": "[m]"}, step)
    return build("deq", {"x": "[m=2]"}, lambda x: fixed_point(body, x * 0.0, x, tolerance=1e-14, limit=400)).valid()


def test_it_is_equal_to_its_own_step() -> None:
    circuit, inputs = _equilibrium(), normal(x=(5, 2))
    state = initial(circuit)
    z = run(circuit, inputs, state).only
    inner = z @ state["step.linear.weight"].T + state["step.linear.bias"]
    again = np.tanh(0.4 * (inner @ state["step.linear_2.weight"].T + state["step.linear_2.bias"]) + inputs["x"])
    np.testing.assert_allclose(z, again, atol=1e-13)


def test_laws() -> None:
    check_passing(_equilibrium(), normal(x=(2,)))
    check_flat(_equilibrium(), normal(x=(3, 2)))
    check_reverse(_equilibrium(), normal(x=(2,)))


def test_gradients_of_shared_parameters_are_summed_over_axes_that_pass_over_the_region() -> None:
    def step(z: Wire, x: Wire) -> Wire:
        return elementwise("tanh(0.4 * a + x)", linear("k -> m", linear("m -> k=3", z)), x)

    body = build("step", {"z": "[m]", "x": "[m]"}, step)
    circuit = build("deq", {"x": "[b m=2]"}, lambda x: fixed_point(body, x * 0.0, x, tolerance=1e-14, limit=400))
    check_reverse(circuit.valid(), normal(x=(3, 2)))


def test_several_states() -> None:
    def step(u: Wire, v: Wire, x: Wire) -> dict[str, Wire]:
        return {"u": elementwise("0.3 * sin(v) + x", v, x), "v": elementwise("0.4 * cos(u) * x", u, x)}

    body = build("pair", {"u": "[]", "v": "[]", "x": "[]"}, step)

    def solved(x: Wire) -> dict[str, Wire]:
        return dict(zip("uv", fixed_point(body, x * 0.0, x * 0.0, x, tolerance=1e-14, limit=300), strict=True))

    circuit = build("both", {"x": "[b]"}, solved).valid()
    check_reverse(circuit, normal(x=(3,)))


def test_the_start_gets_no_gradient() -> None:
    found = run(reverse(_root()), {"z": np.array(1.0), "x": np.array(4.0), "d_out": np.array(1.0)})
    np.testing.assert_allclose(found["d_x"], 0.25)
    assert found["d_z"] == 0.0


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda z, x: reduce("sum", z, axes="m"),
            "f/body (fixed_point): expected the next state of 'z' [m], found 'out' []. "
            "Make what is carried keep its type.",
        ),
        (
            lambda z, x: {"a": z, "b": x, "c": z},
            "f/body (fixed_point): expected an input of 'body' for each of its outputs, found 2 inputs and 3 outputs. "
            "Return only what the next round takes.",
        ),
    ],
)
def test_bodies_that_do_not_fit_are_told(function: object, message: str) -> None:
    assert callable(function)
    body = build("body", {"z": "[m]", "x": "[m]"}, function)
    with pytest.raises((CircuitError, ValueError)) as caught:
        build("f", {"x": "[m]"}, lambda x: fixed_point(body, x, x)).valid()
    assert str(caught.value).endswith(message.removeprefix("f/"))
