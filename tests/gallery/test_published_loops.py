"""Repetition, integration and weights that are wires, each held against a loop or a closed form."""

import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from circuits import (
    Circuit,
    Wire,
    build,
    circuit,
    constant,
    einsum,
    initial,
    lift_parameters,
    linear,
    ode,
    parameter,
    rename,
    repeat,
    run,
    scan,
    tanh,
)
from gallery.multi_head_attention import multi_head_attention
from gallery.transformer import encoder_decoder
from tests.gallery.agree import Case, Tensors, agree, close, listed, printed, randoms, tensors
from tests.gallery.published.attention import both_uses
from tests.gallery.published.mixture import mixture_of_experts
from tests.gallery.published.sequences import delta_layer


@circuit
def layer(x: Wire["m"], condition: Wire["c"]) -> Wire["m"]:
    """A map of the stream and a condition, added to the stream."""
    return x + tanh(linear("m -> m", x, name="own") + linear("c -> m", condition, bias=False, name="told"))


def repeated(**words: Any) -> Circuit:
    """The layer several times."""
    return build("f", {"x": "t m", "condition": "c"}, lambda x, c: repeat(layer, x, c, name="layers", **words))


@pytest.mark.parametrize("tied", [False, True], ids=["fresh", "tied"])
def test_repeat_is_a_loop(tied: bool) -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x, condition = inputs.values()
        for number in range(4):
            key = "layers" if tied else f"layers.{number}"
            told = F.linear(condition, state[f"{key}.told.weight"])
            x = x + (F.linear(x, state[f"{key}.own.weight"], state[f"{key}.own.bias"]) + told).tanh()
        return x

    case = Case(repeated(times=4, tied=tied), {"x": randoms(3, 5), "condition": randoms(2, seed=1)}, literal=True)
    assert len(case.weights) == (3 if tied else 12)
    agree(case, oracle)


@circuit
def decay(y: Wire["n"]) -> Wire["n"]:
    """dy/dt = -y."""
    return -y


@circuit
def coupled(y: Wire["n"], matrix: Wire["n' n"]) -> Wire["n"]:
    """dy/dt = M y."""
    return rename(einsum("n, n' n -> n'", y, matrix), "n' -> n")


ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4}
# what one step of size h multiplies a decaying number by: the exponential series, cut off behind the order
SERIES = {
    name: lambda h, order=order: sum((-h) ** k / math.factorial(k) for k in range(order + 1))
    for name, order in ORDERS.items()
}


def solved(field: Circuit, inputs: dict[str, str], **words: Any) -> Circuit:
    """The solution of a field at the end."""
    return build("f", inputs, lambda *wires: ode(field, *wires, name="flow", **words))


@pytest.mark.parametrize("method", ORDERS)
def test_decay_step_by_step(method: str) -> None:
    """Every method multiplies by the same polynomial at each step: no error but rounding."""
    found = solved(decay, {"y": "n"}, method=method, steps=8, stop=2.0)
    factor = SERIES[method](0.25) ** 8
    agree(Case(found, {"y": randoms(3)}, literal=True), lambda inputs, state: inputs["y"] * factor)


def test_decay_ends_at_the_exponential() -> None:
    found = solved(decay, {"y": "n"}, method="rk4", steps=100, stop=2.0)
    agree(Case(found, {"y": randoms(3)}, tolerance=1e-9), lambda inputs, state: inputs["y"] * math.exp(-2.0))


def test_path_passes_through_every_step() -> None:
    flow = build("f", {"y": "n"}, lambda y: dict(zip(("end", "path"), ode(decay, y, steps=5, path="s"), strict=True)))

    def oracle(inputs: Tensors, state: Tensors) -> tuple[Tensor, Tensor]:
        factors = SERIES["rk4"](0.2) ** torch.arange(1, 6)
        path = factors[:, None] * inputs["y"]
        return path[-1], path

    agree(Case(flow, {"y": randoms(3)}), oracle)


def test_coupled_equations_end_at_the_matrix_exponential() -> None:
    found = solved(coupled, {"y": "n", "matrix": "n' n"}, method="rk4", steps=60)
    inputs = {"y": randoms(4), "matrix": 0.5 * randoms(4, 4, seed=1)}
    agree(Case(found, inputs, tolerance=1e-6), lambda given, state: torch.matrix_exp(given["matrix"]) @ given["y"])


def distance(method: str, steps: int) -> float:
    """How far a quarter turn ends from where it should."""
    quarter = math.pi / 2
    turned = build(
        "f",
        {"x": "", "y": ""},
        lambda x, y: dict(zip("xy", ode(spin, x, y, method=method, steps=steps, stop=quarter), strict=True)),
    )
    made = run(turned, {"x": 1.0, "y": 0.0})
    return math.hypot(made["x"], made["y"] - 1.0)


@circuit
def spin(x: Wire[""], y: Wire[""]) -> dict[str, Wire]:
    """dx/dt = -y, dy/dt = x."""
    return {"dx": -y, "dy": x}


@pytest.mark.parametrize("method", ORDERS)
def test_rotation_converges_with_the_order_of_the_method(method: str) -> None:
    coarse, fine = distance(method, 32), distance(method, 64)
    assert math.log2(coarse / fine) == pytest.approx(ORDERS[method], abs=0.1)
    assert distance(method, 256) < 0.01


@circuit
def neural_field(y: Wire["m"], x: Wire["c"], t: Wire[""]) -> Wire["m"]:
    """A learned slope that knows the time."""
    return tanh(linear("m -> m", y, name="own") + linear("c -> m", x, bias=False, name="told")) * t


def test_neural_ode_is_runge_kutta_written_out() -> None:
    found = solved(neural_field, {"y": "m", "x": "c"}, method="rk4", steps=5, start=0.5, stop=1.5)

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        y, x = inputs.values()
        own, told = (state[f"flow.{name}.weight"] for name in ("own", "told"))

        def slope(y: Tensor, t: float) -> Tensor:
            return (F.linear(y, own, state["flow.own.bias"]) + told @ x).tanh() * t

        for number in range(5):
            t, h = 0.5 + 0.2 * number, 0.2
            one = slope(y, t)
            two = slope(y + h / 2 * one, t + h / 2)
            three = slope(y + h / 2 * two, t + h / 2)
            four = slope(y + h * three, t + h)
            y = y + h / 6 * (one + 2 * two + 2 * three + four)
        return y

    agree(Case(found, {"y": randoms(4), "x": randoms(3, seed=1)}), oracle)


SELF_FED = {
    "heads": Case(multi_head_attention, {"y": randoms(4, 6), "x": randoms(5, 6, seed=1)}, {"h": 2, "k": 3}),
    "fresh": Case(repeated(times=3), {"x": randoms(3, 5), "condition": randoms(2, seed=1)}),
    "tied": Case(repeated(times=3, tied=True), {"x": randoms(3, 5), "condition": randoms(2, seed=1)}),
    "shared": Case(both_uses, {"target": randoms(4, 6), "source": randoms(5, 6, seed=1)}, {"h": 2, "k": 3}),
    "experts": Case(mixture_of_experts, {"x": randoms(4, 6)}, {"e": 3, "f": 4}),
    "scan": Case(delta_layer, {"x": randoms(6, 5)}, {"h": 2, "k": 3, "v": 4}),
    "transformer": Case(
        encoder_decoder, {"source": randoms(5, 8), "target": randoms(4, 8, seed=1)}, {"m": 8, "h": 2, "k": 4, "f": 12}
    ),
}


@pytest.mark.parametrize("kind", SELF_FED)
def test_a_circuit_fed_its_own_parameters_is_itself(kind: str) -> None:
    """Bit for bit in the interpreter; the program, which sums in another order, gives the slopes at the inputs, too."""
    case = SELF_FED[kind]
    lifted = lift_parameters(case.circuit)
    assert set(lifted.names) == set(case.weights)
    fed = Case(lifted.circuit, {**case.inputs, **lifted.inputs(case.weights)}, case.sizes, {})
    assert initial(lifted.circuit, fed.scope) == {}
    before = run(case.circuit, case.inputs, case.weights, sizes=case.sizes)
    after = run(fed.circuit, fed.inputs, {}, sizes=fed.sizes)
    for name, array in before.outputs.items():
        assert np.array_equal(array, after[name]), name
    theirs = printed(case)
    theirs.load_state_dict({key: torch.as_tensor(array) for key, array in case.weights.items()})
    given = tensors(fed.inputs)
    expected, found = listed(theirs(*tensors(case.inputs).values())), listed(printed(fed)(*given.values()))
    for one, other in zip(found, expected, strict=True):
        close(one, other, 1e-12, kind)
        other.sum().backward(retain_graph=True)
        one.sum().backward(retain_graph=True)
    for key, array in theirs.named_parameters():
        close(given[lifted.names[key]].grad, array.grad, 1e-12, key)


@circuit
def hypernetwork(x: Wire["t m"], task: Wire["z"]) -> Wire["t k"]:
    """One circuit computes the weights of another from what describes the task."""
    weight = linear("z -> k m", task, name="weight_maker")
    shift = linear("z -> k", task, bias=False, name="bias_maker") + parameter(axes="k", label="", name="offset")
    return linear("m -> k", x, weight=weight, bias=shift)


def test_weights_are_wires() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x, task = inputs.values()
        weight = torch.einsum("kmz,z->km", state["weight_maker.weight"], task) + state["weight_maker.bias"]
        return F.linear(x, weight, state["bias_maker.weight"] @ task + state["offset"])

    agree(Case(hypernetwork, {"x": randoms(4, 3), "task": randoms(2, seed=1)}, {"k": 5}), oracle)


@circuit
def running_sum(total: Wire["m"], x: Wire["m"]) -> tuple[Wire["m"], Wire["m"]]:
    """A state that decays and takes in what is mapped."""
    after = tanh(total + linear("m -> m", x, name="taken"))
    return after, after


def test_two_scans_share_one_set_of_parameters() -> None:
    """The same steps along two sequences, tied by name: the second scan owns nothing."""

    def both(x: Wire, y: Wire) -> dict[str, Wire]:
        empty = constant(0.0, axes="m")
        _, one = scan(running_sum, empty, x, axis="t", along="x", name="one")
        _, other = scan(running_sum, empty, y, axis="t", along="x", name="other", weights="one")
        return {"one": one, "other": other}

    def steps(x: Tensor, state: Tensors) -> Tensor:
        total, rows = torch.zeros_like(x[0]), []
        for row in x:
            total = (total + F.linear(row, state["one.taken.weight"], state["one.taken.bias"])).tanh()
            rows.append(total)
        return torch.stack(rows)

    circuit = build("both", {"x": "t m", "y": "t m"}, both)
    case = Case(circuit, {"x": randoms(5, 3), "y": randoms(5, 3, seed=1)})
    assert set(case.weights) == {"one.taken.weight", "one.taken.bias"}
    agree(case, lambda inputs, state: tuple(steps(wire, state) for wire in inputs.values()))
