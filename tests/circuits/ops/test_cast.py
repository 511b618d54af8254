"""Casts: the same numbers as another element, and where gradients end."""

import numpy as np
import pytest

from circuits import Circuit, build, reverse, run
from circuits.ops.cast import cast
from circuits.ops.stop_gradient import stop_gradient
from circuits.types import natural
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal

VALUES = {
    ("Real", "Natural(v)"): ([0.0, 1.7, 3.0], [0, 1, 3]),
    ("Real", "Int(32)"): ([-1.7, 1.7, 0.0], [-1, 1, 0]),
    ("Real", "Bool"): ([0.0, 0.5, -1.0], [False, True, True]),
    ("Natural(v)", "Real"): ([0, 1, 4], [0.0, 1.0, 4.0]),
    ("Natural(v)", "Index(w)"): ([0, 1, 4], [0, 1, 4]),
    ("Natural(v)", "Bool"): ([0, 1, 4], [False, True, True]),
    ("Bool", "Real"): ([False, True, True], [0.0, 1.0, 1.0]),
    ("Bool", "Natural(2)"): ([False, True, True], [0, 1, 1]),
    ("Real", "Complex"): ([0.5, -1.0, 0.0], [0.5, -1.0, 0.0]),
    ("Complex", "Complex"): ([0.5 + 1j, -1.0, 0.0], [0.5 + 1j, -1.0, 0.0]),
    ("Real", "Real"): ([0.5, -1.0, 0.0], [0.5, -1.0, 0.0]),
}


def _cast(source: str, target: str) -> Circuit:
    return build("cast", {"x": f"{source}[t]"}, lambda x: cast(x, element=target), sizes={"v": 5, "w": 5}).valid()


@pytest.mark.parametrize(("source", "target"), VALUES)
def test_numbers_stay_what_they_are(source: str, target: str) -> None:
    given, expected = (np.array(values) for values in VALUES[source, target])
    circuit = _cast(source, target)
    found: Array = run(circuit, {"x": given}).only
    np.testing.assert_array_equal(found, expected)
    assert np.asarray(found).dtype.kind == {"Real": "f", "Bool": "b", "Complex": "c"}.get(target, "i")
    assert str(circuit.checked.type(circuit.outputs[0].wire).element) == target
    check_literal(Traced(circuit, {"x": given}))


def test_large_whole_numbers_stay_exact() -> None:
    x = np.array([2**62 + 1])
    np.testing.assert_array_equal(run(_cast("Int(64)", "Int(63)"), {"x": x}).only, x)


def test_complex_numbers_have_no_order() -> None:
    circuit = build("cast", {"x": "Complex[t]"}, lambda x: cast(x, element="Real"))
    assert str(circuit.problems[0]) == (
        "cast/cast (cast): expected numbers with an order, found Complex. Take real(x), imag(x) or abs(x) first."
    )


def test_gradients_flow_between_real_numbers_only() -> None:
    back = reverse(_cast("Real", "Real"))
    np.testing.assert_array_equal(run(back, {"x": np.zeros(2), "d_out": np.ones(2)})["d_x"], np.ones(2))

    def body(x: object) -> object:
        return cast(cast(x, element="Int(32)"), element="Real")

    rounded = build("rounded", {"x": "[t]"}, body).valid()
    np.testing.assert_array_equal(run(reverse(rounded), {"x": np.ones(2), "d_out": np.ones(2)})["d_x"], np.zeros(2))


def test_stop_gradient_keeps_everything_else() -> None:
    circuit = build("stop", {"x": "Natural(v)[t]"}, lambda x: stop_gradient(x), sizes={"v": 5}).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).element == natural("v")
    np.testing.assert_array_equal(run(circuit, {"x": np.array([1, 2])}).only, [1, 2])
