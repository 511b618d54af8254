"""Dropout and noise: the identity in evaluation, the right statistics in training, what is drawn together."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from circuits import Circuit, build, drop_path, dropout, gaussian_noise, keep, repeat, run
from tests.circuits.gradients import Array, backward
from tests.circuits.laws import numbers, passing, problems

LENGTHS = {"p": 2, "q": 3, "c": 4}


def over(function: Any, text: str = "[b y x]") -> Circuit:
    """A circuit of one op."""
    return build("f", {"x": text}, function, outputs=[text]).valid()


def trained(circuit: Circuit, array: Array, seed: int = 0, *, literal: bool = False) -> Array:
    """What the circuit gives in training."""
    found: Array = run(circuit, {"x": array}, seed=seed, training=True, literal=literal).only
    return found


OPS: dict[str, Any] = {
    "dropout": lambda x: dropout(x, rate=0.3),
    "planes": lambda x: dropout(x, rate=0.3, axes="c"),
    "drop_path": lambda x: drop_path(x, rate=0.3, axes="c"),
    "noise": lambda x: gaussian_noise(x, scale=0.3),
}


@pytest.mark.parametrize("name", OPS)
@given(data=st.data(), seed=st.integers(0, 9))
def test_noise_is_nothing_in_evaluation_and_the_same_one_index_at_a_time(
    name: str, data: st.DataObject, seed: int
) -> None:
    axes = data.draw(passing("c"))
    circuit, array = over(OPS[name], f"[{' '.join(axes)}]"), numbers(axes, LENGTHS)
    np.testing.assert_array_equal(run(circuit, {"x": array}, seed=seed).only, array)
    np.testing.assert_array_equal(trained(circuit, array, seed), trained(circuit, array, seed, literal=True))


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_dropout_drops_at_its_rate_and_keeps_the_mean(rate: float) -> None:
    out = trained(over(lambda x: dropout(x, rate=rate)), np.ones((40, 30, 30)))
    dropped = int((out == 0).sum())
    assert stats.binomtest(dropped, out.size, rate).pvalue > 1e-3
    np.testing.assert_allclose(out[out != 0], 1 / (1 - rate))


@pytest.mark.parametrize("function", [dropout, drop_path])
def test_what_belongs_together_is_dropped_together(function: Any) -> None:
    out = trained(over(lambda x: function(x, rate=0.5, axes="y x")), np.ones((400, 3, 2)))
    np.testing.assert_array_equal(out, np.broadcast_to(out[:, :1, :1], out.shape))
    assert stats.binomtest(int((out[:, 0, 0] == 0).sum()), 400, 0.5).pvalue > 1e-3


def test_rows_that_share_are_dropped_together_and_runs_and_layers_are_not() -> None:
    ones = np.ones((5, 4, 50))
    shared = trained(build("f", {"x": "[b y x]"}, lambda x: keep(x, rate=0.5, shared="b y")).valid(), ones)
    np.testing.assert_array_equal(shared, np.broadcast_to(shared[0, 0], shared.shape))
    circuit = over(lambda x: dropout(x, rate=0.5))
    assert (trained(circuit, ones, 0) != trained(circuit, ones, 1)).any()
    layer = over(lambda x: dropout(x, rate=0.5), "[x]")
    layers = build("g", {"x": "[x]"}, lambda x: repeat(layer, x, times=2, tied=True)).valid()
    twice = trained(layers, np.ones(4000))
    assert abs((twice != 0).mean() - 0.25) < 0.03


def test_noise_has_its_scale() -> None:
    array = np.random.default_rng(0).normal(size=(20, 30, 40))
    noise = trained(over(lambda x: gaussian_noise(x, scale=0.5)), array) - array
    assert stats.kstest(noise.ravel() / 0.5, stats.norm().cdf).pvalue > 1e-3


def test_slopes_are_dropped_with_their_elements() -> None:
    circuit = over(lambda x: x * keep(x, rate=0.5, name="kept"))
    out = trained(circuit, np.full((2, 3, 4), 1.5))
    slope = run(backward(circuit), {"x": np.full((2, 3, 4), 1.5)}, training=True).only
    np.testing.assert_array_equal(slope, np.where(out == 0, 0.0, 2.0 * (3.0**2 + 1.0)))
    assert 0 < (out == 0).mean() < 1


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: drop_path(x, axes=""),
            "drop_path (drop_path): expected the axes of one branch, found none. Name them with axes=, or use dropout.",
        ),
        (
            lambda x: dropout(x, rate=1.0),
            "dropout: expected attributes of 'dropout' (rate, axes), found rate: Input should be less than 1. See its "
            "documentation.",
        ),
        (
            lambda x: gaussian_noise(x, scale=-1.0),
            "gaussian_noise: expected attributes of 'gaussian_noise' (scale), found scale: Input should be greater "
            "than or equal to 0. See its documentation.",
        ),
        (
            lambda x: dropout(x, axes="channel"),
            "f/dropout (dropout): expected an axis 'channel' at 'x', found [b channels]. Rename an axis or add "
            "'channel'. Did you mean 'channels'?",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, message: str) -> None:
    (found,) = problems(function, x="[b channels]")
    assert found.removeprefix("f/") == message.removeprefix("f/")
