"""Backward passes beside their circuits: numbers against flat reverse passes and torch, tapes and names."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    arg,
    backward,
    build,
    circuit,
    conv,
    dropout,
    dumps,
    einsum,
    initial,
    layer_norm,
    lift_parameters,
    linear,
    loads,
    log_softmax,
    parameter,
    parameters,
    relu,
    repeat,
    reverse,
    run,
    softmax,
)
from codegen import build as print_program
from gallery import entry
from tests.circuits.gradients import Array
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import normal
from tests.circuits.rewrites.test_reverse import CASES
from tests.codegen.verify import double_precision, instance, load
from tests.strategies import arrays, circuits

GALLERY: dict[str, dict[str, int]] = {
    "attention": {"k": 3, "y": 2, "x": 5},
    "multi_head_attention": {"m": 6, "h": 2, "k": 3, "y": 2, "x": 5},
    "digit_classifier": {"n": 5, "o": 6, "y": 2, "x": 3},
}


def gradients(
    circuit: Circuit, inputs: dict[str, Array], *, training: bool = False, sizes: dict[str, int] | None = None
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    """Gradients by input or key of a circuit run forward, then backward; the cotangents; the state."""
    found, state = backward(circuit), initial(circuit, seed=1, sizes=sizes)
    outputs = run(found.forward, inputs, state, sizes=sizes, training=training)
    seeds = normal(3, **{name: np.shape(outputs[name]) for name, _ in found.cotangents})
    given = {name: outputs[name] for name, _ in found.tape} | {end: seeds[name] for name, end in found.cotangents}
    made = run(found.backward, given, state, sizes=sizes, training=training)
    return {name: made[end] for name, end in found.gradients}, seeds, state


def check(
    circuit: Circuit, inputs: dict[str, Array], *, training: bool = False, sizes: dict[str, int] | None = None
) -> None:
    """Forward, then backward gives what the flat backward pass gives, which runs forward once more."""
    found, seeds, state = gradients(circuit, inputs, training=training, sizes=sizes)
    lifted = lift_parameters(circuit)
    buffers = {key: array for key, array in state.items() if key not in lifted.names}
    cotangents = {f"d_{name}": seed for name, seed in seeds.items()}
    given = {**inputs, **lifted.inputs(state), **cotangents}
    expected = run(reverse(circuit), given, buffers, sizes=sizes, training=training)
    for name, array in found.items():
        wanted = expected[f"d_{lifted.names.get(name, name)}"]
        np.testing.assert_allclose(array, wanted, rtol=1e-8, atol=1e-8, err_msg=name, strict=True)


def check_torch(circuit: Circuit, inputs: dict[str, Array], sizes: dict[str, int] | None = None) -> None:
    """Forward, then backward gives what torch gives for the program of the circuit."""
    found, seeds, state = gradients(circuit, inputs, sizes=sizes)
    with double_precision():
        model = (
            instance(print_program(circuit), circuit, circuit.checked.concrete(sizes))
            if sizes
            else load(print_program(circuit))()
        )
    model.load_state_dict({key: torch.as_tensor(np.array(array)) for key, array in state.items()})
    leaves = {name: torch.tensor(array, requires_grad=True) for name, array in inputs.items()}
    made = model(*leaves.values())
    outputs = made if isinstance(made, tuple) else (made,)
    pairs = zip(seeds.values(), outputs, strict=True)
    torch.stack([(torch.asarray(seed) * output).sum() for seed, output in pairs]).sum().backward()
    weights: dict[str, Tensor] = dict(model.named_parameters())
    for name, array in found.items():
        leaf = leaves.get(name, weights.get(name))
        assert leaf is not None
        expected = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        np.testing.assert_allclose(array, expected, rtol=1e-8, atol=1e-8, err_msg=name)


@settings(deadline=None)
@given(circuits(max_nodes=6), st.integers(0, 3))
def test_random_circuits_are_pulled_back(circuit: Circuit, seed: int) -> None:
    check(circuit, arrays(circuit, seed))


@settings(max_examples=15, deadline=None)
@given(circuits(max_nodes=5), st.integers(0, 3))
def test_random_circuits_have_the_gradients_of_torch(circuit: Circuit, seed: int) -> None:
    outputs = {item.wire for item in circuit.outputs}
    if outputs.isdisjoint(item.name for item in circuit.inputs):
        check_torch(circuit, arrays(circuit, seed))


@settings(max_examples=25, deadline=None)
@given(circuits(max_nodes=6))
def test_a_pass_is_derived_the_same_twice_and_can_be_stored(circuit: Circuit) -> None:
    found = backward(circuit)
    assert loads(dumps(found.backward)) == found.backward
    assert loads(dumps(found.forward)) == found.forward
    assert [item.name for item in found.backward.inputs] == [end for _, end in found.cotangents] + [
        name for name, _ in found.tape
    ]
    assert [item.name for item in found.backward.outputs] == [end for _, end in found.gradients]
    assert [item.name for item in found.forward.outputs] == [item.name for item in circuit.outputs] + [
        name for name, _ in found.tape
    ]


@pytest.mark.parametrize("name", GALLERY)
def test_gallery(name: str) -> None:
    circuit, sizes = entry(name).circuit, GALLERY[name]
    known = circuit.checked.concrete(sizes)
    shapes = {item.name: tuple(known[axis] for axis in item.type.axes) for item in circuit.inputs}
    check_torch(circuit, normal(**shapes), sizes)
    check(circuit, normal(**shapes), sizes=sizes)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("circuit", CASES, ids=lambda circuit: circuit.name)
def test_maps_ties_rounds_draws_and_buffers(circuit: Circuit, training: bool) -> None:
    check(circuit, normal(**CASES[circuit]), training=training)


def _tied(x: Wire) -> Wire:
    first = linear("m -> m", x, name="first")
    return x + linear("m -> m", relu(layer_norm(first, axes="m")), weights="first", name="second")


def _fed(x: Wire, w: Wire) -> Wire:
    shift = parameter(axes="n")
    return linear("m -> n", x, weight=w, bias=shift) * shift


def _clashing(x: Wire, w: Wire) -> Wire:
    return einsum("y k, x k -> x", x, w)


RULES: dict[str, tuple[Circuit, dict[str, tuple[int, ...]]]] = {
    "kernels": (
        build("kernels", {"x": "[c=3 y x]"}, lambda x: conv(x, "c -> d=4", over="y x", kernel="3 2")),
        {"x": (3, 5, 6)},
    ),
    "strides": (
        build("strides", {"x": "[b c=3 y x]"}, lambda x: conv(x, "c -> d=4", over="y x", stride=2)),
        {"x": (2, 3, 6, 6)},
    ),
    "causal": (
        build(
            "causal",
            {"x": "[b c=3 x]"},
            lambda x: conv(x, "c -> d=4", over="x", dilation=2, padding="causal", bias=False),
        ),
        {"x": (2, 3, 7)},
    ),
    "per": (
        build("per", {"x": "[b m=3]"}, lambda x: log_softmax(linear("m -> n=4", x, per="e"), axis="n"), sizes={"e": 2}),
        {"x": (5, 3)},
    ),
    "tied": (build("tied", {"x": "[b m=3]"}, _tied), {"x": (4, 3)}),
    "fed": (build("fed", {"x": "[b m=3]", "w": "[n=4 m]"}, _fed), {"x": (2, 3), "w": (4, 3)}),
    "both axes": (build("both", {"x": "[t k y]"}, lambda x: softmax(x, axis="k y")), {"x": (2, 3, 4)}),
    "passing": (build("passing", {"x": "[y k]", "w": "[x k y]"}, _clashing), {"x": (2, 3), "w": (4, 3, 2)}),
}


@pytest.mark.parametrize("name", RULES)
def test_rules(name: str) -> None:
    circuit, shapes = RULES[name]
    check(circuit, normal(**shapes))


@circuit(sizes={"m": 4})
def rounds(x: Wire["s m"]) -> Wire["s m"]:
    """Tied rounds that draw: they are run again at their own path."""
    return repeat(models.shifted, x, times=2, tied=True)


@circuit(sizes={"m": 4})
def dropped(x: Wire["s m"]) -> Wire["s m"]:
    """A draw."""
    return dropout(x, rate=0.5)


@pytest.mark.parametrize("drawing", [rounds, dropped], ids=lambda circuit: circuit.name)
def test_a_backward_pass_sees_the_draws_of_the_forward_pass(drawing: Circuit) -> None:
    check(drawing, normal(x=(3, 4)), training=True)


def test_attention_is_pulled_back_by_a_node_or_two_a_node() -> None:
    found = backward(entry("attention").circuit)
    assert [name for name, _ in found.tape] == ["kept_q", "kept_k", "kept_v", "kept_weights"]
    assert [(node.name, node.op.name) for node in found.backward.nodes] == [
        ("einsum_2.einsum", "einsum"),
        ("einsum_2.einsum_", "einsum"),
        ("weights", "call"),
        ("scores.elementwise", "elementwise"),
        ("einsum.einsum", "einsum"),
        ("einsum.einsum_", "einsum"),
    ]


def test_a_used_circuit_is_pulled_back_by_its_own_pass() -> None:
    found = backward(entry("multi_head_attention").circuit)
    assert [name for name, _ in found.inside] == ["attention"]
    assert found.backward.by_name["attention"].op.bodies()[0].name == "R[attention]"
    assert dict(found.tape)["kept_attention_kept_weights"].endswith(".kept_weights")


def test_a_state_of_the_circuit_fits() -> None:
    found = backward(models.heads)
    known, own = parameters(models.heads), parameters(found.backward)
    assert {key: item.axes for key, item in own.items()} == {
        key: known[key].axes for key in known if key.endswith("weight")
    }


def test_gradients_are_asked_for_by_name() -> None:
    found = backward(models.heads, ["x", "out.bias"])
    assert found.gradients == (("x", "d_x"), ("out.bias", "d_out_bias"))
    with pytest.raises(
        AttributeProblem, match=re.escape("expected a real input or a parameter of 'heads', found 'q'.")
    ):
        backward(models.heads, ["q"])


def test_what_gets_no_cotangent_has_a_gradient_of_zeros() -> None:
    places = build(
        "places", {"x": "[t k=3]", "z": "[t]"}, lambda x, z: {"at": arg("max", x, axis="k"), "twice": z * 2.0}
    )
    found, seeds, _ = gradients(places, normal(x=(4, 3), z=(4,)), sizes={"t": 4})
    assert seeds.keys() == {"twice"}
    np.testing.assert_array_equal(found["x"], np.zeros((4, 3)))
    np.testing.assert_array_equal(found["z"], 2.0 * seeds["twice"])
