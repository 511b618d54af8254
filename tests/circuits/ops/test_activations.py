"""Activations: values and slopes of torch and of their equations, learned slopes, gates."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from circuits import (
    REGISTRY,
    Circuit,
    Composite,
    Elementwise,
    Wire,
    abs,
    build,
    celu,
    cos,
    elu,
    exp,
    gelu,
    glu,
    hardsigmoid,
    hardswish,
    hardtanh,
    identity,
    leaky_relu,
    log,
    log_sigmoid,
    mish,
    parameters,
    prelu,
    relu,
    relu6,
    run,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    softplus,
    softsign,
    sqrt,
    square,
    swish,
    tanh,
)
from tests.circuits.gradients import check_vjp
from tests.circuits.laws import Traced, check_literal, numbers, passing, problems

Pair = tuple[Callable[[Wire], Wire], Callable[[Any], Any]]
POINTS = np.array([-40.0, -6.5, -3.0, -1.0, -0.3, 0.0, 0.2, 1.0, 2.5, 3.0, 6.0, 8.0, 40.0])
# torch's functions, or their equations where torch has none
FUNCTIONS: dict[str, Pair] = {
    "relu": (relu, functional.relu),
    "relu6": (relu6, functional.relu6),
    "leaky_relu": (lambda x: leaky_relu(x, slope=0.2), lambda x: functional.leaky_relu(x, 0.2)),
    "elu": (elu, functional.elu),
    "elu of alpha": (lambda x: elu(x, alpha=0.7), lambda x: functional.elu(x, 0.7)),
    "selu": (selu, functional.selu),
    "celu": (celu, functional.celu),
    "celu of alpha": (lambda x: celu(x, alpha=2.0), lambda x: functional.celu(x, 2.0)),
    "gelu": (gelu, functional.gelu),
    "gelu by tanh": (
        lambda x: gelu(x, approximate="tanh"),
        lambda x: functional.gelu(x, approximate="tanh"),
    ),
    "silu": (silu, functional.silu),
    "swish": (lambda x: swish(x, beta=1.5), lambda x: x * torch.sigmoid(1.5 * x)),
    "plain swish": (swish, functional.silu),
    "mish": (mish, functional.mish),
    "softplus": (softplus, lambda x: functional.softplus(x, threshold=100)),
    "softplus of beta": (lambda x: softplus(x, beta=3.0), lambda x: functional.softplus(x, 3.0, threshold=300)),
    "sigmoid": (sigmoid, torch.sigmoid),
    "log_sigmoid": (log_sigmoid, functional.logsigmoid),
    "tanh": (tanh, torch.tanh),
    "hardtanh": (lambda x: hardtanh(x, low=-2.0, high=0.5), lambda x: functional.hardtanh(x, -2.0, 0.5)),
    "hardsigmoid": (hardsigmoid, functional.hardsigmoid),
    "hardswish": (hardswish, functional.hardswish),
    "softsign": (softsign, functional.softsign),
    "identity": (identity, lambda x: 1.0 * x),
    "sin": (sin, torch.sin),
    "sin of omega": (lambda x: sin(x, omega=30.0), lambda x: torch.sin(30.0 * x)),
    "cos": (lambda x: cos(x, omega=2.0), lambda x: torch.cos(2.0 * x)),
    "exp": (exp, torch.exp),
    "square": (square, torch.square),
    "abs": (abs, torch.abs),
    "sign": (sign, torch.sign),
}
POSITIVE: dict[str, Pair] = {"log": (log, torch.log), "sqrt": (sqrt, torch.sqrt)}
# where the slope jumps the two may take either side
KINKS: dict[str, tuple[float, ...]] = {"relu6": (0.0, 6.0), "hardsigmoid": (-3.0, 3.0), "hardswish": (-3.0, 3.0)}


def pointwise(function: Callable[[Wire], Wire]) -> Circuit:
    """A circuit that applies a function."""
    return build("f", {"x": "[m]"}, function, outputs=["[m]"]).valid()


def unfolded(circuit: Circuit) -> Circuit:
    """The expansion of the only node, which has to be one elementwise expression."""
    (node,) = circuit.nodes
    assert isinstance(node.op, Composite)
    (inner,) = node.op.body.nodes
    assert isinstance(inner.op, Elementwise)
    return node.op.body


@pytest.mark.parametrize("name", [*FUNCTIONS, *POSITIVE])
def test_values_and_slopes_are_those_of_torch(name: str) -> None:
    function, second = {**FUNCTIONS, **POSITIVE}[name]
    points = np.exp(POINTS / 8) if name in POSITIVE else POINTS
    expected = torch.tensor(points, requires_grad=True)
    second(expected).sum().backward()
    circuit = pointwise(function)
    np.testing.assert_allclose(run(circuit, {"x": points}).only, second(expected).detach(), rtol=1e-12, atol=1e-14)
    body = unfolded(circuit)
    op = body.nodes[0].op
    assert isinstance(op, Elementwise)

    def slope(x: Wire) -> Wire:
        (found,) = op.vjp([x], [x], [x * 0.0 + 1.0])
        return found if found is not None else x * 0.0

    away = ~np.isin(points, KINKS.get(name, ()))
    found = run(build("slope", {"x": "[m]"}, slope).valid(), {"x": points}).only
    assert expected.grad is not None
    # torch computes a sixth in single precision
    np.testing.assert_allclose(found[away], expected.grad[away], rtol=1e-7, atol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_axes_of_any_number_pass_over(name: str, data: st.DataObject) -> None:
    axes = data.draw(passing(names="p q"))
    circuit = build("f", {"x": f"[{' '.join(axes)}]"}, FUNCTIONS[name][0]).valid()
    check_literal(Traced(circuit, {"x": numbers(axes, {"p": 2, "q": 1}) - 0.5}))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_number_stays_none(name: str) -> None:
    assert np.isnan(run(pointwise(FUNCTIONS[name][0]), {"x": np.array([np.nan])}).only).all()


def test_attributes_at_their_defaults_leave_no_trace_in_the_expression() -> None:
    def text(function: Callable[[Wire], Wire]) -> str:
        op = unfolded(pointwise(function)).nodes[0].op
        assert isinstance(op, Elementwise)
        return op.expression

    assert text(softplus) == "softplus(x)"
    assert text(sin) == "sin(x)"
    assert text(lambda x: leaky_relu(x, slope=0.2)) == "where(x > 0, x, 0.2 * x)"
    assert text(lambda x: softplus(x, beta=2.0)) == "softplus(2.0 * x) / 2.0"


@pytest.mark.parametrize("axes", ["", "c"])
def test_prelu_learns_its_slopes(axes: str) -> None:
    circuit = build("f", {"x": "[b c]"}, lambda x: prelu(x, axes=axes, name="act"), outputs=["[b c]"]).valid()
    (held,) = parameters(circuit, {"c": 4}).values()
    assert (held.key, held.axes, held.trainable) == ("act.weight", tuple(axes), True)
    array = np.random.default_rng(0).normal(size=(3, 4))
    slopes = np.array([0.1, 0.2, 0.3, 0.4]) if axes else np.array(0.3)
    expected = functional.prelu(torch.tensor(array), torch.tensor(slopes.reshape(-1)))
    np.testing.assert_allclose(run(circuit, {"x": array}, {"act.weight": slopes}).only, expected)
    np.testing.assert_allclose(run(circuit, {"x": array}).only, np.where(array > 0, array, 0.25 * array))


GATES = {"sigmoid": torch.sigmoid, "relu": functional.relu, "gelu": functional.gelu, "silu": functional.silu,
         "tanh": torch.tanh, "identity": lambda x: x}  # fmt: skip


@pytest.mark.parametrize("gate", GATES)
def test_gated_units_gate_one_half_by_the_other(gate: Any) -> None:
    circuit = build("f", {"x": "[c b]"}, lambda x: glu(x, "c -> h", gate=gate), outputs=["[h b]"]).valid()
    array = np.random.default_rng(0).normal(size=(6, 2))
    expected = torch.tensor(array[:3]) * GATES[gate](torch.tensor(array[3:]))
    np.testing.assert_allclose(run(circuit, {"x": array}).only, expected)
    if gate == "sigmoid":
        np.testing.assert_allclose(run(circuit, {"x": array}).only, functional.glu(torch.tensor(array), 0))


def test_gated_units_take_written_sizes_and_any_names() -> None:
    circuit = build("f", {"x": "[pair]"}, lambda x: glu(x, "pair=8 -> pair_=4")).valid()
    assert circuit.checked.size("pair_").number == 4
    assert run(circuit, {"x": np.ones(8)}).only.shape == (4,)


def test_a_slope_flows_through_a_gate() -> None:
    body = build("f", {"x": "[b c]"}, lambda x: glu(x, "c -> h")).valid().nodes[0].op
    assert isinstance(body, Composite)
    names = [node.op.name for node in body.body.nodes]
    assert names == ["split", "index", "index", "sigmoid", "elementwise"]
    check_vjp(unfolded(pointwise(selu)), {"x": np.array(0.3)})


def test_every_function_has_a_source_or_an_equation() -> None:
    documented = [REGISTRY[name.split()[0]] for name in (*FUNCTIONS, *POSITIVE) if name != "plain swish"]
    for kind in documented:
        assert "y = " in (kind.__doc__ or "")
        assert kind.glyph.outline == "arrows"
        assert kind.glyph.mark


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            relu,
            "Natural(3)[m]",
            "f/relu (relu): expected Real at 'x', found Natural(3). Cast it, or change its type.",
        ),
        (
            lambda x: glu(x, "c -> h"),
            "[c=5]",
            "f/glu (glu): expected c = 5 (axis 'c' is declared as 5 at f), found 2*h ('c' is split into pair*h). Make "
            "the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: glu(x, "c -> h g"),
            "[c]",
            "glu (glu): expected one axis on the right of 'c -> h g', found 'h g'. Name one axis there.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    (found,) = problems(function, x=text)
    assert found.removeprefix("f/") == message.removeprefix("f/")
