"""Softmax and contraction as one fold: the same numbers, the same gradients, and what is left alone."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from circuits import (
    Circuit,
    Wire,
    attention,
    build,
    call,
    circuit,
    dropout,
    einsum,
    flatten,
    hopfield,
    multi_head_attention,
    repeat,
    run,
    softmax,
    stream_softmax,
)
from tests.circuits.rewrites.agree import check_reverse, normal


def ops(found: Circuit) -> list[str]:
    return [node.op.name for node in found.nodes]


def agree(before: Circuit, arrays: dict[str, np.ndarray], tolerance: float = 1e-12) -> Circuit:
    """The rewritten circuit, which gives what the first one gives, in the same layout."""
    after = stream_softmax(before)
    wanted, found = run(before, arrays).outputs, run(after, arrays).outputs
    for name, array in wanted.items():
        np.testing.assert_allclose(found[name], array, rtol=tolerance, atol=tolerance, err_msg=name, strict=True)
    return after


@given(st.data(), st.integers(1, 7), st.floats(0.1, 300.0))
def test_it_keeps_the_meaning(data: st.DataObject, length: int, spread: float) -> None:
    """For any axes that pass over scores, values or both, any order of axes, and scores of any size."""
    sizes = {"h": 2, "y": 3, "x": length, "k": 2}
    scores = data.draw(st.permutations(["x", *data.draw(st.lists(st.sampled_from("hy"), unique=True))]))
    values = data.draw(st.permutations(["x", *data.draw(st.lists(st.sampled_from("hk"), unique=True))]))
    kept = data.draw(st.permutations([axis for axis in "hyk" if axis in scores or axis in values]))
    spec = f"{' '.join(scores)}, {' '.join(values)} -> {' '.join(kept)}"

    def body(s: Wire, v: Wire) -> Wire:
        soft = softmax(s, axis="x")
        if data.draw(st.booleans(), label="swapped"):
            one, two = spec.partition("->")[0].split(",")
            return einsum(f"{two}, {one} -> {' '.join(kept)}", v, soft)
        return einsum(spec, soft, v)

    before = build("f", {"s": f"[{' '.join(scores)}]", "v": f"[{' '.join(values)}]"}, body)
    random = np.random.default_rng(data.draw(st.integers(0, 9)))
    s = spread * random.normal(size=[sizes[axis] for axis in scores])
    s = np.where(random.random(s.shape) < 0.2, -np.inf, s)
    s[(*(slice(None) if axis != "x" else 0 for axis in scores),)] = 0.0
    v = random.normal(size=[sizes[axis] for axis in values])
    after = agree(before, {"s": s, "v": v})
    assert ops(after) == ["normalised_contraction"]


def test_where_no_score_is_finite_both_give_no_number() -> None:
    before = build("f", {"s": "[x]", "v": "[x]"}, lambda s, v: einsum("x, x ->", softmax(s, axis="x"), v))
    arrays = {"s": np.full(3, -np.inf), "v": np.ones(3)}
    with np.errstate(invalid="ignore"):
        assert np.isnan(run(before, arrays).only)
        assert np.isnan(run(stream_softmax(before), arrays).only)


def test_gradients_are_those_of_the_original() -> None:
    @circuit
    def mixed(s: Wire["y x"], v: Wire["x k"]) -> Wire["y k"]:
        return einsum("y x, x k -> y k", softmax(s, axis="x"), v)

    arrays = normal(s=(3, 5), v=(5, 2))
    check_reverse(stream_softmax(mixed), arrays)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_becomes_a_call_of_its_rewritten_expansion(causal: bool) -> None:
    inputs = {"q": "[h y d]", "k": "[h x d]", "v": "[x h e]"}
    before = build("f", inputs, lambda q, k, v: attention(q, k, v, channel="d", value="e", causal=causal, name="core"))
    arrays = normal(q=(2, 6, 4), k=(2, 6, 4), v=(6, 2, 5))
    after = agree(before, arrays)
    assert ops(after) == ["call"]
    assert after.nodes[0].name == "core"
    assert [node.op.name for node in flatten(after).nodes].count("scan") == 1
    torched = [torch.tensor(arrays[name]) for name in "qk"] + [torch.tensor(arrays["v"]).transpose(0, 1)]
    wanted = F.scaled_dot_product_attention(*torched, is_causal=causal)
    np.testing.assert_allclose(run(after, arrays).only, wanted, rtol=1e-9, atol=1e-12)


def test_circuits_inside_calls_and_regions_are_rewritten() -> None:
    def mix(z: Wire) -> Wire:
        return einsum("t t', t' d -> t d", softmax(einsum("t d, t' d -> t t'", z, z), axis="t'"), z)

    step = build("step", {"z": "[t d]"}, mix, outputs=["[t d]"])
    before = build("f", {"z": "[b t d]"}, lambda z: repeat(step, call(step, z, name="first"), times=2, name="more"))
    # the values are read off the base axis, under another name: that einsum is not of the form
    assert stream_softmax(before) is before

    def mixed(z: Wire, v: Wire) -> dict[str, Wire]:
        made = einsum("t x, x d -> t d", softmax(einsum("t d, x d -> t x", z, v), axis="x"), v)
        return {"z": made, "v": v}

    step = build("step", {"z": "[t d]", "v": "[x d]"}, mixed, outputs=["[t d]", "[x d]"])

    def body(z: Wire, v: Wire) -> Wire:
        once = call(step, z, v, name="first")
        return repeat(step, *once, times=2, name="more")[0]

    before = build("f", {"z": "[b t d]", "v": "[b x d]"}, body)
    after = agree(before, normal(z=(2, 3, 4), v=(2, 5, 4)))
    inner = [used for used in after.definitions() if used is not after]
    assert [ops(one) for one in inner] == [["einsum", "normalised_contraction"]]


def test_a_composite_with_an_attention_inside() -> None:
    before = build("f", {"s": "[y k]", "p": "[x k]"}, lambda s, p: hopfield(s, p, steps=2))
    assert ops(agree(before, normal(s=(3, 4), p=(5, 4)))) == ["call"]


def stays(name: str, body: Callable[..., Wire], **inputs: str) -> object:
    return pytest.param(build(name, inputs, body), id=name)


@pytest.mark.parametrize(
    "found",
    [
        stays("alone", lambda s: softmax(s, axis="x"), s="[y x]"),
        stays("read_twice", lambda s: (lambda w: einsum("y x, y x -> y", w, w))(softmax(s, axis="x")), s="[y x]"),
        stays("two_axes", lambda s, v: einsum("x z, x z ->", softmax(s, axis="x z"), v), s="[x z]", v="[x z]"),
        stays("more_summed", lambda s, v: einsum("y x, x k -> k", softmax(s, axis="x"), v), s="[y x]", v="[x k]"),
        stays("kept", lambda s, v: einsum("y x, x k -> y x k", softmax(s, axis="x"), v), s="[y x]", v="[x k]"),
        stays("alone_in_it", lambda s, v: einsum("y x, k -> y k", softmax(s, axis="x"), v), s="[y x]", v="[k]"),
        stays("between", lambda s, v: einsum("x, x ->", dropout(softmax(s, axis="x"), rate=0.5), v), s="[x]", v="[x]"),
        stays("three", lambda s, v: einsum("x, x, x ->", softmax(s, axis="x"), v, v), s="[x]", v="[x]"),
        stays(
            "parameters_inside", lambda x: multi_head_attention(x, x, "m -> k h=2", query="t", key="t'"), x="[t m=4]"
        ),
    ],
)
def test_what_is_not_of_the_form_stays(found: Circuit) -> None:
    assert found.valid() and stream_softmax(found) is found


def test_a_second_time_changes_nothing() -> None:
    before = build("f", {"q": "[y k]", "k": "[x k]"}, lambda q, k: attention(q, k, k))
    once = stream_softmax(before)
    assert stream_softmax(once) is once
