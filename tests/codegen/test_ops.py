"""Every op, printed and held against the reference, behind any number of leading axes."""

from dataclasses import replace

import pytest

from tests.codegen.op_cases import CASES, SIZES
from tests.codegen.verify import assert_equal


@pytest.mark.parametrize("name", CASES)
def test_op_is_printed_as_it_is_meant(name: str) -> None:
    case = CASES[name]
    circuit = replace(case, sizes={**SIZES, **case.sizes}).circuit(name)
    program = assert_equal(circuit, training=case.training)
    # what updates buffers lets nothing pass over
    for leading in () if case.updates else ((2,), (3, 1, 2)):
        assert_equal(circuit, leading=leading, training=case.training, program=program)
