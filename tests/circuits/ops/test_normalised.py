"""Normalised contractions against torch, the law of streams, and every message."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from circuits import build, normalised_contraction, run
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


def test_against_torch() -> None:
    inputs = {"s": "[h y x]", "v": "[h x k]"}
    circuit = build("f", inputs, lambda s, v: normalised_contraction(s, v, axis="x", value="k"))
    check(circuit, {"s": 9 * randoms(2, 3, 7), "v": randoms(2, 7, 4, seed=1)}, lambda s, v: torch.softmax(s, -1) @ v)


@given(st.integers(1, 6), st.integers(1, 6), st.floats(0.1, 200.0))
def test_what_was_folded_and_more_chunks_give_what_all_chunks_give(first: int, rest: int, spread: float) -> None:
    """The accumulator of a stream: B(f(x), y) = f(x y), with sums of exponentials beside the results."""
    circuit = build("f", {"s": "[x]", "v": "[x k]"}, lambda s, v: normalised_contraction(s, v, axis="x", value="k"))
    s, v = spread * randoms(first + rest), randoms(first + rest, 3, seed=1)
    parts = (slice(None, first), slice(first, None))
    mixed = [run(circuit, {"s": s[part], "v": v[part]}).only for part in parts]
    logs = np.array([np.logaddexp.reduce(s[part]) for part in parts])
    shares = np.exp(logs - np.logaddexp.reduce(logs))
    np.testing.assert_allclose(run(circuit, {"s": s, "v": v}).only, shares @ np.array(mixed), rtol=1e-9, atol=1e-9)


def test_messages() -> None:
    found = problems(lambda s, v: normalised_contraction(s, v, axis="x", value="x"), s="[x]", v="[x]")
    assert found == [
        "normalised_contraction (normalised_contraction): expected value axes without 'x', found 'x'. Leave out the axis "
        "folded away."
    ]
