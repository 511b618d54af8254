"""Backward passes held against torch's autograd for the same computation."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from circuits import (
    Wire,
    build,
    einsum,
    elementwise,
    fixed_point,
    flatten,
    linear,
    log_softmax,
    ode,
    reduce,
    repeat,
    scan,
    softmax,
    value_and_gradient,
)
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import Tensors, check_torch, normal

SPECS = {
    "y k, x k -> y x": ("y k", "x k", "yk,xk->yx"),
    "k, k ->": ("k", "k", "k,k->"),
    "a, b -> b a": ("a", "b", "a,b->ba"),
    "k, -> k": ("k", "", "k,->k"),
    "y k, k -> y": ("y k", "k b", "yk,kb->yb"),
}
LENGTHS = {"y": 2, "x": 3, "k": 4, "a": 2, "b": 5}

# every smooth or piecewise smooth function of one number, on numbers where it has a slope
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "exp(x)": torch.exp,
    "log(x + 9)": lambda x: torch.log(x + 9),
    "sqrt(x + 9)": lambda x: torch.sqrt(x + 9),
    "rsqrt(x + 9)": lambda x: torch.rsqrt(x + 9),
    "sin(x)": torch.sin,
    "cos(x)": torch.cos,
    "tan(0.3 * x)": lambda x: torch.tan(0.3 * x),
    "sinh(x)": torch.sinh,
    "cosh(x)": torch.cosh,
    "tanh(x)": torch.tanh,
    "asin(0.1 * x)": lambda x: torch.asin(0.1 * x),
    "acos(0.1 * x)": lambda x: torch.acos(0.1 * x),
    "atan(x)": torch.atan,
    "asinh(x)": torch.asinh,
    "acosh(x + 9)": lambda x: torch.acosh(x + 9),
    "atanh(0.1 * x)": lambda x: torch.atanh(0.1 * x),
    "log1p(x + 9)": lambda x: torch.log1p(x + 9),
    "expm1(x)": torch.expm1,
    "erf(x)": torch.erf,
    "erfc(x)": torch.erfc,
    "lgamma(x + 9)": lambda x: torch.lgamma(x + 9),
    "sigmoid(x)": torch.sigmoid,
    "softplus(x)": F.softplus,
    "relu(x)": torch.relu,
    "abs(x)": torch.abs,
    "sign(x) * x": lambda x: torch.sign(x) * x,
    "floor(x) + x": lambda x: torch.floor(x) + x,
    "clip(x, -0.5, 0.5)": lambda x: torch.clip(x, -0.5, 0.5),
    "max(x, 0.3)": lambda x: torch.clamp(x, min=0.3),
    "min(x, 0.3)": lambda x: torch.clamp(x, max=0.3),
    "where(x > 0, x ** 2, 3 * x)": lambda x: torch.where(x > 0, x**2, 3 * x),
    "x ** 3 - 2 / (x + 9)": lambda x: x**3 - 2 / (x + 9),
    "(x + 9) ** 0.5": lambda x: (x + 9) ** 0.5,
    "2.0 ** x": lambda x: 2.0**x,
    "-x": lambda x: -x,
}
PAIRS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "x + y": torch.add,
    "x - y": torch.sub,
    "x * y": torch.mul,
    "x / (y + 9)": lambda x, y: x / (y + 9),
    "(x + 9) ** y": lambda x, y: (x + 9) ** y,
    "atan2(x, y)": torch.atan2,
    "max(x, y)": torch.maximum,
    "min(x, y)": torch.minimum,
    "where(x > y, x * y, y)": lambda x, y: torch.where(x > y, x * y, y),
}
FOLDS: dict[str, Callable[[Tensor], Tensor]] = {
    "sum": lambda x: x.sum(-1),
    "mean": lambda x: x.mean(-1),
    "max": lambda x: x.amax(-1),
    "min": lambda x: x.amin(-1),
    "prod": lambda x: x.prod(-1),
}


@pytest.mark.parametrize("spec", SPECS)
def test_einsum(spec: str) -> None:
    one, other, text = SPECS[spec]
    circuit = build("e", {"a": f"[{one}]", "c": f"[{other}]"}, lambda a, c: einsum(spec, a, c))
    inputs = normal(a=tuple(LENGTHS[axis] for axis in one.split()), c=tuple(LENGTHS[axis] for axis in other.split()))
    check_torch(circuit, inputs, lambda x, _: torch.einsum(text, x["a"], x["c"]))


@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions_of_one_number(text: str) -> None:
    circuit = build("f", {"x": "[k]"}, lambda x: elementwise(text, x))
    check_torch(circuit, normal(x=(2, 5)), lambda x, _: FUNCTIONS[text](x["x"]))


@pytest.mark.parametrize("text", PAIRS)
def test_functions_of_two_numbers(text: str) -> None:
    circuit = build("f", {"x": "[k]", "y": "[k]"}, lambda x, y: elementwise(text, x, y))
    check_torch(circuit, normal(x=(5,), y=(5,)), lambda x, _: PAIRS[text](x["x"], x["y"]))


def test_an_operand_without_an_axis_gets_the_sum_over_it() -> None:
    circuit = build("f", {"x": "[t k]", "y": "[k]"}, lambda x, y: elementwise("x * sin(y)", x, y))
    check_torch(circuit, normal(x=(3, 5), y=(5,)), lambda x, _: x["x"] * torch.sin(x["y"]))


@pytest.mark.parametrize("kind", FOLDS)
def test_reductions(kind: str) -> None:
    circuit = build("r", {"x": "[t k]"}, lambda x: reduce(kind, x, axes="k"))
    check_torch(circuit, normal(x=(3, 5)), lambda x, _: FOLDS[kind](x["x"]))


def test_linear() -> None:
    circuit = build("l", {"x": "[t m=3]"}, lambda x: linear("m -> k=2", x))
    check_torch(
        circuit, normal(x=(4, 3)), lambda x, w: F.linear(x["x"], w["linear.weight"], w["linear.bias"]), tolerance=1e-12
    )


@pytest.mark.parametrize(("op", "torchs"), [(softmax, torch.softmax), (log_softmax, torch.log_softmax)])
def test_softmax(op: Callable[..., Wire], torchs: Callable[[Tensor, int], Tensor]) -> None:
    circuit = build("s", {"x": "[t k]"}, lambda x: op(x, axis="k"))
    check_torch(circuit, normal(x=(4, 3)), lambda x, _: torchs(x["x"], -1))
    tied = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    check_torch(circuit, {"x": tied}, lambda x, _: torchs(x["x"], -1))


def test_no_gradient_runs_through_what_exponentials_are_shifted_by() -> None:
    circuit = build("s", {"x": "[k]"}, lambda x: reduce("sum", softmax(x, axis="k") ** 2, axes="k"))
    nodes = flatten(value_and_gradient(circuit)).nodes
    (most,) = [node for node in nodes if node.op.attributes().get("kind") == "max"]
    (reader,) = [node for node in nodes if set(most.outputs()) & set(node.inputs)]
    assert reader.op.name == "stop_gradient"


def test_attention() -> None:
    inputs = normal(q=(2, 5, 4), k=(2, 6, 4), v=(2, 6, 4))

    def oracle(x: Tensors, _: Tensors) -> Tensor:
        return F.scaled_dot_product_attention(x["q"], x["k"], x["v"])

    circuit = build("batched", {"q": "[b y k]", "k": "[b x k]", "v": "[b x k]"}, lambda q, k, v: _attended(q, k, v))
    check_torch(circuit, inputs, oracle)


def _attended(q: Wire, k: Wire, v: Wire) -> Wire:
    scores = einsum("y k, x k -> y x", q, k) * 0.5
    return einsum("y x, x k -> y k", softmax(scores, axis="x"), v)


def _cell(h: Tensor, x: Tensor, w: Tensors, name: str) -> Tensor:
    inner = F.linear(x, w[f"{name}.linear.weight"], w[f"{name}.linear.bias"])
    return torch.tanh(0.5 * h + F.linear(inner, w[f"{name}.linear_2.weight"], w[f"{name}.linear_2.bias"]))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_recurrent_network(backwards: bool) -> None:
    def body(h: Wire, x: Wire) -> dict[str, Wire]:
        last, each = scan(models.cell, h, x, axis="t", along="x", reverse=backwards)
        return {"last": last, "each": each}

    def oracle(x: Tensors, w: Tensors) -> tuple[Tensor, Tensor]:
        state, each = x["h"].expand(3, 2), []
        steps = list(x["x"].unbind(1))
        for step in reversed(steps) if backwards else steps:
            state = _cell(state, step, w, "cell")
            each.append(2.0 * state)
        return state, torch.stack(each[::-1] if backwards else each, 1)

    circuit = build("rnn", {"h": "[m=2]", "x": "[b t m]"}, body).valid()
    check_torch(circuit, normal(h=(2,), x=(3, 4, 2)), oracle)


@pytest.mark.parametrize("tied", [False, True])
def test_rounds(tied: bool) -> None:
    body = build("step", {"x": "[m]"}, lambda x: elementwise("tanh(x)", x + linear("k -> m", linear("m -> k=3", x))))

    def oracle(x: Tensors, w: Tensors) -> Tensor:
        state = x["x"]
        for number in range(3):
            name = "step" if tied else f"step.{number}"
            inner = F.linear(state, w[f"{name}.linear.weight"], w[f"{name}.linear.bias"])
            state = torch.tanh(state + F.linear(inner, w[f"{name}.linear_2.weight"], w[f"{name}.linear_2.bias"]))
        return state

    circuit = build("rounds", {"x": "[b m=2]"}, lambda x: repeat(body, x, times=3, tied=tied)).valid()
    check_torch(circuit, normal(x=(4, 2)), oracle)


def test_a_fixed_point() -> None:
    def step(z: Wire, x: Wire) -> Wire:
        return elementwise("tanh(0.4 * z + x)", linear("k -> m", linear("m -> k=3", z)), x)

    body = build("step", {"z": "[m]", "x": "[m]"}, step)

    def oracle(x: Tensors, w: Tensors) -> Tensor:
        state = torch.zeros(4, 2, dtype=torch.float64)
        for _ in range(200):
            inner = F.linear(state, w["step.linear.weight"], w["step.linear.bias"])
            state = torch.tanh(0.4 * F.linear(inner, w["step.linear_2.weight"], w["step.linear_2.bias"]) + x["x"])
        return state

    circuit = build(
        "deq", {"x": "[b m=2]"}, lambda x: fixed_point(body, x * 0.0, x, tolerance=1e-13, limit=200)
    ).valid()
    check_torch(circuit, normal(x=(4, 2)), oracle)


def test_decay_and_its_slope_by_the_rate() -> None:
    decay = build("decay", {"y": "[m]", "rate": "[]"}, lambda y, rate: elementwise("-r * y", rate, y))
    circuit = build(
        "solution", {"y": "[m]", "rate": "[]"}, lambda y, rate: ode(decay, y, rate, method="rk4", steps=40, stop=2.0)
    ).valid()
    inputs = {"y": np.array([1.0, 3.0]), "rate": np.array(0.7)}
    check_torch(circuit, inputs, lambda x, _: x["y"] * torch.exp(-2.0 * x["rate"]), tolerance=1e-6)
