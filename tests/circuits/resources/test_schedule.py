"""Schedules as data: written in views, read again, and what levels arrays have."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import AttributeProblem, Circuit, DocumentError, dumps, loads, stream_softmax
from circuits.resources import Area, Level, Part, Reach, Schedule, area, reaches, schedule_of, with_schedule
from circuits.resources.stored import from_data, to_data
from tests.circuits.resources.models import flash_attention, matmul, plain_attention

names = st.from_regex(r"[a-z_][a-z0-9_]{0,3}'{0,2}", fullmatch=True)
parts = st.builds(Part, names, names, st.integers(1, 64))
areas = st.builds(
    Area,
    names,
    st.lists(names, max_size=3).map(tuple),
    st.integers(1, 3),
    st.lists(parts, max_size=2).map(tuple),
    st.lists(parts, max_size=1).map(tuple),
)
levels = st.builds(Level, names, st.none() | st.integers(1, 10**6), st.none() | st.floats(1.0, 1e12))
schedules = st.builds(Schedule, st.lists(areas, max_size=3).map(tuple), st.lists(levels, min_size=1).map(tuple))


@given(schedules)
def test_a_view_gives_back_the_schedule(schedule: Schedule) -> None:
    circuit = plain_attention().with_view({"positions": {"n1": [0, 1]}})
    stored = with_schedule(circuit, schedule)
    assert schedule_of(stored) == schedule
    assert schedule_of(loads(dumps(stored))) == schedule
    assert json.loads(stored.view)["positions"] == {"n1": [0, 1]}
    assert stored.checked.types == circuit.checked.types
    assert from_data(json.loads(json.dumps(to_data(schedule)))) == schedule


def test_no_schedule_leaves_nothing_in_the_view() -> None:
    circuit = plain_attention()
    assert schedule_of(circuit) == Schedule()
    assert with_schedule(with_schedule(circuit, Schedule((area(circuit),))), Schedule()).view == circuit.view


def test_what_is_written() -> None:
    circuit, tiles = matmul()
    schedule = Schedule((area(circuit, name="tiles", groups="a=g:8 c", stream="b"),))
    assert to_data(schedule) == {
        "areas": [
            {
                "name": "tiles",
                "nodes": ["n1"],
                "level": 1,
                "groups": [{"axis": "a", "size": "g", "multiple": 8}, {"axis": "c", "size": "g_c"}],
                "streams": [{"axis": "b", "size": "s_b"}],
            }
        ],
        "levels": [{"name": "DRAM"}, {"name": "SMEM"}],
    }
    assert tiles.parts == (Part("a", "g_a"), Part("c", "g_c"), Part("b", "s_b"))


def test_every_problem_of_a_document_is_said_at_once() -> None:
    data = {
        "areas": [
            {"nodes": [1, "n1"], "level": 0, "groups": [{"axis": "a b", "size": ""}, {"axis": "a"}, 3]},
            {"name": "no nodes", "streams": {}},
            7,
        ],
        "level": [],
        "levels": [{"capacity": 1.5}, {"name": "fast", "bandwidth": -1}, "slow"],
    }
    circuit = plain_attention().with_view({"resources": data})
    with pytest.raises(DocumentError) as caught:
        schedule_of(circuit)
    assert str(caught.value).splitlines() == [
        "attention: resources: expected keys among areas, levels, found 'level'. Remove it. Did you mean 'levels'?",
        "attention: resources.areas[0].nodes[0]: expected a text, found 1. Write a name.",
        "attention: resources.areas[0].level: expected a whole number of at least 1, found 0. Write a number.",
        "attention: resources.areas[0].groups[0].size: expected a text, found an empty one. Write a name.",
        "attention: resources.areas[0].groups[0].axis: expected an axis name, found 'a b'. Use letters, digits and _, "
        "then ' for a twin.",
        "attention: resources.areas[0].groups[1]: expected a key 'size', found none. Add it.",
        "attention: resources.areas[0].groups[2]: expected an object with axis, size, multiple, found 3. Write an object.",
        "attention: resources.areas[1]: expected a key 'nodes', found none. Add it.",
        "attention: resources.areas[1].streams: expected a list, found {}. Write a list.",
        "attention: resources.areas[2]: expected an object with name, nodes, level, groups, streams, found 7. Write an "
        "object.",
        "attention: resources.levels[0]: expected a key 'name', found none. Add it.",
        "attention: resources.levels[0].capacity: expected a whole number of at least 1, found 1.5. Write a number.",
        "attention: resources.levels[1].bandwidth: expected a number above 0, found -1. Give values a second, or leave "
        "it out.",
        "attention: resources.levels[2]: expected an object with name, capacity, bandwidth, found slow. Write an object.",
    ]


def test_an_area_of_what_is_no_axis() -> None:
    circuit, _ = matmul()
    with pytest.raises(AttributeProblem, match=r"^expected an axis name, found '2'\. "):
        area(circuit, groups="2")
    with pytest.raises(
        AttributeProblem, match=r"^expected a whole number as multiple of 'a', found 'x'\. Write a=g:8\.$"
    ):
        area(circuit, groups="a=g:x")


def test_parts_of_twins_and_strides_have_plain_names() -> None:
    circuit, _ = matmul()
    assert area(circuit, groups="t' x/2 c[l]").groups == (
        Part("t'", "g_t_"),
        Part("x/2", "g_x_2"),
        Part("c[l]", "g_c_l_"),
    )


def test_arrays_change_level_where_they_enter_and_leave_an_area() -> None:
    circuit = plain_attention()
    inner = area(circuit, "scores einsum soft", name="inner")
    names = {wire: circuit.by_id[wire.split(".")[0]].name for wire in circuit.checked.types if "." in wire}
    found = {names.get(one.wire, one.wire): one for one in reaches(circuit, Schedule((inner,)))}
    assert found["q"] == Reach("q", 0, (("n1", 1),))
    assert found["v"] == Reach("v", 0, (("n4", 0),))
    assert found["soft"] == Reach("n3.out", 1, (("n4", 0),))
    assert found["mixed"] == Reach("n4.out", 0, (("output:out", 0),))


def test_a_rewrite_takes_its_nodes_out_of_a_schedule() -> None:
    circuit = plain_attention()
    schedule = Schedule((area(circuit, name="core"), area(circuit, "soft", name="gone")))
    rewritten: Circuit = stream_softmax(circuit)
    assert schedule.within(rewritten) == Schedule((area(rewritten, name="core"),))
    assert flash_attention()[1].nodes == schedule.within(rewritten).areas[0].nodes
