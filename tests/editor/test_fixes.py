"""Every fix that is offered mends: the problem is gone, and there are no more problems than before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, build, call, softmax
from editor.commands import AddNode, ApplyFix, Together, apply, fixes, read
from editor.document import Document
from gallery import entry
from tests.circuits.wrong import WRONG
from tests.editor.gestures import gesture
from tests.strategies import circuits

BROKEN = {name: found for name, found in WRONG.items() if isinstance(found, Circuit)}
ATTENTION = entry("attention").circuit
# What no single command mends: a missing op of another space, a bound, ids that stand twice, a definition elsewhere.
UNFIXED = {"bool_in_arithmetic", "hyperbolic_into_linear", "token_too_large_for_its_table", "same_id_twice"}


def holds(document: Document) -> None:
    """Apply every fix of every problem."""
    for problem in document.problems:
        for number, fix in enumerate(fixes(document, problem)):
            applied = apply(read(fix.command.line()), document)
            assert applied.refusals == ()
            assert problem not in applied.document.problems
            assert len(applied.document.problems) <= len(document.problems)
            if str(problem) not in [str(other) for other in document.problems if other is not problem]:
                assert apply(ApplyFix(problem=str(problem), choice=number), document) == applied


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_fixes_of_the_known_mistakes_mend_them(name: str) -> None:
    document = Document(BROKEN[name])
    holds(document)
    offered = any(fixes(document, problem) for problem in document.problems)
    assert offered is (name not in UNFIXED)


@given(start=circuits(max_nodes=4), random=st.randoms(use_true_random=False), count=st.integers(1, 6))
def test_fixes_mend_whatever_gestures_break(start: Circuit, random, count: int) -> None:  # type: ignore[no-untyped-def]
    document = Document(start)
    for _ in range(count):
        document = apply(gesture(random, document), document).document
    if len(document.problems) < 8:
        holds(document)


def test_the_map_of_a_call_is_offered_first() -> None:
    mine = build("mine", {"x": "[t k]"}, lambda x: call(ATTENTION, x, x, x))
    document = Document(mine)
    first, *_ = fixes(document, document.problems[0])
    assert first.label == "Map y=t x=t'"
    assert apply(first.command, document).document.problems == ()


def test_an_axis_of_another_name_is_offered_by_how_near_it_is() -> None:
    document = Document(BROKEN["softmax_of_missing_axis"])
    (problem,) = document.problems
    assert [fix.label for fix in fixes(document, problem)] == [
        "Use 'key' instead of 'keys'",
        "Use 'query' instead of 'keys'",
        "Rename 'key' to 'keys' before it",
        "Rename 'query' to 'keys' before it",
    ]
    renamed = fixes(document, problem)[2]
    assert isinstance(renamed.command, Together)
    assert renamed.command.commands[0] == AddNode(op="rename", attributes={"spec": "key -> keys"}, inputs=("x",))


def test_a_problem_inside_a_definition_is_mended_there() -> None:
    inner = build("inner", {"x": "[a b]"}, lambda x: softmax(x, axis="c"))
    document = Document(build("outer", {"x": "[a b]"}, lambda x: call(ATTENTION, x, x, x)))
    broken = document.replaced(ATTENTION, inner)
    problem = next(one for one in broken.problems if one.axis == "c")
    first = fixes(broken, problem)[0]
    mended = apply(first.command, broken).document
    assert mended.definitions["inner"].problems == ()
    assert problem not in mended.problems


def test_a_problem_that_is_not_there_has_no_fix() -> None:
    document = Document(ATTENTION)
    applied = apply(ApplyFix(problem="attention: expected more, found less. Do."), document)
    assert applied.document is document
    assert [str(one) for one in applied.refusals] == [
        "attention: expected a problem of the document, found 'attention: expected more, found less. Do.'. "
        "Choose one that is listed."
    ]
