"""Layer, root-mean-square, group, instance and weight norms against torch, and every message."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Wire, build, initial, parameters, run
from circuits.ops.linear import linear
from circuits.ops.norms import group_norm, instance_norm, layer_norm, rms_norm, weight_norm
from circuits.ops.sources import parameter
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import check_against, check_loop, one_op, randoms


def _weights(shape: tuple[int, ...], bias: bool = True) -> dict[str, Any]:
    return {"weight": randoms(shape, 1)} | ({"bias": randoms(shape, 2)} if bias else {})


@pytest.mark.parametrize("eps", [1e-5, 0.1])
@pytest.mark.parametrize(("type", "axes", "shape"), [("[b m]", "m", (5,)), ("[b h k]", "h k", (3, 2))])
def test_layer_norm(type: str, axes: str, shape: tuple[int, ...], eps: float) -> None:
    x = 3.0 * randoms((4, *shape)) + 1.0
    full = one_op(type, lambda x: layer_norm(x, axes=axes, eps=eps))
    check_against(full, x, _weights(shape), lambda x, weight, bias: F.layer_norm(x, shape, weight, bias, eps))
    scale = one_op(type, lambda x: layer_norm(x, axes=axes, eps=eps, bias=False))
    check_against(scale, x, _weights(shape, False), lambda x, weight: F.layer_norm(x, shape, weight, None, eps))
    bare = one_op(type, lambda x: layer_norm(x, axes=axes, eps=eps, affine=False))
    check_against(bare, x, {}, lambda x: F.layer_norm(x, shape, None, None, eps))


@pytest.mark.parametrize(("type", "axes", "shape"), [("[b m]", "m", (5,)), ("[b h k]", "h k", (3, 2))])
def test_rms_norm(type: str, axes: str, shape: tuple[int, ...]) -> None:
    full = one_op(type, lambda x: rms_norm(x, axes=axes, eps=1e-3))
    weights = _weights(shape, False)
    check_against(full, randoms((4, *shape)), weights, lambda x, weight: F.rms_norm(x, shape, weight, 1e-3))
    bare = one_op(type, lambda x: rms_norm(x, axes=axes, affine=False))
    check_against(bare, randoms((4, *shape)), {}, lambda x: F.rms_norm(x, shape, None, 1e-6))


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize("over", ["", "x", "y x"])
def test_group_norm(over: str, groups: int) -> None:
    shape = tuple({"x": 3, "y": 2}[axis] for axis in over.split())
    circuit = one_op(f"[b c {over}]", lambda x: group_norm(x, channel="c", groups=groups, over=over))
    x = randoms((2, 6, *shape))
    check_against(circuit, x, _weights((6,)), lambda x, weight, bias: F.group_norm(x, groups, weight, bias))
    bare = one_op(f"[b c {over}]", lambda x: group_norm(x, channel="c", groups=groups, over=over, affine=False))
    check_against(bare, x, {}, lambda x: F.group_norm(x, groups))


@pytest.mark.parametrize("over", ["x", "y x"])
def test_instance_norm(over: str) -> None:
    x = randoms((2, 3, *(4, 5)[: len(over.split())]))
    bare = one_op(f"[b c {over}]", lambda x: instance_norm(x, channel="c", over=over))
    check_against(bare, x, {}, F.instance_norm)
    full = one_op(f"[b c {over}]", lambda x: instance_norm(x, channel="c", over=over, eps=0.1, affine=True))
    check_against(
        full, x, _weights((3,)), lambda x, weight, bias: F.instance_norm(x, weight=weight, bias=bias, eps=0.1)
    )


def test_weight_norm() -> None:
    circuit = one_op("[b d c k]", lambda x: weight_norm(x, axes="c k", keep="d"))
    check_against(
        circuit,
        randoms((2, 4, 3, 2)),
        {"weight": randoms((4,), 1)},
        # torch normalises one array a call
        lambda v, g: torch.stack([torch._weight_norm(one, g[:, None, None]) for one in v]),
    )

    def body(x: Wire) -> Wire:
        direction = parameter(axes="k m", fan="m")
        scaled = weight_norm(direction, axes="m", keep="k", name="scaled")
        return linear("m -> k", x, weight=scaled, bias=False)

    layer = build("f", {"x": "[m]"}, body).valid()
    state = initial(layer, {"m": 3, "k": 4}, seed=1)
    assert {key: array.shape for key, array in state.items()} == {"direction.value": (4, 3), "scaled.weight": (4,)}
    x, length = randoms((5, 3)), np.linalg.norm(state["direction.value"], axis=1)
    expected = x @ (state["direction.value"] / length[:, None]).T
    np.testing.assert_allclose(run(layer, {"x": x}, state, sizes={"k": 4}).only, expected, rtol=1e-12)


def test_norms_start_as_torch_does() -> None:
    circuit = one_op("[b c x]", lambda x: group_norm(x, channel="c", over="x"))
    state = initial(circuit, {"c": 8})
    np.testing.assert_array_equal(state["group_norm.weight"], np.ones(8))
    np.testing.assert_array_equal(state["group_norm.bias"], np.zeros(8))
    assert list(parameters(one_op("[m]", lambda x: rms_norm(x, axes="m")), {"m": 2})) == ["rms_norm.weight"]


@pytest.mark.parametrize(
    ("type", "function"),
    [
        ("[h b k]", lambda x: layer_norm(x, axes="k h")),
        ("[m b t]", lambda x: rms_norm(x, axes="m")),
        ("[y b c]", lambda x: group_norm(x, channel="c", groups=2, over="y")),
        ("[y b c]", lambda x: instance_norm(x, channel="c", over="y", affine=True)),
    ],
)
def test_axes_keep_their_order_and_the_literal_loop_gives_the_same(type: str, function: Any) -> None:
    circuit = one_op(type, function)
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == type
    check_loop(circuit, randoms((3, 2, 4)))


@pytest.mark.parametrize("length", [1, 2])
def test_the_smallest_axes(length: int) -> None:
    circuit = one_op("[b m]", lambda x: layer_norm(x, axes="m"))
    check_against(
        circuit,
        randoms((3, length)),
        _weights((length,)),
        lambda x, weight, bias: F.layer_norm(x, (length,), weight, bias),
    )


@pytest.mark.parametrize(
    ("type", "function", "messages"),
    [
        (
            "[t m]",
            lambda x: layer_norm(x, axes=""),
            ["layer_norm (layer_norm): expected at least one axis in axes=, found none. Name the axes with axes=."],
        ),
        (
            "[t n]",
            lambda x: rms_norm(x, axes="m"),
            ["f/rms_norm (rms_norm): expected an axis 'm' at 'x', found [t n]. Rename an axis or add 'm'."],
        ),
        (
            "[t m]",
            lambda x: layer_norm(x, axes="m", eps=-1),
            [
                "layer_norm: expected attributes of 'layer_norm' (axes, eps, affine, bias), "
                "found eps: Input should be greater than or equal to 0. See its documentation."
            ],
        ),
        (
            "[b c=6 y]",
            lambda x: group_norm(x, channel="c", groups=4, over="y"),
            [
                "f/group_norm (group_norm): expected c = 6 (axis 'c' is declared as 6 at f), found 4*(c/4) "
                "('c' is split into g*c/4). Make the sizes equal, or give one axis another name."
            ],
        ),
        (
            "[b c y]",
            lambda x: group_norm(x, channel="b c"),
            ["group_norm (group_norm): expected one channel axis, found 'b c'. Merge the channel axes first."],
        ),
        (
            "[b c y]",
            lambda x: instance_norm(x, channel="c", over="c y"),
            [
                "instance_norm (instance_norm): expected other axes in over= than the channels, found 'c' in both. "
                "Name it once."
            ],
        ),
    ],
)
def test_messages(type: str, function: Any, messages: list[str]) -> None:
    assert problems(function, x=type) == messages
