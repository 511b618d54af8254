"""Regions, printed as loops and held against the reference, gradients included where torch must be told them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from circuits import (
    Circuit,
    Wire,
    build,
    constant,
    conv,
    elementwise,
    fixed_point,
    host,
    linear,
    mixture,
    ode,
    parameter,
    reduce,
    relu,
    rename,
    repeat,
    reversible,
    scan,
    softmax,
    surrogate,
    while_loop,
)
from circuits.regions.derivative import derivative
from circuits.regions.host import register_host
from codegen import build as print_program
from tests.codegen.verify import assert_equal, double_precision, instance, load


def check(body: Any, inputs: dict[str, str], sizes: dict[str, int], leadings: Any = ((), (2,), (3, 2))) -> str:
    circuit = build("circuit", inputs, body, sizes=sizes)
    program = assert_equal(circuit, leading=leadings[0])
    for leading in leadings[1:]:
        assert_equal(circuit, leading=leading, program=program)
    return program.source


def layer() -> Circuit:
    def body(x: Wire, memory: Wire) -> Wire:
        mixed = linear("k -> m", elementwise("tanh(x)", linear("m -> k", x, name="up")), name="down")
        return elementwise("x + y + z", x, mixed, memory)

    return build("layer", {"x": "[m]", "memory": "[m]"}, body, sizes={"k": 3})


@pytest.mark.parametrize("tied", [False, True])
def test_repeat(tied: bool) -> None:
    source = check(
        lambda x, memory: repeat(layer(), x, memory, times=3, tied=tied),
        {"x": "[t m]", "memory": "[m s]"},
        {"t": 2, "m": 4, "s": 3},
        [(), (2,), {"x": (2, 3), "memory": ()}, {"x": (), "memory": (2,)}],
    )
    assert ("self.layer = Layer(m=m, k=k)" if tied else "nn.ModuleList(Layer(m=m, k=k) for _ in range(3))") in source


def test_repeat_as_often_as_a_size_says() -> None:
    circuit = build("deep", {"x": "[m]"}, lambda x: repeat(layer(), x, x, times="n"), sizes={"m": 4, "n": 2})
    program = assert_equal(circuit, sizes={"n": 3, "m": 4})
    assert "def __init__(self, *, m: int = 4, k: int = 3, n: int = 2)" in program.source


def test_repeat_holds_weights_per_axis() -> None:
    for tied in (False, True):
        check(
            lambda x, memory, tied=tied: repeat(layer(), x, memory, times=2, tied=tied, per="e"),
            {"x": "[t m]", "memory": "[m]"},
            {"t": 2, "m": 4, "e": 3},
        )


def test_states_that_change_places() -> None:
    swap = build("swap", {"a": "[]", "b": "[]"}, lambda a, b: {"a": b * 2, "b": a + 1})

    def body(a: Wire, b: Wire) -> dict[str, Wire]:
        first, second = repeat(swap, a, b, times=3)
        return {"first": first, "second": second}

    check(body, {"a": "[x]", "b": "[y]"}, {"x": 2, "y": 3}, [(), (2,)])


def test_states_that_come_in_another_order() -> None:
    turned = build("turned", {"x": "[a b]", "y": "[]"}, lambda x, y: {"x": x * y, "z": x}, outputs=["[b a]", "[b a]"])
    alone = build("alone", {"x": "[a b]"}, lambda x: elementwise("x * 2", x), outputs=["[b a]"])
    check(lambda x: repeat(alone, x, times=3), {"x": "[c a b]"}, {"a": 2, "b": 3, "c": 2})
    sizes = {"a": 2, "b": 3, "t": 4}
    check(lambda x, y: scan(turned, x, y, axis="t", along="y")[1], {"x": "[b a]", "y": "[t]"}, sizes)


def test_rounds_with_sizes_of_their_own() -> None:
    step = build("step", {"x": "[c[l]]"}, lambda x: relu(linear("c[l] -> c[l+1]", x, name="map")))
    source = check(
        lambda x: repeat(step, x, times=3), {"x": "[t c[0]]"}, {"t": 2, "c[0]": 2, "c[1]": 3, "c[2]": 4, "c[3]": 5}
    )
    assert source.count("class Step(") == 1 and "for step in self.step:" in source
    assert "Step(c_l=c_0, c_l_plus_1=c_1)," in source


def test_rounds_that_save_and_load() -> None:
    def down(x: Wire) -> dict[str, Wire]:
        y = conv(x, "c[l] -> c[l+1]", over="t", name="conv")
        return {"x": relu(y), "skip[l]": y}

    def up(x: Wire, skip: Wire) -> dict[str, Wire]:
        return {"x": conv(x + skip, "c[3-l] -> c[2-l]", over="t", name="conv")}

    left = build("down", {"x": "[c[l] t]"}, down)
    right = build("up", {"x": "[c[3-l] t]", "skip[2-l]": "[c[3-l] t]"}, up)

    def body(x: Wire) -> Wire:
        x, *skips = repeat(left, x, times=3)
        return repeat(right, x, *skips[::-1], times=3)

    sizes = {"t": 5, "c[0]": 2, "c[1]": 3, "c[2]": 4, "c[3]": 5}
    source = check(body, {"x": "[c[0] t]"}, sizes)
    assert "x_2, skip_1 = self.down[1](x_2)" in source


def test_names_that_meet_in_one_round_get_a_class_a_round() -> None:
    step = build(
        "step", {"x": "[c[0]]", "y": "[c[l]]"}, lambda x, y: {"x": x * 2 + 0 * reduce("sum", y, axes="c[l]"), "y[l]": y}
    )

    def body(x: Wire, y: Wire) -> Wire:
        return repeat(step, x, y, times=1)[0]

    check(body, {"x": "[c[0]]", "y": "[c[0]]"}, {"c[0]": 2})


def cell() -> Circuit:
    def body(h: Wire, x: Wire) -> dict[str, Wire]:
        held = linear("h' -> h", rename(h, "h -> h'"), name="held")
        after = elementwise("tanh(a + b)", linear("m -> h", x, name="read"), held)
        return {"h": after, "y": after * 2.0}

    return build("cell", {"h": "[h]", "x": "[m]"}, body)


@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse: bool) -> None:
    def body(x: Wire) -> dict[str, Wire]:
        last, steps = scan(cell(), constant(0.0, axes="h"), x, axis="t", along="x", reverse=reverse)
        return {"last": last, "steps": steps}

    source = check(body, {"x": "[b t m]"}, {"t": 4, "b": 2, "m": 3, "h": 2})
    assert "torch.stack(" in source


def test_scan_of_weights_per_axis() -> None:
    def body(x: Wire) -> Wire:
        return scan(cell(), constant(0.0, axes="h"), x, axis="t", along="x", per="e")[1]

    check(body, {"x": "[t m]"}, {"t": 3, "m": 3, "h": 2, "e": 2})


def test_scan_with_axes_that_only_some_inputs_have() -> None:
    step = build("step", {"h": "[]", "x": "[]", "w": "[]"}, lambda h, x, w: {"h": h * w + x, "before": h, "x": x})

    def body(h: Wire, x: Wire, w: Wire) -> dict[str, Wire]:
        last, before, again = scan(step, h, x, w, axis="t", along="x")
        return {"last": last, "before": before, "again": again}

    check(body, {"h": "[a]", "x": "[b t]", "w": "[c]"}, {"a": 2, "b": 3, "c": 2, "t": 4}, [(), (2,)])


def test_scan_that_only_counts() -> None:
    step = build("step", {"h": "[m]"}, lambda h: {"h": h * 0.5, "seen": h})
    check(lambda h: scan(step, h, axis="t", carried=1)[1], {"h": "[m]"}, {"m": 3, "t": 4})


def test_loops_inside_loops() -> None:
    inner = build("inner", {"s": "[]", "x": "[]"}, lambda s, x: {"s": s + x, "y": s * x})
    outer = build(
        "outer",
        {"s": "[]", "x": "[u]"},
        lambda s, x: dict(zip(("s", "y"), scan(inner, s, x, axis="u", along="x"), strict=True)),
    )
    check(lambda s, x: scan(outer, s, x, axis="t", along="x")[1], {"s": "[]", "x": "[t u a]"}, {"t": 3, "u": 2, "a": 2})


def contraction() -> Circuit:
    def body(z: Wire, x: Wire) -> Wire:
        turned = linear("m' -> m", rename(z, "m -> m'"), bias=False, name="map")
        return elementwise("tanh(0.3 * z + x)", turned, x)

    return build("body", {"z": "[m]", "x": "[m]"}, body)


def test_fixed_point() -> None:
    def body(x: Wire) -> Wire:
        return fixed_point(contraction(), constant(0.0, axes="m"), x, tolerance=1e-13, limit=200)

    check(body, {"x": "[t m]"}, {"t": 2, "m": 3}, [(), (2,)])


def test_the_gradient_of_a_fixed_point_is_that_of_its_solution() -> None:
    def body(x: Wire) -> Wire:
        return fixed_point(contraction(), constant(0.0, axes="m"), x, tolerance=1e-14, limit=500)

    circuit = build("deq", {"x": "[m]"}, body, sizes={"m": 3})
    with double_precision():
        module = instance(print_program(circuit), circuit, {})
        x = torch.randn(4, 3, requires_grad=True)
        module(x).square().sum().backward()
        found = [x.grad, *(parameter.grad for parameter in module.parameters())]
        weight = next(module.parameters()).detach().clone().requires_grad_()
        y = x.detach().clone().requires_grad_()
        z = torch.zeros(4, 3)
        for _ in range(200):
            z = torch.tanh(0.3 * z @ weight.T + y)
        z.square().sum().backward()
    for one, other in zip(found, (y.grad, weight.grad), strict=True):
        assert one is not None and other is not None
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_while_stops_every_index_by_itself() -> None:
    body = build("halve", {"h": "[m]", "x": "[m]"}, lambda h, x: elementwise("0.5 * h + 0.01 * x", h, x))
    test = build(
        "large", {"h": "[m]", "limit": "[]"}, lambda h, limit: elementwise("s > l", reduce("max", h, axes="m"), limit)
    )

    def circuit(h: Wire, x: Wire, limit: Wire) -> Wire:
        return while_loop(body, test, h, x, limit, limit=20)

    check(circuit, {"h": "[t m]", "x": "[m]", "limit": "[]"}, {"t": 4, "m": 3}, [(), (2,)])


def test_while_with_weights_on_both_sides() -> None:
    body = build("move", {"h": "[m]"}, lambda h: h * parameter(axes="m", init="constant", scale=0.5, name="factor"))
    test = build(
        "test", {"h": "[m]"}, lambda h: elementwise("s > l", reduce("max", h, axes="m"), parameter(name="level"))
    )
    check(lambda h: while_loop(body, test, h, limit=9), {"h": "[m t]"}, {"t": 4, "m": 3}, [(), (2,)])


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_ode(method: str) -> None:
    def slope(y: Wire, x: Wire) -> Wire:
        return elementwise("0.5 * y - y ** 2 * x", y, x)

    field = build("field", {"y": "[m]", "x": "[m]"}, slope)
    check(lambda y, x: ode(field, y, x, method=method, steps=4), {"y": "[t m]", "x": "[m]"}, {"t": 2, "m": 3})


def test_ode_with_weights_time_and_path() -> None:
    def slope(y: Wire, t: Wire) -> Wire:
        hidden = elementwise("tanh(x + t)", linear("m -> k", y, name="up"), t)
        return linear("k -> m", hidden, name="down")

    field = build("field", {"y": "[m]", "t": "[]"}, slope, sizes={"k": 4})

    def body(y: Wire) -> dict[str, Wire]:
        last, path = ode(field, y, method="midpoint", steps=3, path="s", name="flow")
        return {"last": last, "path": path}

    check(body, {"y": "[b m]"}, {"b": 2, "m": 3})


def test_mixture_and_reversible() -> None:
    one = build(
        "one", {"x": "[m]"}, lambda x: linear("k -> m", linear("m -> k", x, name="up"), name="down"), sizes={"k": 2}
    )
    other = build("other", {"x": "[m]"}, lambda x: elementwise("tanh(x)", x))

    def body(x: Wire, logits: Wire) -> dict[str, Wire]:
        mixed = mixture((one, other), softmax(logits, axis="e"), x, axis="e")
        left, right = reversible(one, other, x, mixed)
        return {"mixed": mixed, "left": left, "right": right}

    check(body, {"x": "[t m]", "logits": "[e]"}, {"t": 2, "m": 3, "e": 2}, [(), (2,)])


def test_derivative() -> None:
    def field(x: Wire, t: Wire) -> Wire:
        hidden = elementwise("tanh(a + b * t)", linear("d -> k", x, name="up"), parameter(axes="k", name="speed"), t)
        return linear("k ->", hidden, name="down")

    u = build("u", {"x": "[d]", "t": "[]"}, field, sizes={"k": 4})

    def body(x: Wire, t: Wire) -> dict[str, Wire]:
        value, slope, bend = derivative(u, x, t, wrt="t, x x", value=True)
        return {"value": value, "slope": slope, "bend": bend}

    check(body, {"x": "[p d]", "t": "[p]"}, {"p": 3, "d": 2}, [(), (2,)])


def test_surrogate_has_the_slope_it_is_given() -> None:
    circuit = build(
        "spike",
        {"v": "[n]"},
        lambda v: surrogate(v, forward="where(v > 0, 1.0, 0.0)", backward="1 / (1 + abs(v)) ** 2"),
        sizes={"n": 5},
    )
    module = instance(assert_equal(circuit), circuit, {})
    v = torch.linspace(-1, 1, 5, requires_grad=True)
    spikes = module(v)
    spikes.sum().backward()
    assert spikes.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
    torch.testing.assert_close(v.grad, 1 / (1 + v.detach().abs()) ** 2)


def test_functions_of_the_host() -> None:
    circuit = build(
        "hosted", {"x": "[t m]"}, lambda x: host(x * 1.0, function="double", spec="[m] -> [m]"), sizes={"t": 2, "m": 3}
    )
    register_host("double", lambda x: np.asarray(x) * 2)
    try:
        program = print_program(circuit)
    finally:
        register_host("double", None)
    kind = load(program)
    x = torch.randn(5, 2, 3)
    with pytest.raises(KeyError, match="expected a function in HOSTS"):
        kind()(x)
    namespace = kind.forward.__globals__
    namespace["HOSTS"]["double"] = lambda row: row * 2
    torch.testing.assert_close(kind()(x), x * 2)
