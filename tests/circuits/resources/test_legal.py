"""Which schedules keep the meaning: laws of passing axes on random circuits, and every message."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits import (
    Circuit,
    Op,
    attention,
    build,
    call,
    einsum,
    initial,
    linear,
    op_class,
    parameters,
    run,
    stream_softmax,
)
from circuits.errors import CircuitError
from circuits.resources import Area, Part, Schedule, area, schedule_problems
from circuits.resources.phases import Phase, Way, op_ways, walk
from circuits.types import base
from tests.circuits.resources.models import feed_forward, flash_attention, matmul, plain_attention
from tests.strategies import AXES, SIZES, circuits


def messages(circuit: Circuit, *areas: Area) -> list[str]:
    return [str(problem) for problem in schedule_problems(circuit, Schedule(areas))]


@given(circuits(), st.data())
def test_an_axis_that_only_passes_over_can_be_cut_into_groups(circuit: Circuit, data: st.DataObject) -> None:
    """Two parts of the axis, run apart from each other, make up the whole."""
    axis = data.draw(st.sampled_from([axis for axis in AXES if SIZES[axis] > 1]))
    found = walk(circuit, circuit.by_id.keys(), axis)
    twins = {one for type in circuit.checked.types.values() if type for one in type.axes if base(one) == axis}
    assume(found.woven and not found.faults and twins == {axis})
    wide = {item.name: item.type.axes for item in circuit.inputs}
    assume(not any(axis in item.axes for item in parameters(circuit).values()))
    state, random = initial(circuit), np.random.default_rng(0)
    arrays = {name: random.normal(size=[SIZES[one] for one in axes]) for name, axes in wide.items()}
    whole = run(circuit, arrays, state).outputs
    cut = data.draw(st.integers(1, SIZES[axis] - 1))
    for part in (range(cut), range(cut, SIZES[axis])):
        given = {
            name: np.take(array, part, axis=wide[name].index(axis)) if axis in wide[name] else array
            for name, array in arrays.items()
        }
        made = run(circuit, given, state, sizes={axis: len(part)}).outputs
        for item in circuit.outputs:
            axes = circuit.checked.type(item.wire).axes
            wanted = np.take(whole[item.name], part, axis=axes.index(axis)) if axis in axes else whole[item.name]
            np.testing.assert_allclose(made[item.name], wanted, rtol=1e-9, atol=1e-9)


@given(circuits())
def test_phases_follow_types(circuit: Circuit) -> None:
    """What comes in chunks carries the axis, what is free of it or folded does not."""
    for axis in AXES:
        found = walk(circuit, circuit.by_id.keys(), axis)
        for wire, phase in found.phases.items():
            if phase is not Phase.LOST:
                assert (phase is Phase.CHUNKS) == (axis in circuit.checked.type(wire).axes), (wire, axis)


@pytest.mark.parametrize(
    ("op", "axis", "way"),
    [
        (op_class("einsum")(spec="a b, b c -> a c"), "a", Way.OVER),
        (op_class("einsum")(spec="a b, b c -> a c"), "b", Way.FOLDED),
        (op_class("reduce")(kind="mean", axes="a"), "a", Way.FOLDED),
        (op_class("linear")(spec="m -> n"), "m", Way.FOLDED),
        (op_class("linear")(spec="m -> n"), "n", Way.OVER),
        (op_class("linear")(spec="m -> m"), "m", Way.WHOLE),
        (op_class("softmax")(axis="x"), "x", Way.WHOLE),
        (op_class("softmax")(axis="x"), "y", Way.OVER),
        (op_class("layer_norm")(axes="m"), "m", Way.WHOLE),
        (op_class("attention")(), "x", Way.WHOLE),
        (op_class("attention")(), "y", Way.OVER),
        (op_class("normalised_contraction")(axis="x", value="k"), "x", Way.FOLDED),
        (op_class("normalised_contraction")(axis="x", value="k"), "k", Way.OVER),
        (op_class("delta_rule")(), "t", Way.ALONG),
        (op_class("delta_rule")(), "v", Way.OVER),
        (op_class("delta_rule")(), "k", Way.WHOLE),
        (op_class("ema")(axis="t"), "t", Way.ALONG),
        (op_class("lif")(), "t", Way.ALONG),
        (op_class("flip")(axis="t"), "t", Way.WHOLE),
        (op_class("iota")(axes="t"), "t", Way.OVER),
        (op_class("broadcast")(axes="t"), "t", Way.OVER),
        (op_class("fft")(axis="t"), "t", Way.WHOLE),
    ],
    ids=str,
)
def test_ways(op: Op, axis: str, way: Way) -> None:
    assert op_ways(op, axis) == (way,) * len(op.signature.outputs)


@pytest.mark.parametrize("model", [matmul, flash_attention, feed_forward], ids=lambda model: model.__name__)
def test_legal_schedules(model: object) -> None:
    circuit, one = model()  # type: ignore[operator]
    assert messages(circuit, one) == []


def test_softmax_is_not_streamable_until_it_is_rewritten() -> None:
    circuit = plain_attention()
    assert messages(circuit, area(circuit, groups="q", stream="x")) == [
        "attention/soft (softmax): expected a node that takes 'x' chunk by chunk, found one that needs all of 'x' at "
        "once. Apply the rewrite stream_softmax first."
    ]
    assert messages(*flash_attention()) == []


def test_a_composite_is_told_apart_from_its_rewritten_form() -> None:
    def body(z: object) -> object:
        return attention(z, z, z, query="t", key="t'", channel="d", causal=True, name="core")

    circuit = build("self", {"z": "[t d]"}, body)
    keys = area(circuit, groups="t", stream="t'=s")
    assert messages(circuit, keys) == [
        "self/core (attention): expected a node that takes 't'' chunk by chunk, found one that needs all of 't'' at "
        "once. Apply the rewrite stream_softmax first."
    ]
    assert messages(stream_softmax(circuit), keys) == []


def test_folded_axes_are_no_groups_and_no_chunk_is_needed_twice() -> None:
    circuit = plain_attention()
    assert messages(circuit, area(circuit, groups="x", stream="d")) == [
        "attention/soft (softmax): expected that 'x', a group axis, passes over it, found 'x' taken by it. Do not group "
        "'x', or take the node out of the area.",
        "attention/mixed (einsum): expected that 'x', a group axis, passes over it, found 'x' taken by it. Do not group "
        "'x', or take the node out of the area.",
        "attention/mixed (einsum): expected what needs each chunk of 'd' once, found a result of all chunks beside "
        "chunks of 'd'. Do not stream 'd', or take the node out of the area.",
    ]


def test_an_axis_read_as_its_twin_is_read_whole() -> None:
    def body(x: object) -> object:
        once = linear("k -> k", x, name="once")
        return einsum("t k, t' k -> t t'", once, once, name="gram")

    circuit = build("f", {"x": "[t k]"}, body)
    assert messages(circuit, area(circuit, groups="t")) == [
        "f/gram (einsum): expected that 't', a group axis, passes over it, found 't' read under another name. Do not "
        "group 't', or take the node out of the area."
    ]
    assert messages(circuit, area(circuit, stream="t")) == [
        "f/gram (einsum): expected chunks of 't' under that name, found 't' read under another name. Do not stream 't', "
        "or take the node out of the area."
    ]
    assert messages(circuit, area(circuit, "gram", groups="t")) == []


def test_all_that_is_wrong_with_an_area_is_said_at_once() -> None:
    circuit = plain_attention()
    wrong = area(circuit, "scores mixed ghost", level=3, groups="q q=q q=g:0", stream="x z")
    assert messages(circuit, wrong) == [
        "attention (area 'area'): expected a level from 1 to 1, found 3. Declare the level, or choose one that is.",
        "attention (area 'area'): expected ids of nodes of the circuit, found 'ghost'. Take it out.",
        "attention/mixed (einsum): expected arrays made before the area or in it, found 'soft' outside, which needs "
        "'scores' inside. Take 'soft' into the area 'area', or make two areas.",
        "attention (area 'area'): expected 'q' in parts once, found 3. Keep one.",
        "attention (area 'area'): expected a name of its own for parts of 'q', found 'q'. Rename it.",
        "attention (area 'area'): expected a multiple of at least 1 for 'q', found 0. Write 1 where any size will do.",
        "attention (area 'area'): expected an axis of its nodes, found 'z'. Choose one of [q d x].",
        "attention (area 'area'): expected at most one streamed axis, found 'x', 'z'. Stream one of them, or merge them "
        "first.",
    ]


def test_names_of_parts() -> None:
    circuit, tiles = matmul()
    odd = replace(tiles, groups=(Part("a", "2*g"), Part("c", "s_b")))
    assert messages(circuit, odd) == [
        "matmul (area 'tiles'): expected a name of its own for parts of 'a', found '2*g', which is none. Rename it.",
        "matmul (area 'tiles'): expected a name of its own for parts of 'c', found 's_b'. Rename it.",
        "matmul (area 'tiles'): expected a name of its own for parts of 'b', found 's_b'. Rename it.",
    ]


def test_areas_share_no_nodes_and_no_names() -> None:
    circuit, tiles = matmul()
    assert messages(circuit, tiles, tiles, replace(tiles, name="none", nodes=())) == [
        "matmul (area 'tiles'): expected a name of its own, found 2 areas. Rename one.",
        "matmul/mixed (einsum): expected one area, found it in 'tiles' and 'tiles'. Take it out of all but one.",
        "matmul (area 'none'): expected at least one node, found none. Add nodes, or remove the area.",
    ]


def test_parameters_inside_a_call_are_not_hidden() -> None:
    inner, _ = feed_forward()
    circuit = build("outer", {"x": "[b m]"}, lambda x: call(inner, x, name="block"))
    assert messages(circuit, area(circuit, groups="b")) == [
        "outer/block (call): expected parameters of its own only, found parameters inside of it. Flatten the circuit "
        "first, or make the area inside of it."
    ]


def test_a_circuit_with_problems_has_no_schedule() -> None:
    broken = build("broken", {"x": "[a]"}, lambda x: einsum("b ->", x))
    with pytest.raises(CircuitError, match="expected an axis 'b'"):
        schedule_problems(broken, Schedule((area(broken),)))
