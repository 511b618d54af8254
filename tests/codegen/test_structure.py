"""Subcircuits, twins, `per`, tied and fed weights, odd names: printed and held against the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch

from circuits import (
    Circuit,
    Wire,
    broadcast,
    build,
    call,
    cast,
    concat,
    constant,
    dropout,
    einsum,
    elementwise,
    embedding,
    iota,
    layer_norm,
    linear,
    parameter,
    random,
    reduce,
    rename,
    scan,
    size,
    softmax,
    unconcat,
    vector_quantize,
)
from tests.codegen.verify import assert_equal, instance


def attention() -> Circuit:
    def body(q: Wire, k: Wire, v: Wire) -> Wire:
        scores = einsum("y k, x k -> y x", q, k) * size("k") ** -0.5
        return einsum("y x, x k -> y k", softmax(scores, axis="x"), v)

    return build("attention", {"q": "[y k]", "k": "[x k]", "v": "[x k]"}, body, outputs=["[y k]"])


def multi_head() -> Circuit:
    def body(y: Wire, x: Wire) -> Wire:
        query, key, value = (
            linear("m -> k h", wire, name=name) for name, wire in {"query": y, "key": x, "value": x}.items()
        )
        return linear("k h -> m", call(attention(), query, key, value), name="out")

    sizes = {"m": 6, "k": 3, "h": 2, "y": 4, "x": 5}
    return build("multi_head_attention", {"y": "[y m]", "x": "[x m]"}, body, outputs=["[y m]"], sizes=sizes)


def check(
    body: Any,
    inputs: Mapping[str, str],
    sizes: Mapping[str, int] | None = None,
    leadings: Sequence[Any] = ((), (2,), (3, 2)),
    outputs: Sequence[str] = (),
    name: str = "circuit",
) -> str:
    """Print a circuit and hold it against the reference behind several leading axes; the source."""
    circuit = build(name, inputs, body, sizes=dict(sizes or {}), outputs=outputs)
    program = assert_equal(circuit, leading=leadings[0])
    for leading in leadings[1:]:
        assert_equal(circuit, leading=leading, program=program)
    return program.source


def test_axes_pass_over_a_subcircuit() -> None:
    sizes = {"y": 4, "x": 5, "k": 3, "h": 2, "g": 3}
    source = check(
        lambda q, k, v: call(attention(), q, k, v),
        {"q": "[y h k g]", "k": "[x k h]", "v": "[h x k]"},
        sizes,
        [(), (2,), {"q": (2,), "k": (), "v": (3, 1)}],
    )
    assert "class Attention(nn.Module):" in source


def test_only_a_later_argument_has_a_passing_axis() -> None:
    check(
        lambda q, k, v: call(attention(), q, k, v),
        {"q": "[y k]", "k": "[x k]", "v": "[h x k]"},
        {"y": 4, "x": 5, "k": 3, "h": 2},
        [(), {"q": (2, 3), "k": (3,), "v": ()}],
    )


def test_self_attention_by_axes_alone() -> None:
    source = check(
        lambda n: call(multi_head(), n, n, axes="y=t x=t'"), {"n": "[t m]"}, {"t": 5, "m": 4, "k": 3, "h": 2}
    )
    assert "return self.multi_head_attention(n, n)" in source


def test_sizes_reach_circuits_that_use_circuits() -> None:
    inner = build("inner", {"n": "[t m]"}, lambda n: call(multi_head(), n, n, axes="y=t x=t'"))
    outer = build("outer", {"n": "[t m]"}, lambda n: call(inner, n))
    assert_equal(outer, sizes={"t": 3, "m": 4, "k": 5, "h": 2})


def test_sizes_are_said_in_the_callers_names() -> None:
    def body(x: Wire) -> Wire:
        hidden = linear("m -> f=4*m", x, name="up")
        return call(build("inner", {"x": "[c]"}, lambda x: linear("c -> d=2*c", x, name="map")), hidden, axes="c=f d=e")

    source = check(body, {"x": "[t m]"}, {"t": 2, "m": 3})
    assert "self.up = nn.Linear(m, 4 * m)" in source
    assert "self.inner = Inner(c=4 * m)" in source


def test_a_size_map_names_a_size() -> None:
    inner = build("inner", {"x": "[c]"}, lambda x: linear("c -> d", x, name="map"), sizes={"d": 3})
    check(
        lambda x: concat(call(inner, x, sizes="d=5", name="a"), call(inner, x, axes="d=e", name="b"), spec="d, e -> f"),
        {"x": "[t c]"},
        {"t": 2, "c": 4, "e": 2},
    )


def test_equal_circuits_share_a_class() -> None:
    source = check(
        lambda x: call(multi_head(), call(multi_head(), x, x, axes="y=t x=t'", name="a"), x, axes="y=t x=t'", name="b"),
        {"x": "[t m]"},
        {"t": 3, "m": 4, "k": 2, "h": 2},
    )
    assert source.count("class MultiHeadAttention(") == 1
    assert "self.a = MultiHeadAttention(" in source and "self.b = MultiHeadAttention(" in source


def test_different_circuits_of_one_name_are_numbered() -> None:
    one = build("step", {"x": "[a]"}, lambda x: x * 2)
    other = build("step", {"x": "[a]"}, lambda x: x + 1)
    source = check(lambda x: call(other, call(one, x)), {"x": "[a]"}, {"a": 3})
    assert "class Step(" in source and "class Step2(" in source


def test_circuits_may_bear_the_names_of_helpers() -> None:
    inner = build("linear", {"x": "[a b]"}, lambda x: linear("a b -> c d", x, name="map"), sizes={"c": 2, "d": 3})
    source = check(lambda x: call(inner, x), {"x": "[a b]"}, {"a": 3, "b": 2}, name="tensor")
    assert "class Linear2(nn.Module):" in source and "class Tensor2(nn.Module):" in source


def test_several_outputs_with_leading_groups_of_their_own() -> None:
    def pair(a: Wire, b: Wire) -> dict[str, Wire]:
        return {"left": a * 2, "both": elementwise("a + b", a, b, outer=True), "right": rename(b, "y -> z")}

    inner = build("pair", {"a": "[x]", "b": "[y]"}, pair)

    def body(a: Wire, b: Wire) -> dict[str, Wire]:
        left, both, right = call(inner, a, b)
        return {"left": left, "both": both, "right": right}

    check(body, {"a": "[x g]", "b": "[h y]"}, {"x": 2, "y": 3, "g": 2, "h": 4}, [(), {"a": (2,), "b": ()}])


def test_an_output_may_be_an_input_or_a_weight() -> None:
    check(
        lambda x: {"same": x, "weight": parameter(axes="a b", name="w"), "again": x},
        {"x": "[a b]"},
        {"a": 2, "b": 3},
        [()],
    )


def test_outputs_have_their_declared_order() -> None:
    check(lambda x: x * 2, {"x": "[a b c]"}, {"a": 2, "b": 3, "c": 4}, outputs=["[c a b]"])


def test_weights_of_a_node_per_axis() -> None:
    source = check(
        lambda x: linear("m -> k", x, per="e", name="experts"), {"x": "[t e m]"}, {"t": 2, "e": 3, "m": 4, "k": 5}
    )
    assert "weight=uniform(e, k, m" in source


def test_weights_per_an_axis_that_inputs_lack() -> None:
    check(lambda x: layer_norm(x, axes="m", per="e f", name="n"), {"x": "[t m]"}, {"t": 2, "e": 3, "f": 2, "m": 4})


def test_a_circuit_per_axis_holds_its_weights_so_often() -> None:
    def body(x: Wire, g: Wire) -> Wire:
        hidden = elementwise("tanh(x)", linear("m -> f", x, name="up"))
        return elementwise("x * g", linear("f -> m", hidden, name="down"), g)

    expert = build("expert", {"x": "[m]", "g": "[]"}, body, sizes={"f": 5})
    sizes = {"t": 2, "e": 3, "m": 4}
    check(lambda x, g: call(expert, x, g, per="e"), {"x": "[t m]", "g": "[t e]"}, sizes)
    check(lambda x, g: call(expert, x, g, per="e"), {"x": "[e t m]", "g": "[t]"}, sizes)
    nested = build("nested", {"x": "[m]", "g": "[]"}, lambda x, g: call(expert, x, g, per="e"))
    check(lambda x, g: call(nested, x, g, per="o"), {"x": "[o m]", "g": "[t]"}, {**sizes, "o": 2})


def test_an_output_that_does_not_see_the_weights_is_repeated_per_axis() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: {"same": x * 2, "mapped": linear("m -> k", x, name="map")})

    def body(x: Wire) -> dict[str, Wire]:
        same, mapped = call(inner, x, per="e")
        return {"same": reduce("sum", same, axes="e"), "mapped": mapped}

    check(body, {"x": "[t m]"}, {"t": 2, "m": 3, "k": 4, "e": 5}, [(), (2,)])


def test_tied_nodes_share_their_weights() -> None:
    def body(x: Wire) -> Wire:
        one = linear("k -> m", linear("m -> k", x, name="a"), name="b")
        return one + linear("k -> m", linear("m -> k", x * 2, weights="a"), weights="b")

    source = check(body, {"x": "[t m]"}, {"t": 2, "m": 3, "k": 4})
    assert source.count("nn.Linear(") == 2


def test_different_ops_may_share_weights() -> None:
    def body(tokens: Wire) -> Wire:
        hidden = embedding(tokens, "v -> m", name="table")
        return linear("m -> v", hidden, bias=False, weights="table", name="logits")

    source = check(body, {"tokens": "Natural(v)[t]"}, {"t": 3, "v": 5, "m": 4})
    assert "return F.linear(table, self.table.weight)" in source


def test_a_tied_node_may_come_before_its_owner() -> None:
    def body(x: Wire) -> Wire:
        first = linear("m -> k", x, weights="later", name="first")
        return linear("m -> k", linear("k -> m", first, name="b"), name="later")

    check(body, {"x": "[t m]"}, {"t": 2, "m": 3, "k": 4})


def test_weights_are_wires() -> None:
    def body(x: Wire, w: Wire) -> Wire:
        return linear("m -> k", x, weight=w, name="fed")

    sizes = {"t": 2, "m": 3, "k": 4}
    check(body, {"x": "[t m]", "w": "[k m]"}, sizes, [(), {"x": (2,), "w": ()}, {"x": (), "w": (2,)}])
    check(body, {"x": "[t m]", "w": "[t k m]"}, sizes, [(), {"x": (3, 2), "w": (2,)}])


def test_a_hypernetwork_fed_with_its_own_parameters_is_the_original() -> None:
    plain = build("plain", {"x": "[t m]"}, lambda x: linear("m -> k", x, name="map"), sizes={"t": 2, "m": 3, "k": 4})
    fed = build(
        "fed",
        {"x": "[t m]"},
        lambda x: linear(
            "m -> k",
            x,
            weight=parameter(axes="k m", label="weight", name="source"),
            bias=parameter(axes="k", label="bias", name="offset"),
            name="map",
        ),
        sizes={"t": 2, "m": 3, "k": 4},
    )
    one = instance(assert_equal(plain), plain, {})
    other = instance(assert_equal(fed), fed, {})
    state = one.state_dict()
    other.load_state_dict({"source.weight": state["map.weight"], "offset.bias": state["map.bias"]})
    x = torch.randn(7, 2, 3)
    assert torch.equal(one(x), other(x))


def test_softmax_over_a_middle_axis() -> None:
    check(lambda x: softmax(x, axis="b"), {"x": "[a b c]"}, {"a": 2, "b": 3, "c": 4})


def test_parameters_of_dead_nodes_stay() -> None:
    def body(x: Wire) -> Wire:
        linear("m -> k", x, name="unused")
        call(multi_head(), x, x, axes="y=t x=t'", name="unread")
        return x * 2

    source = check(body, {"x": "[t m]"}, {"t": 2, "m": 3, "k": 4, "h": 2})
    assert "return x * 2" in source and "self.unused(" not in source


def test_names_that_python_does_not_allow() -> None:
    def body(x: Wire, y: Wire) -> Wire:
        a = linear("x' -> l", rename(x, "x -> x'"), name="type")
        b = linear("l -> class", a, name="x'")
        return b * reduce("sum", y, axes="x/2") + parameter(axes="class", label="", name="train")

    circuit = build(
        "1st 'circuit'",
        {"lambda": "[t x]", "self": "[x/2]"},
        body,
        sizes={"t": 2, "x": 4, "l": 3, "class": 5, "x/2": 2},
    )
    assert_equal(circuit, leading=(2,))


def test_names_do_not_hide_what_the_program_calls() -> None:
    def body(uniform: Wire, batched: Wire) -> Wire:
        spread = elementwise("a + b", uniform, batched, outer=True, name="spread")
        both = concat(spread, elementwise("-x", uniform, name="Circuit"), spec="x, x -> z")
        return both + parameter(axes="z", init="uniform", name="w")

    sizes = {"x": 2, "Weights": 3, "z": 4}
    check(body, {"uniform": "[x]", "batched": "[Weights x]"}, sizes, [(), {"uniform": (2,), "batched": ()}])


def test_broadcasting_and_counting_follow_the_shapes_given() -> None:
    def body(x: Wire) -> Wire:
        _, tail = unconcat(x, "t -> a=1, b")
        wide = broadcast(tail, axes="c=2")
        return elementwise("x * i / size(b)", wide, cast(iota("b")))

    circuit = build("shapes", {"x": "[t]"}, body, sizes={"t": 5})
    program = assert_equal(circuit)
    assert_equal(circuit, sizes={"t": 8}, program=program)


def test_constants_take_the_precision_of_the_module() -> None:
    circuit = build(
        "scaled", {"x": "[a]"}, lambda x: x * constant((0.1, 0.2), axes="a") + constant(0.3), sizes={"a": 2}
    )
    module = instance(assert_equal(circuit), circuit, {}).double()
    found = module(torch.ones(2, dtype=torch.float64))
    assert found.dtype == torch.float64
    assert found.tolist() == [0.1 + 0.3, 0.2 + 0.3]


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_whole_numbers_become_real_ones_of_the_inputs_type(kind: torch.dtype) -> None:
    circuit = build("wave", {"x": "[t]"}, lambda x: x * elementwise("sin(i / 3)", iota("t")), sizes={"t": 4})
    module = instance(assert_equal(circuit), circuit, {})
    assert module(torch.ones(4, dtype=kind)).dtype == kind


def test_expansions_compute_only_what_is_read() -> None:
    source = check(lambda x: vector_quantize(x, "m -> n=4", name="codes")[0], {"x": "[t m]"}, {"t": 2, "m": 3})
    assert "loss" not in source and "total" not in source


def test_draws_are_shared_where_a_node_says_so() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: dropout(x, rate=0.5))

    def body(x: Wire) -> dict[str, Wire]:
        return {
            "each": dropout(x, rate=0.5),
            "node": dropout(x, rate=0.5, shared="t"),
            "call": call(inner, x, shared="t"),
            "noise": random(x, kind="normal", shared="m"),
        }

    circuit = build("circuit", {"x": "[t m]"}, body, sizes={"t": 50, "m": 40})
    module = instance(assert_equal(circuit, outputs=("each", "node", "call")), circuit, {}).train()
    each, node, called, noise = module(torch.ones(3, 50, 40))
    assert not torch.equal(each[0, 0], each[0, 1])
    for found in (node, called):
        assert torch.equal(found, found[:, :1].expand(3, 50, 40))
        assert not torch.equal(found[0], found[1])
        assert set(found.unique().tolist()) == {0.0, 2.0}
        assert abs(found.mean().item() - 1) < 0.4
    assert torch.equal(noise, noise[..., :1].expand(3, 50, 40))


def test_dead_nodes_may_read_what_dead_loops_emit() -> None:
    step = build("step", {"h": "[]", "x": "[]"}, lambda h, x: {"h": h + x, "y": h * x})

    def body(x: Wire) -> Wire:
        rows = scan(step, constant(0.0), x, axis="t", along="x")[1]
        linear("t -> k", rows, name="unread")
        return x * 2

    check(body, {"x": "[t]"}, {"t": 3, "k": 2})
