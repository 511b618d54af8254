"""Functions of the host: typed by declaration, called once an index, never by a document."""

from collections.abc import Iterator

import numpy as np
import pytest

from circuits import AttributeProblem, BindingError, Circuit, Wire, build, dumps, host, loads, run
from circuits.regions.host import register_host
from tests.circuits.gradients import Array
from tests.circuits.regions.laws import check_passing


@pytest.fixture
def simulator() -> Iterator[list[tuple[int, ...]]]:
    """A registered function that remembers the shapes it was called with."""
    shapes: list[tuple[int, ...]] = []

    def simulate(x: Array) -> Array:
        shapes.append(x.shape)
        return np.array([x.sum(), x.max()])

    register_host("simulator", simulate)
    yield shapes
    register_host("simulator", None)


def _simulated() -> Circuit:
    return build("simulated", {"x": "[m]"}, lambda x: host(x, function="simulator", spec="[m] -> [k=2]")).valid()


def test_it_is_called_once_for_every_index(simulator: list[tuple[int, ...]]) -> None:
    found = run(_simulated(), {"x": np.array([[1.0, 2.0, 3.0], [5.0, 4.0, 0.0]])}).only
    np.testing.assert_array_equal(found, [[6.0, 3.0], [9.0, 5.0]])
    assert simulator == [(3,), (3,)]
    check_passing(_simulated(), {"x": np.array([1.0, 2.0])})


def test_it_is_typed_as_declared() -> None:
    circuit = _simulated()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("k",)
    assert circuit.checked.size("k") == 2
    wrong = build("wrong", {"x": "[t]"}, lambda x: host(x, function="simulator", spec="[m] -> [k=2]"))
    assert "expected an axis 'm' at 'x0', found [t]" in str(wrong.problems[0])


def test_without_a_function_it_does_not_run() -> None:
    with pytest.raises(BindingError) as caught:
        run(_simulated(), {"x": np.ones(3)})
    assert str(caught.value) == (
        "host 'simulator': expected a registered function, found none. "
        "Call register_host('simulator', ...) before a run."
    )


def test_a_document_holds_its_name_only() -> None:
    assert loads(dumps(_simulated())) == _simulated()


def test_what_it_gives_is_checked() -> None:
    register_host("bad", lambda x: np.zeros(3))
    circuit = build("bad", {"x": "[m]"}, lambda x: host(x, function="bad", spec="[m] -> [k=2]")).valid()
    with pytest.raises(BindingError) as caught:
        run(circuit, {"x": np.ones(4)})
    register_host("bad", None)
    assert str(caught.value) == ("host 'bad': expected shape (2,) for output 0, found (3,). Return what is declared.")


def test_several_ends() -> None:
    register_host("both", lambda x, i: (x * 2.0, i + 1))

    def body(x: Wire, i: Wire) -> dict[str, Wire]:
        made = host(x, i, function="both", spec="[m], Natural(v)[] -> [m], Natural(v+1)[]")
        return dict(zip(("y", "j"), made, strict=True))

    circuit = build("both", {"x": "[m]", "i": "Natural(v)[]"}, body, sizes={"v": 5}).valid()
    found = run(circuit, {"x": np.ones(2), "i": np.array(3)})
    register_host("both", None)
    np.testing.assert_array_equal(found["y"], [2.0, 2.0])
    assert found["j"] == 4


@pytest.mark.parametrize("spec", ["[m]", "[m] ->", "[m m] -> [k]"])
def test_types_that_cannot_be_read_are_told(spec: str) -> None:
    with pytest.raises(AttributeProblem):
        build("f", {"x": "[m]"}, lambda x: host(x, function="f", spec=spec))
