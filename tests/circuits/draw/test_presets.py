"""Paper: a picture stays in its room, its letters stay in their size, and all printers make the same size of it."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.draw.figure import to_pdf, to_png
from circuits.draw.presets import COLUMN, PAPERS, Paper
from circuits.draw.scene import Scene
from circuits.draw.svg import to_svg
from circuits.draw.tikz import to_tikz
from tests.circuits.draw.rasters import compiled, needs, outcome, pixels
from tests.circuits.draw.scenes import scene

papers = st.sampled_from(tuple(PAPERS.values()))


@given(papers, st.floats(1, 20000), st.floats(1, 20000))
def test_one_of_three_limits_is_reached_and_none_is_passed(paper: Paper, width: float, height: float) -> None:
    picture = Scene(width, height, ())
    wide, high = paper.size(picture)
    shares = (wide / 72 / paper.width, high / 72 / paper.height, 14 * paper.scale(picture) / paper.points)
    assert max(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("name", PAPERS)
def test_printers_agree_on_the_size(name: str) -> None:
    needs("pdfinfo", "poppler-utils")
    paper = PAPERS[name]
    expected = pytest.approx(paper.size(scene()), abs=0.01)
    root = ElementTree.fromstring(to_svg(scene(), paper))
    assert tuple(float(root.get(side, "").removesuffix("pt")) for side in ("width", "height")) == expected
    assert page_size(to_pdf(scene(), paper)) == expected
    rows, columns, _ = pixels(to_png(scene(), paper, dpi=50)).shape
    assert (columns, rows) == pytest.approx([each * 50 / 72 + 0.5 for each in paper.size(scene())], abs=0.5)


def test_tex_agrees_on_the_size() -> None:
    needs("pdfinfo", "poppler-utils")
    assert page_size(compiled(to_tikz(scene(), COLUMN, standalone=True))) == pytest.approx(
        COLUMN.size(scene()), abs=0.02
    )


def page_size(data: bytes) -> tuple[float, float]:
    said = outcome(["pdfinfo", "-"], data).decode()
    width, height = re.findall(r"Page size: +([\d.]+) x ([\d.]+) pts", said)[0]
    assert "Pages:           1\n" in said
    return float(width), float(height)
