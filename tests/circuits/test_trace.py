"""Writing circuits as functions: types from annotations, names from variables, arithmetic on wires."""

from typing import Any

import numpy as np
import pytest

from circuits import (
    REAL,
    ArrayType,
    AttributeProblem,
    Axis,
    BindingError,
    Circuit,
    Size,
    Wire,
    build,
    circuit,
    linear,
    run,
    size,
    softmax,
)
from tests.circuits.gradients import Array


def _names(found: Circuit) -> list[str]:
    return [node.name for node in found.nodes]


def test_annotations_type_inputs_and_outputs_and_the_docstring_is_kept() -> None:
    @circuit(sizes={"k": 4}, axes={"y": "queries", "k": Axis("k", "features", "feature")})
    def attend(q: Wire["y k"], mask: Wire["Bool[y x]"]) -> Wire["k y"]:
        """Does little.

        But says it.
        """
        return q * size("k") ** -0.5

    assert isinstance(attend, Circuit)
    assert (attend.name, attend.doc) == ("attend", "Does little.\n\nBut says it.")
    assert [str(item.type) for item in attend.inputs] == ["[y k]", "Bool[y x]"]
    assert attend.outputs[0].type == ArrayType(REAL, ("k", "y"))
    assert [(axis.name, axis.doc) for axis in attend.axes] == [("y", "queries"), ("k", "features")]
    assert attend.sizes == (("k", 4),)
    attend.valid()


def test_several_outputs_may_be_annotated() -> None:
    @circuit
    def both(x: Wire["a"]) -> tuple[Wire["a"], Wire["b=3"]]:
        more = linear("a -> b", x)
        return x, more

    assert [(item.name, str(item.type)) for item in both.outputs] == [("x", "[a]"), ("more", "[b]")]
    assert both.valid().checked.size("b") == Size.of(3)


def test_nodes_take_the_names_of_variables_ops_and_circuits() -> None:
    def body(x: Wire) -> Wire:
        scores = linear("a -> b", x)
        softmax(scores, axis="b")
        softmax(scores, axis="b")
        weights = softmax(scores, axis="b", name="own")
        return weights * 2.0

    assert _names(build("f", {"x": "[a]"}, body)) == ["scores", "softmax", "softmax_2", "own", "elementwise"]


def test_names_of_inputs_are_not_taken_again() -> None:
    def body(x: Wire) -> Wire:
        x = x * 2.0
        return x

    found = build("f", {"x": "[a]"}, body).valid()
    assert _names(found) == ["elementwise"]


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda x: x * 2.0, ["out"]),
        (lambda x: (x * 2.0,), ["out"]),
        (lambda x: (x * 2.0, x * 3.0), ["out0", "out1"]),
        (lambda x: {"a": x * 2.0, "b": x}, ["a", "b"]),
    ],
)
def test_outputs_without_a_variable_are_numbered(function: Any, names: list[str]) -> None:
    assert [item.name for item in build("f", {"x": "[a]"}, function).valid().outputs] == names


def test_a_wire_that_is_returned_twice_has_two_names() -> None:
    def body(x: Wire) -> tuple[Wire, ...]:
        y = x * 2.0
        out3 = x * 3.0
        return y, y, x + 1.0, out3, y, out3

    found = build("f", {"x": "[a]"}, body).valid()
    assert [item.name for item in found.outputs] == ["y", "y_2", "out2", "out3", "y_3", "out3_2"]


OPERATORS: list[tuple[Any, Any]] = [
    (lambda x, y: x + y, lambda x, y: x + y),
    (lambda x, y: 1 + x - 2.0, lambda x, y: x - 1.0),
    (lambda x, y: 3 - x * 2, lambda x, y: 3 - 2 * x),
    (lambda x, y: 2 * x / y, lambda x, y: 2 * x / y),
    (lambda x, y: 1 / x, lambda x, y: 1 / x),
    (lambda x, y: -(x**2), lambda x, y: -(x**2)),
    (lambda x, y: x * size("a + 1"), lambda x, y: 4 * x),
    (lambda x, y: size("2*a") - x, lambda x, y: 6 - x),
]


@pytest.mark.parametrize(("function", "expected"), OPERATORS)
def test_arithmetic_on_wires(function: Any, expected: Any) -> None:
    x: Array = np.array([1.0, 2.0, 4.0])
    found = build("f", {"x": "[a]", "y": "[a]"}, function).valid()
    np.testing.assert_allclose(run(found, {"x": x, "y": x + 1.0}).only, expected(x, x + 1.0))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x + "y", "wire: expected a wire, a number or a size, found 'y'. Write size('k') for a size."),
        (lambda x: list(x), "wire: expected an op on named axes, found iteration. Use split or a region."),
        (lambda x: x * 2.0 if x else x, "wire: expected a typed choice, found a Python condition. Use where(...)."),
    ],
)
def test_what_wires_cannot_do_says_what_to_do_instead(function: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        build("f", {"x": "[a]"}, function)
    assert str(caught.value) == message


def test_wires_stay_in_their_circuit() -> None:
    kept: list[Wire] = []
    build("f", {"x": "[a]"}, lambda x: (kept.append(x), x)[1])
    with pytest.raises(AttributeProblem, match=r"expected wires of one circuit, found Wire\('x': \[a\]\) of another"):
        build("g", {"y": "[a]"}, lambda y: y + kept[0])
    with pytest.raises(AttributeProblem, match="expected a circuit being traced, found none"):
        linear("a -> b", kept[0])
    with pytest.raises(AttributeProblem, match="expected 'f' to return wires, found 3"):
        build("f", {"x": "[a]"}, lambda x: 3)


def test_inputs_need_a_type() -> None:
    def body(x: int) -> Wire["a"]:
        return linear("a -> b", x)

    with pytest.raises(AttributeProblem, match="expected an annotation such as Wire"):
        circuit(body)


def test_sizes_in_types_are_equations() -> None:
    found = build("f", {"x": "[a=2 b=2*a]", "y": "[a=c]"}, lambda x, y: x * 1.0)
    assert [axis.size for axis in found.axes] == [Size.of(2), Size.of("2*a")]
    assert found.constraints == ("a = c",)
    assert found.valid().checked.concrete({}) == {"a": 2, "b": 4, "c": 2}
    with pytest.raises(BindingError, match=r"expected a = 3 .* found 2"):
        run(found, {"x": np.ones((3, 4)), "y": np.ones(3)})


def test_a_wire_shows_its_type_and_an_opaque_one_has_no_axes() -> None:
    shown: list[str] = []
    build("f", {"x": "Natural(v)[t]"}, lambda x: (shown.append(repr(x)), x)[1])
    assert shown == ["Wire('x': Natural(v)[t])"]
    found = build("g", {"x": "[a]"}, lambda x: linear("q -> b", x) * 2.0)
    assert len(found.problems) == 1
