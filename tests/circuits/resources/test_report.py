"""Reports: the page they print, and what they say of levels."""

import pytest

from circuits import BindingError, CircuitError, build, einsum
from circuits.resources import Level, Schedule, area, resource_report
from tests.circuits.resources.models import flash_attention, matmul, plain_attention

SIZES = {"q": 4096, "x": 4096, "d": 64}


def test_a_report_of_attention() -> None:
    circuit, _ = flash_attention()
    core = area(circuit, name="core", groups="q", stream="x=s_x:16")
    schedule = Schedule((core,), (Level("DRAM"), Level("SMEM", 24_000, 1e12)))
    report = resource_report(circuit, schedule, SIZES)
    assert str(report).splitlines() == [
        "attention: 1 area",
        "area 'core' at SMEM; groups q by g_q; streams x by s_x (multiples of 16)",
        "  load q      [q d]  d*q",
        "  load k      [x d]  d*q*x/g_q",
        "  load v      [x d]  d*q*x/g_q",
        "  save mixed  [q d]  d*q",
        "  transfer H = 2*d*q*x/g_q + 2*d*q",
        "  memory M >= 2*d*g_q + 2*d*s_x + g_q*s_x, and 2*g_q carried",
        "  best in leading order: H = 4*d**2*q*x/M + 2*d*q, g_q = M/(2*d)",
        "  best found: g_q = 150, s_x = 16: H = 14,840,846, M = 23,948",
        "transfers into SMEM and back: 2*d*q*x/g_q + 2*d*q",
    ]
    parts = {**SIZES, "g_q": 128, "s_x": 16}
    assert report.fits(parts)
    assert not report.fits({**parts, "g_q": 256})
    moved = 2 * 64 * 4096 * 4096 / 128 + 2 * 64 * 4096
    assert report.seconds(parts) == pytest.approx(moved / 1e12)


def test_without_sizes_a_report_is_formulas_alone() -> None:
    circuit, tiles = matmul()
    report = resource_report(circuit, Schedule((tiles,)))
    assert report.areas[0].tiling is None
    assert report.seconds({}) is None
    assert report.fits({})
    assert str(report).splitlines()[-2:] == [
        "  best in leading order: H = 2*a*b*c/M**(1/2) + a*c, g_a = M**(1/2), g_c = M**(1/2)",
        "transfers into SMEM and back: a*b*c*(1/g_a + 1/g_c) + a*c",
    ]


def test_areas_apart_transfer_what_lies_between_them() -> None:
    def body(x: object, y: object, z: object) -> object:
        return einsum("a c, c d -> a d", einsum("a b, b c -> a c", x, y, name="one"), z, name="two")

    circuit = build("chain", {"x": "[a b]", "y": "[b c]", "z": "[c d]"}, body)
    levels = (Level("DRAM"), Level("SMEM"), Level("registers"))
    areas = (area(circuit, "one", name="first"), area(circuit, "two", name="second", level=2))
    report = resource_report(circuit, Schedule(areas, levels))
    assert str(report.transfer(2)) == "a*c + a*d + c*d"
    assert str(report.transfer()) == "a*b + 2*a*c + a*d + b*c + c*d"
    whole = resource_report(circuit, Schedule((area(circuit),), levels))
    assert str(whole.transfer()) == "a*b + a*d + b*c + c*d"


def test_what_is_wrong_is_raised() -> None:
    circuit = plain_attention()
    with pytest.raises(CircuitError, match=r"Apply the rewrite stream_softmax first\.$"):
        resource_report(circuit, Schedule((area(circuit, stream="x"),)))
    product, tiles = matmul()
    tight = Schedule((tiles,), (Level("DRAM"), Level("SMEM", 2)))
    with pytest.raises(BindingError, match="a memory that holds the smallest parts"):
        resource_report(product, tight, {"a": 2, "b": 2, "c": 2})
    with pytest.raises(BindingError, match="a size for every axis"):
        resource_report(product, tight, {"a": 2})
