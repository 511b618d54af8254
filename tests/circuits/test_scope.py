"""Solving sizes: sound whatever the facts and their order, and helpful where they contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Size, build, linear
from circuits.op import AT_MOST, DEFINE, EQUAL, Fact
from circuits.scope import Placed, Solution, require, solve_scope

NAMES = ("a", "b", "c", "d", "x/2", "c[0]")
leaves = st.one_of(st.sampled_from(NAMES).map(Size.name), st.integers(1, 6).map(Size.of))


def _grown(inner: st.SearchStrategy[Size]) -> st.SearchStrategy[Size]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda pair: pair[0] + pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        st.tuples(inner, st.integers(1, 4)).map(lambda pair: pair[0] // pair[1]),
    )


expressions = st.recursive(leaves, _grown, max_leaves=4)
hidden = st.fixed_dictionaries({name: st.integers(1, 9) for name in NAMES})


@dataclass(frozen=True)
class System:
    """Facts that all hold at `values`."""

    values: Mapping[str, int]
    facts: tuple[Placed, ...]


@st.composite
def systems(draw: st.DrawFn) -> System:
    values = draw(hidden)
    facts = []
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from([EQUAL, EQUAL, DEFINE, AT_MOST]))
        left, right = draw(expressions), draw(expressions)
        if kind != EQUAL or draw(st.booleans()):
            left = Size.name(draw(st.sampled_from(NAMES)))
        spare = left.evaluate(values) - right.evaluate(values)
        # the right side is moved by a number, so that the fact holds
        right = right + spare + (draw(st.integers(0, 3)) if kind == AT_MOST else 0)
        facts.append(Placed(Fact(left, right, f"fact {number}", kind), f"place {number}", None, declared=True))
    return System(values, tuple(facts))


def _holds(solution: Solution, values: Mapping[str, int]) -> None:
    assert solution.problems == ()
    for name, size in solution.bindings.items():
        assert size.evaluate(values) == values[name], (name, size)
        assert not size.names & solution.bindings.keys(), "a bound size speaks of free names only"
    for placed in solution.constraints:
        left, right = (solution.size(side).evaluate(values) for side in (placed.fact.left, placed.fact.right))
        assert left <= right if placed.fact.kind == AT_MOST else left == right


@given(systems())
def test_no_fact_that_holds_is_refused_and_every_binding_holds(system: System) -> None:
    _holds(solve_scope(frozenset(), system.facts), system.values)


@given(systems(), st.data())
def test_the_order_of_facts_changes_no_verdict(system: System, data: st.DataObject) -> None:
    again = solve_scope(frozenset(), data.draw(st.permutations(system.facts)))
    _holds(again, system.values)
    given_all = {name: system.values[name] for name in NAMES}
    assert again.concrete(NAMES, given_all, {}, "f") == given_all


@given(systems(), st.data())
def test_numbers_that_are_told_lead_to_the_hidden_ones_only(system: System, data: st.DataObject) -> None:
    solution = solve_scope(frozenset(), system.facts)
    told = data.draw(st.lists(st.sampled_from(NAMES), unique=True))
    found = solution.concrete(NAMES, {name: system.values[name] for name in told}, {}, "f")
    assert found.items() <= system.values.items()
    assert set(told) <= found.keys()


@given(hidden, st.permutations(NAMES), st.lists(st.integers(-4, 4), min_size=10, max_size=10), st.data())
def test_a_chain_of_equations_is_solved_in_any_order(
    values: dict[str, int], names: Sequence[str], factors: list[int], data: st.DataObject
) -> None:
    """Each equation has one name more than those before: whichever comes first, all names are found."""
    facts = []
    for place, name in enumerate(names):
        left = Size.name(name) * 2
        for factor, other in zip(factors, names[:place], strict=False):
            left = left + Size.name(other) * factor
        facts.append(Placed(Fact(left, Size.of(left.evaluate(values)), name), "f", None, True))
    solution = solve_scope(frozenset(), data.draw(st.permutations(facts)))
    assert {name: solution.size(Size.name(name)).number for name in NAMES} == values


@given(hidden, st.sampled_from(NAMES), st.integers(1, 5))
def test_a_fact_that_does_not_hold_is_refused_with_both_ends(values: dict[str, int], name: str, error: int) -> None:
    told = [(one, Fact(Size.name(one), Size.of(number), f"{one} is told")) for one, number in values.items()]
    facts = [Placed(fact, f"f/{one}", None) for one, fact in told]
    wrong = Fact(Size.name(name) * 2, Size.of(2 * values[name] + error), "of the other node")
    (problem,) = solve_scope(frozenset(NAMES), [*facts, Placed(wrong, "f/other", "n9")]).problems
    assert (problem.where, problem.node) == ("f/other", "n9")
    assert f"{name} is told at f/{name}" in problem.expected
    assert "of the other node" in problem.found


def _solved(*texts: str, declared: str = "", kind: str = EQUAL) -> Solution:
    facts = []
    for text in texts:
        left, right = text.split("=")
        facts.append(Placed(Fact(Size.of(left), Size.of(right), text, kind), "f", None))
    return solve_scope(frozenset(declared.split()), facts)


def test_two_declared_names_are_not_joined_silently() -> None:
    (problem,) = _solved("a = b", declared="a b").problems
    assert str(problem) == (
        "f: expected a and b to stay two sizes, found a = b (a = b). "
        "Declare the constraint 'a = b' if it is meant, or rename an axis."
    )
    assert _solved("a = b", declared="a").bindings == {"b": Size.name("a")}
    assert _solved("a = b*c", declared="a b c").constraints[0].fact.why == "a = b*c"


def test_an_equation_sleeps_until_one_unknown_is_left() -> None:
    asleep = _solved("h*k = 512", declared="h k")
    assert asleep.bindings == {}
    assert asleep.constraints[0].fact.why == "h*k = 512"
    awake = _solved("h*k = 512", "h = 8", declared="h k")
    assert awake.bindings == {"h": Size.of(8), "k": Size.of(64)}
    assert awake.constraints == ()
    (problem,) = _solved("h*k = 512", "h = 7", declared="h k").problems
    assert "h = 7" in str(problem)


def test_a_rounded_size_stays_a_constraint() -> None:
    solution = _solved("(x-1)//2 + 1 = 8", declared="x")
    assert solution.bindings == {}
    for x in (15, 16):
        assert solution.concrete(["x"], {"x": x}, {}, "f") == {"x": x}
    with pytest.raises(BindingError, match="8"):
        solution.concrete(["x"], {"x": 17}, {}, "f")


@pytest.mark.parametrize("facts", [("a = 10**16", "b = 1000*a"), ("b = 1000*a", "a = 10**16")])
@pytest.mark.parametrize("kind", [EQUAL, AT_MOST])
def test_sizes_beyond_all_limits_are_a_problem_with_a_place(facts: tuple[str, str], kind: str) -> None:
    kinds = [EQUAL if "10**" in text else kind for text in facts]
    found = [Fact(*map(Size.of, text.split("=")), text, one) for text, one in zip(facts, kinds, strict=True)]
    (problem,) = solve_scope(frozenset(), [Placed(fact, "f/n", "n1") for fact in found]).problems
    assert (problem.where, problem.node) == ("f/n", "n1")
    assert problem.expected == "numbers of at most 18 digits"


def test_limits_are_checked_when_all_is_known() -> None:
    def limit(*texts: str) -> Solution:
        facts = [Fact(Size.name("v"), Size.name("n"), "indices stay below n", AT_MOST)]
        facts += [Fact(Size.of(text.partition("=")[0]), Size.of(text.partition("=")[2]), text) for text in texts]
        return solve_scope(frozenset("vn"), [Placed(fact, "f", None) for fact in facts])

    assert limit("v = 5", "n = 5") == Solution({"v": Size.of(5), "n": Size.of(5)}, (), ())
    assert str(limit("v = 6", "n = 5").problems[0]) == (
        "f: expected at most 5, found 6 (indices stay below n). Enlarge the axis, or lower the bound."
    )
    assert len(limit("v = 6").constraints) == 1
    with pytest.raises(BindingError, match="at most 4"):
        limit("v = 6").concrete("vn", {"n": 4}, {}, "f")


def test_defaults_fill_in_what_nothing_else_tells() -> None:
    solution = _solved("m = h*k", declared="m h k")
    assert solution.concrete("mhk", {"m": 12}, {"h": 3, "k": 5}, "f") == {"m": 12, "h": 3, "k": 4}
    assert solution.concrete("mhk", {}, {"h": 3}, "f") == {"h": 3}
    with pytest.raises(BindingError, match="12"):
        solution.concrete("mhk", {"m": 12, "h": 5}, {}, "f")
    with pytest.raises(BindingError) as caught:
        require("mhk", {"h": 3}, "f")
    assert str(caught.value) == (
        "f: expected a size for every axis, found none for k, m. Give sizes (k=..., m=...), or defaults in the circuit."
    )


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_the_same_however_its_letters_were_typed(form: Literal["NFC", "NFD"]) -> None:
    name = normalize(form, "é")
    circuit = build(
        "f", {"x": f"[{name}]", "y": "[é]"}, lambda x, y: linear(f"{name} -> k={name}+1", x + y), sizes={name: 3}
    ).valid()
    assert circuit.checked.concrete({}) == {"é": 3, "k": 4}
