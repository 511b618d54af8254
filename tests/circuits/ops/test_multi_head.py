"""Multi-head attention against torch's module with copied weights, additive attention; and every message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, Wire, build, initial, parameters, run
from circuits.ops.multi_head import additive_attention, multi_head_attention
from tests.circuits.gradients import Array
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms

PARTS = ("query", "key", "value", "output")


def _attending(inputs: dict[str, str], spec: str, wide: str, narrow: str, **words: Any) -> Circuit:
    """The op with its weights as inputs."""
    weights = {}
    for part in PARTS:
        axes = {"query": f"{wide} m", "output": f"m {wide}"}.get(part, f"{narrow} {words.get('source', 'm')}")
        weights[f"{part}_weight"] = f"[{axes}]"
        weights[f"{part}_bias"] = "[m]" if part == "output" else f"[{narrow if part in ('key', 'value') else wide}]"

    def body(y: Wire, x: Wire, *rest: Wire) -> Wire:
        return multi_head_attention(y, x, spec, **dict(zip(weights, rest, strict=True)), **words)

    return build("f", {**inputs, **weights}, body, outputs=["[b y m]"]).valid()


def _torch(kind: str, heads: int) -> Callable[..., torch.Tensor]:
    """torch's module on our weights, in which the heads are axes of their own."""

    def oracle(y: torch.Tensor, x: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        width = y.shape[-1]
        wq, bq, wk, bk, wv, bv, wo, bo = (
            weight.reshape(-1, weight.shape[-1])
            if place < 6 and place % 2 == 0
            else weight.reshape(width, -1).squeeze(-1)
            for place, weight in enumerate(weights)
        )
        biases = torch.cat([b.reshape(-1) for b in (bq, bk, bv)])
        length = (y.shape[1], x.shape[1])
        mask = torch.ones(length, dtype=torch.bool).triu(1) if kind == "causal" else None
        made, _ = F.multi_head_attention_forward(
            y.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1), width, heads, None, biases, None, None, False, 0.0,
            wo, bo, use_separate_proj_weight=True, q_proj_weight=wq, k_proj_weight=wk, v_proj_weight=wv,
            attn_mask=mask, need_weights=False,
        )  # fmt: skip
        return made.transpose(0, 1)

    return oracle


def _arrays(circuit: Circuit, sizes: dict[str, int]) -> dict[str, Array]:
    return {
        item.name: randoms(*(sizes[axis] for axis in item.type.axes), seed=place)
        for place, item in enumerate(circuit.inputs)
    }


@pytest.mark.parametrize("kind", ["full", "causal"])
def test_equals_torch(kind: str) -> None:
    circuit = _attending({"y": "[b y m]", "x": "[b x m]"}, "m -> h k", "h k", "h k", causal=kind == "causal")
    arrays = _arrays(circuit, {"b": 2, "y": 4, "x": 4 + (kind == "full"), "m": 6, "h": 3, "k": 2})
    check(circuit, arrays, _torch(kind, 3))


def test_equals_the_module() -> None:
    torch.manual_seed(0)
    module = torch.nn.MultiheadAttention(6, 3, batch_first=True, dtype=torch.float64)
    circuit = build(
        "f",
        {"z": "[b t m]"},
        lambda z: multi_head_attention(z, z, "m -> h=3 k=2", query="t", key="t'", name="attention"),
        outputs=["[b t m]"],
    ).valid()
    weights = dict(zip(PARTS[:3], module.in_proj_weight.detach().numpy().reshape(3, 3, 2, 6), strict=True))
    biases = dict(zip(PARTS[:3], randoms(3, 3, 2), strict=True))
    module.in_proj_bias.data = torch.tensor(np.stack(list(biases.values())).reshape(-1))
    weights["output"] = module.out_proj.weight.detach().numpy().reshape(6, 3, 2)
    biases["output"] = module.out_proj.bias.detach().numpy()
    state = {f"attention.{part}_weight": array for part, array in weights.items()}
    state |= {f"attention.{part}_bias": array for part, array in biases.items()}
    assert set(state) == set(parameters(circuit, {"m": 6}))
    z = randoms(2, 5, 6)
    expected = module(*[torch.tensor(z)] * 3, need_weights=False)[0].detach().numpy()
    np.testing.assert_allclose(run(circuit, {"z": z}, state).only, expected, rtol=1e-12, atol=1e-12)


def test_groups_and_features_of_another_source() -> None:
    circuit = _attending(
        {"y": "[b y m]", "x": "[b x n]"}, "m -> g r k", "g r k", "g k", grouped="r", source="n", causal=False
    )
    arrays = _arrays(circuit, {"b": 2, "y": 3, "x": 4, "m": 6, "n": 5, "g": 2, "r": 3, "k": 2})

    def grouped(y: torch.Tensor, x: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        wq, bq, wk, bk, wv, bv, wo, bo = weights
        q = torch.einsum("bym,grkm->bgryk", y, wq) + bq[:, :, None]
        k = torch.einsum("bxn,gkn->bgxk", x, wk) + bk[:, None]
        v = torch.einsum("bxn,gkn->bgxk", x, wv) + bv[:, None]
        heads = F.scaled_dot_product_attention(q.flatten(1, 2), k, v, enable_gqa=True).unflatten(1, (2, 3))
        return torch.einsum("bgryk,mgrk->bym", heads, wo) + bo

    check(circuit, arrays, grouped)


def test_without_biases() -> None:
    circuit = build("f", {"z": "[y m]"}, lambda z: multi_head_attention(z, z, "m -> k h", key="y'", bias=False)).valid()
    names = [weight.name for weight in circuit.nodes[0].op.signature.weights]
    assert names == ["query_weight", "key_weight", "value_weight", "output_weight"]


def test_starts() -> None:
    circuit = build(
        "f", {"z": "[y m=100]"}, lambda z: multi_head_attention(z, z, "m -> k=20 h=20", key="y'", name="a")
    ).valid()
    state = initial(circuit, {}, 0)
    assert np.abs(state["a.query_weight"]).max() <= 0.1
    assert np.abs(state["a.query_weight"]).max() > 0.099
    assert np.abs(state["a.output_weight"]).max() <= 0.05
    assert not state["a.query_bias"].any()


def test_additive_attention() -> None:
    circuit = build(
        "f",
        {"q": "[b y k]", "k": "[b x d]", "v": "[b x v]", "wq": "[a k]", "wk": "[a d]", "w": "[a]"},
        lambda q, k, v, wq, wk, w: additive_attention(
            q, k, v, "k -> a", source="d", value="v", query_weight=wq, key_weight=wk, score_weight=w
        ),
        outputs=["[b y v]"],
    ).valid()

    def additive(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        wq, wk, w = weights
        scores = torch.tanh((q @ wq.T)[:, :, None] + (k @ wk.T)[:, None]) @ w
        return scores.softmax(-1) @ v

    check(circuit, _arrays(circuit, {"b": 2, "y": 3, "x": 4, "k": 2, "d": 3, "v": 2, "a": 5}), additive)


def test_messages() -> None:
    def told(spec: str = "m -> k h", y: str = "[y m]", x: str = "[x m]", **words: Any) -> list[str]:
        return problems(lambda y, x: multi_head_attention(y, x, spec, **words), y=y, x=x)

    assert told() == []
    assert told("m -> d h") == [
        (
            "multi_head_attention (multi_head_attention): expected 'k' on the right of 'm -> d h', found 'd "
            "h'. Add it there or change channel."
        )
    ]
    assert told(grouped="r") == [
        (
            "multi_head_attention (multi_head_attention): expected 'r' on the right of 'm -> k h', found 'k "
            "h'. Add it there or change grouped."
        )
    ]
    assert told(grouped="k") == [
        (
            "multi_head_attention (multi_head_attention): expected heads in grouped, found the channel 'k'. "
            "Name heads only."
        )
    ]
    assert told("m k h") == [
        (
            "multi_head_attention (multi_head_attention): expected a spec such as 'm -> k h', found 'm k "
            "h'. Write one '->'."
        )
    ]
    assert told(y="[y m=3]", x="[x n=4]", source="n=5") == [
        (
            "f/multi_head_attention (multi_head_attention): expected n = 4 (axis 'n' is declared as 4 at "
            "f), found 5 (axis 'n' of 'multi_head_attention' is 5). Make the sizes equal, or give one axis "
            "another name."
        )
    ]
    assert told(x="[y m]") == [
        (
            "f/multi_head_attention (multi_head_attention): expected an axis 'x' at 'x', found [y m]. "
            "Rename an axis or add 'x'."
        ),
        (
            "f/multi_head_attention (multi_head_attention): expected a produced axis 'y' that no input "
            "carries, found 'y' passing over 'multi_head_attention'. The two would be joined into one axis: "
            "rename one of them, or use a twin."
        ),
    ]
    assert problems(lambda q, k: additive_attention(q, k, k, "k -> a b"), q="[y k]", k="[x k]") == [
        (
            "additive_attention (additive_attention): expected one axis on the right of 'k -> a b', found "
            "'a b'. Name one axis there."
        )
    ]
