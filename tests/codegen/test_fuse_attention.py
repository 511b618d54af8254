"""Attention written by hand becomes one node where it is exactly that, and stays as it is where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, Wire, build, call, dropout, einsum, elementwise, size, softmax
from codegen.passes.fuse_attention import fuse_attention
from tests.codegen.test_passes import assert_same
from tests.codegen.verify import assert_equal

SIZES = {"y": 3, "x": 4, "k": 5, "e": 2, "h": 2, "g": 3}
INPUTS = {"q": "[y k]", "k": "[x k]", "v": "[x e]"}
Scaled = Callable[[Wire], Wire]


def by_hand(scaled: Scaled = lambda scores: scores * size("k") ** -0.5, **types: str) -> Circuit:
    """Attention with the scores scaled in some way; axes that inputs have beyond its own pass over."""

    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        scores = scaled(einsum("y k, x k -> y x", q, k))
        return einsum("y x, x e -> y e", softmax(scores, axis="x"), v)

    return build("by_hand", {**INPUTS, **types}, body, sizes=SIZES)


def ops(circuit: Circuit) -> list[str]:
    return [node.op.name for node in circuit.nodes]


def the_op(circuit: Circuit) -> Any:
    (node,) = fuse_attention(circuit).nodes
    assert node.op.name == node.name == "attention"
    return node.op


def subsets(*axes: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(axes), unique=True).map(" ".join)


@given(subsets("h", "g"), subsets("h", "g"), subsets("h", "g"), st.sampled_from([None, 1.0, 0.25]))
def test_whatever_passes_over_the_meaning_stays(q: str, k: str, v: str, scale: float | None) -> None:
    types = {"q": f"[y {q} k]", "k": f"[{k} x k]", "v": f"[x e {v}]"}
    scaled: Scaled = (lambda scores: scores * size("k") ** -0.5) if scale is None else (lambda scores: scores * scale)
    circuit = by_hand(scaled, **types)
    assert the_op(circuit).scale == scale
    assert_same(circuit, fuse_attention(circuit))
    program = assert_equal(circuit, sizes=SIZES)
    assert "F.scaled_dot_product_attention(" in program.source


@pytest.mark.parametrize(
    ("scaled", "scale"),
    [
        (lambda scores: scores, 1.0),
        (lambda scores: scores / size("k") ** 0.5, None),
        (lambda scores: elementwise("s / sqrt(size(k))", scores), None),
        (lambda scores: elementwise("1 / sqrt(size(k)) * s", scores), None),
        (lambda scores: elementwise("s * (1 / sqrt(size(k)))", scores), None),
        (lambda scores: elementwise("size(k) ** -0.5 * s", scores), None),
        (lambda scores: elementwise("0.5 * s", scores), 0.5),
        (lambda scores: scores / 4, 0.25),
    ],
)
def test_scores_may_be_scaled_in_several_ways(scaled: Scaled, scale: float | None) -> None:
    circuit = by_hand(scaled)
    assert the_op(circuit).scale == scale
    assert_same(circuit, fuse_attention(circuit))


def test_operands_may_come_in_any_order() -> None:
    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        return einsum("x e, y x -> e y", v, softmax(einsum("x k, y k -> x y", k, q), axis="x"))

    circuit = build("c", INPUTS, body, sizes=SIZES, outputs=["[e y]"])
    op = the_op(circuit)
    assert (op.query, op.key, op.channel, op.value, op.scale) == ("y", "x", "k", "e", 1.0)
    assert_same(circuit, fuse_attention(circuit))
    assert_equal(circuit, sizes=SIZES, leading=(2, 3))


def test_axes_of_the_values_may_have_the_name_of_the_channels() -> None:
    attend = build(
        "attend",
        {"q": "[y k]", "k": "[x k]", "v": "[x k]"},
        lambda q, k, v: einsum("y x, x k -> y k", softmax(einsum("y k, x k -> y x", q, k), axis="x"), v),
    )
    assert the_op(attend).value == ""
    twice = build("c", {"n": "[t k]"}, lambda n: call(attend, n, n, n, axes="y=t x=t'"), sizes={"t": 4, "k": 3})
    assert_same(twice, fuse_attention(twice))
    assert_equal(twice, sizes={"t": 4, "k": 3}, leading=(2,))


def kept(q: Wire, k: Wire, v: Wire) -> dict[str, Wire]:
    weights = softmax(einsum("y k, x k -> y x", q, k), axis="x")
    return {"out": einsum("y x, x e -> y e", weights, v), "weights": weights}


def dropped(q: Wire, k: Wire, v: Wire) -> Wire:
    weights = dropout(softmax(einsum("y k, x k -> y x", q, k), axis="x"), rate=0.5)
    return einsum("y x, x e -> y e", weights, v)


def over_queries(q: Wire, k: Wire, v: Wire) -> Wire:
    return einsum("y x, x e -> y e", softmax(einsum("y k, x k -> y x", q, k), axis="y"), v)


def folded_twice(q: Wire, k: Wire, v: Wire) -> Wire:
    return einsum("y x, x e -> y", softmax(einsum("y k, x k -> y x", q, k), axis="x"), v)


def shifted(q: Wire, k: Wire, v: Wire) -> Wire:
    scores = elementwise("s * 0.5 + 1.0", einsum("y k, x k -> y x", q, k))
    return einsum("y x, x e -> y e", softmax(scores, axis="x"), v)


def of_other_length(q: Wire, k: Wire, v: Wire) -> Wire:
    return einsum("y x, x e -> y e", softmax(einsum("y k, x k -> y x", q, k) * size("e") ** -0.5, axis="x"), v)


@pytest.mark.parametrize("body", [kept, dropped, over_queries, folded_twice, shifted, of_other_length])
def test_what_is_not_exactly_attention_stays(body: Callable[..., Any]) -> None:
    circuit = build("c", INPUTS, body, sizes=SIZES)
    assert fuse_attention(circuit) == circuit


def test_values_that_depend_on_the_query_or_complex_ones_are_no_attention() -> None:
    assert fuse_attention(circuit := by_hand(v="[x y e]")) == circuit
    assert fuse_attention(circuit := by_hand(v="Complex[x e]")) == circuit


def test_names_stay_apart_from_those_there_are() -> None:
    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        q = elementwise("tanh(q)", q, name="attention")
        scores = einsum("y k, x k -> y x", q, k)
        return einsum("y x, x e -> y e", softmax(scores, axis="x"), v)

    found = fuse_attention(build("c", INPUTS, body, sizes=SIZES))
    assert [node.name for node in found.nodes] == ["attention", "attention_2"]
    assert ops(found) == ["elementwise", "attention"]
