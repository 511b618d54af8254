"""Routing, random categories and quantisation: against torch, by their statistics and slopes; and every message."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import build, run
from circuits.ops.routing import gumbel_softmax, route, vector_quantize
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


@pytest.mark.parametrize("active", [1, 2, 4])
@pytest.mark.parametrize("renormalise", [False, True])
def test_route(active: int, renormalise: bool) -> None:
    circuit = build("f", {"x": "[t e]"}, lambda x: route(x, expert="e", active=active, renormalise=renormalise)).valid()

    def chosen(x: torch.Tensor) -> torch.Tensor:
        least = x.topk(active, -1).values[..., -1:]
        if renormalise:
            return torch.where(x >= least, x, -torch.inf).softmax(-1)
        return torch.where(x >= least, x.softmax(-1), 0.0)

    check(circuit, {"x": randoms(5, 4)}, chosen)


def test_of_equal_experts_the_first_are_chosen() -> None:
    circuit = build("f", {"x": "[active]"}, lambda x: route(x, expert="active", active=2)).valid()
    np.testing.assert_array_equal(run(circuit, {"x": np.zeros(4)}).only, [0.5, 0.5, 0.0, 0.0])


def test_gumbel_softmax_draws_categories() -> None:
    hard = build("f", {"x": "[b k]"}, lambda x: gumbel_softmax(x, axis="k", hard=True)).valid()
    shares = np.array([0.5, 0.3, 0.2])
    drawn = run(hard, {"x": np.tile(np.log(shares), (4000, 1))}).only
    np.testing.assert_allclose(drawn.sum(-1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(np.sort(drawn, -1)[:, :2], 0.0, atol=1e-12)
    np.testing.assert_allclose(drawn.mean(0), shares, atol=0.03)
    soft = build("f", {"x": "[b k]"}, lambda x: gumbel_softmax(x, axis="k", temperature=0.05)).valid()
    sharp = run(soft, {"x": np.tile(np.log(shares), (500, 1))}).only
    np.testing.assert_allclose(sharp.sum(-1), 1.0, rtol=1e-12)
    assert np.mean(sharp.max(-1) > 0.99) > 0.8


def test_vector_quantize() -> None:
    circuit = build(
        "f",
        {"x": "[b m]", "w": "[n m]"},
        lambda x, w: {
            name: wire
            for name, wire in zip(("y", "code", "loss"), vector_quantize(x, "m -> n", weight=w), strict=True)
            if name != "code"
        },
        outputs=["[b m]", "[b]"],
    ).valid()

    def nearest(x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        code = torch.cdist(x, w).argmin(-1)
        found = w[code]
        loss = F.mse_loss(found, x.detach(), reduction="none") + 0.25 * F.mse_loss(x, found.detach(), reduction="none")
        return x + (found - x).detach(), loss.mean(-1)

    check(circuit, {"x": randoms(6, 2), "w": randoms(4, 2)}, nearest)


def test_codes_lie_along_their_axis() -> None:
    circuit = build("f", {"x": "[b m=2]"}, lambda x: vector_quantize(x, "m -> n=4", name="codes")[1]).valid()
    weights = randoms(4, 2)
    found = run(circuit, {"x": weights[[2, 0, 3]]}, {"codes.weight": weights}).only
    np.testing.assert_array_equal(found, [2, 0, 3])
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "Index(n)[b]"


def test_messages() -> None:
    assert problems(lambda x: route(x, active=5), x="[e=4]") == [
        (
            "f/route (route): expected at most 4, found 5 ('active' are chosen along 'e'). Enlarge the "
            "axis, or lower the bound."
        )
    ]
    assert problems(lambda x: route(x, active=0), x="[e=4]") == [
        (
            "route: expected attributes of 'route' (expert, active, renormalise), found active: Input "
            "should be greater than or equal to 1. See its documentation."
        )
    ]
    assert problems(lambda x: route(x, expert="n"), x="[e]") == [
        "f/route (route): expected an axis 'n' at 'logits', found [e]. Rename an axis or add 'n'."
    ]
    assert problems(lambda x: gumbel_softmax(x, axis="e", temperature=0.0), x="[e]") == [
        (
            "gumbel_softmax: expected attributes of 'gumbel_softmax' (axis, temperature, hard), found "
            "temperature: Input should be greater than 0. See its documentation."
        )
    ]
    assert problems(lambda x: vector_quantize(x, "m -> n k")[0], x="[m]") == [
        (
            "vector_quantize (vector_quantize): expected one axis on the right of 'm -> n k', found 'n k'. "
            "Name one axis there."
        )
    ]
    assert problems(lambda x: vector_quantize(x, "m -> m=4")[0], x="[m]") == [
        (
            "vector_quantize (vector_quantize): expected every axis once in type '[m=4 m]', found 'm' 2 "
            "times. Use a twin: m'."
        )
    ]
