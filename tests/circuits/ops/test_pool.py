"""Pooling against torch over a grid, the names it gives to axes, and every message."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Wire, build, run
from circuits.ops.pool import adaptive_avg_pool, avg_pool, global_avg_pool, global_max_pool, max_pool
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import check_against, check_loop, one_op, randoms

MAX = (F.max_pool1d, F.max_pool2d, F.max_pool3d)
MEAN = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)


def _words(how: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    return {key: " ".join(map(str, value)) for key, value in how.items()}


def _check_max(lengths: tuple[int, ...], **how: tuple[int, ...]) -> None:
    count = len(lengths)
    over, out = " ".join("zyx"[-count:]), " ".join("wvu"[-count:])
    circuit = one_op(f"[b {over}]", lambda x: max_pool(x, over=over, out=out, **_words(how)))
    check_against(
        circuit,
        randoms((2, *lengths)),
        {},
        lambda x: MAX[count - 1](x, **{"kernel_size" if key == "kernel" else key: value for key, value in how.items()}),
    )


def _check_mean(lengths: tuple[int, ...], include: bool, **how: tuple[int, ...]) -> None:
    count = len(lengths)
    over, out = " ".join("zyx"[-count:]), " ".join("wvu"[-count:])
    circuit = one_op(f"[b {over}]", lambda x: avg_pool(x, over=over, out=out, count_include_pad=include, **_words(how)))
    named = {"kernel_size" if key == "kernel" else key: value for key, value in how.items()}
    check_against(circuit, randoms((2, *lengths)), {}, lambda x: MEAN[count - 1](x, **named, count_include_pad=include))


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_maxima_over_the_whole_grid(kernel: int, stride: int, padding: int, dilation: int) -> None:
    _check_max((7,), kernel=(kernel,), stride=(stride,), padding=(padding,), dilation=(dilation,))


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_means_over_the_whole_grid(kernel: int, stride: int, padding: int, include: bool) -> None:
    _check_mean((7,), include, kernel=(kernel,), stride=(stride,), padding=(padding,))


def test_two_and_three_axes() -> None:
    _check_max((5, 6), kernel=(2, 3), stride=(1, 2), padding=(1, 0), dilation=(2, 1))
    _check_max((3, 4, 5), kernel=(2, 1, 3), stride=(1, 2, 2), padding=(1, 0, 1))
    for include in (True, False):
        _check_mean((5, 6), include, kernel=(2, 3), stride=(1, 2), padding=(1, 0))
        _check_mean((3, 4, 5), include, kernel=(2, 1, 3), stride=(1, 2, 2), padding=(1, 0, 1))


def test_the_smallest_axes() -> None:
    _check_max((1,), kernel=(1,))
    _check_max((1,), kernel=(3,), padding=(1,))
    _check_mean((1,), False, kernel=(3,), padding=(1,))
    _check_mean((3,), True, kernel=(3,))


@pytest.mark.parametrize("pool", [max_pool, avg_pool])
def test_the_stride_is_that_of_the_kernel_unless_it_is_given(pool: Any) -> None:
    for how, axes, count in (
        ({}, "c y/2 x/2", "x//2"),
        ({"kernel": "1 3"}, "c y x/3", "x//3"),
        ({"kernel": 3, "stride": 2, "padding": 1}, "c y/2 x/2", "(x+1)//2"),
        ({"kernel": 3, "stride": 1, "padding": "same"}, "c y x", "x"),
        ({"kernel": 3, "stride": 1, "out": "v u", "padding": 0}, "c v u", "x-2"),
    ):
        circuit = one_op("[c y x]", lambda x, how=how: pool(x, over="y x", **how))
        found = circuit.checked.type(circuit.outputs[0].wire).axes
        assert found == tuple(axes.split())
        assert str(circuit.checked.size(found[-1])) == count


def test_padding_is_never_the_maximum() -> None:
    circuit = one_op("[x]", lambda x: max_pool(x, over="x", kernel=3, stride=1, padding="causal"))
    np.testing.assert_array_equal(run(circuit, {"x": np.array([-3.0, -5.0, -4.0, -9.0])}).only, [-3, -3, -3, -4])


@pytest.mark.parametrize(("pool", "oracle"), [(global_avg_pool, torch.mean), (global_max_pool, torch.amax)])
def test_pooling_whole_axes(pool: Any, oracle: Any) -> None:
    circuit = one_op("[b y x]", lambda x: pool(x, over="y x"))
    check_against(circuit, randoms((2, 3, 4)), {}, lambda x: oracle(x, dim=(1, 2)))
    check_loop(circuit, randoms((2, 3, 4)))


def test_a_strided_axis_may_be_pooled() -> None:
    def body(x: Wire) -> Wire:
        return global_avg_pool(max_pool(x, over="y x", kernel=2), over="y/2 x/2")

    circuit = build("f", {"x": "[b y x]"}, body).valid()
    expected = F.max_pool2d(torch.tensor(randoms((2, 4, 5))), 2).mean((1, 2))
    np.testing.assert_allclose(run(circuit, {"x": randoms((2, 4, 5))}).only, expected.numpy(), rtol=1e-12)
    half = one_op("[b y/2 x/2]", lambda x: global_avg_pool(x, over="y/2 x/2"))
    check_against(half, randoms((2, 2, 3)), {}, lambda x: x.mean((1, 2)))


@pytest.mark.parametrize("into", ["p=2 q=3", "p=4 q=1", "p=1 q=6"])
def test_equal_parts(into: str) -> None:
    sizes = tuple(int(word.partition("=")[2]) for word in into.split())
    circuit = one_op("[b y x]", lambda x: adaptive_avg_pool(x, over="y x", into=into))
    check_against(circuit, randoms((2, 4, 6)), {}, lambda x: F.adaptive_avg_pool2d(x, sizes))


def test_how_many_parts_may_be_told_later() -> None:
    circuit = one_op("[b x]", lambda x: adaptive_avg_pool(x, over="x", into="p"))
    for parts in (1, 2, 3, 6):
        expected = F.adaptive_avg_pool1d(torch.tensor(randoms((2, 6))), parts).numpy()
        np.testing.assert_allclose(run(circuit, {"x": randoms((2, 6))}, sizes={"p": parts}).only, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: max_pool(x, over="y x", kernel=3, stride="1 2", padding=1),
        lambda x: avg_pool(x, over="x y", kernel=3, stride=2, padding=1, count_include_pad=False),
        lambda x: adaptive_avg_pool(x, over="x", into="p=2"),
    ],
)
def test_the_literal_loop_gives_the_same(function: Any) -> None:
    check_loop(one_op("[y b x]", function), randoms((3, 2, 4)))


@pytest.mark.parametrize(
    ("type", "function", "message"),
    [
        (
            "[c x]",
            lambda x: max_pool(x, over="x", kernel=3, stride=1),
            "max_pool (max_pool): expected a name for 'x' of the new size x-2, found none. "
            "Name the new axes with out=.",
        ),
        (
            "[c x]",
            lambda x: avg_pool(x, over="x", padding=2),
            "avg_pool (avg_pool): expected a padding of at most half the kernel 2, found 2. Lower the padding.",
        ),
        (
            "[c x]",
            lambda x: max_pool(x, over="x", kernel="k"),
            "max_pool (max_pool): expected a whole number of at least 1 as stride, found 'k'. Change the stride.",
        ),
        (
            "[c x]",
            lambda x: max_pool(x, over="z"),
            "f/max_pool (max_pool): expected an axis 'z' at 'x', found [c x]. Rename an axis or add 'z'.",
        ),
        (
            "Natural(9)[c x]",
            lambda x: max_pool(x, over="x"),
            "f/max_pool (max_pool): expected Real at 'x', found Natural(9). Cast it, or change its type.",
        ),
        (
            "[c x]",
            lambda x: global_avg_pool(x, over=""),
            "global_avg_pool (global_avg_pool): expected at least one axis in over=, found none. "
            "Name the axes with over=.",
        ),
        (
            "[c x=7]",
            lambda x: adaptive_avg_pool(x, over="x", into="p=2"),
            "f/adaptive_avg_pool (adaptive_avg_pool): expected x = 7 (axis 'x' is declared as 7 at f), found 2*(x/2) "
            "('x' is split into p*x/2). Make the sizes equal, or give one axis another name.",
        ),
        (
            "[c y x]",
            lambda x: adaptive_avg_pool(x, over="y x", into="p=2"),
            "adaptive_avg_pool (adaptive_avg_pool): expected a new axis for each of 'y x', found into='p=2'. "
            "Name one for each.",
        ),
    ],
)
def test_messages(type: str, function: Any, message: str) -> None:
    assert problems(function, x=type) == [message]
