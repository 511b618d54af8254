"""Every op, printed and held against the reference, behind any number of leading axes."""

import pytest

from circuits import REGISTRY, Primitive, Region
from codegen import build
from codegen.targets.torch.registry import LOWERINGS
from tests.codegen.cases_composites import COMPOSITES
from tests.codegen.cases_layers import LAYERS
from tests.codegen.cases_primitives import PRIMITIVES
from tests.codegen.verify import assert_equal, double_precision, load

CASES = PRIMITIVES | COMPOSITES | LAYERS


@pytest.mark.parametrize("name", CASES)
def test_op_is_printed_as_it_is_meant(name: str) -> None:
    case = CASES[name]
    circuit = case.circuit(name)
    program = assert_equal(circuit, training=case.training)
    # what updates buffers lets nothing pass over
    for leading in () if case.updates else ((2,), (3, 1, 2)):
        assert_equal(circuit, leading=leading, training=case.training, program=program)


def test_every_primitive_and_region_has_a_lowering() -> None:
    needed = {name for name, kind in REGISTRY.items() if issubclass(kind, Primitive | Region)}
    assert not needed - LOWERINGS.keys()


def test_programs_of_all_ops_check_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    with double_precision():
        for name, case in CASES.items():
            assert load(build(case.circuit(name))).forward.__globals__["check"](), name
    assert "DIFFERS" not in capsys.readouterr().out
