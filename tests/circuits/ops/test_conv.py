"""Convolutions against torch over a grid, values and gradients, and the literal loop."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Circuit, Wire, build, parameters, run
from circuits.ops.conv import Conv, conv, depthwise_conv
from tests.circuits.ops.against_torch import check_against, check_loop, one_op, randoms

CONVS = (F.conv1d, F.conv2d, F.conv3d)
NAMES = "z y x"
NEW = "w v u"


def _check(
    lengths: tuple[int, ...], kernel: tuple[int, ...], groups: int = 1, bias: bool = True, **how: tuple[int, ...]
) -> None:
    """Hold a convolution of 4 channels to 6 over as many axes as there are lengths against torch."""
    count = len(lengths)
    over, out = " ".join(NAMES.split()[-count:]), " ".join(NEW.split()[-count:])
    words = {key: " ".join(map(str, value)) for key, value in how.items()}
    circuit = one_op(
        f"[b c {over}]",
        lambda x: conv(
            x, "c -> d=6", over=over, kernel=" ".join(map(str, kernel)), groups=groups, bias=bias, out=out, **words
        ),
    )
    weights = {"weight": randoms((6, 4 // groups, *kernel), 1)}
    if bias:
        weights["bias"] = randoms((6,), 2)
    check_against(
        circuit,
        randoms((2, 4, *lengths)),
        weights,
        lambda x, weight, bias=None: CONVS[count - 1](x, weight, bias, groups=groups, **how),
    )


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_one_axis_over_the_whole_grid(stride: int, dilation: int, padding: int, groups: int) -> None:
    for kernel in (1, 2, 3):
        _check((7,), (kernel,), groups, stride=(stride,), dilation=(dilation,), padding=(padding,))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "padding"),
    [
        ((3, 3), (1, 1), (1, 1), (1, 1)),
        ((3, 2), (2, 1), (1, 2), (0, 1)),
        ((1, 1), (2, 2), (1, 1), (0, 0)),
        ((2, 3), (3, 2), (2, 1), (1, 2)),
        ((5, 1), (1, 2), (1, 1), (2, 0)),
    ],
)
def test_two_axes(
    kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], padding: tuple[int, ...], groups: int
) -> None:
    _check((5, 6), kernel, groups, stride=stride, dilation=dilation, padding=padding)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "padding"),
    [((2, 2, 2), (1, 1, 1), (1, 1, 1), (0, 0, 0)), ((1, 2, 3), (2, 1, 2), (1, 2, 1), (0, 1, 1))],
)
def test_three_axes(
    kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], padding: tuple[int, ...], groups: int
) -> None:
    _check((2, 3, 4), kernel, groups, bias=False, stride=stride, dilation=dilation, padding=padding)


@pytest.mark.parametrize(("length", "kernel", "padding"), [(1, 1, 0), (1, 3, 1), (3, 3, 0), (2, 5, 2)])
def test_the_smallest_axes(length: int, kernel: int, padding: int) -> None:
    _check((length,), (kernel,), padding=(padding,))


@pytest.mark.parametrize(("kernel", "dilation"), [*itertools.product([1, 2, 3, 4], [1, 2])])
def test_same_padding_keeps_the_size_as_in_torch(kernel: int, dilation: int) -> None:
    circuit = one_op("[b c y x]", lambda x: conv(x, "c -> d=3", over="y x", kernel=kernel, dilation=dilation))
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("b", "d", "y", "x")
    weights = {"weight": randoms((3, 2, kernel, kernel), 1), "bias": randoms((3,), 2)}

    def oracle(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        # torch warns where it has to pad unevenly, so it is given the padding by hand
        before = dilation * (kernel - 1) // 2
        after = dilation * (kernel - 1) - before
        return F.conv2d(F.pad(x, (before, after, before, after)), weight, bias, dilation=dilation)

    check_against(circuit, randoms((2, 2, 4, 5)), weights, oracle)


@pytest.mark.parametrize(("stride", "dilation"), [*itertools.product([1, 2], [1, 3])])
def test_causal_padding_reads_nothing_that_comes_later(stride: int, dilation: int) -> None:
    circuit = one_op(
        "[b c t]",
        lambda x: conv(x, "c -> d=3", over="t", kernel=3, stride=stride, dilation=dilation, padding="causal"),
    )
    weights = {"weight": randoms((3, 2, 3), 1), "bias": randoms((3,), 2)}
    check_against(
        circuit,
        randoms((2, 2, 8)),
        weights,
        lambda x, weight, bias: F.conv1d(F.pad(x, (2 * dilation, 0)), weight, bias, stride, 0, dilation),
    )
    state = {f"{circuit.nodes[0].name}.{name}": array for name, array in weights.items()}
    x = randoms((2, 8))
    before = run(circuit, {"x": x[None]}, state).only
    x[:, 5:] += 1.0
    after = run(circuit, {"x": x[None]}, state).only
    kept = (5 - 1) // stride + 1
    np.testing.assert_array_equal(after[..., :kept], before[..., :kept])
    assert (after[..., kept:] != before[..., kept:]).all()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("stride", "dilation", "padding"), [(1, 1, 0), (1, 2, 1), (2, 1, 1), (3, 2, 2), (2, 1, "same"), (1, 1, "same")]
)
def test_a_kernel_of_its_own_for_every_channel(stride: int, dilation: int, padding: Any, bias: bool) -> None:
    circuit = one_op(
        "[b c y x]",
        lambda x: depthwise_conv(
            x, "c", over="y x", kernel=3, stride=stride, dilation=dilation, padding=padding, bias=bias, out="v u"
        ),
    )
    weights = {"weight": randoms((5, 3, 3), 1)} | ({"bias": randoms((5,), 2)} if bias else {})
    pad = dilation if padding == "same" else padding
    check_against(
        circuit,
        randoms((2, 5, 5, 6)),
        weights,
        lambda x, weight, bias=None: F.conv2d(x, weight[:, None], bias, stride, pad, dilation, groups=5),
    )


def test_channels_may_be_several_axes_or_none() -> None:
    circuit = one_op("[b h k x]", lambda x: conv(x, "h k -> d e=2", over="x"))
    check_against(
        circuit,
        randoms((2, 3, 2, 5)),
        {"weight": randoms((4, 2, 3, 2, 3), 1), "bias": randoms((4, 2), 2)},
        lambda x, weight, bias: F.conv1d(
            x.flatten(1, 2), weight.flatten(0, 1).flatten(1, 2), bias.flatten(), padding=1
        ).unflatten(1, (4, 2)),
        sizes={"d": 4},
    )
    filtered = one_op("[b x]", lambda x: conv(x, "->", over="x", bias=False))
    check_against(
        filtered,
        randoms((2, 5)),
        {"weight": randoms((3,), 1)},
        lambda x, weight: F.conv1d(x[:, None], weight[None, None], padding=1)[:, 0],
    )


def test_weights_may_be_fed_and_kernels_of_one_size_shared() -> None:
    def body(x: Wire, weight: Wire) -> Wire:
        return conv(conv(x, "c -> c'", over="x", weight=weight, bias=False), "c' -> d=3", over="x", name="second")

    circuit = build("f", {"x": "[c x]", "weight": "[c' c k3]"}, body).valid()
    assert set(parameters(circuit, {"c": 2})) == {"second.weight", "second.bias"}
    x, weight = randoms((2, 5)), randoms((2, 2, 3), 1)
    state = {"second.weight": randoms((3, 2, 3), 2), "second.bias": randoms((3,), 3)}
    first = F.conv1d(torch.tensor(x), torch.tensor(weight), padding=1)
    expected = F.conv1d(first, torch.tensor(state["second.weight"]), torch.tensor(state["second.bias"]), padding=1)
    np.testing.assert_allclose(run(circuit, {"x": x, "weight": weight}, state).only, expected.numpy(), rtol=1e-10)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: conv(x, "c -> d=2", over="y x", stride="2 1", groups=2),
        lambda x: depthwise_conv(x, "c", over="x y", kernel=2),
    ],
)
def test_the_literal_loop_gives_the_same(function: Any) -> None:
    circuit = one_op("[y b c x]", function)
    check_loop(circuit, randoms((2, 3, 2, 4, 3)))


def test_any_number_of_passing_axes_none_included() -> None:
    circuit = one_op("[c x]", lambda x: conv(x, "c -> d=2", over="x"))
    state = {"conv.weight": randoms((2, 3, 3)), "conv.bias": randoms((2,))}
    x = randoms((4, 0, 3, 5))
    assert run(circuit, {"x": x}, state).only.shape == (4, 0, 2, 5)
    assert run(circuit, {"x": randoms((3, 5))}, state).only.shape == (2, 5)


def test_an_image_is_convolved_at_once() -> None:
    circuit = one_op("[b c y x]", lambda x: conv(x, "c -> d=8", over="y x"))
    windows = sum(node.op.name == "window" for node in _body(circuit).nodes)
    assert windows == 2
    state = {"conv.weight": randoms((8, 4, 3, 3), 1), "conv.bias": randoms((8,), 2)}
    x = randoms((2, 4, 64, 64))
    expected = F.conv2d(torch.tensor(x), *map(torch.tensor, state.values()), padding=1)
    np.testing.assert_allclose(run(circuit, {"x": x}, state).only, expected.numpy(), rtol=1e-9, atol=1e-10)


def _body(circuit: Circuit) -> Circuit:
    op = circuit.nodes[0].op
    assert isinstance(op, Conv)
    return op.body


def test_groups_find_a_name_that_is_not_taken() -> None:
    circuit = one_op("[b g g_]", lambda x: conv(x, "g -> d=4", over="g_", groups=2, out="u", padding=0))
    weights = {"weight": randoms((4, 3, 3), 1), "bias": randoms((4,), 2)}
    check_against(circuit, randoms((2, 6, 5)), weights, lambda x, weight, bias: F.conv1d(x, weight, bias, groups=2))
