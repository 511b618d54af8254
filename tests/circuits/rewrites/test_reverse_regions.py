"""Backward passes of regions: rounds, scans, loops, fixed points, and regions inside of them."""

import numpy as np
import pytest

from circuits import (
    AttributeProblem,
    Wire,
    batch_norm,
    build,
    constant,
    dropout,
    elementwise,
    fixed_point,
    host,
    linear,
    ode,
    repeat,
    reverse,
    run,
    scan,
    while_loop,
)
from circuits.regions.derivative import derivative
from tests.circuits.rewrites import models
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal


def _loop(h: Wire, w: Wire) -> Wire:
    return elementwise("0.6 * h * w + 0.02 * h * h", h, w)


@pytest.mark.parametrize("times", [3, "n"])
def test_tied_rounds_of_any_number(times: int | str) -> None:
    body = build("grow", {"h": "[m]", "w": "[m]"}, _loop)
    circuit = build(
        "rounds", {"h": "[b m]", "w": "[m]"}, lambda h, w: repeat(body, h, w, times=times, tied=True), sizes={"n": 3}
    ).valid()
    back = check_reverse(circuit, normal(h=(2, 3), w=(3,)))
    assert sum(node.op.name == "scan" for node in back.nodes) == 2


def test_a_loop_that_stops_by_itself() -> None:
    body = build("grow", {"h": "[]", "n": "[]", "w": "[]"}, lambda h, n, w: {"h": _loop(h, w), "n": n + 1.0})
    small = build("small", {"h": "[]", "limit": "[]"}, lambda h, limit: elementwise("h > limit", h, limit))

    def loop(h: Wire, w: Wire, limit: Wire) -> dict[str, Wire]:
        made = while_loop(body, small, h, constant(0.0), w, limit, limit=8)
        return dict(zip(("h", "n"), made, strict=True))

    circuit = build("loop", {"h": "[b]", "w": "[]", "limit": "[]"}, loop).valid()
    inputs = {"h": np.array([1.0, 3.0, 0.1]), "w": np.array(0.9), "limit": np.array(0.3)}
    assert list(run(circuit, inputs)["n"]) == [3.0, 5.0, 0.0]
    check_reverse(circuit, inputs)


def test_draws_of_a_scan_are_those_of_its_forward_pass() -> None:
    def step(h: Wire, x: Wire) -> dict[str, Wire]:
        state = elementwise("tanh(0.5 * h + a)", h, linear("k -> m", dropout(linear("m -> k=3", x), rate=0.4)))
        return {"h": state, "y": state * 1.0}

    cell = build("cell", {"h": "[m]", "x": "[m]"}, step)

    def body(h: Wire, x: Wire) -> Wire:
        each: Wire = scan(cell, h, x, axis="t", along="x")[1]
        return each

    circuit = build("noisy", {"h": "[m=2]", "x": "[b t m]"}, body).valid()
    check_reverse(circuit, normal(h=(2,), x=(2, 3, 2)), training=True)


def test_regions_inside_of_regions() -> None:
    solve = build("solve", {"z": "[m]", "x": "[m]"}, lambda z, x: elementwise("tanh(0.3 * z + x)", _mixed(z), x))
    field = build("field", {"y": "[m]", "c": "[m]"}, lambda y, c: elementwise("c - y * y", c, y))

    def step(h: Wire, x: Wire) -> dict[str, Wire]:
        solved = fixed_point(solve, h * 0.0, x + h * 0.5, tolerance=1e-13, limit=300)
        return {"h": ode(field, solved, x, steps=2), "y": solved * 2.0}

    cell = build("cell", {"h": "[m]", "x": "[m]"}, step)

    def body(h: Wire, x: Wire) -> dict[str, Wire]:
        last, each = scan(cell, h, x, axis="t", along="x", reverse=True)
        return {"last": last, "each": each}

    circuit = build("mixed", {"h": "[m=2]", "x": "[t m]"}, body).valid()
    check_reverse(circuit, normal(h=(2,), x=(3, 2)))


def _mixed(z: Wire) -> Wire:
    return linear("k -> m", linear("m -> k=3", z))


def test_what_has_no_reverse_rule_is_told_with_its_place() -> None:
    circuit = build("opaque", {"x": "[m]"}, lambda x: host(x * 2.0, function="f", spec="[m] -> [m]")).valid()
    with pytest.raises(AttributeProblem) as caught:
        reverse(circuit)
    assert str(caught.value) == (
        "expected an op with a reverse rule on the way of a gradient, found 'host' at opaque/host (host). "
        "Put stop_gradient before it, or use surrogate(...)."
    )


def test_statistics_inside_of_a_region_are_told() -> None:
    body = build("step", {"x": "[b c]"}, lambda x: batch_norm(x, channel="c", axes="b"))
    circuit = build("rounds", {"x": "[b c=2]"}, lambda x: repeat(body, x, times=2, tied=True)).valid()
    with pytest.raises(AttributeProblem, match="expected gradients through regions without running statistics"):
        reverse(circuit)


SAME_SIZES = {
    "repeat": lambda x, y: repeat(models.equalled, x, y, times=3, tied=True),
    "ode": lambda x, y: ode(models.equalled, x, y, steps=2),
    "derivative": lambda x, y: derivative(models.equalled, x, y, wrt="x y"),
    "fixed_point": lambda x, y: fixed_point(models.equalled, x, y, tolerance=1e-14),
}


@pytest.mark.parametrize("region", SAME_SIZES)
def test_axes_of_one_size_stay_so_inside_of_regions(region: str) -> None:
    circuit = build(region, {"x": "[b m=3]", "y": "[n]"}, SAME_SIZES[region], constraints=["m = n"]).valid()
    inputs = normal(x=(2, 3), y=(3,))
    check_flat(circuit, inputs)
    check_reverse(circuit, inputs)


def test_a_cotangent_has_the_sizes_of_its_output() -> None:
    def body(h: Wire, x: Wire) -> dict[str, Wire]:
        last, each = scan(models.emitting, h, x, axis="t", along="x")
        return {"last": last, "each": each}

    circuit = build("emitting", {"h": "[m=2]", "x": "[b t m]"}, body).valid()
    check_reverse(circuit, normal(h=(2,), x=(2, 3, 2)))
