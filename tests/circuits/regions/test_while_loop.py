"""Loops that stop by themselves: every index when its own condition fails."""

import numpy as np
import pytest

from circuits import AttributeProblem, Circuit, Wire, build, constant, elementwise, linear, parameters, run, while_loop
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal


def _collatz(limit: int = 1000) -> Circuit:
    """How many steps the Collatz map takes to reach 1."""
    text = "where(x - 2.0 * floor(x / 2.0) > 0.5, 3.0 * x + 1.0, x / 2.0)"
    body = build("step", {"x": "[]", "n": "[]"}, lambda x, n: {"x": elementwise(text, x), "n": n + 1.0})
    above = build("above", {"x": "[]"}, lambda x: elementwise("x > 1.5", x))

    def count(x: Wire) -> Wire:
        steps: Wire = while_loop(body, above, x, constant(0.0), limit=limit)[1]
        return steps

    return build("collatz", {"x": "[]"}, count).valid()


def test_every_index_counts_its_own_steps() -> None:
    steps = run(_collatz(), {"x": np.array([1.0, 2.0, 3.0, 27.0])}).only
    assert list(steps) == [0.0, 1.0, 7.0, 111.0]
    assert run(_collatz(), {"x": np.array(27.0)}).only == 111.0


def test_it_stops_at_the_limit() -> None:
    assert list(run(_collatz(limit=5), {"x": np.array([2.0, 27.0])}).only) == [1.0, 5.0]


def _learned() -> Circuit:
    def more(h: Wire, limit: Wire) -> Wire:
        return elementwise("s > limit", linear("m ->", h, name="score"), limit)

    body = build("shrink", {"h": "[m]", "w": "[m]"}, lambda h, w: elementwise("0.7 * h * w", h, w))
    condition = build("more", {"h": "[m]", "limit": "[]"}, more)
    return build(
        "learned", {"h": "[m=2]", "w": "[m]", "limit": "[]"}, lambda h, w, c: while_loop(body, condition, h, w, c)
    ).valid()


def test_the_condition_owns_parameters_of_its_own() -> None:
    assert list(parameters(_learned())) == ["shrink.condition.score.weight", "shrink.condition.score.bias"]


def test_laws() -> None:
    inputs = {"h": np.array([3.0, -2.0]), "w": np.array([0.9, 1.1]), "limit": np.array(0.2)}
    check_passing(_learned(), inputs)
    check_flat(_learned(), inputs)
    check_flat(_collatz(), {"x": np.array([1.0, 6.0])})


def test_gradients_pass_through_the_rounds_that_ran() -> None:
    body = build("shrink", {"h": "[]", "w": "[]"}, lambda h, w: elementwise("0.7 * h * w", h, w))
    large = build("large", {"h": "[]"}, lambda h: elementwise("h > 1.0", h))
    circuit = build("loop", {"h": "[b]", "w": "[]"}, lambda h, w: while_loop(body, large, h, w, limit=9)).valid()
    check_reverse(circuit, {"h": np.array([0.5, 2.0, 5.0]), "w": np.array(1.1)})


@pytest.mark.parametrize(
    ("condition", "inputs", "message"),
    [
        (lambda h: h, {"h": "[m]"}, "expected one truth value from 'condition', found Real[m]."),
        (
            lambda h: elementwise("h > 0.0", h),
            {"h": "[]"},
            "expected 'h' [m] in 'condition' too, found []. Give inputs of one name one type.",
        ),
    ],
)
def test_conditions_that_do_not_fit_are_told(condition: object, inputs: dict[str, str], message: str) -> None:
    assert callable(condition)
    test = build("condition", inputs, condition)
    body = build("body", {"h": "[m]"}, lambda h: h * 0.5)
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"h": "[m]"}, lambda h: while_loop(body, test, h))
    assert message in str(caught.value)


def test_names_of_the_condition_come_last() -> None:
    circuit = _learned()
    (node,) = circuit.nodes
    assert [port.name for port in node.op.signature.inputs] == ["h", "w", "limit"]
    assert run(circuit, normal(h=(2,), w=(2,), limit=())).only.shape == (2,)
