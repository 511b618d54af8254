"""Linear attention and Hopfield retrieval against torch one-liners; and every message."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Wire, build, run
from circuits.ops.linear_attention import hopfield, linear_attention
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


@pytest.mark.parametrize("value", ["k", "v"])
@pytest.mark.parametrize("causal", [False, True])
def test_linear_attention(causal: bool, value: str) -> None:
    inputs = {"q": "[h y k]", "k": "[h x k]", "v": f"[h x {value}]"}

    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        return linear_attention(q, k, v, value=value, causal=causal)

    circuit = build("f", inputs, body, constraints=["y = x"] if causal else (), outputs=[f"[h y {value}]"]).valid()

    def linear(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        scores = (F.elu(q) + 1) @ (F.elu(k) + 1).mT
        scores = scores.tril() if causal else scores
        return scores / scores.sum(-1, keepdim=True) @ v

    x = 4 if causal else 5
    arrays = {"q": randoms(2, 4, 3), "k": randoms(2, x, 3, seed=1), "v": randoms(2, x, 3 if value == "k" else 2)}
    check(circuit, arrays, linear)


def test_causal_self_attention_without_a_second_axis() -> None:
    circuit = build("f", {"z": "[t k]"}, lambda z: linear_attention(z, z, z, query="t", key="t'", causal=True)).valid()
    z = randoms(5, 3)
    found = run(circuit, {"z": z}).only
    np.testing.assert_allclose(found[0], z[0], rtol=1e-12)
    np.testing.assert_allclose(run(circuit, {"z": z[:3]}).only, found[:3], rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 3])
def test_hopfield(steps: int) -> None:
    circuit = build("f", {"s": "[y k]", "p": "[x k]"}, lambda s, p: hopfield(s, p, beta=2.0, steps=steps)).valid()

    def retrieve(state: torch.Tensor, stored: torch.Tensor) -> torch.Tensor:
        for _ in range(steps):
            state = torch.softmax(2.0 * state @ stored.T, -1) @ stored
        return state

    arrays = {"s": randoms(3, 4), "p": randoms(5, 4, seed=1)}
    check(circuit, arrays, retrieve)


def test_a_pattern_is_retrieved_from_its_half() -> None:
    circuit = build("f", {"s": "[k]", "p": "[x k]"}, lambda s, p: hopfield(s, p, query="", beta=4.0, steps=2)).valid()
    patterns = np.sign(randoms(6, 32))
    for pattern in patterns:
        half = np.where(np.arange(32) < 16, pattern, 0.0)
        np.testing.assert_allclose(run(circuit, {"s": half, "p": patterns}).only, pattern, atol=1e-3)


def test_messages() -> None:
    inputs = {"q": "[y k]", "k": "[x k]"}
    assert problems(lambda q, k: linear_attention(q, k, k, causal=True), **inputs) == [
        (
            "f/linear_attention (linear_attention): expected y and x to stay two sizes, found y = x (axis "
            "'y' of 'linear_attention' is x). Declare the constraint 'y = x' if it is meant, or rename an "
            "axis."
        )
    ]
    assert problems(lambda q, k: linear_attention(q, k, k, causal=True), q="[y=3 k]", k="[x=4 k]") == [
        (
            "f/linear_attention (linear_attention): expected y = 3 (axis 'x' is declared as 4 at f; axis "
            "'y' is declared as 3 at f), found 4 (axis 'y' of 'linear_attention' is x). Make the sizes "
            "equal, or give one axis another name."
        )
    ]
    assert problems(lambda q, k: linear_attention(q, k, k, value="v"), **inputs) == [
        ("f/linear_attention (linear_attention): expected an axis 'v' at 'v', found [x k]. Rename an axis or add 'v'.")
    ]
    assert problems(lambda q, k: hopfield(q, k, steps=0), **inputs) == [
        (
            "hopfield: expected attributes of 'hopfield' (query, key, channel, beta, steps), found steps: "
            "Input should be greater than or equal to 1. See its documentation."
        )
    ]
    assert problems(lambda q, k: hopfield(q, k, channel="d"), **inputs) == [
        "f/hopfield (hopfield): expected an axis 'd' at 'state', found [y k]. Rename an axis or add 'd'.",
        ("f/hopfield (hopfield): expected an axis 'd' at 'stored', found [x k]. Rename an axis or add 'd'."),
    ]
