"""Convolutions and pooling over a grid of stride, padding, dilation and groups: torch's functions, to the digit."""

from __future__ import annotations

from typing import Any

import pytest
import torch.nn.functional as F
from torch import Tensor

from circuits import (
    Circuit,
    adaptive_avg_pool,
    avg_pool,
    build,
    conv,
    conv_transposed,
    depthwise_conv,
    global_avg_pool,
    global_max_pool,
    max_pool,
)
from tests.gallery.agree import Case, Tensors, agree, randoms

OLD, NEW = ("z", "y", "x"), ("u", "v", "w")
CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
SIDES = (9, 7, 8)


def spatial(count: int) -> tuple[str, str]:
    """Old and new names of the last axes."""
    return " ".join(OLD[-count:]), " ".join(NEW[-count:])


def image(count: int, channels: int) -> Any:
    """An image of different sides."""
    return randoms(channels, *SIDES[:count])


def one(count: int, function: Any) -> Circuit:
    """The circuit of one op on `[c *space]`."""
    return build("f", {"x": f"c {spatial(count)[0]}"}, function)


def grid(**choices: tuple[Any, ...]) -> list[dict[str, Any]]:
    """All combinations."""
    found: list[dict[str, Any]] = [{}]
    for name, values in choices.items():
        found = [{**one, name: value} for one in found for value in values]
    return found


def label(words: dict[str, Any]) -> str:
    """How a case is called."""
    return " ".join(f"{key}={value}" for key, value in words.items())


CONVOLUTIONS = [
    *grid(count=(1, 2), stride=(1, 2), padding=(0, 1), dilation=(1, 2), groups=(1, 2), bias=(True, False)),
    *grid(count=(3,), stride=(1, 2), padding=(0, 1), dilation=(1, 2), groups=(1, 2)),
]


@pytest.mark.parametrize("words", CONVOLUTIONS, ids=label)
def test_conv(words: dict[str, Any]) -> None:
    count, *_ = words.values()
    rest = {key: value for key, value in words.items() if key != "count"}
    old, new = spatial(count)
    circuit = one(count, lambda x: conv(x, "c -> d=6", over=old, out=new, kernel=3, name="map", **rest))
    torch_words = {key: value for key, value in rest.items() if key != "bias"}

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return CONV[count](inputs["x"][None], state["map.weight"], state.get("map.bias"), **torch_words)[0]

    agree(Case(circuit, {"x": image(count, 4)}), oracle)


# torch warns that uneven padding costs it a copy
@pytest.mark.filterwarnings("ignore:Using padding:UserWarning")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("kernel", ["3 2", "4 5"])
@pytest.mark.parametrize("dilation", ["1", "2 1"])
def test_conv_of_uneven_kernels(padding: str, kernel: str, dilation: str) -> None:
    words = {"kernel": kernel, "dilation": dilation, "padding": padding}
    out = {} if padding == "same" else {"out": "v w"}
    circuit = one(2, lambda x: conv(x, "c -> d=3", over="y x", name="map", **words, **out))
    spread = [int(word) for word in (dilation.split() * 2)[:2]]

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        words = {"padding": padding, "dilation": spread}
        return F.conv2d(inputs["x"][None], state["map.weight"], state["map.bias"], **words)[0]

    agree(Case(circuit, {"x": image(2, 4)}), oracle)


@pytest.mark.parametrize("words", grid(count=(1, 2, 3), stride=(1, 2), padding=(0, 1), dilation=(1, 2)), ids=label)
def test_depthwise_conv(words: dict[str, Any]) -> None:
    count = words["count"]
    rest = {key: value for key, value in words.items() if key != "count"}
    old, new = spatial(count)
    circuit = one(count, lambda x: depthwise_conv(x, "c", over=old, out=new, kernel=3, name="map", **rest))

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        weight = state["map.weight"][:, None]
        return CONV[count](inputs["x"][None], weight, state["map.bias"], groups=3, **rest)[0]

    agree(Case(circuit, {"x": image(count, 3)}), oracle)


TRANSPOSES = [
    *grid(count=(1, 2), stride=(1, 2, 3), padding=(0, 1), dilation=(1, 2), groups=(1, 2), output_padding=(0, 1)),
    *grid(count=(3,), stride=(2,), padding=(0, 1), dilation=(1, 2), groups=(1, 2), output_padding=(0,)),
]


@pytest.mark.parametrize("words", [one for one in TRANSPOSES if one["output_padding"] < one["stride"]], ids=label)
def test_conv_transposed(words: dict[str, Any]) -> None:
    count = words["count"]
    rest = {key: value for key, value in words.items() if key != "count"}
    old, new = spatial(count)
    circuit = one(count, lambda x: conv_transposed(x, "c -> d=6", over=old, out=new, kernel=3, name="map", **rest))

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return TRANSPOSED[count](inputs["x"][None], state["map.weight"], state["map.bias"], **rest)[0]

    sides = tuple(side - 4 for side in SIDES[:count])
    agree(Case(circuit, {"x": randoms(4, *sides)}), oracle)


POOLS = grid(count=(1, 2, 3), kernel=(2, 3), stride=(1, 2), padding=(0, 1), dilation=(1, 2))


@pytest.mark.parametrize("words", POOLS, ids=label)
def test_max_pool(words: dict[str, Any]) -> None:
    count = words["count"]
    rest = {key: value for key, value in words.items() if key != "count"}
    old, new = spatial(count)
    circuit = one(count, lambda x: max_pool(x, over=old, out=new, **rest))

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return MAX[count](inputs["x"][None], rest["kernel"], rest["stride"], rest["padding"], rest["dilation"])[0]

    agree(Case(circuit, {"x": image(count, 2)}), oracle)


AVERAGES = grid(count=(1, 2, 3), kernel=(2, 3), stride=(1, 2), padding=(0, 1), count_include_pad=(True, False))


@pytest.mark.parametrize("words", AVERAGES, ids=label)
def test_avg_pool(words: dict[str, Any]) -> None:
    count = words["count"]
    rest = {key: value for key, value in words.items() if key != "count"}
    old, new = spatial(count)
    circuit = one(count, lambda x: avg_pool(x, over=old, out=new, **rest))

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        included = {"count_include_pad": rest["count_include_pad"]}
        return AVERAGE[count](inputs["x"][None], rest["kernel"], rest["stride"], rest["padding"], **included)[0]

    agree(Case(circuit, {"x": image(count, 2)}), oracle)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_pool_of_everything(count: int) -> None:
    old, over = spatial(count)[0], tuple(range(-count, 0))
    mean = one(count, lambda x: global_avg_pool(x, over=old))
    agree(Case(mean, {"x": image(count, 2)}), lambda inputs, state: inputs["x"].mean(over))
    most = one(count, lambda x: global_max_pool(x, over=old))
    agree(Case(most, {"x": image(count, 2)}), lambda inputs, state: inputs["x"].amax(over))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_adaptive_pool(count: int) -> None:
    sizes = (2, 3, 1)[:count]
    into = " ".join(f"{name}={size}" for name, size in zip(NEW[-count:], sizes, strict=True))
    circuit = one(count, lambda x: adaptive_avg_pool(x, over=spatial(count)[0], into=into))
    x = randoms(2, *(8, 6, 5)[:count])
    agree(Case(circuit, {"x": x}), lambda inputs, state: ADAPTIVE[count](inputs["x"][None], sizes)[0])
