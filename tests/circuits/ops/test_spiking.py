"""Leaky integrate-and-fire neurons against a torch loop with the same surrogate slope; and every message."""

from typing import Any

import numpy as np
import pytest
import torch

from circuits import build, run
from circuits.ops.spiking import lif
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


class Spike(torch.autograd.Function):
    """A step with the slope of a fast sigmoid."""

    @staticmethod
    def forward(context: Any, above: torch.Tensor, slope: float) -> torch.Tensor:
        context.save_for_backward(above)
        context.slope = slope
        return (above >= 0).to(above.dtype)

    @staticmethod
    def backward(context: Any, cotangent: torch.Tensor) -> tuple[torch.Tensor, None]:
        (above,) = context.saved_tensors
        return cotangent / (1 + context.slope * above.abs()) ** 2, None


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize(("tau", "slope", "threshold"), [(2.0, 25.0, 1.0), (1.5, 3.0, 0.4)])
def test_neurons(reset: str, tau: float, slope: float, threshold: float) -> None:
    circuit = build(
        "f", {"x": "[b t]"}, lambda x: lif(x, axis="t", tau=tau, slope=slope, threshold=threshold, reset=reset)
    ).valid()

    def spiked(x: torch.Tensor) -> torch.Tensor:
        potential, spikes = torch.zeros(len(x), dtype=x.dtype), []
        for t in range(x.shape[1]):
            potential = potential + (x[:, t] - potential) / tau
            spikes.append(Spike.apply(potential - threshold, slope))
            fired = spikes[-1].detach()
            potential = potential - threshold * fired if reset == "subtract" else potential * (1 - fired)
        return torch.stack(spikes, 1)

    x = 2 * randoms(3, 12) + 0.5
    check(circuit, {"x": x}, spiked)
    assert 0 < run(circuit, {"x": x}).only.mean() < 1


def test_a_constant_current_fires_steadily() -> None:
    circuit = build("f", {"x": "[t]"}, lambda x: lif(x, axis="t", tau=1.0, threshold=1.0)).valid()
    np.testing.assert_array_equal(run(circuit, {"x": np.ones(4)}).only, np.ones(4))
    assert not run(circuit, {"x": np.full(50, 0.99)}).only.any()


def test_messages() -> None:
    assert problems(lambda x: lif(x, tau=0.5), x="[t]") == [
        (
            "lif: expected attributes of 'lif' (axis, tau, threshold, slope, reset), found tau: Input "
            "should be greater than or equal to 1. See its documentation."
        )
    ]
    assert problems(lambda x: lif(x, threshold=0.0), x="[t]") == [
        (
            "lif: expected attributes of 'lif' (axis, tau, threshold, slope, reset), found threshold: Input "
            "should be greater than 0. See its documentation."
        )
    ]
    assert problems(lambda x: lif(x, axis="s"), x="[t]") == [
        "f/lif (lif): expected an axis 's' at 'x', found [t]. Rename an axis or add 's'."
    ]
    assert problems(lambda x: lif(x, reset="none"), x="[t]") == [
        (
            "lif: expected attributes of 'lif' (axis, tau, threshold, slope, reset), found reset: Input "
            "should be 'subtract' or 'zero'. See its documentation."
        )
    ]
