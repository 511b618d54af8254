"""The figures of the documentation are what their sources give."""

from pathlib import Path

import numpy as np
import pytest

from circuits import Circuit
from circuits.draw import to_svg
from docs.paper import FIGURES, algebra, attention, images, teaching
from docs.sheets import BESIDE, FOLDER, sheet
from tests.circuits.draw.test_brackets import bracket_faults

CIRCUITS = [
    found
    for module in (algebra, attention, images, teaching)
    for found in vars(module).values()
    if isinstance(found, Circuit)
]


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_those_of_their_sources(name: str) -> None:
    drawn = to_svg(FIGURES[name]())
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawn, "write them again with `make figures`"


@pytest.mark.parametrize("name", FIGURES)
def test_bounds_and_titles_of_figures_touch_neither_brackets_nor_grounds(name: str) -> None:
    assert bracket_faults(FIGURES[name]()) == []


def test_every_figure_has_a_source_and_a_picture_beside_it() -> None:
    assert {path.stem for path in Path(FOLDER).glob("*.svg")} == set(FIGURES) == set(BESIDE)


@pytest.mark.parametrize("circuit", CIRCUITS, ids=lambda circuit: circuit.name)
def test_circuits_of_figures_have_no_problems(circuit: Circuit) -> None:
    assert circuit.problems == ()


@pytest.mark.parametrize("size", [(40, 30), (3000, 50), (7, 2900)])
def test_a_sheet_holds_both_pictures_at_one_height(size: tuple[int, int]) -> None:
    high, wide = size
    made = sheet(np.full((high, wide, 4), 0.25, np.float32), FIGURES["indexes"]())
    assert made.shape[2] == 3 and made.dtype == np.float32
    assert made.min() >= 0.0 and made.max() <= 1.0
    # The left picture is a quarter of its grey over white, in its upper left corner.
    assert made[0, 0] == pytest.approx(0.25 * 0.25 + 0.75)
