"""Arrays of a printed module start as the circuit says."""

from __future__ import annotations

import math

import pytest
import torch

from circuits import Circuit, Wire, build, initial, parameter, parameters
from codegen import build as print_program
from gallery import entries
from tests.codegen.test_ops import CASES
from tests.codegen.verify import instance


def holding(**words: object) -> Circuit:
    return build("held", {}, lambda: parameter(name="w", **words), sizes={"a": 2, "n": 40, "m": 50})


@pytest.mark.parametrize(
    "words",
    [
        {"axes": "a n", "init": "zeros"},
        {"axes": "n", "init": "ones"},
        {"axes": "a n", "init": "constant", "scale": 0.25},
        {"axes": "", "init": "constant", "scale": -1.5},
        {"axes": "n n'", "init": "eye"},
        {"axes": "a n m", "init": "eye", "scale": 2.0},
    ],
)
def test_fixed_values_are_the_circuits(words: dict[str, object]) -> None:
    circuit = holding(**words)
    wanted = initial(circuit)["w.value"]
    found = instance(print_program(circuit), circuit, {}).state_dict()["w.value"]
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize(("words", "deviation"), [
    ({"axes": "n m", "init": "normal"}, 1.0),
    ({"axes": "n m", "init": "normal", "scale": 3.0, "fan": "m"}, 3.0 / math.sqrt(50)),
    ({"axes": "n m", "init": "uniform", "scale": 2.0}, 2.0 / math.sqrt(3)),
    ({"axes": "n m", "init": "uniform", "fan": "n m"}, 1 / math.sqrt(3 * 2000)),
])  # fmt: skip
def test_drawn_values_have_the_circuits_spread(words: dict[str, object], deviation: float) -> None:
    circuit = holding(**words)
    torch.manual_seed(0)
    found = instance(print_program(circuit), circuit, {}).state_dict()["w.value"]
    assert found.std().item() == pytest.approx(deviation, rel=0.1)
    assert abs(found.mean().item()) < 0.1 * deviation


def test_what_is_not_trained_needs_no_gradient() -> None:
    circuit = holding(axes="n", trainable=False)
    module = instance(print_program(circuit), circuit, {})
    assert [array.requires_grad for array in module.parameters()] == [False]


def spread(values: torch.Tensor) -> float:
    return values.double().pow(2).mean().sqrt().item()


@pytest.mark.parametrize("circuit", [entry.circuit for entry in entries()], ids=lambda circuit: circuit.name)
def test_modules_of_torch_start_as_the_circuit_says(circuit: Circuit) -> None:
    torch.manual_seed(0)
    state = instance(print_program(circuit), circuit, {}).state_dict()
    wanted = initial(circuit)
    for key, item in parameters(circuit).items():
        if math.prod(item.shape) >= 64:
            assert spread(state[key]) == pytest.approx(spread(torch.as_tensor(wanted[key])), rel=0.35), key


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith(("conv", "linear", "embedding", "lstm"))])
def test_layers_start_as_the_circuit_says(name: str) -> None:
    circuit = CASES[name].circuit(name)
    torch.manual_seed(0)
    state = instance(print_program(circuit), circuit, {}).state_dict()
    wanted = initial(circuit)
    for key, array in state.items():
        bound = float(abs(wanted[key]).max())
        assert array.abs().max().item() <= max(bound * 3, 1e-9), key


def test_two_instances_start_apart() -> None:
    def body(x: Wire) -> Wire:
        return x * parameter(axes="n", name="w")

    circuit = build("c", {"x": "[n]"}, body, sizes={"n": 5})
    program = print_program(circuit)
    one, other = (instance(program, circuit, {}).state_dict()["w.value"] for _ in range(2))
    assert not torch.equal(one, other)
