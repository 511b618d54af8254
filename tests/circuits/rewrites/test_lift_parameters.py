"""Parameters as inputs: fed with themselves, a circuit computes the same bits."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    build,
    call,
    circuit,
    elementwise,
    initial,
    lift_parameters,
    linear,
    parameter,
    parameters,
    repeat,
    run,
    scan,
)
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import normal
from tests.strategies import arrays, circuits

CASES = {
    models.heads: {"y": (2, 5, 4), "x": (2, 6, 4)},
    models.stack: {"x": (3, 4), "memory": (5, 4)},
    models.captured: {"x": (2, 5, 4)},
    models.experts: {"x": (2, 3, 4)},
    models.noise: {"x": (3, 5, 4)},
    models.normed: {"x": (6, 3)},
    models.nested: {"x": (2, 3, 2)},
}


def check_lifted(circuit: Circuit, inputs: dict[str, Any], keys: list[str] | None = None) -> None:
    """The lifted circuit, fed with the parameters, gives the same bits; what was not lifted keeps key and start."""
    state, lifted = initial(circuit), lift_parameters(circuit, keys)
    rest = initial(lifted.circuit)
    assert rest.keys() | lifted.names.keys() == state.keys()
    assert not rest.keys() & lifted.names.keys()
    for key, array in rest.items():
        np.testing.assert_array_equal(array, state[key])
    for training in (False, True):
        expected = run(circuit, inputs, state, training=training)
        found = run(lifted.circuit, {**inputs, **lifted.inputs(state)}, rest, training=training)
        for name, array in expected.outputs.items():
            np.testing.assert_array_equal(found[name], array, strict=True)
        for key in rest:
            np.testing.assert_array_equal(found.state[key], expected.state[key])


@pytest.mark.parametrize("circuit", CASES, ids=lambda circuit: circuit.name)
def test_weights_are_wires(circuit: Circuit) -> None:
    check_lifted(circuit, normal(**CASES[circuit]))


@settings(max_examples=40, deadline=None)
@given(circuits(max_nodes=5), st.integers(0, 3))
def test_weights_of_random_circuits_are_wires(circuit: Circuit, seed: int) -> None:
    check_lifted(circuit, arrays(circuit, seed))


@settings(max_examples=20, deadline=None)
@given(circuits(max_nodes=5), st.data())
def test_any_of_them_may_be_lifted(circuit: Circuit, data: st.DataObject) -> None:
    known = sorted(key for key, item in parameters(circuit).items() if not item.buffer)
    keys = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    check_lifted(circuit, arrays(circuit, 0), keys)
    assert sorted(lift_parameters(circuit, keys).names) == sorted(keys)


def test_one_round_of_several() -> None:
    check_lifted(models.stack, normal(x=(3, 4), memory=(5, 4)), ["layer.1.heads.q.weight", "layer.0.heads_2.out.bias"])


def test_a_hypernetwork_feeds_a_circuit_its_own_parameters() -> None:
    lifted = lift_parameters(models.stack)
    state = initial(models.stack)
    shapes = {slot.name: " ".join(slot.axes) for slot in lifted.slots}
    joined = {name: name.upper() for name in shapes}

    def body(x: Wire, memory: Wire, *seeds: Wire) -> Wire:
        # each weight is computed: twice the half of it, and its shape comes from the wire
        made = [elementwise("2.0 * s", seed) for seed in seeds]
        fed: Wire = call(lifted.circuit, x, memory, *made)
        return fed

    inputs = {"x": "[t m]", "memory": "[s m]", **{joined[name]: f"[{axes}]" for name, axes in shapes.items()}}
    hyper = build("hyper", inputs, body, sizes={"m": 4, "h": 2, "k": 3}).valid()
    arrays = normal(x=(3, 4), memory=(5, 4))
    seeds = {joined[name]: array * 0.5 for name, array in lifted.inputs(state).items()}
    np.testing.assert_array_equal(run(hyper, {**arrays, **seeds}).only, run(models.stack, arrays, state).only)


def test_input_names_come_from_keys() -> None:
    lifted = lift_parameters(models.stack)
    assert lifted.names["layer.1.heads_2.out.bias"] == "layer_1_heads_2_out_bias"
    assert all("." not in item.name for item in lifted.circuit.inputs)


def test_names_that_would_meet_are_told_apart() -> None:
    @circuit
    def meeting(a_weight: Wire["m=2"]) -> Wire["m"]:
        a = linear("m -> m'", a_weight, bias=False, name="a")
        inner = build("b", {"x": "[m'=2]"}, lambda x: linear("m' -> m", x, bias=False, name="c"))
        b_c = linear("m -> m'", a_weight, bias=False, name="b_c")
        made: Wire = call(inner, a + b_c, name="b")
        return made

    assert lift_parameters(meeting).names == {
        "a.weight": "a_weight_2",
        "b_c.weight": "b_c_weight",
        "b.c.weight": "b_c_weight_2",
    }
    check_lifted(meeting, normal(a_weight=(3, 2)))


def test_axes_of_another_size_get_a_name_of_their_own() -> None:
    inner = build("inner", {"x": "[m=3]"}, lambda x: linear("k -> m", linear("m -> k=5", x)))
    region = build("region", {"x": "[m=3]"}, lambda x: linear("k -> m", linear("m -> k=6", x)))

    def body(x: Wire) -> Wire:
        small = linear("m -> k=2", x, name="small")
        return repeat(region, call(inner, linear("k -> m", small, name="back")), times=2)

    outer = build("outer", {"x": "[m=3]"}, body).valid()
    check_lifted(outer, normal(x=(4, 3)))
    lifted = lift_parameters(outer)
    slots = {slot.key: slot.axes for slot in lifted.slots}
    assert slots["small.weight"] == ("k", "m")
    assert slots["inner.linear.weight"] == ("k_2", "m")
    assert slots["region.1.linear.weight"] == ("k_3", "m")


def test_shared_weights_are_one_input() -> None:
    def body(x: Wire) -> Wire:
        return linear("k -> m", linear("m -> k=3", x, name="one") + linear("m -> k", x * 2.0, weights="one"))

    circuit = build("tied", {"x": "[m=2]"}, body).valid()
    assert sorted(lift_parameters(circuit).names) == ["linear_2.bias", "linear_2.weight", "one.bias", "one.weight"]
    check_lifted(circuit, normal(x=(4, 2)))
    check_lifted(circuit, normal(x=(4, 2)), ["one.bias"])


def test_calls_may_share_parameters() -> None:
    def body(x: Wire) -> Wire:
        return call(models.hidden, x, name="one") + call(models.hidden, x * 2.0, weights="one", name="two")

    circuit = build("pair", {"x": "[a=4]"}, body).valid()
    assert {key.split(".")[0] for key in parameters(circuit)} == {"one"}
    check_lifted(circuit, normal(x=(2, 4)))
    check_lifted(circuit, normal(x=(2, 4)), ["one.linear.bias"])


def test_a_shared_weight_follows_the_map_of_each_call() -> None:
    square = build("square", {"x": "[n=3]"}, lambda x: linear("n -> n'", x, name="w"))

    def body(x: Wire, y: Wire) -> tuple[Wire, Wire]:
        one = call(square, x, axes="n=a", name="one")
        return one, call(square, y, axes="n=b", weights="one", name="two")

    circuit = build("maps", {"x": "[a=3]", "y": "[b=3]"}, body).valid()
    check_lifted(circuit, normal(x=(2, 3), y=(2, 3)))


def test_a_weight_between_steps_of_a_scan_is_one_input() -> None:
    def sequence(h: Wire, x: Wire) -> Wire:
        made: Wire = scan(models.cell, h, x, axis="t", along="x")[1]
        return made

    circuit = build("sequence", {"h": "[m=2]", "x": "[t m]"}, sequence).valid()
    assert len(lift_parameters(circuit).slots) == 4
    check_lifted(circuit, normal(h=(2,), x=(3, 2)))


def test_a_parameter_becomes_the_input_itself() -> None:
    circuit = build("gain", {"x": "[m=2]"}, lambda x: x * parameter(axes="m", init="ones", name="g")).valid()
    lifted = lift_parameters(circuit)
    assert lifted.names == {"g.value": "g_value"}
    assert [node.op.name for node in lifted.circuit.nodes] == ["elementwise"]


def test_unknown_keys_are_told() -> None:
    with pytest.raises(AttributeProblem) as caught:
        lift_parameters(models.heads, ["q.wait"])
    assert str(caught.value) == (
        "expected a parameter of 'heads', found 'q.wait'. See parameters(...). Did you mean 'q.weight'?"
    )


def test_fresh_rounds_need_a_number() -> None:
    step = build("step", {"x": "[m]"}, lambda x: linear("k -> m", linear("m -> k=2", x)))
    circuit = build("rounds", {"x": "[m]"}, lambda x: repeat(step, x, times="n"), sizes={"n": 2}).valid()
    with pytest.raises(AttributeProblem, match="a number of rounds of 'step', which own parameters, found n"):
        lift_parameters(circuit)
