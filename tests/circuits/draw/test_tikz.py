"""TikZ: something for every scene, readable for an author, and LaTeX takes it whatever the texts hold."""

import re
from random import Random

import pytest
from hypothesis import given

from circuits.draw import picture, row_width
from circuits.draw.figure import to_png
from circuits.draw.presets import PAGE
from circuits.draw.scene import Path, Scene, Tag, Text, circle, line
from circuits.draw.tikz import to_tikz
from gallery import entry, names
from tests.circuits.draw.rasters import DPI, compiled, pdf_pixels, pixels
from tests.circuits.draw.scene_strategies import FONTS, HOSTILE, PIECES, scenes
from tests.circuits.draw.scenes import scene


@given(scenes)
def test_a_picture_of_every_scene_is_the_same_every_time(drawn: Scene) -> None:
    once = to_tikz(drawn, PAGE)
    assert to_tikz(drawn, PAGE) == once
    lines = [each for each in once.splitlines() if not each.startswith("%")]
    assert lines[0] == "\\begin{tikzpicture}["
    assert lines[-1] == "\\end{tikzpicture}%"
    assert sum(each.startswith("\\path") for each in lines) == len(drawn.paths) + 1
    assert once in to_tikz(drawn, PAGE, standalone=True)


@given(scenes)
def test_every_name_is_defined_once(drawn: Scene) -> None:
    text = to_tikz(drawn, PAGE)
    styles, colours = re.findall(r"^  (circuit .*?)/\.style", text, re.M), re.findall(r"\\definecolor\{(.*?)\}", text)
    assert len({*styles, *colours}) == len(styles) + len(colours)
    assert set(re.findall(r"\\(?:path|node)\[(circuit .*?)\]", text)) == set(styles)
    assert set(re.findall(r"=(circuit .*?)[]},]", text)) == set(colours)


def test_what_an_author_reads() -> None:
    items = (
        Path(line((0, 10), (40, 10)), "#0072b2", dash=(4.0, 3.0), tag=Tag("wire", "", "q", ("y",))),
        Path(circle(40, 10, 3), fill="#000000", tag=Tag("dot", "attention/copy")),
        Text(5, 8, r"\bar{y}", tag=Tag("label", "attention/copy")),
        Text(20, 30, "50 %", 12, "middle", font="sans", tag=Tag("title", "attention/copy")),
    )
    assert (
        to_tikz(Scene(56, 40, items, "Copy"), PAGE)
        == """\
% Copy
% needs \\usepackage{tikz} and \\usepackage{amssymb}
\\begin{tikzpicture}[
  x=0.64286bp, y=-0.64286bp, line join=round, line cap=butt,
  every node/.style={inner sep=0pt, outer sep=0pt, font=\\fontsize{10}{12}\\selectfont},
  circuit wire 1/.style={draw=circuit wire colour 1, line width=0.643bp, dash pattern=on 2.571bp off 1.929bp},
  circuit dot 1/.style={fill=black},
  circuit label 1/.style={anchor=base west, text=black, scale=0.9034},
  circuit title 1/.style={anchor=base, text=black, scale=0.7743},
]
\\definecolor{circuit wire colour 1}{HTML}{0072B2}
\\path[use as bounding box] (0,0) rectangle (56,40);
%
\\path[circuit wire 1] (0,10) -- (40,10);
% attention/copy
\\path[circuit dot 1] (43,10) .. controls (43,11.66) and (41.66,13) .. (40,13) .. controls (38.34,13) and (37,11.66) .. (37,10) .. controls (37,8.34) and (38.34,7) .. (40,7) .. controls (41.66,7) and (43,8.34) .. (43,10) -- cycle;
\\node[circuit label 1] at (5,8) {$\\bar{y}$};
\\node[circuit title 1] at (20,30) {\\sffamily 50 \\%};
\\end{tikzpicture}%
"""
    )


def test_latex_takes_hostile_texts() -> None:
    random = Random(1)
    drawn = ["".join(random.choices(PIECES, k=random.randrange(1, 8))) for _ in range(300)]
    labels = [
        Text(10 * (place % 40), 10 * (place // 40), text, 8, font=font, tag=Tag(text, text, text))
        for font in FONTS
        for place, text in enumerate((*HOSTILE, *drawn))
    ]
    tagged = [Path(line((0, 0), (1, 1)), "#000000", tag=Tag(text, text, text)) for text in HOSTILE]
    document = to_tikz(Scene(400, 200, (*labels, *tagged), "\\end{document}\n\\x", "%}{\x00"), PAGE, standalone=True)
    assert pdf_pixels(compiled(document)).min() < 128


def test_latex_takes_what_is_far_away_and_what_is_nothing() -> None:
    far = Path(line((-1e6, 5), (1e6, 5)), "#000000")
    shown = pdf_pixels(
        compiled(to_tikz(Scene(40, 10, (far, Path((("M", 1.0, 1.0),)), Text(0, 0, ""))), PAGE, standalone=True))
    )
    assert shown.shape == pixels(to_png(Scene(40, 10, ()), PAGE, dpi=DPI)).shape
    assert (shown[shown.shape[0] // 2, :-1] < 128).all()


def test_a_picture_stands_in_the_text_of_a_paper() -> None:
    paper = (
        "\\documentclass[twocolumn]{article}\\usepackage{tikz}\\usepackage{amssymb}\\begin{document}Before\n"
        + to_tikz(scene(), PAGE)
        + "after.\\end{document}"
    )
    assert pdf_pixels(compiled(paper)).min() < 128


@pytest.mark.parametrize("name", names())
def test_latex_takes_every_picture_of_the_gallery(name: str) -> None:
    drawn = picture(entry(name).circuit, width=row_width(PAGE))
    assert compiled(to_tikz(drawn, PAGE, standalone=True)).startswith(b"%PDF")
