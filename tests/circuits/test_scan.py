"""Scans: what their state and their sequences are, and the unrolled loop they mean."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import AttributeProblem, Circuit, Wire, build, elementwise, initial, linear, parameters, run, scan
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal, numbers, passing

SIZES = {"t": 4, "p": 2, "q": 3}


def _named(names: str, made: Any) -> dict[str, Wire]:
    return dict(zip(names.split(), made, strict=True))


def _keep(h: Wire, x: Wire, c: Wire) -> dict[str, Wire]:
    """A state that no input reaches, and an output that no state reaches."""
    return {"h": h * 0.5, "y": x * 1.0}


def _sum(h: Wire, x: Wire, c: Wire) -> dict[str, Wire]:
    total = elementwise("0.5 * h + x * c", h, x, c, outer=True)
    return {"h": total, "y": elementwise("h - total", h, total)}


STEPS = {"keep": _keep, "sum": _sum}


def _body(step: str) -> Circuit:
    return build(step, {"h": "[]", "x": "[]", "c": "[]"}, STEPS[step])


def _circuit(step: str, types: tuple[str, str, str], reverse: bool = False) -> Circuit:
    def body(h: Wire, x: Wire, c: Wire) -> dict[str, Wire]:
        return _named("h y", scan(_body(step), h, x, c, axis="t", along="x", reverse=reverse))

    return build("scanned", dict(zip("hxc", types, strict=True)), body).valid()


def _along(array: Array, axes: tuple[str, ...], over: tuple[str, ...]) -> Array:
    """The array with the axes `over`, repeated where it lacks one."""
    order = [axis for axis in over if axis in axes]
    moved = array.transpose([axes.index(axis) for axis in order])
    shape = [SIZES[axis] if axis in axes else 1 for axis in over]
    return np.broadcast_to(moved.reshape(shape), [SIZES[axis] for axis in over])


@given(passing(), passing("t"), passing(), st.sampled_from(["keep", "sum"]), st.booleans())
def test_a_scan_is_the_loop_over_its_steps(
    h: tuple[str, ...], x: tuple[str, ...], c: tuple[str, ...], step: str, reverse: bool
) -> None:
    circuit = _circuit(step, (f"[{' '.join(h)}]", f"[{' '.join(x)}]", f"[{' '.join(c)}]"), reverse)
    arrays = {name: numbers(axes, SIZES, seed) for seed, (name, axes) in enumerate(zip("hxc", (h, x, c), strict=True))}
    outcome = run(circuit, arrays)
    over = tuple(dict.fromkeys(axis for axes in (h, x, c) for axis in axes if axis != "t"))
    state, read = _along(arrays["h"], h, over), _along(arrays["x"], x, ("t", *over))
    constant = _along(arrays["c"], c, over)
    rows: list[Any] = [None] * SIZES["t"]
    for place in sorted(range(SIZES["t"]), reverse=reverse):
        after = 0.5 * state if step == "keep" else 0.5 * state + read[place] * constant
        rows[place] = read[place] if step == "keep" else state - after
        state = after
    for name, expected, axes in (("h", state, over), ("y", np.stack(rows), ("t", *over))):
        found = circuit.checked.type(circuit.outputs[name == "y"].wire).axes
        assert outcome[name].shape == tuple(SIZES[axis] for axis in found)
        np.testing.assert_allclose(outcome[name].transpose([found.index(axis) for axis in axes]), expected, rtol=1e-12)
    check_literal(Traced(circuit, arrays))


def test_a_state_carries_the_passing_axes_of_every_input() -> None:
    circuit = _circuit("keep", ("[p]", "[t q]", "[]"))
    assert [str(circuit.checked.type(item.wire)) for item in circuit.outputs] == ["[p q]", "[p q t]"]
    outcome = run(circuit, {"h": np.ones(2), "x": np.ones((4, 3)), "c": np.ones(())})
    assert [outcome[name].shape for name in "hy"] == [(2, 3), (2, 3, 4)]


@pytest.mark.parametrize("leading", [(), (2,)])
def test_a_scan_without_steps_gives_its_start_back_and_emits_nothing(leading: tuple[int, ...]) -> None:
    circuit = _circuit("sum", ("[p]", "[q t]", "[]"))
    arrays = {"h": np.ones((*leading, 2)), "x": np.ones((*leading, 3, 0)), "c": np.ones(leading)}
    outcome = run(circuit, arrays)
    np.testing.assert_array_equal(outcome["h"], np.ones((*leading, 2, 3)))
    assert outcome["y"].shape == (*leading, 2, 3, 0)


@pytest.mark.parametrize("text", ["", "Complex", "Natural(5)", "Bool"])
def test_what_is_emitted_without_steps_keeps_its_element(text: str) -> None:
    def step(h: Wire, x: Wire) -> dict[str, Wire]:
        return {"h": h * 1.0, "y": x}

    body = build("step", {"h": "[]", "x": f"{text}[k]"}, step)
    circuit = build(
        "f", {"h": "[]", "x": f"{text}[t k=3]"}, lambda h, x: scan(body, h, x, axis="t", along="x")[1]
    ).valid()
    kinds = {"": float, "Complex": complex, "Natural(5)": np.int64, "Bool": bool}
    made = [run(circuit, {"h": np.ones(()), "x": np.ones((t, 3), kinds[text])}).only for t in (0, 2)]
    assert [(array.dtype, array.shape) for array in made] == [(made[1].dtype, (0, 3)), (made[1].dtype, (2, 3))]


def test_weights_are_the_same_at_every_step() -> None:
    body = build("cell", {"h": "[k]", "x": "[m]"}, lambda h, x: elementwise("tanh(a + b)", h, linear("m -> k=2", x)))
    circuit = build("f", {"h": "[k]", "x": "[t m=3]"}, lambda h, x: scan(body, h, x, axis="t", along="x")).valid()
    assert {key: item.shape for key, item in parameters(circuit).items()} == {
        "cell.linear.weight": (2, 3),
        "cell.linear.bias": (2,),
    }
    state, x = initial(circuit), numbers(("t", "m"), {"t": 4, "m": 3}, 1)
    h = np.zeros(2)
    for row in x:
        h = np.tanh(h + state["cell.linear.weight"] @ row + state["cell.linear.bias"])
    np.testing.assert_allclose(run(circuit, {"h": np.zeros(2), "x": x}, state).only, h, rtol=1e-12)


def test_two_states_and_two_sequences() -> None:
    def step(a: Wire, b: Wire, x: Wire, y: Wire) -> dict[str, Wire]:
        return {"a": b * 1.0, "b": elementwise("a + x", a, x), "out": elementwise("x * y", x, y)}

    body = build("fold", {"a": "[]", "b": "[]", "x": "[]", "y": "[]"}, step)

    def both(a: Wire, b: Wire, x: Wire, y: Wire) -> dict[str, Wire]:
        return _named("a b out", scan(body, a, b, x, y, axis="t", along="x y", carried=2))

    circuit = build("f", {"a": "[]", "b": "[]", "x": "[t]", "y": "[t]"}, both).valid()
    x, y = np.array([1.0, 2.0, 4.0]), np.array([1.0, -1.0, 2.0])
    found = run(circuit, {"a": np.array(10.0), "b": np.array(20.0), "x": x, "y": y})
    assert (found["a"], found["b"]) == (20.0 + 2.0, (10.0 + 1.0) + 4.0)
    np.testing.assert_array_equal(found["out"], x * y)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"along": "z"}, "f (scan): expected inputs of 'f' in along, found 'z'. Name an input of the body."),
        ({"along": "h"}, "f (scan): expected a state that is not read along the axis, found 'h'. Change carried."),
        (
            {"along": "x", "carried": 3},
            "f (scan): expected 3 states at both ends of 'f', found 2 inputs and 1 outputs. Change carried.",
        ),
        ({"along": ""}, "f (scan): expected something read or emitted along 't', found only state. Use repeat."),
        (
            {"along": "x", "axis": "t t"},
            "f (scan): expected an axis name, found 't t'. Use letters, digits and _, then ' for a twin.",
        ),
    ],
)
def test_what_is_no_scan_says_why(words: dict[str, Any], message: str) -> None:
    body = build("f", {"h": "[]", "x": "[]"}, lambda h, x: elementwise("h + x", h, x))
    with pytest.raises(AttributeProblem) as caught:
        build("g", {"h": "[]", "x": "[t]"}, lambda h, x: scan(body, h, x, **{"axis": "t", **words}))
    assert str(caught.value) == message


def test_a_state_that_changes_its_type_says_so() -> None:
    body = build("f", {"h": "[k]", "x": "[m]"}, lambda h, x: linear("k -> m", h))
    with pytest.raises(AttributeProblem, match=r"expected the next state of 'h' \[k\], found 'out' \[m\]"):
        build("g", {"h": "[k=2]", "x": "[t m=3]"}, lambda h, x: scan(body, h, x, axis="t", along="x"))
