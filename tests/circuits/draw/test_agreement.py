"""All printers show the same picture, pixel by pixel; and the comparison would see a thing that is moved or missing."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

import gallery
from circuits.draw import picture, row_width
from circuits.draw.presets import PAGE
from circuits.draw.scene import Item, Path, Scene, Text
from circuits.draw.svg import to_svg
from tests.circuits.draw.rasters import DPI, Raster, apart, from_outlined_pdf, from_pdf, from_png, from_svg, from_tikz
from tests.circuits.draw.scenes import scene

# Shares of the painted pixels. Outlines differ by rounding alone; embedded fonts are hinted by whoever shows the file;
# TeX takes other designs of letters for scripts, double letters and bold words, and kerns.
OUTLINES, FONTS, TEX = 1e-5, 5e-4, 1.2e-3
# In a small picture without grounds many of the painted pixels are those of letters.
LETTERS = 1e-2
PRINTERS = {
    "outlined pdf": (from_outlined_pdf, OUTLINES),
    "pdf": (from_pdf, FONTS),
    "svg": (from_svg, OUTLINES),
    "tikz": (from_tikz, TEX),
}
LARGE = ("title", "wire", "separator", "bracket", "note")
SMALL = ("dot", "glyph", "overlay", "label", "mark")


@cache
def printed(printer: Callable[[Scene], Raster]) -> Raster:
    return printer(scene())


def first(part: str) -> Item:
    return next(item for item in scene().items if item.tag.part == part)


def moved(item: Item, x: float, y: float) -> Item:
    if isinstance(item, Text):
        return replace(item, x=item.x + x, y=item.y + y)
    steps = tuple(
        (name, *(value + (x, y)[place % 2] for place, value in enumerate(values))) for name, *values in item.commands
    )
    return replace(item, commands=steps)


def with_other(item: Item, *others: Item) -> Scene:
    items = [each for old in scene().items for each in (others if old == item else (old,))]
    return replace(scene(), items=tuple(items))


@pytest.mark.parametrize("name", PRINTERS)
def test_a_printer_agrees_with_the_image(name: str) -> None:
    printer, allowed = PRINTERS[name]
    assert apart(printed(from_png), printed(printer)) <= allowed


@pytest.mark.parametrize(
    ("name", "part"),
    [(name, part) for name in PRINTERS for part in (*LARGE, *SMALL) if part in LARGE or PRINTERS[name][1] == OUTLINES],
)
def test_a_part_that_is_moved_by_four_pixels_would_be_seen(name: str, part: str) -> None:
    printer, allowed = PRINTERS[name]
    step = 4 * 72 / DPI / PAGE.scale(scene())
    item = first(part)
    assert apart(from_png(with_other(item, moved(item, step, step))), printed(printer)) > allowed


@pytest.mark.parametrize("part", (*LARGE, *SMALL))
def test_a_part_that_is_missing_would_be_seen(part: str) -> None:
    assert apart(from_png(with_other(first(part))), printed(from_svg)) > OUTLINES


def test_a_ground_without_its_shadows_would_be_seen() -> None:
    bare = replace(
        scene(), items=tuple(item for item in scene().items if not isinstance(item, Path) or item.opacity > 0.1)
    )
    assert apart(from_png(bare), printed(from_svg)) > OUTLINES


QUICK = ("digit_classifier", "multi_head_attention", "transformer")


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in gallery.names() if name not in QUICK)]
)
def test_printers_agree_on_pictures_of_the_gallery(name: str) -> None:
    shown = picture(gallery.entry(name).circuit, width=row_width(PAGE))
    image = from_png(shown)
    assert apart(image, from_svg(shown)) <= OUTLINES
    assert apart(image, from_outlined_pdf(shown)) <= OUTLINES
    assert apart(image, from_pdf(shown)) <= LETTERS
    assert apart(image, from_tikz(shown)) <= LETTERS


def test_the_transformer_is_a_small_file() -> None:
    assert len(to_svg(picture(gallery.entry("transformer").circuit)).encode()) < 150_000
