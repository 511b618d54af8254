"""Losses against torch, slopes included, and every message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, Wire, build, run
from circuits.ops.losses import (
    binary_cross_entropy,
    cross_entropy,
    dice_loss,
    huber,
    info_nce,
    kl_divergence,
    mae,
    mse,
    nll,
)
from circuits.ops.softmax import log_softmax
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


def _loss(first: str, second: str, function: Callable[[Wire, Wire], Wire]) -> Circuit:
    return build("f", {"x": first, "y": second}, function).valid()


LABELS = np.array([2, 0, 3])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_cross_entropy(smoothing: float) -> None:
    circuit = _loss("[b k]", "Natural(k)[b]", lambda x, y: cross_entropy(x, y, smoothing=smoothing))
    check(
        circuit,
        {"x": 9 * randoms(3, 4), "y": LABELS},
        lambda x, y: F.cross_entropy(x, y, reduction="none", label_smoothing=smoothing),
    )


def test_cross_entropy_at_every_position_of_a_middle_axis() -> None:
    circuit = _loss("[b c t]", "Natural(c)[b t]", lambda x, y: cross_entropy(x, y, axis="c"))
    arrays = {"x": randoms(2, 4, 3), "y": np.array([[2, 0, 3], [1, 1, 0]])}
    check(circuit, arrays, lambda x, y: F.cross_entropy(x, y, reduction="none"))


def test_large_scores_do_not_overflow() -> None:
    circuit = _loss("[k]", "Natural(k)[]", cross_entropy)
    assert run(circuit, {"x": np.array([1e4, 0.0]), "y": np.array(1)}).only == 1e4
    binary = _loss("[]", "[]", binary_cross_entropy)
    np.testing.assert_allclose(run(binary, {"x": np.array([1e4, -1e4]), "y": np.array([0.0, 1.0])}).only, 1e4)


def test_nll() -> None:
    circuit = _loss("[b k]", "Natural(k)[b]", lambda x, y: nll(log_softmax(x, axis="k"), y))
    arrays = {"x": randoms(3, 4), "y": LABELS}
    check(circuit, arrays, lambda x, y: F.nll_loss(F.log_softmax(x, -1), y, reduction="none"))


PAIRS: dict[str, tuple[Callable[..., Wire], Callable[..., torch.Tensor], dict[str, Any]]] = {
    "mse": (mse, F.mse_loss, {}),
    "mae": (mae, F.l1_loss, {}),
    "huber": (huber, F.huber_loss, {}),
    "wide_huber": (huber, F.huber_loss, {"delta": 2.5}),
    "binary": (binary_cross_entropy, F.binary_cross_entropy_with_logits, {}),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_pairs(kind: str) -> None:
    op, oracle, words = PAIRS[kind]
    arrays = {"x": 2 * randoms(3, 4), "y": np.random.default_rng(1).random((3, 4))}
    single = _loss("[b m]", "[b m]", lambda x, y: op(x, y, **words))
    check(single, arrays, lambda x, y: oracle(x, y, reduction="none", **words))
    mean = _loss("[b m]", "[b m]", lambda x, y: op(x, y, axes="m", **words))
    check(mean, arrays, lambda x, y: oracle(x, y, reduction="none", **words).mean(-1))


def test_kl_divergence() -> None:
    circuit = _loss("[b k]", "[b k]", lambda x, y: kl_divergence(x, y, axes="k"))
    p = np.array([[0.5, 0.25, 0.25], [0.7, 0.2, 0.1]])
    arrays = {"x": np.log([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]), "y": p}
    check(circuit, arrays, lambda x, y: F.kl_div(x, y, reduction="none").sum(-1))
    assert run(circuit, {"x": np.log([[0.25, 0.25, 0.5]]), "y": np.array([[0.5, 0.5, 0.0]])}).only == [np.log(2.0)]


@pytest.mark.parametrize("smooth", [1.0, 0.1])
def test_dice_loss(smooth: float) -> None:
    circuit = _loss("[b y x]", "[b y x]", lambda x, y: dice_loss(x, y, axes="y x", smooth=smooth))
    numbers = np.random.default_rng(0)
    arrays = {"x": numbers.random((2, 3, 4)), "y": (numbers.random((2, 3, 4)) > 0.5).astype(float)}

    def dice(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        both, whole = (x * y).sum((-2, -1)), x.sum((-2, -1)) + y.sum((-2, -1))
        return 1 - (2 * both + smooth) / (whole + smooth)

    check(circuit, arrays, dice)


def test_info_nce() -> None:
    circuit = _loss("[n m]", "[n m]", lambda x, y: info_nce(x, y, pairs="n", axis="m", temperature=0.2))

    def contrast(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        scores = F.cosine_similarity(x[:, None], y[None], dim=-1) / 0.2
        return F.cross_entropy(scores, torch.arange(len(x)), reduction="none")

    check(circuit, {"x": randoms(4, 3), "y": randoms(4, 3, seed=1)}, contrast)


def test_messages() -> None:
    def told(op: Callable[..., Wire], x: str, y: str, **words: Any) -> list[str]:
        return problems(lambda x, y: op(x, y, **words), x=x, y=y)

    assert told(cross_entropy, "[b k=10]", "Natural(11)[b]") == [
        (
            "f/cross_entropy (cross_entropy): expected at most 10, found 11 (Natural(11) at 'label' must "
            "stay below k). Enlarge the axis, or lower the bound."
        )
    ]
    assert told(cross_entropy, "[b c]", "Natural(k)[b]") == [
        ("f/cross_entropy (cross_entropy): expected an axis 'k' at 'logits', found [b c]. Rename an axis or add 'k'.")
    ]
    assert told(cross_entropy, "[b k]", "[b k]") == [
        ("f/cross_entropy (cross_entropy): expected Natural(k) at 'label', found Real. Cast it, or change its type.")
    ]
    assert told(cross_entropy, "[b k]", "Natural(k)[n]") == [
        (
            "f/cross_entropy (cross_entropy): expected one operand with all axes [b n], found [b k] and "
            "Natural(k)[n]. Rename an axis, or broadcast one operand if every pair is meant."
        )
    ]
    assert told(cross_entropy, "[b k]", "Natural(k)[b]", smoothing=2.0) == [
        (
            "cross_entropy: expected attributes of 'cross_entropy' (axis, smoothing), found smoothing: "
            "Input should be less than or equal to 1. See its documentation."
        )
    ]
    assert told(mse, "[b m]", "[b n]", axes="m") == [
        "f/mse (mse): expected an axis 'm' at 'target', found [b n]. Rename an axis or add 'm'."
    ]
    assert told(mse, "[b m]", "[b n]") == [
        (
            "f/mse (mse): expected one operand with all axes [b m n], found [b m] and [b n]. Rename an "
            "axis, or broadcast one operand if every pair is meant."
        )
    ]
    assert told(huber, "[b]", "[b]", delta=0.0) == [
        (
            "huber: expected attributes of 'huber' (axes, delta), found delta: Input should be greater than "
            "0. See its documentation."
        )
    ]
    assert told(dice_loss, "[y x]", "Bool[y x]", axes="y x") == [
        "f/dice_loss (dice_loss): expected Real at 'target', found Bool. Cast it, or change its type."
    ]
    assert told(info_nce, "[n m]", "[n m]", pairs="n", axis="n") == [
        ("info_nce (info_nce): expected different axes as pairs and axis, found 'n'. Name the features of a vector.")
    ]
