"""Opening one node: the rest stays as it is, and what comes out is the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    build,
    call,
    dropout,
    einsum,
    elementwise,
    expand_node,
    initial,
    linear,
    parameters,
    relu,
    repeat,
    run,
    softmax,
)
from gallery import entry

HEADS = entry("multi_head_attention").circuit
ATTENTION = entry("attention").circuit


def same(before: Circuit, after: Circuit, **inputs: tuple[int, ...]) -> None:
    """The same numbers for the same parameters, which stand in the same order."""
    arrays = {name: np.random.default_rng(0).normal(size=shape) for name, shape in inputs.items()}
    state = initial(before, before.checked.known({}), 0)
    moved = {key: state[old] for key, old in zip(parameters(after), parameters(before), strict=True)}
    np.testing.assert_allclose(run(after, arrays, moved).only, run(before, arrays, state).only, rtol=1e-12)


def test_only_the_opened_node_changes() -> None:
    opened = expand_node(HEADS, HEADS.by_id["n4"], ("n6", "n7"))
    assert [node.id for node in opened.nodes] == ["n1", "n2", "n3", "n6", "n7", "n4-1", "n4-2", "n5"]
    assert all(opened.by_id[id] is HEADS.by_id[id] for id in ("n1", "n2", "n3"))
    assert opened.outputs == HEADS.outputs
    assert opened.problems == ()


def test_weights_become_parameters_that_start_alike() -> None:
    main = build("main", {"x": "[b m=3]"}, lambda x: linear("m -> k=2", x), sizes={"b": 2})
    opened = expand_node(main, main.nodes[0])
    assert [(one.axes, one.shape, one.init, one.fan) for one in parameters(opened).values()] == [
        (one.axes, one.shape, one.init, one.fan) for one in parameters(main).values()
    ]
    same(main, opened, x=(2, 3))


def test_a_fed_weight_stays_fed() -> None:
    main = build("main", {"x": "[m]", "w": "[k m]"}, lambda x, w: linear("m -> k", x, weight=w), sizes={"m": 3, "k": 2})
    opened = expand_node(main, main.nodes[0])
    assert [node.name for node in opened.nodes if node.op.name == "parameter"] == ["bias"]
    same(main, opened, x=(3,), w=(2, 3))


def test_weights_of_their_own_axis_keep_it() -> None:
    main = build("main", {"x": "[e m]"}, lambda x: linear("m -> k", x, per="e"), sizes={"e": 2, "m": 3, "k": 2})
    opened = expand_node(main, main.nodes[0])
    assert parameters(opened)["weight.weight"].axes == ("e", "k", "m")
    same(main, opened, x=(2, 3))
    inner = build("inner", {"x": "[m]"}, lambda x: linear("m -> k", x))
    outer = build("outer", {"x": "[e m]"}, lambda x: call(inner, x, per="e"), sizes={"e": 2, "m": 3, "k": 2})
    inside = expand_node(outer, outer.nodes[0])
    assert inside.nodes[0].per == ("e",)
    same(outer, inside, x=(2, 3))


def test_axes_inside_that_would_meet_those_that_pass_over_are_called_otherwise() -> None:
    gram = build("gram", {"x": "[a]", "y": "[]"}, lambda x, y: einsum("a, a' -> a a'", x, x) * y)
    for axis in ("c", "a"):
        main = build(
            "main",
            {"x": "[b]", "y": f"[{axis}]"},
            lambda x, y: call(gram, x, y, axes="a=b"),
            outputs=[f"[{axis} b b']"],
            sizes={"b": 3, axis: 2},
        )
        opened = expand_node(main, main.nodes[0])
        assert opened.problems == ()
        same(main, opened, x=(3,), y=(2,))
    # `a` of `x` is consumed and `a` of `y` passes over; inside, a twin of `a` is read off `a` itself
    both = build("both", {"x": "[a]", "y": "[]"}, lambda x, y: einsum("a, a' -> ", x, x) * y)
    plain = build("plain", {"x": "[a]"}, lambda x: call(both, x, x), sizes={"a": 2})
    opened = expand_node(plain, plain.nodes[0])
    assert opened.problems == ()
    same(plain, opened, x=(2,))


def test_ties_inside_follow_their_names() -> None:
    def twice(x: Wire) -> Wire:
        return linear("m -> m", linear("m -> m", x, name="map"), name="again", weights="map")

    inner = build("inner", {"x": "[m]"}, twice)
    outer = build("outer", {"x": "[m]"}, lambda x: call(inner, linear("m -> m", x, name="map")), sizes={"m": 3})
    opened = expand_node(outer, outer.nodes[-1])
    assert [(node.name, node.weights) for node in opened.nodes] == [("map", ""), ("map_2", ""), ("again", "map_2")]
    same(outer, opened, x=(3,))


def test_draws_stay_the_same_over_the_axes_they_were() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: dropout(x, rate=0.5))
    outer = build("outer", {"x": "[t m]"}, lambda x: call(inner, x, shared="t"))
    opened = expand_node(outer, outer.nodes[0])
    assert opened.nodes[0].shared == ("t",)


def test_an_elementwise_op_says_that_it_is_an_outer_one_where_passing_axes_make_it_that() -> None:
    inner = build("inner", {"x": "[]", "y": "[]"}, lambda x, y: elementwise("x * y", x, y))
    outer = build("outer", {"x": "[a]", "y": "[b]"}, lambda x, y: call(inner, x, y), sizes={"a": 2, "b": 3})
    opened = expand_node(outer, outer.nodes[0])
    assert opened.problems == ()
    same(outer, opened, x=(2,), y=(3,))


BODY = build("body", {"x": "[m]"}, lambda x: relu(x))


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (
            build("main", {"x": "[m]"}, lambda x: repeat(BODY, x, times=2)),
            "expected a call or a composite, found 'repeat'. Open the circuit inside it instead.",
        ),
        (
            build("main", {"x": "[m]"}, lambda x: softmax(x, axis="k")),
            "expected a node without problems, found 1. Mend it first.",
        ),
    ],
)
def test_what_cannot_be_opened_is_refused(circuit: Circuit, expected: str) -> None:
    with pytest.raises(AttributeProblem) as raised:
        expand_node(circuit, circuit.nodes[-1])
    assert str(raised.value) == expected


def test_a_circuit_remembers_what_it_was_checked_as_through_several_changes() -> None:
    known = HEADS.valid().checked.records
    later = HEADS.evolve(doc="one").evolve(source="two").with_view({"pins": {}}).evolve(doc="three")
    assert all(later.checked.records[id] is record for id, record in known.items())
    seen = HEADS.with_view({"notes": {}})
    assert seen.checked.records is HEADS.checked.records
    assert seen.checked.circuit is seen
    assert replace(seen, view="{}") == HEADS
