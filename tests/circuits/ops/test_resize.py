"""Upsampling, pixel shuffles and patches against torch, the names of their axes, and every message."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuits import Wire, build, run
from circuits.ops.pool import avg_pool
from circuits.ops.resize import patches, pixel_shuffle, pixel_unshuffle, upsample
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import check_against, check_loop, one_op, randoms

LENGTHS = {1: (5,), 2: (3, 4), 3: (2, 3, 1)}


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_upsampling(count: int, factor: int) -> None:
    over, out = " ".join("zyx"[-count:]), " ".join("wvu"[-count:]) if factor > 1 else ""
    for mode, torch_mode in (("nearest", "nearest"), ("linear", ("linear", "bilinear", "trilinear")[count - 1])):
        circuit = one_op(
            f"[b c {over}]", lambda x, mode=mode: upsample(x, over=over, factor=factor, mode=mode, out=out)
        )
        check_against(
            circuit,
            randoms((2, 2, *LENGTHS[count])),
            {},
            lambda x, mode=torch_mode: F.interpolate(x, scale_factor=factor, mode=mode),
        )


def test_a_factor_for_each_axis() -> None:
    circuit = one_op("[b c y x]", lambda x: upsample(x, over="y x", factor="1 3", mode="linear", out="y u"))
    check_against(
        circuit, randoms((2, 2, 3, 2)), {}, lambda x: F.interpolate(x, scale_factor=(1.0, 3.0), mode="bilinear")
    )


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_a_pooled_axis_gets_its_own_name_back(mode: str) -> None:
    def body(x: Wire) -> Wire:
        return x - upsample(avg_pool(x, over="y x"), over="y/2 x/2", mode=mode)

    circuit = build("f", {"x": "[c y x]"}, body).valid()
    image = torch.tensor(randoms((3, 4, 6)))
    torch_mode = "bilinear" if mode == "linear" else mode
    expected = image - F.interpolate(F.avg_pool2d(image, 2)[None], scale_factor=2, mode=torch_mode)[0]
    np.testing.assert_allclose(run(circuit, {"x": image.numpy()}).only, expected.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("factor", [2, 3])
def test_pixel_shuffle_and_back(factor: int) -> None:
    over = f"y/{factor} x/{factor}"
    finer = one_op(f"[b c {over}]", lambda x: pixel_shuffle(x, "c -> d", over=over, factor=factor))
    assert str(finer.checked.type(finer.outputs[0].wire)) == "[b d y x]"
    check_against(finer, randoms((2, 2 * factor**2, 3, 2)), {}, lambda x: F.pixel_shuffle(x, factor), sizes={"d": 2})
    coarser = one_op("[b c y x]", lambda x: pixel_unshuffle(x, "c -> d", over="y x", factor=factor))
    assert coarser.checked.type(coarser.outputs[0].wire).axes == ("b", "d", *over.split())
    check_against(coarser, randoms((2, 2, 6, 12)), {}, lambda x: F.pixel_unshuffle(x, factor))


def test_shuffles_of_one_axis_and_of_different_factors() -> None:
    def body(x: Wire) -> Wire:
        return pixel_unshuffle(
            pixel_shuffle(x, "c -> d", over="y x", factor="2 3", out="v u"), "d -> e", over="v u", factor="2 3"
        )

    circuit = build("f", {"x": "[c y x]"}, body).valid()
    x = randoms((12, 2, 3))
    np.testing.assert_array_equal(run(circuit, {"x": x}).only, x)
    line = one_op("[c t]", lambda x: pixel_shuffle(x, "c -> d", over="t", out="s"))
    np.testing.assert_array_equal(run(line, {"x": np.arange(6.0).reshape(2, 3)}).only, [[0, 3, 1, 4, 2, 5]])


def test_patches() -> None:
    circuit = one_op("[b c y x]", lambda x: patches(x, over="y x", size="2 3"))
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[b c y/2 x/3 k2 k3]"
    check_against(circuit, randoms((2, 3, 4, 6)), {}, lambda x: x.unfold(2, 2, 2).unfold(3, 3, 3))
    square = one_op("[y x]", lambda x: patches(x, over="y x", size=2))
    assert str(square.checked.type(square.outputs[0].wire)) == "[y/2 x/2 k2 k2']"
    named = one_op("[y x]", lambda x: patches(x, over="y x", size=2, into="p q", out="v u"))
    assert str(named.checked.type(named.outputs[0].wire)) == "[v u p q]"


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: upsample(x, over="y/2"), (2, 3, 4)),
        (lambda x: upsample(x, over="y/2", mode="linear"), (2, 3, 4)),
        (lambda x: pixel_shuffle(x, "c -> d", over="y/2"), (2, 3, 4)),
        (lambda x: patches(x, over="c", size=2), (2, 3, 4)),
    ],
)
def test_the_literal_loop_gives_the_same(function: Any, shape: tuple[int, ...]) -> None:
    check_loop(one_op("[y/2 b c]", function), randoms(shape))


@pytest.mark.parametrize(
    ("type", "function", "message"),
    [
        (
            "[c x]",
            lambda x: upsample(x, over="x"),
            "upsample (upsample): expected a stride of 'x' that 2 divides, found stride 1. "
            "Name the new axis with out=.",
        ),
        (
            "[c x/2]",
            lambda x: upsample(x, over="x/2", mode="cubic"),
            "upsample: expected attributes of 'upsample' (over, factor, mode, out), "
            "found mode: Input should be 'nearest' or 'linear'. See its documentation.",
        ),
        (
            "[c x/2]",
            lambda x: upsample(x, over="x/2", factor=0),
            "upsample (upsample): expected a whole number of at least 1 as factor, found '0'. Change the factor.",
        ),
        (
            "[c x x/2]",
            lambda x: upsample(x, over="x/2"),
            "f/upsample (upsample): expected a produced axis 'x' that no input carries, "
            "found 'x' passing over 'upsample'. "
            "The two would be joined into one axis: rename one of them, or use a twin.",
        ),
        (
            "[c=6 x/4]",
            lambda x: pixel_shuffle(x, "c -> d", over="x/4", factor=4),
            "f/pixel_shuffle (pixel_shuffle): expected c = 6 (axis 'c' is declared as 6 at f), found 4*d "
            "('c' is split into d*k4). Make the sizes equal, or give one axis another name.",
        ),
        (
            "[c x=7]",
            lambda x: pixel_unshuffle(x, "c -> d", over="x"),
            "f/pixel_unshuffle (pixel_unshuffle): expected x = 7 (axis 'x' is declared as 7 at f), found 2*(x/2) "
            "('x' is split into x/2*k2). Make the sizes equal, or give one axis another name.",
        ),
        (
            "[c y x]",
            lambda x: patches(x, over="y x", size=4, into="p"),
            "patches (patches): expected a name for each of 'y x', found into='p'. Name all or none.",
        ),
        (
            "[c y x]",
            lambda x: patches(x, over="y x", size="4 1"),
            "patches (patches): expected a whole number of at least 2 as size of blocks, found '1'. "
            "Change the size of blocks.",
        ),
        (
            "[c y x]",
            lambda x: pixel_shuffle(x, "c y -> d", over="x"),
            "pixel_shuffle (pixel_shuffle): expected one axis on the left of 'c y -> d', found 'c y'. "
            "Name one axis there.",
        ),
    ],
)
def test_messages(type: str, function: Any, message: str) -> None:
    assert problems(function, x=type) == [message]
