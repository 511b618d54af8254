"""Laws of pictures: nothing lies on anything else, strands end where they are consumed, and the picture reads back."""

from __future__ import annotations

import pytest
from hypothesis import given

from circuits import Circuit
from circuits.draw import Detail, picture, to_svg
from circuits.draw.expand import expand
from circuits.draw.layout import arranged
from circuits.draw.theme import Style
from gallery import entries
from tests.circuits.draw.geometry import cut_faults, faults, nodes_read, wires_read
from tests.strategies import circuits

GALLERY = [entry.circuit for entry in entries()]
WIDTHS = (0.0, 900.0)


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dialect", ["d24", "d26"])
def test_pictures_of_the_gallery_are_in_order(circuit: Circuit, width: float, dialect: str) -> None:
    diagram = expand(circuit)
    assert faults(arranged(diagram, Style(dialect=dialect), width), diagram) == []


@pytest.mark.parametrize("circuit", GALLERY, ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("detail", [Detail(depth=0), Detail(budget=200)], ids=["closed", "opened"])
def test_closed_and_opened_pictures_are_in_order(circuit: Circuit, detail: Detail) -> None:
    diagram = expand(circuit, detail)
    assert faults(arranged(diagram, Style()), diagram) == []


@given(circuits())
def test_pictures_of_random_circuits_are_in_order(circuit: Circuit) -> None:
    diagram = expand(circuit)
    assert faults(arranged(diagram, Style()), diagram) == []


@given(circuits())
def test_every_cut_that_misses_glyphs_reads_off_the_checked_types(circuit: Circuit) -> None:
    scene = picture(circuit, Detail(depth=0, groups=False), Style(columns=True))
    assert cut_faults(scene, circuit) == []


@given(circuits())
def test_reading_a_picture_back_gives_the_connections_of_the_circuit(circuit: Circuit) -> None:
    scene = picture(circuit, Detail(depth=0, groups=False))
    assert nodes_read(scene, circuit) == wires_read(circuit)


@given(circuits())
def test_the_same_circuit_gives_the_same_bytes(circuit: Circuit) -> None:
    assert to_svg(picture(circuit)) == to_svg(picture(circuit.evolve()))
