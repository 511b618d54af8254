"""Transposed convolutions against torch over a grid, the names of their axes, and every message."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Wire, build, parameters, run
from circuits.ops.conv import conv
from circuits.ops.conv_transposed import conv_transposed
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import check_against, check_loop, one_op, randoms

TRANSPOSED = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)


def _check(
    lengths: tuple[int, ...], kernel: tuple[int, ...], groups: int = 1, bias: bool = True, **how: tuple[int, ...]
) -> None:
    """Hold a transposed convolution of 4 channels to 6 over as many axes as there are lengths against torch."""
    count = len(lengths)
    over, out = " ".join("zyx"[-count:]), " ".join("wvu"[-count:])
    words = {key: " ".join(map(str, value)) for key, value in how.items()}
    size = " ".join(map(str, kernel))
    circuit = one_op(
        f"[b c {over}]",
        lambda x: conv_transposed(x, "c -> d=6", over=over, kernel=size, groups=groups, bias=bias, out=out, **words),
    )
    weights = {"weight": randoms((4, 6 // groups, *kernel), 1)} | ({"bias": randoms((6,), 2)} if bias else {})
    check_against(
        circuit,
        randoms((2, 4, *lengths)),
        weights,
        lambda x, weight, bias=None: TRANSPOSED[count - 1](x, weight, bias, groups=groups, **how),
    )


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_one_axis_over_the_whole_grid(stride: int, dilation: int, padding: int, groups: int) -> None:
    for kernel in (1, 2, 3):
        if 4 * stride + dilation * (kernel - 1) + 1 > 2 * padding:
            for spare in range(stride):
                _check(
                    (5,),
                    (kernel,),
                    groups,
                    stride=(stride,),
                    dilation=(dilation,),
                    padding=(padding,),
                    output_padding=(spare,),
                )


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "padding", "spare"),
    [
        ((3, 3), (1, 1), (1, 1), (1, 1), (0, 0)),
        ((3, 2), (2, 1), (1, 2), (0, 1), (1, 0)),
        ((2, 4), (2, 3), (2, 1), (1, 1), (0, 2)),
    ],
)
def test_two_axes(kernel: Any, stride: Any, dilation: Any, padding: Any, spare: Any, groups: int) -> None:
    _check((3, 4), kernel, groups, stride=stride, dilation=dilation, padding=padding, output_padding=spare)


def test_three_axes_and_the_smallest_ones() -> None:
    _check((2, 3, 2), (2, 1, 3), bias=False, stride=(2, 1, 2), dilation=(1, 2, 1), padding=(0, 0, 1))
    _check((1,), (1,), stride=(1,))
    _check((1,), (3,), stride=(2,), padding=(1,))


@pytest.mark.parametrize(
    ("type", "how", "axes", "count"),
    [
        ("[c x/2]", {}, "d x", "2*(x/2)"),
        ("[c x/2]", {"kernel": 3, "padding": 1, "output_padding": 1}, "d x", "2*(x/2)"),
        ("[c x/2]", {"kernel": 3}, "d x", "2*(x/2)+1"),
        ("[c x/6']", {"over": "x/6'", "kernel": 3, "stride": 3}, "d x/2'", "3*(x/6)"),
        ("[c x]", {"over": "x", "kernel": 3, "stride": 1, "padding": 1}, "d x", "x"),
        ("[c x]", {"over": "x", "kernel": 4, "stride": 1, "padding": "same"}, "d x", "x"),
        ("[c x]", {"over": "x", "out": "u"}, "d u", "2*x"),
        ("[c x/2]", {"groups": 2}, "d x", "2*(x/2)"),
    ],
)
def test_names_and_sizes_of_the_new_axes(type: str, how: dict[str, Any], axes: str, count: str) -> None:
    circuit = one_op(type, lambda x: conv_transposed(x, "c -> d", **{"over": "x/2", **how}))
    found = circuit.checked.type(circuit.outputs[0].wire)
    assert found.axes == tuple(axes.split())
    assert str(circuit.checked.size(found.axes[-1])) == count


def test_down_and_up_again_is_the_same_axis_and_needs_an_even_size() -> None:
    def body(x: Wire) -> Wire:
        half = conv(x, "c -> d=3", over="x", kernel=2, stride=2, padding="valid")
        return x + conv_transposed(half, "d -> c", over="x/2")

    circuit = build("f", {"x": "[c x]"}, body).valid()
    assert run(circuit, {"x": randoms((2, 6))}, sizes={"c": 2}).only.shape == (2, 6)
    found = problems(body, x="[c x=5]")
    assert len(found) == 1 and "x = 5" in found[0] and "4" in found[0]


def test_weights_have_the_layout_and_start_of_torch() -> None:
    circuit = one_op("[c y/2 x/2]", lambda x: conv_transposed(x, "c -> d=6", over="y/2 x/2", kernel="2 3", groups=2))
    found = parameters(circuit, {"c": 4})
    layer = torch.nn.ConvTranspose2d(4, 6, (2, 3), 2, groups=2)
    weight, bias = found["conv_transposed.weight"], found["conv_transposed.bias"]
    assert weight.axes == ("c", "d/2", "k2", "k3")
    assert weight.shape == tuple(layer.weight.shape) and bias.shape == tuple(layer.bias.shape)  # type: ignore[union-attr]
    assert weight.fan == bias.fan == 3 * 2 * 3


def test_it_is_the_transpose_of_a_convolution() -> None:
    forward = one_op(
        "[c x]", lambda x: conv(x, "c -> d=3", over="x", kernel=3, stride=2, padding=1, bias=False, out="u")
    )
    back = one_op(
        "[d u]", lambda x: conv_transposed(x, "d -> c", over="u", kernel=3, stride=2, padding=1, bias=False, out="x")
    )
    weight, x, y = randoms((3, 2, 3)), randoms((2, 7), 1), randoms((3, 4), 2)
    image = run(forward, {"x": x}, {"conv.weight": weight}).only
    preimage = run(back, {"x": y}, {"conv_transposed.weight": weight}, sizes={"c": 2}).only
    np.testing.assert_allclose((image * y).sum(), (x * preimage).sum(), rtol=1e-12)


def test_the_literal_loop_gives_the_same() -> None:
    circuit = one_op("[x/2 b c y/2]", lambda x: conv_transposed(x, "c -> d=2", over="y/2 x/2", kernel=3, groups=2))
    check_loop(circuit, randoms((2, 3, 2, 2)))


@pytest.mark.parametrize(
    ("type", "how", "message"),
    [
        (
            "[c x]",
            {"over": "x"},
            "conv_transposed (conv_transposed): expected a stride of 'x' that 2 divides, found stride 1. "
            "Name the new axis with out=.",
        ),
        (
            "[c x]",
            {"over": "x", "stride": 1},
            "conv_transposed (conv_transposed): expected a name for 'x' of the new size x+1, found none. "
            "Name the new axes with out=.",
        ),
        (
            "[c x/2]",
            {"output_padding": 2},
            "conv_transposed (conv_transposed): expected an output padding below the stride 2, found 2. "
            "Change one of them.",
        ),
        (
            "[c x/2]",
            {"output_padding": -1},
            "conv_transposed (conv_transposed): expected a whole number of at least 0 as output padding, found '-1'. "
            "Change the output padding.",
        ),
        (
            "[c x/2 x]",
            {},
            "f/conv_transposed (conv_transposed): expected a produced axis 'x' that no input carries, "
            "found 'x' passing over 'conv_transposed'. "
            "The two would be joined into one axis: rename one of them, or use a twin.",
        ),
        (
            "[c=6 x/2]",
            {"groups": 4},
            "f/conv_transposed (conv_transposed): expected c = 6 (axis 'c' is declared as 6 at f), found 4*(c/4) "
            "('c' is split into g*c/4). Make the sizes equal, or give one axis another name.",
        ),
    ],
)
def test_messages(type: str, how: dict[str, Any], message: str) -> None:
    assert problems(lambda x: conv_transposed(x, "c -> d", **{"over": "x/2", **how}), x=type) == [message]
