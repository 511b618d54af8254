"""Feed-forward networks against torch, and every message."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import build, initial, parameters
from circuits.ops.gated import FUNCTIONS, gated_mlp, mlp
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", ["silu", "gelu", "identity"])
def test_gated_mlp(activation: str, bias: bool) -> None:
    weights = {
        "gate": "[f m]",
        "gate_bias": "[f]",
        "up": "[f m]",
        "up_bias": "[f]",
        "down": "[m f]",
        "down_bias": "[m]",
    }
    used = {name: type for name, type in weights.items() if bias or "bias" not in name}
    circuit = build(
        "f",
        {"x": "[b m]", **used},
        lambda x, *rest: gated_mlp(x, "m -> f", activation=activation, bias=bias, **dict(zip(used, rest, strict=True))),
        outputs=["[b m]"],
    ).valid()
    shapes = {"[f m]": (5, 3), "[m f]": (3, 5), "[f]": (5,), "[m]": (3,)}
    arrays = {name: randoms(*shapes[type], seed=place) for place, (name, type) in enumerate(used.items())}
    function = getattr(F, activation) if activation != "identity" else torch.nn.Identity()

    def gated(x: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        w = dict(zip(used, rest, strict=True))
        hidden = function(F.linear(x, w["gate"], w.get("gate_bias"))) * F.linear(x, w["up"], w.get("up_bias"))
        return F.linear(hidden, w["down"], w.get("down_bias"))

    check(circuit, {"x": randoms(4, 3), **arrays}, gated)


@pytest.mark.parametrize("activation", sorted(set(FUNCTIONS) - {"identity"}))
def test_mlp(activation: str) -> None:
    weights = {"weight_1": "[f m]", "bias_1": "[f]", "weight_2": "[g f]", "bias_2": "[g]"}
    weights |= {"weight_3": "[o g]", "bias_3": "[o]"}
    circuit = build(
        "f",
        {"x": "[b m]", **weights},
        lambda x, *rest: mlp(x, "m -> f -> g -> o", activation=activation, **dict(zip(weights, rest, strict=True))),
        outputs=["[b o]"],
    ).valid()
    shapes = ((5, 3), (5,), (4, 5), (4,), (2, 4), (2,))
    arrays = {name: randoms(*shape) for name, shape in zip(weights, shapes, strict=True)}
    function = getattr(torch, activation, None) or getattr(F, activation)

    def layers(x: torch.Tensor, *w: torch.Tensor) -> torch.Tensor:
        return F.linear(function(F.linear(function(F.linear(x, w[0], w[1])), w[2], w[3])), w[4], w[5])

    check(circuit, {"x": randoms(4, 3), **arrays}, layers)


def test_one_arrow_leads_back() -> None:
    circuit = build("f", {"x": "[t m=3]"}, lambda x: mlp(x, "m -> f=5", bias=False, name="net")).valid()
    assert {key: item.shape for key, item in parameters(circuit).items()} == {
        "net.weight_1": (5, 3),
        "net.weight_2": (3, 5),
    }
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("t", "m")
    assert np.abs(initial(circuit, {}, 0)["net.weight_1"]).max() <= 3**-0.5


def test_messages() -> None:
    assert problems(lambda x: gated_mlp(x, "m -> m"), x="[m]") == [
        (
            "gated_mlp (gated_mlp): expected different axes on both sides of an arrow of 'm -> m', found "
            "'m' twice. Use a twin: m'."
        )
    ]
    assert problems(lambda x: gated_mlp(x, "m -> f", activation="swish"), x="[m]") == [
        (
            "gated_mlp: expected attributes of 'gated_mlp' (spec, activation, bias), found activation: "
            "Input should be 'relu', 'gelu', 'silu', 'tanh', 'sigmoid', 'mish' or 'identity'. See its "
            "documentation."
        )
    ]
    assert problems(lambda x: gated_mlp(x, "m f"), x="[m]") == [
        "gated_mlp (gated_mlp): expected a spec such as 'm -> f', found 'm f'. Write one '->'."
    ]
    assert problems(lambda x: mlp(x, "m"), x="[m]") == [
        "mlp (mlp): expected a spec such as 'm -> f -> o', found 'm'. Write '->' between the axes."
    ]
    assert problems(lambda x: mlp(x, "m -> f=3 -> f"), x="[m]") == [
        (
            "mlp (mlp): expected different axes on both sides of an arrow of 'm -> f=3 -> f', found 'f' "
            "twice. Use a twin: f'."
        )
    ]
    assert problems(lambda x: mlp(x, "n -> f=3"), x="[m]") == [
        "f/mlp (mlp): expected an axis 'n' at 'x', found [m]. Rename an axis or add 'n'."
    ]
