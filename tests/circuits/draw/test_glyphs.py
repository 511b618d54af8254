from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import circuits as c
from circuits import REGISTRY, Wire, build, elementwise, layer_norm, linear
from circuits.draw.catalogue import alone
from circuits.draw.examples import EXAMPLES
from circuits.draw.frame import item_bounds
from circuits.draw.glyph import Place, Sign
from circuits.draw.glyph_boxes import chip_label
from circuits.draw.glyphs import OUTLINES, drawn, footprint
from circuits.draw.marks import instance
from circuits.draw.scene import PITCH, Bounds, Path
from circuits.draw.signs import sign
from circuits.draw.tex import read
from circuits.draw.theme import Style

STYLES = (Style(), Style(dialect="d26"))
SIGNS = {name: sign(*alone(name)) for name in sorted(REGISTRY)}
ENDS = [(left, right) for left, right in product(range(5), repeat=2) if left or right]


def placed(sign: Sign, style: Style, left: int, right: int, gaps: float = PITCH) -> Place:
    """A place of the width a glyph asks for, both sides from the same height downwards."""
    return Place(
        30.0,
        footprint(sign, style, left, right).width,
        tuple(100.0 + gaps * number for number in range(left)),
        tuple(100.0 + gaps * number for number in range(right)),
    )


def inside(sign: Sign, style: Style, place: Place) -> list[str]:
    """Items that reach out of the room of a glyph; of a thin line on its edge half the width may."""
    room = footprint(sign, style, len(place.left), len(place.right))
    box = Bounds(place.x, place.top - room.above, place.x + place.width, place.bottom + room.below).grown(0.51)
    found = []
    for item in drawn(sign, style, place, "node").items:
        if item.tag.part == "shadow":
            continue
        bounds = item_bounds(item)
        if isinstance(item, Path) and item.stroke and item.commands[-1] == ("Z",):
            bounds = bounds.grown(item.width / 2)
        if bounds.joined(box) != box:
            found.append(f"{item.tag.part} {bounds} of {box}")
    return found


def test_every_op_has_an_example_and_an_outline() -> None:
    assert set(EXAMPLES) == set(REGISTRY)
    assert {one.outline for one in SIGNS.values()} <= set(OUTLINES)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_glyphs_lie_in_their_room_and_meet_their_strands(name: str) -> None:
    shown = SIGNS[name]
    for style, (left, right) in product(STYLES, ENDS):
        if footprint(shown, style, left, right).floats and (left, right) != (1, 1):
            continue
        for gaps in (PITCH, 33.0):
            place = placed(shown, style, left, right, gaps)
            assert inside(shown, style, place) == []
            made = drawn(shown, style, place, "node")
            assert (len(made.left), len(made.right)) == (left, right)
            assert all(place.x - 0.01 <= x <= place.x + place.width + 0.01 for x in (*made.left, *made.right))


@given(
    st.sampled_from(sorted(REGISTRY)),
    st.lists(st.floats(0, 400), max_size=4, unique=True),
    st.lists(st.floats(0, 400), min_size=1, max_size=4, unique=True),
    st.sampled_from(STYLES),
)
def test_glyphs_reach_no_higher_than_their_strands_ask(
    name: str, left: list[float], right: list[float], style: Style
) -> None:
    shown = SIGNS[name]
    width = footprint(shown, style, len(left), len(right)).width
    place = Place(0.0, width, tuple(sorted(left)), tuple(sorted(right)))
    made = drawn(shown, style, place, "node")
    assert made == drawn(shown, style, place, "node")
    assert all(place.x - 0.01 <= x <= place.x + width + 0.01 for x in (*made.left, *made.right))
    ends = [item_bounds(item) for item in made.items if item.tag.part == "glyph"]
    room = footprint(shown, style, len(left), len(right))
    assert all(end.top >= place.top - room.above - PITCH - 0.01 for end in ends)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_marks_are_tex_that_every_printer_takes(name: str) -> None:
    shown = SIGNS[name]
    assert read(shown.mark) is not None
    assert not [field for field in REGISTRY[name].model_fields if f"{{{field}}}" in shown.mark]
    assert all(read(chip_label(shown, style)[0]) is not None for style in STYLES if shown.outline == "chip")


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_items_say_what_they_stand_for(name: str) -> None:
    shown = SIGNS[name]
    items = drawn(shown, STYLES[0], placed(shown, STYLES[0], 1, 1), "path/of/node").items
    assert {item.tag.node for item in items} <= {"path/of/node"}
    assert {item.tag.part for item in items} <= {"glyph", "mark", "shadow"}
    assert items or shown.outline == "none"


def test_shadows_are_a_habit_of_the_style() -> None:
    flat = Style(shadows=False)
    place = placed(SIGNS["linear"], flat, 1, 2)
    parts = [item.tag.part for item in drawn(SIGNS["linear"], flat, place, "n").items]
    assert parts == ["glyph", "mark"]


def test_instance_names() -> None:
    named = {"query": "\\mathrm{query}", "q": "q", "linear": "", "linear_2": "", "out_projection": "\\mathrm{out}"}
    assert {name: instance(name, "linear") for name in named} == named
    assert instance("encoder_attention", "linear") == "\\mathrm{encoder}"
    assert instance("transformations", "linear") == "\\mathrm{transfo.}"


def test_signs_of_learned_maps() -> None:
    def body(x: Wire, w: Wire) -> dict[str, Wire]:
        first = linear("m -> k", x, name="query")
        same = linear("m -> k", x, weights="query", name="other")
        given = linear("m -> k", x, bias=False, weight=w, name="given")
        plain = layer_norm(x, axes="m", affine=False)
        return {"a": first, "b": same, "c": given, "d": plain}

    circuit = build("f", {"x": "[t m]", "w": "[k m]"}, body)
    first, same, given, plain = (sign(node, circuit) for node in circuit.nodes)
    assert first == Sign("chip", "\\mathbf{L}", "\\mathrm{query}", bias=True, learned=True)
    assert same == first
    assert given == Sign("chip", "L", "\\mathrm{given}", bias=False, learned=False)
    assert plain == Sign("circle", detail="layer")


MARKS: dict[str, tuple[Callable[[Wire], Any], str, str]] = {
    "conv": (lambda x: c.conv(x, "m -> d=4", over="t", kernel=3), "star", "3"),
    "strided": (lambda x: c.conv(x, "m -> d=4", over="t", kernel=1, stride=2), "star", "1_{\\downarrow 2}"),
    "dilated": (lambda x: c.conv(x, "m -> d=4", over="t", dilation=2), "star", "3_{:2}"),
    "transposed": (
        lambda x: c.conv_transposed(x, "m -> d=4", over="t", out="p"),
        "star",
        "2_{\\uparrow 2}^T",
    ),
    "cumsum": (lambda x: c.cumsum(x, axis="t"), "box", "\\Sigma_{\\leq}"),
    "cumprod": (lambda x: c.cumprod(x, axis="t", reverse=True, exclusive=True), "box", "\\Pi_{>}"),
    "mean": (lambda x: c.reduce("mean", x, axes="t"), "fold", "\\mathbb{E}"),
    "arg": (lambda x: c.arg("min", x, axis="t"), "fold", "\\mathrm{argmin}"),
    "step": (lambda x: c.slice(x, "t -> s", start=1, step=2), "hexagon", "1::2"),
    "back": (lambda x: c.roll(x, axis="t", shift=-1), "hexagon", "-1"),
    "index": (lambda x: c.index(x, axis="t", at="t-1"), "tag", "t-1"),
    "least": (lambda x: c.sort(x, axis="t", descending=True)[0], "box", "\\downarrow"),
    "drawn": (lambda x: c.random(x, kind="normal"), "arrows", "\\mathcal{N}"),
    "counts": (lambda x: c.constant((1.0, 2.0), axes="a"), "pentagon", "[\\ldots]"),
    "table": (lambda x: c.parameter(axes="t", name="positions"), "pentagon", "\\mathbf{positions}"),
    "whole": (lambda x: c.cast(x, element="Complex"), "cast", "\\mathbb{C}"),
    "bounded": (lambda x: c.leaky_relu(x, slope=0.2), "arrows", "R_{0.2}"),
}


@pytest.mark.parametrize("name", MARKS)
def test_marks_follow_attributes(name: str) -> None:
    body, outline, mark = MARKS[name]
    circuit = build("f", {"x": "[t=6 m=2]"}, lambda x: body(x), sizes={"a": 2})
    shown = sign(circuit.nodes[-1], circuit)
    assert (shown.outline, shown.mark) == (outline, mark)


def test_titles_of_components_and_regions() -> None:
    half = build("half_step", {"z": "[m]"}, lambda z: z * 0.5)

    def body(z: Wire) -> Wire:
        return c.call(half, c.repeat(half, z, times=3))  # type: ignore[no-any-return]

    circuit = build("f", {"z": "[m]"}, body)
    repeated, called = (sign(node, circuit) for node in circuit.nodes)
    assert repeated == Sign("brackets", "3", "Half Step", detail="repeat")
    assert called == Sign("box3d", "", "Half Step")


def test_a_node_with_problems_has_a_sign() -> None:
    circuit = build("f", {"x": "[m]"}, lambda x: c.linear("m -> k=2", x))
    node = replace(circuit.nodes[0], op=type(circuit.nodes[0].op)(spec="no arrow"))
    assert sign(node, circuit).outline == "chip"


def test_the_outline_of_an_expression_follows_its_operands() -> None:
    circuit = build("f", {"x": "[m]", "z": "[m]"}, lambda x, z: {"a": elementwise("tanh(x)", x), "b": x * z})
    assert [sign(node, circuit) for node in circuit.nodes] == [Sign("arrows", "\\tanh"), Sign("plus", "\\odot")]
