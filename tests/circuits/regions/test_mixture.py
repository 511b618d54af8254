"""Mixtures: weighted sums of what several bodies give."""

import numpy as np
import pytest

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    build,
    elementwise,
    initial,
    linear,
    mixture,
    parameters,
    run,
    softmax,
)
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal

LEARNED = build("learned", {"x": "[m]"}, lambda x: linear("h -> m", linear("m -> h=4", x)))
DOUBLE = build("double", {"x": "[m]"}, lambda x: x * 2.0)
WAVE = build("wave", {"x": "[m]"}, lambda x: elementwise("sin(x)", x))


def _mixed() -> Circuit:
    return build(
        "mixed",
        {"p": "[e]", "x": "[m=3]"},
        lambda p, x: mixture((LEARNED, DOUBLE, WAVE, LEARNED), softmax(p, axis="e"), x, axis="e"),
    ).valid()


def test_it_is_the_weighted_sum() -> None:
    circuit = build("two", {"p": "[e]", "x": "[m]"}, lambda p, x: mixture((DOUBLE, WAVE), p, x, axis="e")).valid()
    inputs = normal(p=(5, 2), x=(5, 3))
    expected = inputs["p"][:, :1] * 2.0 * inputs["x"] + inputs["p"][:, 1:] * np.sin(inputs["x"])
    np.testing.assert_allclose(run(circuit, inputs).only, expected, rtol=1e-13)


def test_each_slot_owns_its_parameters() -> None:
    assert {key.split(".")[1] for key in parameters(_mixed())} == {"0", "3"}
    state = initial(_mixed())
    assert not np.array_equal(state["mixture.0.linear.weight"], state["mixture.3.linear.weight"])


def test_laws() -> None:
    inputs = normal(p=(4,), x=(3,))
    check_passing(_mixed(), inputs)
    check_flat(_mixed(), inputs)
    check_reverse(_mixed(), inputs)


def test_several_outputs() -> None:
    one = build("one", {"x": "[]"}, lambda x: {"a": x * 1.0, "b": x * 3.0})
    other = build("other", {"x": "[]"}, lambda x: {"a": x * x, "b": x + 1.0})

    def body(p: Wire, x: Wire) -> dict[str, Wire]:
        return dict(zip("ab", mixture((one, other), p, x, axis="e"), strict=True))

    found = run(build("both", {"p": "[e]", "x": "[]"}, body).valid(), {"p": np.array([0.25, 0.75]), "x": np.array(2.0)})
    assert (found["a"], found["b"]) == (0.25 * 2.0 + 0.75 * 4.0, 0.25 * 6.0 + 0.75 * 3.0)


def test_slots_that_differ_are_told() -> None:
    other = build("other", {"x": "[m]"}, lambda x: linear("m -> k=2", x))
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"p": "[e]", "x": "[m]"}, lambda p, x: mixture((DOUBLE, other), p, x, axis="e"))
    assert str(caught.value) == (
        "mixture (mixture): expected slots with the inputs and outputs of 'double' (x [m] -> [m]), "
        "found 'other' (x [m] -> [k]). Give all slots one type."
    )
