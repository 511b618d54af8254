"""Attention and its relatives against torch: masks, groups, causality, slopes, and every message."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, Wire, build, run
from circuits.ops.attention import attention, cosine_similarity, l2_normalize
from circuits.ops.views import rename
from tests.circuits.gradients import Array
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms

QKV = {"q": "[h y k]", "k": "[h x k]", "v": "[h x k]"}


def _attending(inputs: dict[str, str] = QKV, outputs: tuple[str, ...] = (), **words: Any) -> Circuit:
    def body(q: Wire, k: Wire, v: Wire, *mask: Wire) -> Wire:
        return attention(q, k, v, *mask, **words)

    return build("f", inputs, body, outputs=outputs).valid()


def _arrays(y: int = 4, x: int = 5) -> dict[str, Array]:
    return {"q": randoms(2, y, 3), "k": randoms(2, x, 3, seed=1), "v": randoms(2, x, 3, seed=2)}


@pytest.mark.parametrize("scale", [None, 0.25])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("y", "x"), [(4, 4), (3, 5), (5, 3)])
def test_equals_torch(y: int, x: int, causal: bool, scale: float | None) -> None:
    check(
        _attending(causal=causal, scale=scale),
        _arrays(y, x),
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=causal, scale=scale),
    )


def test_another_width_of_values() -> None:
    circuit = _attending({**QKV, "v": "[h x v]"}, value="v")
    check(circuit, {**_arrays(), "v": randoms(2, 5, 2)}, F.scaled_dot_product_attention)


def test_a_mask_of_truth_values() -> None:
    circuit = _attending({**QKV, "mask": "Bool[y x]"}, masked="bool")
    mask = randoms(4, 5, seed=3) > 0
    mask[:, 0] = True
    check(circuit, {**_arrays(), "mask": mask}, lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, mask))


def test_a_query_that_sees_no_key_gets_zero() -> None:
    circuit = _attending({**QKV, "mask": "Bool[y x]"}, masked="bool")
    mask = np.ones((4, 5), bool)
    mask[2] = False
    arrays = {**_arrays(), "mask": mask}
    assert (run(circuit, arrays).only[:, 2] == 0).all()
    check(circuit, arrays, lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, mask))


def test_a_mask_that_is_added() -> None:
    # the mask has an axis that scores lack: it passes over all of attention
    circuit = _attending({"q": "[y k]", "k": "[x k]", "v": "[x k]", "mask": "[h y x]"}, ("[h y k]",), masked="add")
    arrays = {"q": randoms(4, 3), "k": randoms(5, 3), "v": randoms(5, 3, seed=1), "mask": randoms(2, 4, 5)}
    check(
        circuit,
        arrays,
        lambda q, k, v, mask: F.scaled_dot_product_attention(*(z.expand(2, -1, -1) for z in (q, k, v)), mask),
    )


@pytest.mark.parametrize("causal", [False, True])
def test_a_window_is_a_mask(causal: bool) -> None:
    def near(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        y, x = torch.arange(6)[:, None], torch.arange(7)
        mask = (y - x < 2) & ((y >= x) if causal else (x - y < 2))
        return F.scaled_dot_product_attention(q, k, v, mask)

    check(_attending(window=2, causal=causal), _arrays(6, 7), near)


def test_grouped_query() -> None:
    # two heads of keys and values, each shared by three heads of queries
    inputs = {"q": "[b g r y k]", "k": "[b g x k]", "v": "[b g x k]"}
    arrays = {"q": randoms(2, 2, 3, 4, 3), "k": randoms(2, 2, 5, 3), "v": randoms(2, 2, 5, 3, seed=1)}

    def grouped(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        heads = F.scaled_dot_product_attention(q.flatten(1, 2), k, v, enable_gqa=True)
        return heads.unflatten(1, (2, 3))

    check(_attending(inputs), arrays, grouped)


def test_self_attention_reads_keys_off_the_axis_of_queries() -> None:
    def body(z: Wire) -> Wire:
        return attention(z, z, z, query="t", key="t'", causal=True)

    circuit = build("f", {"z": "[t k]"}, body).valid()
    check(circuit, {"z": randoms(4, 3)}, lambda z: F.scaled_dot_product_attention(z, z, z, is_causal=True))


def test_one_query_without_an_axis_and_keys_over_two() -> None:
    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        return attention(q, k, v, query="", key="y x")

    circuit = build("f", {"q": "[k]", "k": "[y x k]", "v": "[y x k]"}, body).valid()

    def flat(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return F.scaled_dot_product_attention(q[None], k.flatten(0, 1), v.flatten(0, 1))[0]

    check(circuit, {"q": randoms(3), "k": randoms(2, 4, 3), "v": randoms(2, 4, 3, seed=1)}, flat)


def test_dropout_drops_weights_in_training_only() -> None:
    circuit, arrays = _attending(dropout=0.5), {**_arrays(), "v": np.ones((2, 5, 3))}
    np.testing.assert_allclose(run(circuit, arrays).only, 1.0)
    drops = [run(circuit, arrays, training=True, seed=seed).only for seed in range(40)]
    assert np.std(drops) > 0.1
    assert abs(np.mean(drops) - 1.0) < 0.1


def test_lengths_and_angles() -> None:
    unit = build("f", {"x": "[b m]"}, lambda x: l2_normalize(x, axis="m")).valid()
    check(unit, {"x": randoms(4, 3)}, lambda x: F.normalize(x, dim=-1))
    assert (run(unit, {"x": np.zeros((1, 3))}).only == 0).all()
    cosine = build("f", {"a": "[b m]", "b": "[b m]"}, lambda a, b: cosine_similarity(a, b, axis="m")).valid()
    check(cosine, {"a": randoms(4, 3), "b": randoms(4, 3, seed=1)}, lambda a, b: F.cosine_similarity(a, b, dim=-1))
    pairs = build(
        "f", {"a": "[b m]", "b": "[b m]"}, lambda a, b: cosine_similarity(a, rename(b, "b -> b'"), axis="m")
    ).valid()
    check(
        pairs,
        {"a": randoms(4, 3), "b": randoms(4, 3, seed=1)},
        lambda a, b: F.cosine_similarity(a[:, None], b[None], dim=-1),
    )


def test_messages() -> None:
    def told(inputs: dict[str, str] = QKV, **words: Any) -> list[str]:
        return problems(lambda q, k, v: attention(q, k, v, **words), **inputs)

    assert told(query="x") == [
        (
            "attention (attention): expected different axes as query and key, found 'x' as both. Map one of "
            "them to the twin x'."
        )
    ]
    assert told(channel="x") == [
        (
            "attention (attention): expected different axes as key and channel, found 'x' as both. Map one "
            "of them to the twin x'."
        )
    ]
    assert told(channel="") == [
        ("attention (attention): expected at least one axis as channel, found none. Name it with channel=.")
    ]
    assert told(causal=True, query="", key="x") == [
        (
            "attention (attention): expected one query and one key axis for positions, found '' and 'x'. "
            "Give a mask instead."
        )
    ]
    assert told(query="t") == [
        "f/attention (attention): expected an axis 't' at 'q', found [h y k]. Rename an axis or add 't'."
    ]
    assert told(masked="bool") == [
        ("f/attention (attention): expected 4 inputs (q, k, v, mask), found 3. Connect one wire to each port.")
    ]
    assert told({**QKV, "k": "[x k=4]", "q": "[y k=3]"}) == [
        (
            "f: expected k = 3 (axis 'k' is declared as 3 at f), found 4 (declared k = 4). Make the sizes "
            "equal, or give one axis another name."
        )
    ]
    assert told(dropout=1.5) == [
        (
            "attention: expected attributes of 'attention' (query, key, channel, value, causal, window, "
            "scale, dropout, masked), found dropout: Input should be less than 1. See its documentation."
        )
    ]
