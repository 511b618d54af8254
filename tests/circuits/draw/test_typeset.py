"""Labels and their room: any text has one, outlines stay in it, and it grows with the size."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.draw.scene import Text
from circuits.draw.tex import read
from circuits.draw.typeset import lacking, measure, outlines, source, start, typeset
from tests.circuits.draw.scene_strategies import FONTS, fonts, texts


@given(texts, fonts)
def test_any_text_has_a_room_and_no_letter_is_replaced_behind_our_back(text: str, font: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # Matplotlib warns where it shows another letter than it was asked for.
        patch.setattr(logging.getLogger("matplotlib._mathtext"), "warning", pytest.fail)
        extent = typeset.__wrapped__(text, font).extent
    assert extent.width >= 0
    assert extent.ascent >= 0


@given(texts, fonts, st.floats(1, 100))
def test_room_grows_with_the_size(text: str, font: str, size: float) -> None:
    one, large = measure(text, 1.0, font), measure(text, size, font)
    assert (large.width, large.ascent, large.descent) == pytest.approx(
        (one.width * size, one.ascent * size, one.descent * size)
    )


@given(texts, fonts, st.sampled_from(("start", "middle", "end")))
def test_outlines_are_where_the_room_is(text: str, font: str, anchor: str) -> None:
    label = Text(100, 50, text, 10, anchor, font=font)
    extent = measure(text, 10, font)
    for path in outlines(label):
        bounds = path.bounds()
        # Slanted letters and accents reach over the sides by a part of their size.
        assert bounds.left >= start(label) - 5
        assert bounds.right <= start(label) + extent.width + 5
        assert bounds.top >= 50 - extent.ascent - 5
        assert bounds.bottom <= 50 + extent.descent + 5


@pytest.mark.parametrize(("anchor", "left"), [("start", 100.0), ("middle", 50.0), ("end", 0.0)])
def test_anchors(anchor: str, left: float) -> None:
    width = measure("Multi-Head", 10, "sans").width
    assert start(Text(100, 0, "Multi-Head", 10, anchor, font="sans")) == pytest.approx(100 - (100 - left) / 100 * width)


@pytest.mark.parametrize(
    ("text", "font", "width"),
    # As TeX sets them at 10 pt: the widths of cmmi10, cmr10, cmb10, cmss10 and cmssbx10.
    [
        ("m", "math", 8.7803),
        (r"\bar{x}", "math", 5.7153),
        (r"\mathrm{Max}", "math", 19.4445),
        (r"\mathbf{L}", "math", 6.0),
        ("Scaled Dot-Product Attention", "sans", 125.5002),
        ("Linear", "sans bold", 27.7501),
        ("LayerNorm", "sans bold", 49.8058),
    ],
)
def test_widths_are_those_of_tex(text: str, font: str, width: float) -> None:
    assert measure(text, 10, font).width == pytest.approx(width, rel=0.01)


def test_scripts_are_smaller_and_off_the_baseline() -> None:
    base, above, below = typeset("L_+^Q").glyphs
    assert (base.scale, below.scale, above.scale) == (1.0, 0.7, 0.7)
    assert base.y == pytest.approx(0.0, abs=1e-3)
    assert above.y < -0.2
    assert below.y > 0.2
    assert below.x == pytest.approx(above.x, abs=0.2)


def test_what_is_no_tex_is_shown_as_it_is_written() -> None:
    assert read(r"\foo{x}") is None
    assert len(typeset(r"\foo{x}").glyphs) == len(r"\foo{x}")


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("text", ["é", "λ", "字", "<", "|", '"', "`", "~", "^", "\\", "_", "{", "}", "$"])
def test_every_visible_letter_draws_something(text: str, font: str) -> None:
    assert outlines(Text(0, 0, text, font=font))


def test_letters_unknown_to_all_fonts_are_boxes() -> None:
    assert typeset("字", "sans").glyphs == typeset("□", "sans").glyphs != typeset("λ", "sans").glyphs


@pytest.mark.parametrize("font", FONTS)
def test_letters_without_a_font_are_named_once_and_drawn_as_boxes(font: str) -> None:
    assert lacking("x好あ好", font) == ("好", "あ")
    assert lacking("α ů □ x", font) == ()
    assert "□" in source("好", font)


def test_a_backslash_before_a_sign_of_mathematics_is_itself() -> None:
    backslash, dollar = typeset("\\$", "mono").glyphs
    assert (backslash.font, dollar.font) == ("cmsy10", "cmr10")
    assert source("\\$", "mono") != source("$", "mono")
