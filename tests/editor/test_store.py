"""Documents are kept: killed processes lose nothing, sessions stay in step, versions and parts come back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from circuits import Circuit
from editor.commands import AddInput, AddNode, Connect, RemoveNodes, SetAttribute, SetSize
from editor.document import Document
from editor.log import MemoryLog
from editor.session import Session
from editor.store import Database, StoredLog, StoreError, Workspace
from gallery import entry
from tests.editor.gestures import gesture
from tests.source_tree import ROOT

HEADS = entry("multi_head_attention").circuit


@pytest.fixture
def workspace(store_url: str) -> Iterator[Workspace]:
    database = Database(store_url)
    yield Workspace(database)
    database.close()


def replayed(session: Session) -> str:
    """The document when the whole log is replayed from the first state."""
    log = session.log
    return Session(MemoryLog(log.state(0), list(log.entries()))).document.text()


@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_in_the_middle_of_a_gesture_loses_nothing(
    workspace: Workspace, store_url: str, seed: int
) -> None:
    workspace.create("drawing", HEADS).snapshot_every = 10
    command = [sys.executable, "-m", "tests.editor.killed", store_url, str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        for line in victim.stdout:
            if int(line) >= 40:
                break
        time.sleep(0.003 * seed)
        victim.send_signal(signal.SIGKILL)
        rest = victim.stdout.read().splitlines()
    complete = [int(one) for one in rest if one.isdigit()]
    told = max([int(line), *complete[:-1]])

    opened = workspace.open("drawing")
    # whatever was told to be committed is there, and at most the gesture that was being told about
    assert opened.revision >= told
    assert opened.document.text() == replayed(opened)
    assert not opened.do(AddInput(name="after", type="[m]")).refusals
    while opened.can_undo:
        opened.undo()
    assert opened.document.main == HEADS


def test_what_was_done_is_there_when_it_is_opened_again(workspace: Workspace) -> None:
    session, random = workspace.create("drawing", HEADS), Random(7)
    session.snapshot_every = 20
    for _ in range(150):
        session.do(gesture(random, session.document))
    opened = workspace.open("drawing")
    assert opened.document.text() == session.document.text() == replayed(session)
    assert (opened.revision, opened.timeline) == (session.revision, session.timeline)
    assert len(session.log.kept()) > 1


def test_the_whole_history_is_undone_from_a_store_that_keeps_few_states(workspace: Workspace) -> None:
    session = workspace.create("drawing")
    texts = [session.document.text()]
    for number in range(450):
        session.do(SetSize(name="h", value=number))
        texts.append(session.document.text())
    opened = workspace.open("drawing")
    for text in reversed(texts[:-1]):
        opened.undo()
        assert opened.document.text() == text
    for text in texts[1:]:
        opened.redo()
        assert opened.document.text() == text


def test_two_sessions_on_one_document_converge(workspace: Workspace) -> None:
    one, other, random = workspace.create("drawing", HEADS, "one"), workspace.open("drawing", "other"), Random(3)
    for number in range(400):
        session = random.choice((one, other))
        chance = random.random()
        if chance < 0.1:
            session.undo()
        elif chance < 0.2:
            session.redo()
        else:
            # drawn for what this session shows, which may be old news
            session.do(gesture(random, session.document))
        if number % 20 == 0:
            one.sync(), other.sync()
            assert one.document == other.document
    one.sync(), other.sync()
    assert one.document.text() == other.document.text() == replayed(one)
    assert one.timeline == other.timeline
    assert {entry.author for entry in one.log.entries()} == {"one", "other"}


def test_the_last_gesture_on_a_node_wins_and_all_are_in_the_log(workspace: Workspace) -> None:
    one, other = workspace.create("drawing", HEADS), workspace.open("drawing")
    one.do(SetAttribute(node="n1", attribute="spec", value="m -> k g"))
    delta = other.do(SetAttribute(node="n1", attribute="bias", value=False))
    assert delta.refusals == ()
    op = delta.after.main.by_id["n1"].op
    assert (op.spec, op.bias) == ("m -> k g", False)  # type: ignore[attr-defined]
    other.do(SetAttribute(node="n1", attribute="spec", value="m -> k"))
    one.sync()
    assert one.document.main.by_id["n1"].op.spec == "m -> k"  # type: ignore[attr-defined]
    assert [entry.number for entry in one.log.entries()] == [1, 2, 3]


def test_a_gesture_that_another_made_impossible_is_refused_with_the_newer_state(workspace: Workspace) -> None:
    one, other = workspace.create("drawing", HEADS), workspace.open("drawing")
    one.do(RemoveNodes(ids=("n1",)))
    delta = other.do(Connect(wire="n1.out", node="n5", port="x"))
    assert [str(problem) for problem in delta.refusals] == [
        "multi_head_attention: expected a wire 'n1.out', found none. Connect one that is there. Did you mean 'n5.out'?"
    ]
    assert delta.after == one.document == other.document
    assert delta.changed
    assert other.revision == one.revision == 1


def test_two_sessions_that_undo_at_once_take_back_two_gestures(workspace: Workspace) -> None:
    one = workspace.create("drawing")
    for name in ("a", "b", "c"):
        one.do(AddInput(name=name))
    other = workspace.open("drawing")
    one.undo(), other.undo()
    one.sync()
    assert [item.name for item in one.document.main.inputs] == ["a"]
    assert one.document == other.document


def test_a_new_gesture_after_undo_leaves_the_undone_one_in_the_log(workspace: Workspace) -> None:
    session = workspace.create("drawing")
    session.do(AddInput(name="a"))
    session.undo()
    session.do(AddInput(name="b"))
    assert not session.can_redo
    assert [entry.kind for entry in session.log.entries()] == ["do", "undo", "do"]
    assert workspace.open("drawing").document == session.document


def test_versions_come_back(workspace: Workspace) -> None:
    session = workspace.create("drawing", HEADS)
    workspace.keep_version("drawing", session, "first")
    session.do(RemoveNodes(ids=("n5",)))
    workspace.keep_version("drawing", session, "without output")
    first, last = workspace.versions("drawing")
    assert (first.name, first.document.main, first.revision) == ("first", HEADS, 0)
    assert (last.name, last.document, last.revision) == ("without output", session.document, 1)
    with pytest.raises(StoreError) as raised:
        workspace.keep_version("drawing", session, "first")
    assert str(raised.value) == (
        "workspace home: expected a version of a name of its own, found 'first', which is taken. Name it otherwise."
    )


def test_documents_are_listed_renamed_removed_and_restored(workspace: Workspace) -> None:
    workspace.create("one"), workspace.create("two", HEADS)
    workspace.open("two").do(AddNode(op="relu"))
    assert {item.name: item.revision for item in workspace.documents()} == {"one": 0, "two": 1}
    workspace.rename("one", "first")
    workspace.remove("two")
    assert [item.name for item in workspace.documents()] == ["first"]
    with pytest.raises(StoreError) as raised:
        workspace.open("two")
    assert str(raised.value) == ("workspace home: expected a document 'two', found none. Choose one that is there.")
    (aside,) = workspace.removed()
    workspace.create("two")
    workspace.restore(aside)
    assert workspace.open(aside).document.main.by_name["relu"].op.name == "relu"
    with pytest.raises(StoreError):
        workspace.create("two")
    with pytest.raises(StoreError):
        workspace.rename("first", "two")


def test_workspaces_keep_their_documents_apart(workspace: Workspace) -> None:
    Workspace(workspace.database, "ada").create("drawing")
    grace = Workspace(workspace.database, "grace")
    assert grace.documents() == []
    assert grace.create("drawing").document == Document(Circuit("drawing"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_text("not a database, however one reads it" * 100)
    with pytest.raises(StoreError) as raised:
        Workspace(Database(file))
    assert str(raised.value) == (
        f"store sqlite:///{file}: expected a usable database, found file is not a database. "
        "Check the file, its permissions and the room on the disk."
    )


def test_a_file_lies_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "what % and ?.db"
    Workspace(Database(file)).create("drawing")
    assert file.exists() and Workspace(Database(file)).open("drawing")


def test_a_store_in_memory_serves_a_process() -> None:
    workspace = Workspace(Database())
    session = workspace.create("drawing")
    session.do(AddInput(name="x"))
    assert workspace.open("drawing").document == session.document
    assert isinstance(session.log, StoredLog)
