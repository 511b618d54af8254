"""Checking takes time that grows with the circuit and no faster, and tells what is too large instead of hanging."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from circuits import (
    Circuit,
    DocumentError,
    Input,
    Node,
    Output,
    Wire,
    build,
    call,
    dumps,
    elementwise,
    linear,
    op_class,
)
from circuits.regions.indexed import at_index
from circuits.types import parse_type
from tests.in_time import in_time

SOFTMAX = op_class("softmax")(axis="m")


def row(nodes: Sequence[Node], *outputs: str) -> Circuit:
    """A circuit of these nodes on one input `x`."""
    ends = tuple(Output(f"o{number}", wire) for number, wire in enumerate(outputs))
    return Circuit("row", (Input("x", parse_type("[t m]").type),), ends, tuple(nodes))


def link(number: int, source: int | None) -> Node:
    """A softmax that reads another one, or the input."""
    return Node(f"n{number}", f"s{number}", SOFTMAX, ("x" if source is None else f"n{source}.out",))


def told(circuit: Circuit, seconds: float = 1.0) -> list[str]:
    """The problems of a circuit, found in time."""
    with in_time(seconds):
        problems = circuit.problems
    return [str(problem) for problem in problems]


# Order of nodes


def test_nodes_may_stand_in_any_order() -> None:
    nodes = [link(number, number - 1 if number else None) for number in range(3000)]
    backwards = row(nodes[::-1], "n2999.out")
    assert told(backwards) == []
    assert [node.id for node in backwards.checked.order] == [node.id for node in nodes]


def test_a_long_cycle_is_told_in_short() -> None:
    nodes = [link(number, (number - 1) % 2000) for number in range(2000)]
    (problem,) = told(row(nodes))
    assert problem == (
        "row/s1 (softmax): expected no cycle outside a region, found s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> "
        "s9 -> s10 -> s11 -> … -> s1. Carry the value through a scan, repeat or fixed_point instead."
    )


def test_every_cycle_is_told() -> None:
    nodes = [link(number, number ^ 1) for number in range(2000)]
    problems = told(row(nodes))
    assert len(problems) == 1000
    assert problems[:2] == [
        f"row/s{number} (softmax): expected no cycle outside a region, found s{number} -> s{number - 1} -> s{number}. "
        "Carry the value through a scan, repeat or fixed_point instead."
        for number in (1, 3)
    ]


def test_thousands_of_missing_wires_are_told_and_few_are_guessed() -> None:
    problems = told(row([Node(f"n{k}", f"s{k}", SOFTMAX, (f"n{k}.outt",)) for k in range(3000)]))
    assert len(problems) == 3000
    assert sum("Did you mean" in problem for problem in problems) == 10
    assert "Did you mean 'n0.out'?" in problems[0]


def test_what_reads_a_node_of_unknown_outputs_is_not_told_too() -> None:
    broken = Node("n0", "broken", op_class("softmax")(axis="m m"), ("x",))
    after = [link(1, 0), link(2, 1), Node("n3", "other", SOFTMAX, ("n0.elsewhere",))]
    assert told(row([broken, *after], "n2.out", "n0.out", "n3.out")) == [
        "row/broken (softmax): expected every axis once in type '[m m]', found 'm' 2 times. Use a twin: m'."
    ]


# Axes and sizes


def test_an_array_has_at_most_sixty_four_axes() -> None:
    def grown(axes: int) -> Circuit:
        def body(x: Wire) -> Wire:
            for number in range(axes - 1):
                x = linear(f" -> a{number}", x, bias=False)
            return x

        return build("grown", {"x": "[m]"}, body)

    assert told(grown(64)) == []
    (problem,) = told(grown(65))
    assert problem.endswith("expected at most 64 axes, found 65. Merge axes, or pass fewer of them over.")


@pytest.mark.parametrize(
    ("per", "message"),
    [
        (("e", "e"), "expected every axis once in per, found 'e' 2 times. Use a twin: e'."),
        (("",), "expected an axis name, found ''. Use letters, digits and _, then ' for a twin."),
        (("a b",), "expected an axis name, found 'a b'. Use letters, digits and _, then ' for a twin."),
    ],
)
def test_per_names_axes_each_once(per: tuple[str, ...], message: str) -> None:
    node = Node("n1", "map", op_class("linear")(spec="m -> k"), ("x",), (), per)
    assert told(row([node], "n1.out")) == [f"row/map (linear): {message}"]


CHAINS = {
    "products": ([f"v{k}*v{k + 1} = 6" for k in range(3000)] + ["v0 = 2"], 3001),
    "names": ([f"v{k} = v{k + 1}" for k in range(3000)], 3000),
    "sums": ([f"v{k} = v{k + 1} + 1" for k in range(3000)] + ["v3000 = 3"], 3001),
    "sums backwards": ([f"v{k} = v{k + 1} + 1" for k in reversed(range(3000))], 3000),
    "sums asked again": ([text for k in range(1500) for text in (f"v{k} = v{k + 1}+1", f"w{k} = v0*2")], 3000),
}


@pytest.mark.parametrize("name", CHAINS)
def test_sizes_that_follow_from_each_other_are_solved_in_a_row(name: str) -> None:
    constraints, bound = CHAINS[name]
    circuit = Circuit("sizes", constraints=tuple(constraints))
    assert told(circuit, 2.0) == []
    assert len(circuit.checked.solution.bindings) == bound


def test_equations_made_to_wake_each_other_end() -> None:
    names = [f"v{k}" for k in range(40)]
    product = "*".join(f"({'+'.join(names[k : k + 5])})" for k in range(0, 15, 5))
    constraints = [f"{product} = {k}*z{k}" for k in range(200)] + [f"{name} = {k + 2}" for k, name in enumerate(names)]
    problems = told(Circuit("sizes", constraints=tuple(constraints)), 4.0)
    assert any("expected sizes that follow from each other in a few steps" in problem for problem in problems)


# What is written out


def test_a_circuit_used_often_is_renamed_once() -> None:
    circuit = build("c0", {"x": "c[l]"}, lambda x: x * 2.0)
    for level in range(1, 50):
        circuit = build(f"c{level}", {"x": "c[l]"}, lambda x, inner=circuit: call(inner, call(inner, x)))
    with in_time(1.0):
        assert len(list(at_index(circuit, "l", 3).definitions())) == 50
        assert at_index(circuit, "k", 3) is circuit


def test_repetitions_with_an_index_are_not_written_out_for_ever() -> None:
    body = build("round", {"x": "c[l]"}, lambda x: linear("c[l] -> c[l+1]", x), outputs=["c[l+1]"])
    input = Input("x", parse_type("c[0]").type)
    nodes = [Node(f"n{k}", f"n{k}", op_class("repeat")(content=body, times=900, start=k), ("x",)) for k in range(6)]
    with pytest.raises(DocumentError) as caught:
        dumps(Circuit("rounds", (input,), (), tuple(nodes)))
    assert str(caught.value) == (
        "circuits: expected at most 5,000 nodes in all rounds of repetitions with an index, found 5,400. "
        "Split the document, or ask for less."
    )
    node = Node("n1", "often", op_class("repeat")(content=body, times=1001), ("x",))
    assert told(Circuit("rounds", (input,), (), (node,))) == [
        "rounds/often (repeat): expected at most 1,000 nodes in all rounds of a body with an index, found 1,001. "
        "Change times, or keep the index out of the body."
    ]


def test_regions_are_not_unfolded_for_ever() -> None:
    def chain(count: int, last: float) -> Circuit:
        def body(x: Wire) -> Wire:
            for _ in range(count):
                x = elementwise("sin(a)", x)
            return x * last

        return build("chain", {"x": "[]"}, body)

    def derivative(content: Circuit, name: str) -> Node:
        return Node(name, name, op_class("derivative")(content=content, wrt="x"), ("x",))

    input = Input("x", parse_type("[]").type)
    assert told(Circuit("net", (input,), (), (derivative(chain(416, 1.0), "n1"),))) == [
        "net/n1 (derivative): expected at most 5,000 nodes in what a 'derivative' unfolds into, found about 5,004. "
        "Take smaller bodies, or fewer of them."
    ]
    doubled = chain(1, 1.0)
    for level in range(60):
        doubled = build(f"d{level}", {"x": "[]"}, lambda x, inner=doubled: call(inner, call(inner, x)))
    assert "expected at most 5,000 nodes" in told(Circuit("net", (input,), (), (derivative(doubled, "n1"),)))[0]
    several = tuple(derivative(chain(400, number), f"n{number}") for number in range(1, 7))
    with pytest.raises(DocumentError) as caught:
        dumps(Circuit("net", (input,), (), several))
    assert str(caught.value) == (
        "circuits: expected at most 25,000 nodes in what regions unfold into, found 28,872. "
        "Split the document, or ask for less."
    )
