"""PDF and PNG: something for every scene, the same bytes every time, letters that are text, and no global state."""

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuits.draw.figure import to_pdf, to_png
from circuits.draw.presets import PAGE
from circuits.draw.scene import Path, Scene, Text, rectangle
from tests.circuits.draw.rasters import needs, outcome, pdf_pixels, pixels
from tests.circuits.draw.scene_strategies import scenes
from tests.circuits.draw.scenes import scene


@settings(max_examples=25)
@given(scenes, st.sampled_from(("text", "outlines")))
def test_a_pdf_of_every_scene_is_the_same_every_time(drawn: Scene, text: str) -> None:
    once = to_pdf(drawn, text=text)
    assert once.startswith(b"%PDF-")
    assert to_pdf(drawn, text=text) == once


@settings(max_examples=25)
@given(scenes)
def test_an_image_of_every_scene_is_the_same_every_time(drawn: Scene) -> None:
    once = to_png(drawn, dpi=40)
    assert once.startswith(b"\x89PNG")
    assert to_png(drawn, dpi=40) == once


def test_fonts_are_embedded_and_nothing_is_an_image() -> None:
    needs("pdffonts", "poppler-utils")
    data = to_pdf(scene(), PAGE)
    fonts = outcome(["pdffonts", "-"], data).decode().splitlines()[2:]
    assert {line.split()[0].split("+")[1] for line in fonts} >= {"Cmmi10", "Cmr10", "Cmss10", "Cmb10"}
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    assert not outcome(["pdfimages", "-list", "-"], data).splitlines()[2:]


def test_outlines_need_no_fonts() -> None:
    needs("pdffonts", "poppler-utils")
    data = to_pdf(scene(), PAGE, text="outlines")
    assert not outcome(["pdffonts", "-"], data).splitlines()[2:]
    assert not outcome(["pdfimages", "-list", "-"], data).splitlines()[2:]


def test_words_of_a_pdf_can_be_searched() -> None:
    needs("pdftotext", "poppler-utils")
    said = outcome(["pdftotext", "-", "-"], to_pdf(scene(), PAGE)).decode()
    for words in (
        "Multi-Head Attention",
        "Every head looks at the whole of x,",
        "50 % of the cost & most of the memory.",
    ):
        assert words in said


def test_a_pdf_says_what_it_is_and_not_when() -> None:
    needs("pdfinfo", "poppler-utils")
    said = outcome(["pdfinfo", "-"], to_pdf(scene(), PAGE)).decode()
    assert "Title:           Multi-head attention\n" in said
    assert "Date" not in said


def test_the_baseline_is_the_same_at_every_size() -> None:
    for size in (7.0, 7.3, 7.6, 7.9):
        label = Scene(60, 30, (Text(10, 20, "Hxk", size),), background="#ffffff")
        dark = [
            (each < 128).any(axis=(1, 2)).nonzero()[0]
            for each in (pdf_pixels(to_pdf(label)), pdf_pixels(to_pdf(label, text="outlines")))
        ]
        assert dark[0][-1] == pytest.approx(dark[1][-1], abs=1)


def test_an_image_is_clear_without_a_background_and_whole_with_one() -> None:
    box = Path(rectangle(2, 2, 8, 8), fill="#1346fe")
    clear, whole = (to_png(Scene(10.3, 10.3, (box,), background=colour), dpi=96) for colour in ("", "#ffe2bb"))
    assert pixels(clear).shape == pixels(whole).shape == (11, 11, 3)
    assert pixels(whole)[10, 10].tolist() == pixels(whole)[0, 0].tolist() == [0xFF, 0xE2, 0xBB]
    assert pixels(whole)[5, 5].tolist() == [0x13, 0x46, 0xFE]


def test_settings_of_others_do_not_matter_and_stay() -> None:
    expected = (to_pdf(scene(), PAGE), to_png(scene(), PAGE, dpi=50))
    other = {
        "pdf.fonttype": 3,
        "mathtext.fontset": "stix",
        "mathtext.default": "rm",
        "savefig.bbox": "tight",
        "path.simplify": False,
        "figure.facecolor": "red",
    }
    with mpl.rc_context(other):
        before = dict(mpl.rcParams)
        assert (to_pdf(scene(), PAGE), to_png(scene(), PAGE, dpi=50)) == expected
        assert dict(mpl.rcParams) == before
