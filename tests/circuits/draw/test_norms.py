"""Normalisations: a circle on the strand of the channels, to whose edge all other strands bend."""

from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Wire, batch_norm, build, conv, group_norm, layer_norm
from circuits.draw import Detail, picture
from circuits.draw.frame import bounds_of
from circuits.draw.glyph import Drawn, Place, Sign
from circuits.draw.glyph_circles import RADIUS
from circuits.draw.glyphs import drawn, footprint
from circuits.draw.read import first, last
from circuits.draw.scene import Bounds, Scene
from circuits.draw.theme import Style

STYLE = Style()
EDGE = RADIUS + 1.5


def circle(count: int, core: int) -> tuple[Place, Drawn]:
    """A batch norm over so many strands that sits on one of them."""
    shown = Sign("circle", learned=True, detail="batch")
    heights = tuple(100.0 + 20.0 * number for number in range(count))
    width = footprint(shown, STYLE, count, count).width
    place = Place(30.0, width, heights, heights, (heights[core],))
    return place, drawn(shown, STYLE, place, "norm")


@given(st.integers(2, 6).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))))
def test_strands_beside_the_core_touch_the_circle_from_their_side(drawn_at: tuple[int, int]) -> None:
    count, core = drawn_at
    place, made = circle(count, core)
    centre = place.core[0]
    assert len(made.bends) == 2 * (count - 1)
    for bend in made.bends:
        height = place.left[bend.strand]
        assert hypot(bend.x - place.centre, bend.y - centre) == pytest.approx(EDGE)
        assert (bend.y < centre) == (height < centre)
        assert (bend.x > place.centre) == bend.right
    for right in (False, True):
        ends = [bend.y for bend in sorted(made.bends, key=lambda bend: bend.strand) if bend.right == right]
        assert ends == sorted(ends)


def lines(scene: Scene, axes: tuple[str, ...]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return [
        (first(one.commands), last(one.commands))
        for one in scene.paths
        if one.tag.part == "wire" and one.tag.axes == axes
    ]


def glyph(scene: Scene) -> Bounds:
    return bounds_of([item for item in scene.items if item.tag.part == "glyph"])


def normed(type: str, body: object) -> Scene:
    return picture(build("f", {"z": type}, body), Detail(groups=False))  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["b c t", "c b t", "b t c"])
def test_batch_norm_sits_on_its_channels(order: str) -> None:
    def body(z: Wire) -> Wire:
        return batch_norm(z, channel="c", axes="b t", name="norm")

    scene = normed(f"[{order}]", body)
    box = glyph(scene)
    (start, end), *_ = lines(scene, ("c",))
    assert start[1] == end[1] == (box.top + box.bottom) / 2
    for axis in ("b", "t"):
        before, after = sorted(lines(scene, (axis,)))
        # they go on at the height they came from, and end on the circle in between
        assert before[0][1] == after[1][1]
        for x, y in (before[1], after[0]):
            assert hypot(x - (box.left + box.right) / 2, y - start[1]) == pytest.approx(EDGE, abs=0.01)


def test_both_lines_of_a_double_wire_end_on_the_circle() -> None:
    def body(z: Wire) -> Wire:
        return batch_norm(conv(z, "c -> d=4", over="y x"), channel="d", axes="b y x", name="norm")

    scene = picture(build("f", {"z": "[b c y x]"}, body))
    box = bounds_of([item for item in scene.items if item.tag.part == "glyph" and item.tag.node == "norm"])
    centre = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    distances = [hypot(x - centre[0], y - centre[1]) for ends in lines(scene, ("y", "x")) for x, y in ends]
    assert sorted(distances)[:4] == pytest.approx([EDGE] * 4, abs=0.01)


def test_a_norm_of_channels_alone_is_a_circle_and_one_of_several_axes_is_tall() -> None:
    alone = glyph(normed("[b c t]", lambda z: group_norm(z, channel="c", groups=2)))
    tall = glyph(normed("[b c t]", lambda z: layer_norm(z, axes="c t")))
    assert alone.bottom - alone.top == 2 * RADIUS
    assert tall.bottom - tall.top > 2 * RADIUS
