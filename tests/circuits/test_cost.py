"""Costs against closed formulas, and against the parameters there are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from circuits import (
    BindingError,
    Circuit,
    CircuitError,
    Wire,
    build,
    call,
    circuit,
    conv,
    costs,
    einsum,
    embedding,
    fixed_point,
    layer_norm,
    linear,
    ode,
    parameters,
    relu,
    repeat,
    scan,
    softmax,
)
from circuits.cost_table import MAX_ROWS, Cost
from gallery import entries
from tests.circuits.wrong import WRONG
from tests.strategies import circuits

KNOWN = {entry.name: entry.circuit for entry in entries()}


def held(circuit: Circuit, sizes: dict[str, int] | None = None) -> int:
    """Elements of all parameters, counted one by one."""
    return sum(math.prod(item.shape) for item in parameters(circuit, sizes).values() if not item.buffer)


def test_a_linear_map() -> None:
    b, m, n = 5, 7, 3
    net = build("net", {"x": "[b m]"}, lambda x: linear("m -> n", x))
    total = costs(net, {"b": b, "m": m, "n": n}).total
    assert total == Cost(
        parameters=n * m + n,
        operations=b * n * 2 * m + b * n,
        read=4 * (b * m + n * m + n),
        written=4 * b * n,
    )


def test_a_linear_map_for_each_expert_has_as_many_weights() -> None:
    net = build("net", {"x": "[e b m]"}, lambda x: linear("m -> n", x, per="e"))
    sizes = {"e": 4, "b": 5, "m": 7, "n": 3}
    total = costs(net, sizes).total
    assert total.parameters == 4 * (3 * 7 + 3) == held(net, sizes)
    assert total.operations == 4 * 5 * (2 * 7 * 3 + 3)


def test_a_convolution() -> None:
    net = build("net", {"x": "[b c y x]"}, lambda x: conv(x, "c -> d", over="y x", kernel=3, bias=False))
    sizes = {"b": 2, "c": 3, "d": 5, "y": 8, "x": 9}
    total = costs(net, sizes).total
    assert total.parameters == 5 * 3 * 9
    products = 2 * 5 * 8 * 9 * 3 * 9
    assert total.operations == 2 * products


@circuit
def attention(q: Wire["y k"], k: Wire["x k"], v: Wire["x k"]) -> Wire["y k"]:
    scores = einsum("y k, x k -> y x", q, k)
    return einsum("y x, x k -> y k", softmax(scores, axis="x", name="soft"), v, name="mixed")


def test_attention_is_quadratic_in_the_positions() -> None:
    y, x, k = 5, 7, 4
    table = costs(attention, {"y": y, "x": x, "k": k})
    rows = {row.path: row.cost for row in table.rows()}
    assert rows["scores"].operations == rows["mixed"].operations == 2 * y * x * k
    assert rows["mixed"].read == 4 * (y * x + x * k)
    softmax_alone = costs(build("soft", {"s": "[x]"}, lambda s: softmax(s, axis="x")), {"x": x}).total
    assert rows["soft"].operations == y * softmax_alone.operations


def test_axes_pass_over_calls_to_what_depends_on_them() -> None:
    def projected(q: Wire, n: Wire) -> Wire:
        return call(attention, q, linear("m -> k", n, name="keys"), linear("m -> k", n, name="values"))

    inner = build("inner", {"q": "[y k]", "n": "[x m]"}, projected)
    whole = build("whole", {"q": "[b y k]", "n": "[x m]"}, lambda q, n: call(inner, q, n, name="inner"))
    sizes = {"b": 6, "y": 5, "x": 7, "k": 4, "m": 3}
    rows = {row.path: row.cost for row in costs(whole, sizes).rows()}
    alone = {row.path: row.cost for row in costs(inner, sizes).rows()}
    assert rows["inner.keys"] == alone["keys"]
    assert rows["inner.attention.scores"].operations == 6 * alone["attention.scores"].operations
    assert rows["inner.attention.mixed"].read == 4 * (6 * 5 * 7 + 7 * 4)


def test_rounds_of_a_repetition_count_each_and_own_weights_unless_tied() -> None:
    body = build("layer", {"x": "[m]"}, lambda x: linear("m' -> m", linear("m -> m'", x)))
    one = costs(body, {"m": 3}).total
    for tied, copies in ((False, 5), (True, 1)):
        net = build("net", {"x": "[b m]"}, lambda x, tied=tied: repeat(body, x, times=5, tied=tied))
        total = costs(net, {"b": 2, "m": 3}).total
        assert total.parameters == copies * one.parameters == held(net, {"m": 3})
        assert total.operations == 5 * 2 * one.operations


def test_rounds_that_differ_count_as_they_are() -> None:
    body = build("round", {"x": "c[l]"}, lambda x: linear("c[l] -> c[l+1]", x, bias=False), outputs=["c[l+1]"])
    net = build("net", {"x": "c[0]"}, lambda x: repeat(body, x, times=3))
    table = costs(net, {f"c[{level}]": level + 2 for level in range(4)})
    assert table.total.operations == 2 * (2 * 3 + 3 * 4 + 4 * 5)
    assert [row.path for row in table.rows()][1:] == [f"round.{number}.linear" for number in range(3)]


def test_steps_of_a_scan_count_each() -> None:
    cell = build("cell", {"h": "[m]", "x": "[m]"}, lambda h, x: {"h": h + linear("m' -> m", linear("m -> m'", x))})
    one = costs(cell, {"m": 3}).total
    net = build("net", {"h": "[m]", "x": "[t m]"}, lambda h, x: scan(cell, h, x, axis="t", along="x"))
    total = costs(net, {"m": 3, "t": 11}).total
    assert total.operations == 11 * one.operations
    assert total.parameters == one.parameters


def test_a_transformer_has_the_parameters_of_the_formula() -> None:
    d, f, layers, v = 8, 32, 3, 11

    def block(x: Wire) -> Wire:
        q, k, w = (linear("m -> k h", x, name=name) for name in ("query", "key", "value"))
        mixed = linear("k h -> m", call(attention, q, k, w, axes="y=t x=t"), name="out")
        x = layer_norm(x + mixed, axes="m", name="norm")
        return layer_norm(x + linear("f -> m", relu(linear("m -> f", x))), axes="m", name="norm_2")

    layer = build("layer", {"x": "[t m]"}, block, sizes={"m": d, "f": f, "h": 2, "k": d // 2})

    def whole(tokens: Wire) -> Wire:
        return linear("m -> v", repeat(layer, embedding(tokens, "v -> m"), times=layers))

    net = build("net", {"tokens": "Natural(v)[t]"}, whole, sizes={"v": v, "m": d})
    each = 4 * (d * d + d) + 2 * d * f + f + d + 2 * 2 * d
    assert costs(net, {"t": 5}).total.parameters == v * d + layers * each + d * v + v == held(net)


@pytest.mark.parametrize("name", KNOWN)
def test_gallery_circuits_count_the_parameters_they_have(name: str) -> None:
    sizes = {axis: 4 for item in KNOWN[name].inputs for axis in item.type.axes}
    needed = {axis: size for axis, size in sizes.items() if axis not in KNOWN[name].checked.known({})}
    table = costs(KNOWN[name], needed)
    assert table.total.parameters == held(KNOWN[name], needed)
    assert table.total.operations > 0
    assert str(table).splitlines()[-2].startswith("total")


@given(circuits())
def test_totals_are_sums_of_rows(circuit: Circuit) -> None:
    table = costs(circuit)
    assert table.total == sum((row.cost for row in table.rows(depth=1)), Cost())
    assert table.total.parameters == held(circuit)
    assert table.to_json()["total"]["operations"] == table.total.operations


def test_columns_hold_what_is_needed_later() -> None:
    def body(x: Wire) -> Wire:
        return linear("n -> m", relu(linear("m -> n", x, name="up"), name="act"), name="down") + x

    net = build("net", {"x": "[m]"}, body)
    table = costs(net, {"m": 3, "n": 5})
    assert [(column.nodes, column.bytes) for column in table.columns] == [
        ((), 4 * 3),
        (("up",), 4 * (3 + 5)),
        (("act",), 4 * (3 + 5)),
        (("down",), 4 * (3 + 3)),
        (("elementwise",), 4 * 3),
    ]
    assert table.peak.bytes == 4 * 8


def test_the_table_as_text() -> None:
    net = build("net", {"x": "[b m]"}, lambda x: relu(linear("m -> n=1000", x, name="map"), name="act"))
    assert str(costs(net, {"b": 2, "m": 3})) == (
        "net b=2 m=3 n=1000\n"
        "node   op      times  parameters  operations  bytes read  bytes written\n"
        "map    linear      1       4,000      14,000      16,024          8,000\n"
        "act    relu        1           0       2,000       8,000          8,000\n"
        "total                      4,000      16,000      24,024         16,000\n"
        "activations: at most 8,000 bytes at once, after map"
    )


def test_sizes_that_are_not_known_are_asked_for() -> None:
    with pytest.raises(BindingError) as caught:
        costs(attention, {"k": 4})
    assert str(caught.value) == (
        "attention: expected a size for every axis, found none for x, y. Give sizes (x=..., y=...), "
        "or defaults in the circuit."
    )


def test_circuits_with_problems_cost_nothing() -> None:
    broken = next(found for found in WRONG.values() if isinstance(found, Circuit))
    with pytest.raises(CircuitError):
        costs(broken)


def test_circuits_doubled_at_every_level_are_counted_once() -> None:
    net = build("c0", {"x": "[m]"}, lambda x: linear("m' -> m", linear("m -> m'", x)), sizes={"m": 2})
    for level in range(1, 50):
        net = build(f"c{level}", {"x": "[m]"}, lambda x, inner=net: call(inner, call(inner, x)), sizes={"m": 2})
    table = costs(net)
    assert table.total.parameters == 2**49 * 12
    assert sum(1 for _ in table.rows()) == MAX_ROWS


def test_regions_that_unfold_cost_what_they_unfold_into() -> None:
    field = build("field", {"x": "[m]"}, lambda x: linear("m' -> m", linear("m -> m'", x)), sizes={"m": 3})
    one = costs(field).total
    solved = build("solved", {"x": "[b m]"}, lambda x: ode(field, x, steps=10, method="rk4"), sizes={"m": 3})
    table = costs(solved, {"b": 2})
    assert table.total.parameters == one.parameters == held(solved, {"b": 2})
    assert table.total.operations >= 10 * 4 * 2 * one.operations
    settled = build("settled", {"x": "[b m]"}, lambda x: fixed_point(field, x), sizes={"m": 3})
    assert costs(settled, {"b": 2}).total.operations == 2 * one.operations


def test_opened_costs_list_what_composites_expand_to() -> None:
    net = build("net", {"x": "[b m]"}, lambda x: softmax(linear("m -> n", x), axis="n"))
    sizes = {"b": 2, "m": 3, "n": 5}
    plain, opened = costs(net, sizes), costs(net, sizes, opened=True)
    assert plain.total == opened.total
    assert [row.path for row in plain.rows()] == ["linear", "softmax"]
    inside = [row for row in opened.rows() if row.path.startswith("linear.")]
    assert [row.path for row in inside] == ["linear.y", "linear.shifted"]
    assert sum(row.cost.operations for row in inside) == 2 * (2 * 3 * 5 + 5)
