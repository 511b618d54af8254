"""The interpreter: what it takes, what it gives back, and what it says where arrays do not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import (
    BindingError,
    Circuit,
    build,
    call,
    einsum,
    elementwise,
    initial,
    linear,
    reduce,
    run,
    running,
)
from tests.strategies import AXES, SIZES, Draw


def _scaled() -> Circuit:
    return build("f", {"x": "[a b]", "y": "[b]"}, lambda x, y: elementwise("x * y", x, y))


def test_outputs_have_their_declared_order_behind_leading_axes() -> None:
    circuit = build("f", {"x": "[a b]"}, lambda x: x * 2.0, outputs=["b a"]).valid()
    x = np.arange(24.0).reshape(4, 2, 3)
    np.testing.assert_array_equal(run(circuit, {"x": x}).only, 2.0 * x.swapaxes(1, 2))
    np.testing.assert_array_equal(run(circuit, {"x": x[0]})["out"], 2.0 * x[0].T)


def test_leading_axes_are_aligned_from_the_inside() -> None:
    x, y = np.arange(30.0).reshape(5, 2, 3), np.arange(15.0).reshape(5, 3)
    np.testing.assert_array_equal(run(_scaled(), {"x": x, "y": y}).only, x * y[:, None])
    np.testing.assert_array_equal(run(_scaled(), {"x": x, "y": y[0]}).only, x * y[0])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            {"x": np.ones((2, 3)), "z": np.ones(3)},
            "f: expected inputs x, y, found x, z. Give one array an input.",
        ),
        (
            {"x": np.ones((2, 3)), "y": np.ones(())},
            "f/y: expected [b], found shape (). Give an array with these axes last.",
        ),
        (
            {"x": np.ones((2, 3)), "y": np.ones(4)},
            "f/y: expected b = 3 (from x), found 4. Give arrays of equal size along 'b'.",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_named(inputs: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(BindingError) as caught:
        run(_scaled(), inputs)
    assert str(caught.value) == message


def test_a_state_has_to_have_all_parameters_in_their_shapes() -> None:
    circuit = build("f", {"x": "[m=2]"}, lambda x: linear("m -> k=3", x))
    with pytest.raises(BindingError) as caught:
        run(circuit, {"x": np.ones(2)}, {"linear.wieght": np.ones((3, 2)), "linear.bias": np.ones(2)})
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("linear.weight: expected an array (3, 2), found none. Give it in the state.")
    assert lines[1] == "linear.bias: expected shape (3,) (k), found (2,). Reshape it."


def test_a_run_gives_the_state_after_it_and_leaves_the_one_before() -> None:
    circuit = build("f", {"x": "[m=2]"}, lambda x: running(x, x, axes="m", name="mean", momentum=0.5)).valid()
    before = initial(circuit)
    kept = {key: array.copy() for key, array in before.items()}
    outcome = run(circuit, {"x": np.ones(2)}, before, training=True)
    np.testing.assert_array_equal(outcome.state["mean"], [0.5, 0.5])
    np.testing.assert_array_equal(before["mean"], kept["mean"])
    np.testing.assert_array_equal(run(circuit, {"x": np.ones(2)}, before).state["mean"], kept["mean"])


def test_a_buffer_refuses_leading_axes_in_training() -> None:
    circuit = build("f", {"x": "[m=2]"}, lambda x: running(x, x, axes="m", name="mean"))
    with pytest.raises(BindingError, match="expected no axes passing over a buffer in training, found 1"):
        run(circuit, {"x": np.ones((4, 2))}, training=True)


@st.composite
def products(draw: Draw) -> tuple[str, list[list[str]], list[str]]:
    """An einsum of up to four operands: its spec, axes of the operands, some of which pass over, and of the result."""
    operands = [draw(st.lists(st.sampled_from(AXES), max_size=3, unique=True)) for _ in range(draw(st.integers(1, 4)))]
    known = list(dict.fromkeys(axis for axes in operands for axis in axes))
    passing = [axis for axis in known if draw(st.booleans())]
    kept = draw(st.permutations([axis for axis in known if axis not in passing and draw(st.booleans())]))
    terms = [" ".join(axis for axis in axes if axis not in passing) for axes in operands]
    return f"{', '.join(terms)} -> {' '.join(kept)}", operands, [*passing, *kept]


@given(products(), st.booleans())
def test_einsums_of_any_sizes_are_those_of_numpy(product: tuple[str, list[list[str]], list[str]], large: bool) -> None:
    spec, operands, wanted = product
    # large ones are contracted two at a time, as matrix products
    sizes = {axis: size + (6 if large else 0) for axis, size in SIZES.items()}
    types = {f"in{number}": f"[{' '.join(axes)}]" for number, axes in enumerate(operands)}
    circuit = build("f", types, lambda *wires: einsum(spec, *wires)).valid()
    generator = np.random.default_rng(0)
    inputs = {
        name: generator.normal(size=[sizes[axis] for axis in axes]) for name, axes in zip(types, operands, strict=True)
    }
    found = run(circuit, inputs, sizes=sizes).only
    axes = circuit.checked.type(circuit.outputs[0].wire).axes
    text = ",".join("".join(axes) for axes in operands) + "->" + "".join(wanted)
    expected = np.einsum(text, *inputs.values())
    np.testing.assert_allclose(found.transpose([axes.index(axis) for axis in wanted]), expected, rtol=1e-9, atol=1e-9)


def test_an_axis_passes_over_a_circuit_that_uses_its_name_inside() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: reduce("sum", linear("m -> k=2", x, bias=False), axes="k"))
    circuit = build("f", {"x": "[k m]"}, lambda x: call(inner, x)).valid()
    x, weight = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) + 1.0
    found = run(circuit, {"x": x}, {"inner.linear.weight": weight}).only
    np.testing.assert_allclose(found, x @ weight.sum(0))
