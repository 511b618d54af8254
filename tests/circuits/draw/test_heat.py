"""Heat: values agree with the table of costs, colours with values, and how legends read."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import AttributeProblem, Circuit, Wire, attention, build, call, costs, linear, relu, repeat
from circuits.draw import THEMES, Detail, Theme, heat, picture
from circuits.draw.heat import MAX_PATHS, QUANTITIES, amount_label, heat_share, heat_values, mixed
from gallery import entries
from tests.strategies import circuits

SIZES = {"b": 2, "t": 3, "m": 4}


def stack() -> Circuit:
    """Three fresh blocks after one that is called by name."""

    def body(x: Wire) -> Wire:
        return linear("h -> m", relu(linear("m -> h=8", x, name="up"), name="bent"), name="down")

    block = build("block", {"x": "[t m]"}, body, outputs=["[t m]"])
    return build("stack", {"x": "[b t m]"}, lambda x: repeat(block, call(block, x, name="first"), times=3, name="rest"))


@given(circuits(), st.sampled_from(["parameters", "operations", "bytes"]))
def test_the_nodes_of_a_circuit_make_up_its_total(circuit: Circuit, quantity: str) -> None:
    total = costs(circuit).total
    wanted = {"parameters": total.parameters, "operations": total.operations, "bytes": total.read + total.written}
    found = heat_values(circuit, quantity)
    assert sum(found[node.name] for node in circuit.nodes) == wanted[quantity]


@given(circuits(), st.sampled_from(sorted(QUANTITIES)), st.sampled_from(["log", "linear"]))
def test_hotter_means_more(circuit: Circuit, quantity: str, scale: str) -> None:
    theme = Theme(heat=("#000000", "#ffffff"))
    found = heat(circuit, quantity, scale=scale, theme=theme)
    assert found.colours.keys() == {path for path, value in found.values.items() if value > 0}
    ordered = sorted(found.colours, key=lambda path: found.values[path])
    for one, other in itertools.pairwise(ordered):
        assert found.colours[one] <= found.colours[other]
    if ordered:
        assert found.colours[ordered[-1]] == "#ffffff" == found.legend.stops[-1].colour


def test_a_circuit_nested_in_itself_over_and_over_has_its_values_soon() -> None:
    inner = build("leaf", {"x": "[m]"}, lambda x: relu(x, name="bent"), outputs=["[m]"])
    for level in range(40):
        inner = build(
            f"level{level}", {"x": "[m]"}, lambda x, inner=inner: call(inner, call(inner, x, name="a"), name="b")
        )
    found = heat_values(inner, "operations", {"m": 2})
    assert found["a"] == found["b"] == 2.0**40
    assert len(found) <= MAX_PATHS


def test_what_runs_or_is_owned_several_times_counts_as_often() -> None:
    operations, parameters = (heat_values(stack(), quantity, SIZES) for quantity in ("operations", "parameters"))
    assert operations["first/up"] * 3 == operations["rest/up"] == 3 * (2 * 3 * 8 * 2 * 4 + 2 * 3 * 8)
    assert parameters["rest/up"] == 3 * parameters["first/up"] == 3 * (8 * 4 + 8)
    assert parameters["rest"] == sum(parameters[f"rest/{name}"] for name in ("up", "bent", "down"))
    assert operations["rest"] == sum(operations[f"rest/{name}"] for name in ("up", "bent", "down"))


def test_tied_rounds_own_parameters_once() -> None:
    block = build("block", {"x": "[m]"}, lambda x: linear("m -> m", x, name="map"), outputs=["[m]"])
    tied = build("tied", {"x": "[m]"}, lambda x: repeat(block, x, times=3, tied=True, name="rest"))
    assert heat_values(tied, "parameters", {"m": 4})["rest/map"] == 4 * 4 + 4


def test_memory_is_what_is_held_behind_a_node_in_its_circuit() -> None:
    found = heat_values(stack(), "memory", SIZES)
    axes = 2 * 3
    assert found["first"] == 4 * axes * 4
    # the axis b passes over the circuits inside
    assert (found["rest/up"], found["rest/bent"], found["rest/down"]) == (4 * axes * 8, 4 * axes * 8, 4 * axes * 4)
    table = costs(stack(), SIZES)
    assert [column.bytes for column in table.columns[1:]] == [found["first"], found["rest"]]


def test_intensity_is_operations_a_byte() -> None:
    found, cost = heat_values(stack(), "intensity", SIZES), costs(stack(), SIZES).total
    assert found["first"] * 4 == pytest.approx(4 * cost.operations / (cost.read + cost.written))


def test_composites_show_what_they_expand_to() -> None:
    inputs = {"q": "[y k]", "k": "[x k]", "v": "[x k]"}
    circuit = build("f", inputs, lambda q, k, v: attention(q, k, v, name="core"))
    found = heat_values(circuit, "operations", {"y": 5, "x": 7, "k": 3})
    assert list(found)[:3] == ["core", "core/einsum", "core/scores"]
    assert found["core/einsum"] == 2 * 5 * 7 * 3
    assert {path for path in found if path.count("/") == 2} >= {"core/weights/reduce", "core/weights/raised"}
    inner = sum(value for path, value in found.items() if path.count("/") == 1)
    assert inner == found["core"]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_gallery(entry: object) -> None:
    for quantity in QUANTITIES:
        found = heat(entry.circuit, quantity)  # type: ignore[attr-defined]
        assert {path.split("/")[0] for path in found.values} == {node.name for node in entry.circuit.nodes}  # type: ignore[attr-defined]
        assert all(math.isfinite(value) for value in found.values.values())


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_glyph_of_a_picture_has_a_value_under_its_path(entry: object) -> None:
    shown = picture(entry.circuit, Detail(depth=9))  # type: ignore[attr-defined]
    glyphs = {item.tag.node for item in shown.items if item.tag.part == "glyph"}
    # what is saved to memory and loaded from it is no node
    nodes = {path for path in glyphs if "[" not in path}
    assert nodes <= heat_values(entry.circuit, "operations").keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(THEMES))
def test_legends_go_from_the_cool_to_the_hot_end(name: str) -> None:
    theme = THEMES[name]
    legend = heat(stack(), "operations", SIZES, theme=theme).legend
    assert legend.title == "operations (log)"
    assert [stop.place for stop in legend.stops] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert (legend.stops[0].colour, legend.stops[-1].colour) == theme.heat
    linear = heat(stack(), "operations", SIZES, theme=theme, scale="linear").legend
    assert [stop.label for stop in linear.stops] == [
        "0 FLOP",
        "666 FLOP",
        "1.33 kFLOP",
        "2 kFLOP",
        "2.66 kFLOP",
    ]


def test_where_there_is_nothing_there_is_no_colour() -> None:
    found = heat(build("f", {"x": "[a]"}, relu), "parameters", {"a": 3})
    assert (found.colours, found.legend.stops, found.values) == ({}, (), {"relu": 0.0, "relu/elementwise": 0.0})
    single = heat(build("f", {"x": "[a]"}, relu), "operations", {"a": 3})
    assert [(stop.place, stop.label) for stop in single.legend.stops] == [(1.0, "3 FLOP")]


def test_scales() -> None:
    assert heat_share(10.0, (1.0, 100.0), "log") == pytest.approx(0.5)
    assert heat_share(25.0, (0.0, 100.0), "linear") == 0.25
    assert heat_share(7.0, (7.0, 7.0), "log") == 1.0
    assert mixed(("#000000", "#ff8000"), 0.5) == "#804000"


@pytest.mark.parametrize(
    ("value", "unit", "base", "label"),
    [
        (0, "B", 1024, "0 B"),
        (512, "B", 1024, "512 B"),
        (1023, "B", 1024, "1023 B"),
        (1024, "B", 1024, "1 KiB"),
        (1_500_000, "B", 1024, "1.43 MiB"),
        (999, "FLOP", 1000, "999 FLOP"),
        (999.7, "FLOP", 1000, "1 kFLOP"),
        (1_234_567, "", 1000, "1.23 M"),
        (0.0833333, "FLOP/B", 1000, "0.0833 FLOP/B"),
        (5e21, "FLOP", 1000, "5000 EFLOP"),
    ],
)
def test_labels_of_amounts(value: float, unit: str, base: int, label: str) -> None:
    assert amount_label(value, unit, base) == label


def test_messages() -> None:
    with pytest.raises(AttributeProblem) as caught:
        heat(stack(), "flops", SIZES)
    assert str(caught.value) == (
        "heat: expected a quantity (parameters, operations, bytes, memory, intensity), found 'flops'. Choose one of them."
    )
    with pytest.raises(AttributeProblem, match=r"^heat: expected a scale \(log, linear\), found 'lin'\. .*'linear'\?$"):
        heat(stack(), "bytes", SIZES, scale="lin")
