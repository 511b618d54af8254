"""The laws of editing: nothing raises, all of it can be taken back, and the log says all there is to say."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from circuits import Circuit, dumps
from editor.commands import apply, read
from editor.document import Document
from editor.log import MemoryLog
from editor.session import Session
from gallery import entry
from tests.editor.gestures import gesture
from tests.strategies import circuits

GESTURES = 100_000
STEPS = 50
PER_EXAMPLE = 40


class Editing(RuleBasedStateMachine):
    """Gestures on one document, some of them taken back, in a log that keeps a state every few of them."""

    session: Session
    first: str
    gestures = 0

    @initialize(start=st.one_of(circuits(max_nodes=5), st.just(entry("multi_head_attention").circuit)))
    def begin(self, start: Circuit) -> None:
        self.first = dumps(start)
        self.session = Session(MemoryLog(self.first), snapshot_every=7)

    @rule(random=st.randoms(use_true_random=False), count=st.integers(1, 8))
    def gestures_in_a_row(self, random: Random, count: int) -> None:
        for _ in range(count):
            self.gesture(random)

    def gesture(self, random: Random) -> None:
        before = self.session.document
        command = read(gesture(random, before).line())
        delta = self.session.do(command)
        type(self).gestures += 1
        assert delta.before is before
        assert delta.after is self.session.document
        if delta.refusals:
            assert not delta.changed
            assert all(problem.expected and problem.found and problem.fix for problem in delta.refusals)
        # a command is a pure function of the document
        assert apply(command, before).document == delta.after

    @rule()
    def undo(self) -> None:
        possible, revision = self.session.can_undo, self.session.revision
        assert bool(self.session.undo().refusals) is not possible
        assert self.session.revision == revision + possible

    @rule()
    def redo(self) -> None:
        possible = self.session.can_redo
        assert bool(self.session.redo().refusals) is not possible

    @rule()
    def checked_and_saved(self) -> None:
        document = self.session.document
        assert Document.read(document.text()) == document
        assert [str(problem) for problem in Document.read(document.text()).problems] == [
            str(problem) for problem in document.problems
        ]

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        session, last = self.session, self.session.document.text()
        log = session.log
        assert isinstance(log, MemoryLog)
        assert Session(log).document.text() == last
        assert Session(MemoryLog(log.first, list(log.written))).document.text() == last
        done = len(session.timeline.done)
        for _ in range(done):
            session.undo()
        assert not session.can_undo
        assert session.document.text() == self.first
        for _ in range(done):
            session.redo()
        assert session.document.text() == last


def run(gestures: int) -> None:
    """Run the machine for about so many gestures."""
    Editing.gestures = 0
    examples = max(1, gestures // PER_EXAMPLE)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Editing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_few_thousand_random_gestures() -> None:
    run(3_000)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_random_gestures() -> None:
    start, made = time.perf_counter(), 0
    while made < GESTURES:
        run(10_000)
        made += Editing.gestures
    print(f"\n{made:,} random gestures in {time.perf_counter() - start:.0f} s")
