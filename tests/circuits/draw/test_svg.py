"""SVG: well formed whatever the texts hold, complete, small, and the same bytes every time."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.draw.glyph_outlines import Step
from circuits.draw.presets import COLUMN
from circuits.draw.scene import Path, Scene, Tag, Text, circle, line, rectangle
from circuits.draw.svg import to_svg
from circuits.draw.svg_numbers import number, path_data
from circuits.draw.typeset import outlines
from tests.circuits.draw.scene_strategies import paths, scenes
from tests.circuits.draw.scenes import scene

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
kinds = st.sampled_from(("outlines", "text"))


def parsed(data: str) -> list[tuple[str, list[float]]]:
    """Path data as SVG defines it, in absolute commands; written without a look at the printer."""
    found: list[tuple[str, list[float]]] = []
    here, first = [0.0, 0.0], [0.0, 0.0]
    for name, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", data):
        numbers = [float(each) for each in NUMBER.findall(rest)]
        count = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "Z": 0}[name.upper()]
        for start in range(0, max(len(numbers), 1), max(count, 1)):
            values = numbers[start : start + count]
            base = here if name.islower() else [0.0, 0.0]
            kind = name.upper() if name.upper() != "M" or not start else "L"
            if kind in "HV" and kind != "Z":
                other = here[1 if kind == "H" else 0]
                values = [base[0] + values[0], other] if kind == "H" else [other, base[1] + values[0]]
                kind = "L"
            else:
                values = [value + base[place % 2] for place, value in enumerate(values)]
            here = first if kind == "Z" else values[-2:]
            first = here if kind == "M" else first
            found.append((kind, values))
    return found


def elements(text: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text).iter(f"{SVG}{name}"))


@given(scenes, kinds)
def test_well_formed_and_the_same_every_time(drawn: Scene, text: str) -> None:
    once = to_svg(drawn, text=text)
    root = ElementTree.fromstring(once.encode())
    assert root.get("role") == "img"
    assert to_svg(drawn, text=text) == once


@given(scenes)
def test_every_label_and_every_line_is_there(drawn: Scene) -> None:
    text = to_svg(drawn, text="text")
    assert len(elements(text, "text")) == len(drawn.texts)
    written = "".join(each.get("d", "") for each in elements(text, "path"))
    starts = sum(command[0] == "M" for path in drawn.paths for command in path.commands)
    assert len(re.findall("[mM]", written)) + len(elements(text, "circle")) == starts + bool(drawn.background)


@given(paths)
def test_path_data_means_the_path(path: Path) -> None:
    found = parsed(path_data(path.commands))
    assert [name for name, _ in found] == [command[0] for command in path.commands]
    for (_, values), (_, *expected) in zip(found, path.commands, strict=True):
        assert values == pytest.approx(expected, abs=0.0051)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_numbers_are_short(value: float, digits: int) -> None:
    text = number(value, digits)
    assert float(text) == pytest.approx(value, abs=0.5001 * 10**-digits)
    assert not re.search(r"\.\d*0$|^-?0\d|^-0$|\.$", text)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (line((0, 0), (10, 0), (10, 5.5)), "M0 0H10V5.5"),
        (line((100, 100), (101, 102), (103, 101)), "M100 100l1 2 2-1"),
        (rectangle(1, 2, 3.456, 4), "M1 2H3.46V4H1z"),
        ((("M", 0.5, -0.5), ("L", 0.25, 0.75)), "M.5-.5.25.75"),
        ((("M", 0, 0), ("Z",), ("M", 1, 1)), "M0 0zM1 1"),
    ],
)
def test_path_data_is_short(steps: tuple[Step, ...], expected: str) -> None:
    assert path_data(steps) == expected


def test_what_the_file_says_of_itself() -> None:
    root = ElementTree.fromstring(to_svg(scene(), COLUMN, prefix="p-"))
    assert (root.get("width"), root.get("viewBox"), root.get("aria-labelledby")) == (
        "234pt",
        "0 0 560 300",
        "p-title p-desc",
    )
    assert root.findtext(f"{SVG}title") == "Multi-head attention"
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert all(each.startswith("p-") for each in ids)
    assert len(set(ids)) == len(ids)
    assert {each.get("href", "")[1:] for each in root.iter(f"{SVG}use")} <= set(ids)


def test_groups_say_what_items_stand_for() -> None:
    wire = Tag("wire", "", "q", ("y", "k"))
    items = (
        Path(line((0, 0), (9, 0)), "#000000", tag=wire),
        Path(circle(5, 5, 2), fill="#000000", tag=Tag("dot", "a/b")),
        Text(0, 0, "k", tag=Tag("label", "a/b")),
    )
    body = to_svg(Scene(10, 10, items)).split("</defs>\n")[1]
    assert body == (
        '<path data-wire="q" data-part="wire" data-axes="y k" d="M0 0H9" class="a"/>\n'
        '<g data-node="a/b"><circle data-part="dot" cx="5" cy="5" r="2" class="b"/><use data-part="label" class="_0" href="#l0" x="0" y="0"/></g>\n'
        "</svg>\n"
    )  # fmt: skip


def test_words_can_be_searched() -> None:
    text = to_svg(scene(), text="text")
    words = ["".join(each.itertext()) for each in elements(text, "text")]
    assert "Multi-Head Attention" in words
    assert "cλ−1" in words
    assert "L+Q" in words
    assert "𝔼" in words


def test_letters_of_a_label_are_where_outlines_are() -> None:
    label = Text(10, 20, "Q", 20)
    text = to_svg(Scene(40, 40, (label,)))
    (path,) = elements(text, "path")
    (path_x, path_y), scale = (10.0, 20.0), 20 / 1000
    xs, ys = zip(
        *(
            (path_x + scale * values[-2], path_y + scale * values[-1])
            for name, values in parsed(path.get("d", ""))
            if name != "Z"
        ),
        strict=True,
    )
    bounds = outlines(label)[0].bounds()
    assert (min(xs), max(ys)) == pytest.approx((bounds.left, bounds.bottom), abs=0.5)


def test_a_large_picture_is_small() -> None:
    """Some 300 labels and 1,500 paths, as many as the picture of a base Transformer has."""
    names = ("m", "k", "h", r"\bar{x}", r"\mathbf{L}^{Q}_{+}", "k^{-1/2}", r"\mathrm{Max}")
    items: list[Path | Text] = []
    for count in range(150):
        node, x, y = f"blocks/{count // 12}/attention/{names[count % 3]}", 40.37 * (count % 30), 80.11 * (count // 30)
        wires = [Tag("wire", "", f"blocks.{count}.out", (axis,)) for axis in ("y", "k", "h")]
        for place, tag in enumerate(wires):
            steps = (("M", x, y), ("L", x + 10, y), ("C", x + 20, y, x + 20, y + 20.5, x + 30, y + 20.5))
            items.append(Path(steps, "#000000", tag=tag, width=1 + place % 2))
        items += [
            Path(rectangle(x, y, x + 30, y + 60), "#000000", width=width, opacity=0.1, tag=Tag("fence", node))
            for width in (1, 2, 3, 4)
        ]
        items += [Path(circle(x, y + place, 3), fill="#000000", tag=Tag("dot", node)) for place in (5, 25)]
        items.append(Path(rectangle(x + 5, y, x + 25, y + 20), "#000000", "#ffffff", tag=Tag("glyph", node)))
        items += [Text(x + place, y, names[(count + place) % 7], tag=Tag("label", node)) for place in (1, 2)]
    picture = Scene(1250, 420, tuple(items))
    assert (len(picture.paths), len(picture.texts)) == (1500, 300)
    assert len(to_svg(picture).encode()) < 150_000


def test_bytes_do_not_depend_on_hashing() -> None:
    program = "from tests.circuits.draw.scenes import scene; from circuits.draw.svg import to_svg; from circuits.draw.tikz import to_tikz; print(to_svg(scene()), to_tikz(scene()))"
    one, other = (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    )
    assert one == other
