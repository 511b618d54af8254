"""Surrogates: one function forward, the slope of another backward."""

import numpy as np
import pytest

from circuits import AttributeProblem, Wire, build, call, elementwise, reverse, run, surrogate
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat

SPIKE = {"forward": "where(x > 0, 1.0, 0.0)", "backward": "1.0 / (1.0 + abs(x)) ** 2"}


def test_forward_and_backward_differ() -> None:
    circuit = build("spike", {"v": "[m]"}, lambda v: surrogate(v, **SPIKE)).valid()
    v = np.array([-2.0, -0.1, 0.5, 3.0])
    np.testing.assert_array_equal(run(circuit, {"v": v}).only, [0.0, 0.0, 1.0, 1.0])
    found = run(reverse(circuit), {"v": v, "d_out": np.full(4, 2.0)})["d_v"]
    np.testing.assert_allclose(found, 2.0 / (1.0 + np.abs(v)) ** 2, rtol=1e-13)
    check_passing(circuit, {"v": v})


def test_straight_through() -> None:
    circuit = build("rounded", {"x": "[]"}, lambda x: surrogate(x, forward="round(x)", backward="1.0")).valid()
    assert run(circuit, {"x": np.array(1.7)}).only == 2.0
    assert run(reverse(circuit), {"x": np.array(1.7), "d_out": np.array(3.0)})["d_x"] == 3.0


def test_sizes_in_its_expressions_follow_a_call() -> None:
    inner = build(
        "scaled", {"x": "[m]"}, lambda x: surrogate(x, forward="x / size(m)", backward="0.0 * x + 1.0 / size(m)")
    )
    circuit = build("outer", {"x": "[k]"}, lambda x: call(inner, x, axes="m=k")).valid()
    check_flat(circuit, {"x": np.ones((2, 4))})
    found = run(reverse(circuit), {"x": np.ones(4), "d_out": np.ones(4)})["d_x"]
    np.testing.assert_allclose(found, np.full(4, 0.25))


def test_a_threshold_is_taken_off_before() -> None:
    def fire(v: Wire, limit: Wire) -> Wire:
        return surrogate(elementwise("v - limit", v, limit), **SPIKE)

    circuit = build("fire", {"v": "[m]", "limit": "[]"}, fire).valid()
    found = run(reverse(circuit), {"v": np.array([1.0, 0.0]), "limit": np.array(0.5), "d_out": np.ones(2)})
    np.testing.assert_allclose(found["d_limit"], -2.0 / 1.5**2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {"forward": "x - limit", "backward": "1.0"},
            "surrogate: expected one operand, the same forward and backward, found x, limit. "
            "Combine operands before: surrogate(v - limit).",
        ),
        ({"forward": "x > 0", "backward": "1.0"}, "expected real numbers, found 'x > 0', which is Bool."),
    ],
)
def test_what_is_no_function_of_one_number_is_told(words: dict[str, str], message: str) -> None:
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"x": "[m]"}, lambda x: surrogate(x, **words))
    assert message.removeprefix("surrogate: ") in str(caught.value)
