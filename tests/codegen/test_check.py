"""The numbers a program compares itself with: rounded as far as machines agree, and no further than is honest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.check import rounded

NORMS = st.floats(1e-12, 1e12)
PARTS = st.floats(-1.0, 1.0)


@given(NORMS, PARTS)
def test_rounding_takes_a_twentieth_of_what_programs_tolerate(norm: float, part: float) -> None:
    number = part * norm
    assert abs(rounded(number, norm) - number) <= 5.001e-11 * max(1.0, norm)


@given(st.floats(1.0, 9.9), st.integers(0, 12), st.integers(-(10**9), 10**9), st.floats(-0.4, 0.4))
def test_noise_of_a_machine_does_not_show(lead: float, exponent: int, steps: int, off: float) -> None:
    norm = lead * 10.0**exponent
    number = (steps + off) * 10.0 ** (exponent - 10)
    noise = 1e-14 * norm
    assert rounded(number, norm) == rounded(number + noise, norm) == rounded(number - noise, norm)


@pytest.mark.parametrize(
    ("number", "norm", "text"),
    [
        (2.459886976305731, 2.459886976305731, "2.4598869763"),
        (0.3757933662388889, 246.0, "0.37579337"),
        (-3e-17, 1.0, "0.0"),
        (1e-9, 1e-9, "1e-09"),
        (0.123456789012345, 9.999999999999999, "0.123456789"),
        (123456789012345.0, 123456789012345.0, "123456789010000.0"),
        (0.1234567890123, math.inf, "0.123456789"),
        (math.inf, math.inf, "inf"),
        (-math.inf, math.nan, "-inf"),
        (math.nan, math.nan, "nan"),
    ],
)
def test_examples(number: float, norm: float, text: str) -> None:
    assert repr(rounded(number, norm)) == text
