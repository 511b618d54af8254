"""Derivatives as circuits: of each point by itself, once or several times, of numbers and of arrays."""

import numpy as np
import pytest
import torch
from torch import Tensor

from circuits import AttributeProblem, Circuit, Wire, build, call, elementwise, initial, linear, parameters, reduce, run
from circuits.regions.derivative import derivative
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, check_torch, normal


def _network(x: Wire, t: Wire) -> Wire:
    hidden = elementwise("sin(a + b)", linear("-> h=4", x, name="one"), linear("-> h", t, name="two"))
    return linear("h ->", elementwise("tanh(a)", hidden), name="three")


NETWORK = build("u", {"x": "[]", "t": "[]"}, _network)


def _torch_network(x: Tensor, t: Tensor, w: dict[str, Tensor]) -> Tensor:
    one, two = (x[..., None] * w["net.one.weight"] + w["net.one.bias"]), t[..., None] * w["net.two.weight"]
    hidden = torch.sin(one + two + w["net.two.bias"])
    return (torch.tanh(hidden) * w["net.three.weight"]).sum(-1) + w["net.three.bias"]


def _residual() -> Circuit:
    """The residual of a heat equation at every point of a batch."""

    def body(x: Wire, t: Wire) -> dict[str, Wire]:
        u, u_t, u_xx = derivative(NETWORK, x, t, wrt="t, x x", value=True, name="net")
        return {"u": u, "residual": elementwise("a - 0.3 * b", u_t, u_xx)}

    return build("heat", {"x": "[n]", "t": "[n]"}, body).valid()


def test_a_residual_and_its_gradients_are_those_of_torch() -> None:
    def oracle(x: dict[str, Tensor], w: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        u = _torch_network(x["x"], x["t"], w)
        u_t, u_x = torch.autograd.grad(u.sum(), (x["t"], x["x"]), create_graph=True)
        (u_xx,) = torch.autograd.grad(u_x.sum(), x["x"], create_graph=True)
        return u, u_t - 0.3 * u_xx

    check_torch(_residual(), normal(x=(3,), t=(3,)), oracle)


def test_laws() -> None:
    inputs = normal(x=(3,), t=(3,))
    check_passing(_residual(), inputs)
    check_flat(_residual(), inputs)
    check_reverse(_residual(), inputs)


def test_the_body_owns_its_parameters_once() -> None:
    assert list(parameters(_residual())) == [
        f"net.{name}.{kind}" for name in ("one", "two", "three") for kind in ("weight", "bias")
    ]


def test_it_may_share_the_parameters_of_a_call() -> None:
    def body(x: Wire, t: Wire) -> dict[str, Wire]:
        u = call(NETWORK, x, t, name="net")
        return {"u": u, "u_x": derivative(NETWORK, x, t, wrt="x", weights="net")}

    circuit = build("both", {"x": "[n]", "t": "[n]"}, body).valid()
    assert len(parameters(circuit)) == 6
    inputs, state, step = normal(x=(3,), t=(3,)), initial(circuit), 1e-6
    above, below = (run(circuit, {**inputs, "x": inputs["x"] + one}, state)["u"] for one in (step, -step))
    np.testing.assert_allclose(run(circuit, inputs, state)["u_x"], (above - below) / (2 * step), atol=1e-8)
    check_flat(circuit, inputs)


def test_a_gradient_has_the_axes_of_its_input() -> None:
    energy = build("energy", {"x": "[k]"}, lambda x: reduce("sum", elementwise("x ** 3", x), axes="k"))
    circuit = build("force", {"x": "[n k]"}, lambda x: derivative(energy, x, wrt="x")).valid()
    x = normal(x=(2, 4))["x"]
    np.testing.assert_allclose(run(circuit, {"x": x}).only, 3.0 * x**2, rtol=1e-13)


def _field(x: Wire, s: Wire) -> Wire:
    return elementwise("x * r * s", x, reduce("sum", elementwise("x * x", x), axes="k"), s)


def test_an_array_by_an_array_is_a_jacobian() -> None:
    field = build("field", {"x": "[k]", "s": "[]"}, _field)
    circuit = build("jacobian", {"x": "[n k=3]", "s": "[n]"}, lambda x, s: derivative(field, x, s, wrt="x")).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("n", "k", "k'")
    inputs = normal(x=(2, 3), s=(2,))
    x, found = inputs["x"], run(circuit, inputs).only
    squares = (x * x).sum(1)
    expected = inputs["s"][:, None, None] * (np.eye(3) * squares[:, None, None] + 2.0 * x[:, :, None] * x[:, None, :])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    check_passing(circuit, inputs)
    check_reverse(circuit, inputs)


def test_an_array_twice_by_an_array() -> None:
    field = build("field", {"x": "[k]", "s": "[]"}, _field)
    circuit = build("curvature", {"x": "[k=3]", "s": "[]"}, lambda x, s: derivative(field, x, s, wrt="x x")).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("k", "k'", "k''")
    inputs = normal(x=(3,), s=())
    x, one = inputs["x"], np.eye(3)
    rows = np.einsum("ab,c->abc", one, x) + np.einsum("ac,b->abc", one, x) + np.einsum("bc,a->abc", one, x)
    np.testing.assert_allclose(run(circuit, inputs).only, 2.0 * inputs["s"] * rows, rtol=1e-12)


def test_different_axes_stand_beside_each_other() -> None:
    matrix = build("matrix", {"x": "[m]"}, lambda x: linear("m -> a=2 b=4", x, name="w"))
    circuit = build("slope", {"x": "[m=3]"}, lambda x: derivative(matrix, x, wrt="x", name="d")).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("a", "b", "m")
    state = initial(circuit)
    np.testing.assert_allclose(run(circuit, normal(x=(3,)), state).only, state["d.w.weight"], rtol=1e-13)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"wrt": "y"}, "expected real inputs of 'u' (x, t) in wrt, found 'y'. Name one."),
        ({"wrt": "x,"}, "expected inputs in every part of wrt, found 'x,'. Write wrt='t, x x'."),
        ({"wrt": "x", "of": "v"}, "expected an output of 'u' (out) in of, found 'v'. Name one."),
    ],
)
def test_what_it_does_not_have_is_told(words: dict[str, str], message: str) -> None:
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"x": "[]", "t": "[]"}, lambda x, t: derivative(NETWORK, x, t, **words))
    assert str(caught.value) == f"d_u (derivative): {message}"
