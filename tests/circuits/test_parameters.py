"""Parameters: their keys, shapes and starting values, nested, repeated, tied and along `per`."""

import numpy as np
import pytest

from circuits import (
    BindingError,
    Circuit,
    CircuitError,
    Wire,
    batch_norm,
    build,
    call,
    initial,
    linear,
    parameters,
    repeat,
)


def _layer() -> Circuit:
    return build("layer", {"x": "[m]"}, lambda x: linear("h -> m", linear("m -> h", x, name="up"), name="down"))


def test_keys_are_paths_of_node_names() -> None:
    def body(x: Wire) -> Wire:
        x = call(_layer(), repeat(_layer(), x, times=2, name="layers"), name="last", per="e")
        return linear("m -> m'", x, name="head", bias=False)

    circuit = build("f", {"x": "[m]"}, body, sizes={"m": 2, "h": 3, "e": 4})
    found = parameters(circuit)
    parts = ("up.weight", "up.bias", "down.weight", "down.bias")
    assert list(found) == [
        *(f"layers.{number}.{part}" for number in (0, 1) for part in parts),
        *(f"last.{part}" for part in parts),
        "head.weight",
    ]
    assert (found["layers.1.up.weight"].axes, found["layers.1.up.weight"].shape) == (("h", "m"), (3, 2))
    assert (found["last.up.weight"].axes, found["last.up.weight"].shape) == (("e", "h", "m"), (4, 3, 2))
    assert found["last.up.weight"].per == 1
    assert found["last.up.weight"].fan == found["layers.0.up.weight"].fan


def test_sizes_replace_defaults_and_have_to_be_known() -> None:
    circuit = build("f", {"x": "[m]"}, lambda x: linear("m -> k", x), sizes={"m": 2})
    assert parameters(circuit, {"k": 5})["linear.weight"].shape == (5, 2)
    assert parameters(circuit, {"k": 5, "m": 7})["linear.weight"].shape == (5, 7)
    with pytest.raises(BindingError) as caught:
        parameters(circuit)
    assert str(caught.value) == (
        "linear: expected a size for every axis, found none for k. Give sizes (k=...), or defaults in the circuit."
    )


def test_a_circuit_with_problems_has_no_parameters() -> None:
    with pytest.raises(CircuitError, match="expected an axis 'q'"):
        parameters(build("f", {"x": "[m=2]"}, lambda x: linear("q -> k=3", x)))


def test_starts_are_a_function_of_seed_and_key() -> None:
    def two(*names: str) -> Circuit:
        return build("f", {"x": "[m=64]"}, lambda x: tuple(linear("m -> k=64", x, name=name) for name in names))

    one, again, other = initial(two("a", "b")), initial(two("b", "a")), initial(two("a", "b"), seed=1)
    for key in one:
        np.testing.assert_array_equal(one[key], again[key])
    assert not np.intersect1d(one["a.weight"], one["b.weight"]).size
    assert not np.intersect1d(one["a.weight"], other["a.weight"]).size


def test_the_scale_of_a_start_ignores_per() -> None:
    def spread(**words: str) -> float:
        circuit = build("f", {"x": "[m=400]"}, lambda x: linear("m -> k=100", x, **words), sizes={"e": 5})
        return float(initial(circuit)["linear.weight"].std())

    assert spread() == pytest.approx(spread(per="e"), rel=0.03)


def test_buffers_are_state_that_is_not_trained() -> None:
    circuit = build("f", {"x": "[b c=2]"}, lambda x: batch_norm(x, channel="c", axes="b", name="norm"))
    found = parameters(circuit)
    kinds = {key: (item.buffer, item.trainable) for key, item in found.items()}
    assert kinds == {
        "norm.weight": (False, True),
        "norm.bias": (False, True),
        "norm.running_mean": (True, False),
        "norm.running_var": (True, False),
    }
    starts = initial(circuit)
    np.testing.assert_array_equal(starts["norm.running_var"], np.ones(2))


def test_tied_nodes_share_buffers_too() -> None:
    def body(x: Wire) -> Wire:
        one = batch_norm(x, channel="c", axes="b", name="one")
        return batch_norm(one, channel="c", axes="b", name="two", weights="one", momentum=0.5)

    keys = ("weight", "bias", "running_mean", "running_var")
    assert set(parameters(build("f", {"x": "[b c=2]"}, body))) == {f"one.{key}" for key in keys}
