"""Golden programs: what people read changes only on purpose. `ACCEPT=1 pytest tests/codegen` accepts what is printed.

The text is the same on every machine. It holds outputs of the reference, whose last digits follow the order in which the
machine's BLAS adds; `codegen/check.py` rounds them to what machines agree on and says which tolerance follows. Kernels
for two processors, one old and one new, show it here on one machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from circuits import (
    Circuit,
    Wire,
    batch_norm,
    build,
    call,
    constant,
    conv,
    fixed_point,
    lstm,
    max_pool,
    relu,
    repeat,
    scan,
)
from codegen import build as print_program
from tests.codegen.test_regions import cell, contraction, layer
from tests.codegen.test_structure import multi_head

FOLDER = Path(__file__).parent.parent / "snapshots" / "codegen"


def self_attention() -> Circuit:
    return build("self_attention", {"n": "[t m]"}, lambda n: call(multi_head(), n, n, axes="y=t x=t'"))


def stack() -> Circuit:
    inputs = {"x": "[t m]", "memory": "[m]"}
    return build("stack", inputs, lambda x, memory: repeat(layer(), x, memory, times=3), sizes={"m": 4})


def images() -> Circuit:
    def body(image: Wire) -> Wire:
        stem = conv(image, "c -> d=8", over="y x", stride=2, name="stem")
        normal = relu(batch_norm(stem, channel="d", axes="b y/2 x/2", name="norm"))
        return max_pool(normal, over="y/2 x/2", name="pooled")

    return build("images", {"image": "[b c y x]"}, body, sizes={"c": 3})


def recurrent() -> Circuit:
    def body(x: Wire) -> dict[str, Wire]:
        sequence, _, _ = lstm(x, "t m -> o=5", bidirectional=True, name="encoder")
        last, steps = scan(cell(), constant(0.0, axes="h"), x, axis="t", along="x", name="decoder")
        return {"sequence": sequence, "last": last, "steps": steps}

    return build("recurrent", {"x": "[t m]"}, body, sizes={"m": 3, "h": 2})


def experts() -> Circuit:
    def body(x: Wire) -> Wire:
        return call(multi_head(), x, x, axes="y=t x=t'", per="e")

    return build("experts", {"x": "[t m]"}, body, sizes={"e": 4, "m": 6})


def equilibrium() -> Circuit:
    inputs = {"z": "[m]", "x": "[m]"}
    return build("equilibrium", inputs, lambda z, x: fixed_point(contraction(), z, x), sizes={"m": 3})


GOLDEN = (self_attention, stack, images, recurrent, experts, equilibrium)


@pytest.mark.parametrize("make", GOLDEN)
def test_programs_stay_as_they_were_accepted(make: object) -> None:
    assert callable(make)
    circuit = make()
    path = FOLDER / f"{circuit.name}.py"
    found = print_program(circuit).source
    if os.environ.get("ACCEPT"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), f"{path} is missing; accept it with ACCEPT=1"
    assert found == path.read_text(encoding="utf-8")


_PRINT = """
from codegen import build
from tests.codegen.test_snapshots import GOLDEN

for make in GOLDEN:
    print(build(make()).source)
"""


@pytest.mark.parametrize("processor", ["Prescott", "Haswell"])
def test_programs_are_the_same_whatever_kernels_add_up_the_reference(processor: str) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "OPENBLAS_CORETYPE": processor, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", _PRINT], capture_output=True, text=True, check=True, cwd=root, env=environment
    )
    assert done.stdout == "".join(f"{print_program(make()).source}\n" for make in GOLDEN)
