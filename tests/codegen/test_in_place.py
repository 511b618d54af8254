"""Rectifiers write over their operand in evaluation, where nobody else reads it and nothing needs it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from circuits import Circuit, Wire, build, conv, linear, relu, rename, repeat, softmax
from codegen import build as print_program
from tests.codegen.verify import assert_equal, double_precision, load

SIZES = {"m": 3, "k": 4}
OVER = "inplace=not self.training"


def mapped(x: Wire, name: str = "map") -> Wire:
    return linear("m -> k", x, name=name)


def circuit_of(body: Callable[[Wire], object], text: str = "[m]") -> Circuit:
    return build("c", {"x": text}, body, sizes=SIZES)


def read_twice(x: Wire) -> dict[str, Wire]:
    one = mapped(x)
    return {"kept": relu(one), "seen": softmax(one, axis="k")}


def given_away(x: Wire) -> dict[str, Wire]:
    one = mapped(x)
    return {"kept": relu(one), "seen": one}


def renamed(x: Wire) -> dict[str, Wire]:
    one = mapped(x)
    return {"kept": relu(rename(one, "k -> j")), "seen": softmax(one, axis="k")}


@pytest.mark.parametrize("body", [read_twice, given_away, renamed, relu])
def test_what_others_read_is_left_alone(body: Callable[[Wire], object]) -> None:
    program = assert_equal(circuit_of(body), sizes=SIZES, leading=(2,))
    assert "F.relu(" in program.source and OVER not in program.source


def test_what_a_loop_reads_again_is_left_alone() -> None:
    step = build("step", {"h": "[k]", "x": "[k]"}, lambda h, x: h * 0.5 + relu(x))
    program = assert_equal(
        circuit_of(lambda x: repeat(step, relu(mapped(x)), mapped(x, "other"), times=3)), sizes=SIZES
    )
    assert program.source.count(OVER) == 1


def image(x: Wire) -> Wire:
    return relu(conv(x, "m -> k", over="y", kernel=3, name="map"))


@pytest.mark.parametrize(("body", "text"), [(lambda x: relu(mapped(x)), "[m]"), (image, "[b m y]")])
def test_gradients_are_the_same_in_training_and_evaluation(body: Callable[[Wire], Wire], text: str) -> None:
    program = print_program(circuit_of(body, text))
    assert OVER in program.source
    with double_precision():
        module = load(program)()
        x = torch.randn(5, 3, 7) if text != "[m]" else torch.randn(2, 5, 3)
        found = []
        for training in (True, False):
            given = x.clone().requires_grad_()
            module.train(training).zero_grad()
            module(given).square().sum().backward()
            assert given.grad is not None
            found.append([given.grad, *(array.grad.clone() for array in module.parameters() if array.grad is not None)])
            assert torch.equal(given, x)
    assert len(found[0]) == 3
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)
