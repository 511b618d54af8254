"""Other names for axes: the same computation in another scope."""

import numpy as np
import pytest

from circuits import Circuit, Size, Wire, build, call, elementwise, initial, linear, reduce, run, scan, size, softmax
from circuits.rewrites.rename_axes import fresh_name, rename_axes
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import normal

NAMES = {"t": "time", "m": "model", "s": "memory", "k": "key"}


def check_renamed(circuit: Circuit, names: dict[str, str], inputs: dict[str, tuple[int, ...]]) -> Circuit:
    """The renamed circuit computes the same from the same arrays and parameters."""
    renamed = rename_axes(circuit, names).valid()
    state, arrays = initial(circuit), normal(**inputs)
    assert initial(renamed).keys() == state.keys()
    for name, array in run(circuit, arrays, state).outputs.items():
        np.testing.assert_array_equal(run(renamed, arrays, state)[name], array, strict=True)
    return renamed


def test_calls_keep_their_circuits() -> None:
    renamed = check_renamed(models.layer, NAMES, {"x": (2, 3, 4), "memory": (2, 5, 4)})
    assert [str(item.type) for item in renamed.inputs] == ["[time model]", "[memory model]"]
    assert models.heads in list(renamed.definitions())


def test_bodies_follow() -> None:
    renamed = check_renamed(models.recurrent, NAMES, {"x": (2, 3, 4)})
    scanned = next(node for node in renamed.nodes if node.op.name == "scan")
    assert scanned.op.attributes()["axis"] == "time"
    assert [str(item.type) for item in scanned.op.bodies()[0].inputs] == ["[model]", "[model]"]


def test_a_body_keeps_its_own_names_apart_from_new_ones() -> None:
    def step(h: Wire, x: Wire) -> Wire:
        return elementwise("tanh(h + x)", h, linear("u -> m", linear("m -> u=5", x)))

    body = build("step", {"h": "[m]", "x": "[m]"}, lambda h, x: {"h": step(h, x), "y": h * 2.0})

    def run_along(h: Wire, x: Wire) -> Wire:
        made: Wire = scan(body, h, x, axis="t", along="x")[1]
        return made

    circuit = build("along", {"h": "[m=3]", "x": "[t m]"}, run_along).valid()
    check_renamed(circuit, {"m": "u"}, {"h": (3,), "x": (4, 3)})


def test_twins_sizes_and_expressions_follow() -> None:
    def body(x: Wire) -> Wire:
        return elementwise("a", linear("m -> m' k=2*m", x)) * size("k") / size("m")

    circuit = build("sized", {"x": "[m=3]"}, body, axes={"k": "twice as many"}).valid()
    renamed = check_renamed(circuit, {"m": "w"}, {"x": (2, 3)})
    assert renamed.checked.type(renamed.outputs[0].wire).axes == ("w'", "k")
    assert renamed.checked.size("k") == 6
    text = str(renamed)
    assert "2*w" in text
    assert "size(w)" in text


def test_a_size_may_take_the_place_of_a_name() -> None:
    circuit = build("scaled", {"x": "[t]"}, lambda x: x * size("n"), sizes={"n": 3}).valid()
    renamed = rename_axes(circuit, {}, {"n": Size.of("2*p")})
    assert "size(2 * p)" in str(renamed) or "size(2*p)" in str(renamed)
    np.testing.assert_array_equal(run(renamed, {"x": np.ones(2)}, sizes={"p": 5}).only, np.full(2, 10.0))


@pytest.mark.parametrize("name", ["reduce", "softmax"])
def test_words_that_are_no_axes_stay(name: str) -> None:
    def body(x: Wire) -> Wire:
        return reduce("max", x, axes="max") if name == "reduce" else softmax(x, axis="max")

    renamed = check_renamed(build("words", {"x": "[max=3 t]"}, body).valid(), {"max": "u"}, {"x": (3, 4)})
    assert "kind='max'" in str(renamed) or name == "softmax"


def test_mapped_calls_map_on() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: linear("m -> k", x), sizes={"k": 2})
    circuit = build("outer", {"x": "[a=3]"}, lambda x: call(inner, x, axes="m=a", sizes="k=a+1")).valid()
    renamed = check_renamed(circuit, {"a": "b"}, {"x": (2, 3)})
    assert renamed.nodes[0].op.attributes()["axes"] == "m=b"
    assert renamed.nodes[0].op.attributes()["sizes"] == "k=b+1"


def test_fresh_names() -> None:
    assert fresh_name("x", ["y"]) == "x_2"
    assert fresh_name("x'", ["x", "x_2", "x_3'"]) == "x_4"
    assert fresh_name("c[l]/2", []) == "c_2"
