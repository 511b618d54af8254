"""Plates: parts stay apart, words keep to their width, and what is pointed to is found or named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import CircuitloomError, Wire, circuit, linear, relu, repeat
from circuits.draw import Path, Scene, Style, Text, picture
from circuits.draw.frame import bounds_of
from circuits.draw.plates import (
    At,
    Cases,
    Look,
    Note,
    below,
    beside,
    bounds,
    definition,
    drawn,
    drawn_rows,
    grid,
    ground,
    halo,
    joined,
    legend,
    lettered,
    listing,
    mapsto,
    noted,
    plate,
    scaled,
    sign,
    without,
    words,
)
from circuits.draw.plates.parts import level
from circuits.draw.plates.words import paragraph

sizes = st.integers(1, 6)
grids = st.builds(grid, sizes, sizes)
texts = st.lists(st.sampled_from(["a", "wire", "$k^2$", "**bold**", "shape $x$,", "\n", "every"]), min_size=1).map(
    " ".join
)


@circuit
def layer(x: Wire["t m"]) -> Wire["t n"]:
    """A learned map and a rectifier."""
    hidden = linear("m -> n", x, name="map")
    return relu(hidden, name="active")


@circuit
def turned(x: Wire["t m"]) -> Wire["t m"]:
    """A rectifier alone."""
    return relu(x, name="active")


@given(st.lists(grids, min_size=2, max_size=4), st.floats(0, 40), st.sampled_from(["level", "top", "middle", "bottom"]))
def test_parts_beside_each_other_stay_apart_and_at_one_height(parts: list[Scene], gap: float, align: str) -> None:
    row = beside(*parts, gap=gap, align=align)
    total = sum(bounds(one).right - bounds(one).left for one in parts) + gap * (len(parts) - 1)
    assert bounds(row).right - bounds(row).left == pytest.approx(total, abs=0.02)
    assert len(row.items) == sum(len(one.items) for one in parts)


@given(st.lists(grids, min_size=2, max_size=4), st.floats(0, 40), st.sampled_from(["left", "middle", "right"]))
def test_parts_below_each_other_stay_apart(parts: list[Scene], gap: float, align: str) -> None:
    column = below(*parts, gap=gap, align=align)
    total = sum(bounds(one).bottom - bounds(one).top for one in parts) + gap * (len(parts) - 1)
    assert bounds(column).bottom - bounds(column).top == pytest.approx(total, abs=0.02)


@given(grids, st.floats(0.25, 4))
def test_a_scaled_part_grows_in_both_directions(part: Scene, by: float) -> None:
    before, after = bounds(part), bounds(scaled(part, by))
    assert after.right - after.left == pytest.approx((before.right - before.left) * by)
    assert after.bottom - after.top == pytest.approx((before.bottom - before.top) * by)


@given(texts, st.floats(40, 400))
def test_lines_keep_to_their_width_unless_a_word_is_wider(text: str, width: float) -> None:
    found = paragraph(text, width)
    for line in found.lines:
        alone = sum(not run.glued for run in line) == 1 and all(" " not in run.text for run in line)
        assert alone or (paragraph(text, 0).size == found.size and _width(line, found.size) <= width + 1e-6)


def _width(line: tuple, size: float) -> float:
    return type(paragraph("a"))((line,), size).width


@given(texts, st.floats(40, 400))
def test_breaking_lines_loses_no_word(text: str, width: float) -> None:
    def said(found: object) -> str:
        return "".join(run.text for line in found.lines for run in line).replace(" ", "")  # type: ignore[attr-defined]

    assert said(paragraph(text, width)) == said(paragraph(text))


def test_marks_in_words_are_fonts() -> None:
    (line,) = paragraph("a map $k^2$, **very** large").lines
    assert [(run.text, run.font, run.glued) for run in line] == [
        ("a map", "sans", False),
        ("k^2", "math", False),
        (",", "sans", True),
        ("very", "sans bold", False),
        ("large", "sans", False),
    ]


def test_a_part_is_read_at_the_middle_of_its_strands() -> None:
    scene = picture(layer)
    strands = bounds_of([item for item in scene.items if item.tag.part == "wire"])
    assert level(scene) == (strands.top + strands.bottom) / 2
    assert level(joined(scene, scene, by=mapsto("maps to"))) == pytest.approx(0.0, abs=0.01)


def test_what_is_not_drawn_is_named_with_the_nearest() -> None:
    with pytest.raises(CircuitloomError) as error:
        At(node="mapp").of(picture(layer))
    assert str(error.value) == (
        "plate: expected something drawn for node 'mapp', found nothing. "
        "Name what the picture shows. Did you mean 'map'?"
    )


def test_a_note_lies_beside_the_picture_and_its_wedge_under_the_strands() -> None:
    scene = picture(layer)
    found = noted(scene, Note("Learned.", At(node="map"), "above"), Note("Not learned.", At(node="active"), "below"))
    boxes = [item for item in found.items if item.tag.part == "note" and not isinstance(item, Text)]
    assert [bounds_of([box]).meets(bounds(scene)) for box in boxes] == [False, False]
    order = [item.tag.part for item in found.items]
    assert order.index("wedge") < order.index("wire")


def test_grounds_and_halos_lie_under_the_strands() -> None:
    scene = halo(ground(picture(layer), "#ffffff", At(node="map")), "#ffff00", At(axis="n", part="wire"))
    order = [item.tag.part for item in scene.items]
    assert max(order.index("ground"), order.index("halo")) < order.index("wire")


def test_a_ground_is_no_part_of_the_node_it_is_under() -> None:
    scene = picture(layer)
    assert At(node="map").of(ground(scene, "#ffffff", At(node="map"))) == At(node="map").of(scene)


def test_a_legend_aligns_its_equations() -> None:
    found = legend("n_b = n_1 / 4", Cases("c", (("1", "i = 0"), ("64", "\\mathrm{else}"))))
    equals = [item.x for item in found.texts if item.text.startswith("=")]
    assert len(equals) == 2 and len(set(equals)) == 1
    assert [item.text for item in found.texts] == [
        "Legend", "n_b", "= n_1 / 4", "c", "=", "1", "i = 0", "64", "\\mathrm{else}",
    ]  # fmt: skip


def test_a_definition_has_the_axes_at_its_ports() -> None:
    found = definition(layer, "Layer", "(m, n)", look=Look(doubled=("t",)))
    labels = [item.text for item in found.texts if item.tag.part == "label"]
    assert labels == ["\\mathbf{t}", "m", "\\mathbf{t}", "n"]
    assert sum(item.tag.part == "wire" for item in found.items) == 6


def test_a_look_changes_the_order_of_strands_and_no_meaning() -> None:
    plain, turned = (drawn(layer, look=Look(order=order)) for order in ((), ("m", "n", "t")))
    heights = [{item.text: item.y for item in scene.texts if item.tag.part == "label"} for scene in (plain, turned)]
    assert heights[0]["t"] < heights[0]["m"] and heights[1]["m"] < heights[1]["t"]
    assert plain.description == turned.description


def test_rows_end_after_chosen_nodes() -> None:
    one, two = drawn(layer), drawn(layer, after=["map"])
    assert two.height > one.height * 1.5 and two.width < one.width
    assert any(item.tag.part == "lead" for item in two.items)


def test_a_letter_has_no_box() -> None:
    scene = lettered(picture(layer), "map")
    assert [type(item) for item in At(node="map").of(scene)] == [Text]


def test_what_is_left_out_is_gone() -> None:
    assert all(item.tag.part != "name" for item in without(picture(layer), At(part="name")).items)


def test_a_listing_marks_every_occurrence() -> None:
    found = listing("def f(x):\n    return f(x) + 1  # again\n", {"f(x)": "#ff0000"})
    assert sum(item.tag.part == "mark" for item in found.items) == 2
    assert [item.text for item in found.texts] == ["def", "f(x):", "return", "f(x)", "+", "1", "# again"]


def test_a_plate_has_a_margin_of_less_than_a_unit_more() -> None:
    made = plate(beside(words("left"), sign(), words("right")))
    found = bounds(made)
    margins = (found.left, found.top, made.width - found.right, made.height - found.bottom)
    assert all(12.0 <= margin < 13.0 for margin in margins)


def test_rows_are_parts_that_make_room_for_what_is_put_around_them() -> None:
    first, second = drawn_rows(layer, after=("map",))
    assert first.description and not second.description
    assert {item.tag.node for item in first.items} >= {"map"} and "map" not in {item.tag.node for item in second.items}
    grown = ground(second, "#ffffff", At(node="active"), grow=50.0)
    column = below(first, grown, gap=10.0)
    back = next(item for item in column.items if item.tag.part == "ground")
    assert isinstance(back, Path)
    assert back.bounds().top >= bounds(first).bottom - bounds(first).top + 10.0 - 0.01
    assert len(drawn_rows(layer)) == 1 and drawn_rows(layer)[0].items


@circuit
def again(x: Wire["t m"]) -> Wire["t m"]:
    """A repetition in which nothing depends on an index."""
    made: Wire = repeat(turned, x, times=3, name="turns")
    return made


def test_a_plate_may_give_bounds_to_a_repetition() -> None:
    bare, bounded = drawn(again), drawn(again, look=Look(bounds={"turns": ("\\lambda = 1", "N")}))
    assert [text.text for text in bare.texts if text.tag.part == "bound"] == ["3"]
    assert [text.text for text in bounded.texts if text.tag.part == "bound"] == ["N", "\\lambda = 1"]


@pytest.mark.parametrize("cut", [(0.0, 0.0), (8.0, 0.0), (0.0, 8.0), (8.0, 6.0)])
def test_a_ground_may_give_up_its_lower_corners(cut: tuple[float, float]) -> None:
    back = next(
        item for item in ground(picture(layer), "#ffffff", At(node="map"), cut=cut).items if item.tag.part == "ground"
    )
    assert isinstance(back, Path)
    box, points = back.bounds(), set(back.points())
    assert ((box.left, box.bottom) in points) == (not cut[0])
    assert ((box.right, box.bottom) in points) == (not cut[1])


def test_on_grounds_of_columns_every_strand_is_named_in_every_column() -> None:
    plain, taught = picture(layer), picture(layer, style=Style(columns=True))
    names = [[text.text for text in scene.texts if text.tag.part == "label"] for scene in (plain, taught)]
    assert names[0].count("t") < names[1].count("t")
