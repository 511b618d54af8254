"""Positions against closed forms: waves, rotations that know only distances, penalties; and every message."""

import numpy as np
import pytest
import torch

from circuits import Wire, build, einsum, initial, run
from circuits.ops.positions import alibi, fourier_features, rotary, sinusoidal
from circuits.ops.views import rename
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


@pytest.mark.parametrize("base", [10000.0, 50.0])
def test_sinusoidal(base: float) -> None:
    circuit = build("f", {"x": "[t m]"}, lambda x: x + sinusoidal(axes="t m", base=base)).valid()
    found = run(circuit, {"x": np.zeros((7, 6))}).only
    for t in range(7):
        for pair in range(3):
            angle = t / base ** (2 * pair / 6)
            np.testing.assert_allclose(found[t, 2 * pair : 2 * pair + 2], [np.sin(angle), np.cos(angle)], atol=1e-14)
    odd = run(circuit, {"x": np.zeros((2, 5))}).only
    np.testing.assert_allclose(odd[1, 4], np.sin(base ** (-4 / 5)))
    sized = build("f", {"x": "[]"}, lambda x: x * sinusoidal(axes="t=3 m=4")).valid()
    assert run(sized, {"x": np.ones(2)}).only.shape == (2, 3, 4)


def _turned(x: torch.Tensor, base: float, layout: str) -> torch.Tensor:
    """Pairs as complex numbers, turned."""
    t, k = x.shape[-2:]
    angles = torch.arange(t)[:, None] / base ** (torch.arange(0, k, 2, dtype=torch.float64) / k)
    turn = torch.polar(torch.ones_like(angles), angles)
    if layout == "halves":
        made = torch.view_as_real(torch.complex(x[..., : k // 2], x[..., k // 2 :]) * turn)
        return torch.cat([made[..., 0], made[..., 1]], -1)
    return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous()) * turn).flatten(-2)


@pytest.mark.parametrize("base", [10000.0, 50.0])
@pytest.mark.parametrize("layout", ["interleaved", "halves"])
def test_rotary(layout: str, base: float) -> None:
    circuit = build("f", {"x": "[h t k]"}, lambda x: rotary(x, axes="t k", layout=layout, base=base)).valid()
    check(circuit, {"x": randoms(2, 5, 6)}, lambda x: _turned(x, base, layout))


@pytest.mark.parametrize("layout", ["interleaved", "halves"])
def test_rotated_products_know_only_distances(layout: str) -> None:
    def body(q: Wire, k: Wire) -> Wire:
        query, key = (rotary(x, axes="t k", layout=layout) for x in (q, k))
        return einsum("t k, t' k -> t t'", query, rename(key, "t -> t'"))

    circuit = build("f", {"q": "[t k]", "k": "[t k]"}, body).valid()
    q, k = randoms(4), randoms(4, seed=1)
    scores = run(circuit, {"q": np.tile(q, (6, 1)), "k": np.tile(k, (6, 1))}).only
    for offset in range(-5, 6):
        assert np.ptp(np.diagonal(scores, offset)) < 1e-12
    assert np.ptp(scores) > 0.1


def test_fourier_features() -> None:
    circuit = build(
        "f",
        {"x": "[b c]", "weight": "[f/2 c]"},
        lambda x, weight: fourier_features(x, "c -> f", weight=weight),
    ).valid()

    def waves(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        phase = 2 * torch.pi * x @ weight.T
        return torch.cat([phase.cos(), phase.sin()], -1)

    check(circuit, {"x": randoms(4, 2), "weight": randoms(3, 2)}, waves)
    owning = build("f", {"x": "[c=2]"}, lambda x: fourier_features(x, "c -> f=4000", scale=5.0, name="waves")).valid()
    drawn = initial(owning, {}, 0)["waves.weight"]
    assert drawn.shape == (2000, 2)
    assert abs(drawn.std() - 5.0) < 0.2
    assert not owning.nodes[0].op.signature.weights[0].trainable


@pytest.mark.parametrize("heads", [4, 8])
def test_alibi(heads: int) -> None:
    circuit = build("f", {"x": "[h y x]"}, lambda x: x + alibi(axes="y x", heads="h")).valid()
    found = run(circuit, {"x": np.zeros((heads, 3, 5))}).only
    distance = np.abs(np.arange(3)[:, None] - np.arange(5))
    slopes = [2.0 ** (-8 / heads * (head + 1)) for head in range(heads)]
    np.testing.assert_allclose(found, -np.multiply.outer(slopes, distance))


def test_messages() -> None:
    assert problems(lambda x: rotary(x, "t k"), x="[t k=5]") == [
        (
            "f/rotary (rotary): expected k = 5 (axis 'k' is declared as 5 at f), found 4 (declared k = "
            "2*(k//2)). Make the sizes equal, or give one axis another name."
        )
    ]
    assert problems(lambda x: rotary(x, "t"), x="[t k=4]") == [
        ("rotary (rotary): expected two axes, positions and channels, found 't'. Write them as in axes=\"t m\".")
    ]
    assert problems(lambda x: rotary(x, "t k", layout="thirds"), x="[t k=4]") == [
        (
            "rotary: expected attributes of 'rotary' (axes, base, layout), found layout: Input should be "
            "'interleaved' or 'halves'. See its documentation."
        )
    ]
    assert problems(lambda x: x + sinusoidal("t k m"), x="[t k]") == [
        (
            "sinusoidal (sinusoidal): expected two axes, positions and channels, found 't k m'. Write them "
            'as in axes="t m".'
        )
    ]
    assert problems(lambda x: x + sinusoidal("t n"), x="[t k]") == [
        (
            "f/elementwise (elementwise): expected one operand with all axes [t k n], found [t k] and [t "
            "n]. Rename an axis, or say outer=True if every pair is meant."
        )
    ]
    assert problems(lambda x: fourier_features(x, "c -> f=5"), x="[t c]") == [
        (
            "fourier_features (fourier_features): expected f = 5 ('f' is given as 5 at "
            "fourier_features/concat (concat)), found 2*(f/2) ('f' is f/2 + f/2) at fourier_features/concat "
            "(concat). Make the sizes equal, or give one axis another name."
        )
    ]
    assert problems(lambda x: x + alibi("t t'", "h k"), x="[h t t']") == [
        "alibi (alibi): expected one axis in all of 'h k', found 'h k'. Name one axis there."
    ]
