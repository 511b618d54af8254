"""Moving averages and the delta rule against plain loops; and every message."""

import numpy as np
import pytest
import torch

from circuits import Wire, build, run
from circuits.ops.linear_recurrence import delta_rule, ema
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


@pytest.mark.parametrize("decay", [0.0, 0.7, 1.0])
def test_ema(decay: float) -> None:
    circuit = build("f", {"x": "[b t]"}, lambda x: ema(x, axis="t", decay=decay)).valid()

    def averaged(x: torch.Tensor) -> torch.Tensor:
        means = [x[:, 0]]
        for t in range(1, x.shape[1]):
            means.append(decay * means[-1] + (1 - decay) * x[:, t])
        return torch.stack(means, 1)

    check(circuit, {"x": randoms(2, 5)}, averaged)


@pytest.mark.parametrize("gated", [False, True])
def test_delta_rule(gated: bool) -> None:
    inputs = {"q": "[h t k]", "k": "[h t k]", "v": "[h t v]", "beta": "[h t]", "decay": "[h t]"}
    if not gated:
        del inputs["decay"]

    def body(*wires: Wire) -> Wire:
        return delta_rule(*wires, gated=gated)

    circuit = build("f", inputs, body, outputs=["[h t v]"]).valid()

    def written(
        q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, beta: torch.Tensor, *decay: torch.Tensor
    ) -> torch.Tensor:
        memory = torch.zeros(2, 3, 4, dtype=q.dtype)
        read = []
        for t in range(q.shape[1]):
            forget = torch.eye(4) - beta[:, t, None, None] * k[:, t, :, None] * k[:, t, None, :]
            kept = memory * decay[0][:, t, None, None] if decay else memory
            memory = kept @ forget + beta[:, t, None, None] * v[:, t, :, None] * k[:, t, None, :]
            read.append((memory @ q[:, t, :, None])[..., 0])
        return torch.stack(read, 1)

    arrays = {"q": randoms(2, 5, 4), "k": randoms(2, 5, 4, seed=1), "v": randoms(2, 5, 3)}
    rates = {name: np.random.default_rng(seed).random((2, 5)) for seed, name in enumerate(list(inputs)[3:])}
    check(circuit, {**arrays, **rates}, written)


def test_what_was_written_is_recalled_and_corrected() -> None:
    circuit = build(
        "f", {"k": "[t k]", "v": "[t v]", "beta": "[t]"}, lambda k, v, beta: delta_rule(k, k, v, beta)
    ).valid()
    keys, values = np.eye(3)[[0, 1, 0, 1]], randoms(4, 2)
    full = run(circuit, {"k": keys, "v": values, "beta": np.ones(4)}).only
    np.testing.assert_allclose(full, values, atol=1e-12)
    half = run(circuit, {"k": keys, "v": values, "beta": np.full(4, 0.5)}).only
    np.testing.assert_allclose(half[2], 0.25 * values[0] + 0.5 * values[2], atol=1e-12)


def test_messages() -> None:
    assert problems(lambda x: ema(x, axis="t", decay=2.0), x="[t]") == [
        (
            "ema: expected attributes of 'ema' (axis, decay), found decay: Input should be less than or "
            "equal to 1. See its documentation."
        )
    ]
    assert problems(lambda x: ema(x, axis="s"), x="[t]") == [
        "f/ema (ema): expected an axis 's' at 'x', found [t]. Rename an axis or add 's'."
    ]
    inputs = {"q": "[t k]", "beta": "[t]"}
    assert problems(lambda q, beta: delta_rule(q, q, q, beta, value="k"), **inputs) == [
        (
            "delta_rule (delta_rule): expected different names for axis, channel and value, found 't', 'k' "
            "and 'k'. Use a twin for one of them."
        )
    ]
    assert problems(lambda q, beta: delta_rule(q, q, q, beta), **inputs) == [
        "f/delta_rule (delta_rule): expected an axis 'v' at 'v', found [t k]. Rename an axis or add 'v'."
    ]
    assert problems(lambda q, beta: delta_rule(q, q, q, beta, gated=True), **inputs) == [
        ("f/delta_rule (delta_rule): expected 5 inputs (q, k, v, beta, decay), found 4. Connect one wire to each port.")
    ]
