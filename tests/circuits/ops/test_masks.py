"""Masks against comparisons of positions, the softmax that heeds them; and every message."""

import numpy as np
import torch

from circuits import Wire, build, run
from circuits.ops.attention import attention
from circuits.ops.einsum import broadcast
from circuits.ops.masks import causal_mask, masked_softmax, padding_mask, sliding_window_mask
from circuits.ops.reductions import reduce
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


def test_masks() -> None:
    causal = build("f", {"z": "[y x]"}, lambda z: causal_mask("y", "x")).valid()
    np.testing.assert_array_equal(run(causal, {"z": np.zeros((3, 4))}).only, np.tri(3, 4, dtype=bool))
    y, x = np.arange(5)[:, None], np.arange(5)
    near = build("f", {"z": "[t]"}, lambda z: sliding_window_mask("t", "t'", 2)).valid()
    np.testing.assert_array_equal(run(near, {"z": np.zeros(5)}).only, abs(y - x) < 2)
    before = build("f", {"z": "[t]"}, lambda z: sliding_window_mask("t", "t'", 2, causal=True)).valid()
    np.testing.assert_array_equal(run(before, {"z": np.zeros(5)}).only, (y - x < 2) & (y >= x))
    padding = build("f", {"n": "Natural(t+1)[b]", "z": "[t]"}, lambda n, z: padding_mask(n, axis="t")).valid()
    found = run(padding, {"n": np.array([0, 2, 3]), "z": np.zeros(3)}).only
    np.testing.assert_array_equal(found, [[False] * 3, [True, True, False], [True] * 3])


def test_masked_softmax() -> None:
    circuit = build("f", {"s": "[b x]", "mask": "Bool[b x]"}, lambda s, mask: masked_softmax(s, mask, axis="x")).valid()
    mask = np.array([[True, False, True], [True, True, True], [False, False, False]])

    def softmax(s: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return torch.nan_to_num(torch.softmax(torch.where(mask, s, -torch.inf), -1))

    check(circuit, {"s": randoms(3, 3), "mask": mask}, softmax)


def test_attention_under_a_mask_that_is_made() -> None:
    def body(q: Wire, k: Wire, n: Wire) -> Wire:
        mask = broadcast(padding_mask(n, axis="x"), axes="y")
        return attention(q, k, k, mask, masked="bool")

    inputs = {"q": "[b y k]", "k": "[b x k]", "n": "Natural(x+1)[b]"}
    circuit = build("f", inputs, body, outputs=["[b y k]"]).valid()
    arrays = {"q": randoms(2, 3, 4), "k": randoms(2, 5, 4), "n": np.array([2, 5])}
    found = run(circuit, arrays).only
    for row, length in enumerate(arrays["n"]):
        own = slice(row, row + 1)
        whole = {"q": arrays["q"][own], "k": arrays["k"][own, :length], "n": np.array([length])}
        np.testing.assert_allclose(found[own], run(circuit, whole).only, rtol=1e-12)


def test_messages() -> None:
    inputs = {"q": "[b y k]", "k": "[b x k]", "m": "Bool[b x]"}
    assert problems(lambda q, k, m: attention(q, k, k, m, masked="bool"), **inputs) == [
        ("f/attention (attention): expected an axis 'y' at 'mask', found Bool[b x]. Rename an axis or add 'y'.")
    ]
    assert problems(lambda s, m: masked_softmax(s, m, axis="x"), s="[x]", m="[x]") == [
        ("f/masked_softmax (masked_softmax): expected Bool at 'mask', found Real. Cast it, or change its type.")
    ]
    assert problems(lambda s: s + reduce("sum", causal_mask("x", "x"), axes="x"), s="[x]") == [
        ("causal_mask (causal_mask): expected every axis once in type 'Bool[x x]', found 'x' 2 times. Use a twin: x'.")
    ]
    assert problems(lambda s: sliding_window_mask("x", "x'", width=0), s="[x]") == [
        (
            "sliding_window_mask: expected attributes of 'sliding_window_mask' (query, key, width, causal), "
            "found width: Input should be greater than or equal to 1. See its documentation."
        )
    ]
    assert problems(lambda n, z: padding_mask(n, axis="t"), n="Natural(9)[]", z="[t=7]") == [
        (
            "f/padding_mask (padding_mask): expected at most 8, found 9 (Natural(9) at 'lengths' must stay "
            "below t+1). Enlarge the axis, or lower the bound."
        )
    ]
    assert problems(lambda n: padding_mask(n, axis="2t"), n="Natural(9)[]") == [
        (
            "padding_mask (padding_mask): expected an axis name, found '2t'. Use letters, digits and _, "
            "then ' for a twin."
        )
    ]
