"""Files of a workspace: what is done to them, what differs between them, and what is told after a crash."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from circuits import Circuit, dumps, save
from editor.app import about, asked_document
from editor.commands import RemoveNodes, RenameNode
from editor.opened import Opened, added, document_for, entry_of, free_name, listed_names, start_document
from editor.panels import Files
from editor.panels.comparison import COLOURS, compared
from editor.share import packed, unpacked
from editor.store import Database, StoreError, Workspace, leave_all, take_seat
from gallery import entry, names
from tests.source_tree import ROOT
from tests.strategies import circuits

HEADS = entry("multi_head_attention").circuit


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    database = Database()
    yield Workspace(database)
    database.close()


@pytest.fixture
def files(workspace: Workspace) -> Files:
    added(workspace, HEADS)
    return Files(Opened(workspace, HEADS.name, "ada"))


def test_a_document_is_renamed_and_that_is_undone(files: Files) -> None:
    reply = files.act({"do": "rename", "name": HEADS.name, "to": "  my   heads "})
    assert (files.opened.name, reply["say"]) == ("my heads", f"'{HEADS.name}' is now 'my heads'.")
    assert about(files.opened) == "my heads"
    files.act(reply["undo"])
    assert listed_names(files.workspace) == [HEADS.name] and about(files.opened) == ""
    assert files.act({"do": "rename", "name": HEADS.name, "to": " "}) == {
        "fail": "workspace home: expected a name, found none. Write one."
    }


def test_a_document_is_deleted_and_comes_back_with_all_its_gestures(files: Files) -> None:
    files.opened.session.do(RenameNode(node=HEADS.nodes[0].id, name="questions"))
    changed = files.opened.circuit
    files.act({"do": "new", "gallery": "attention"})
    reply = files.act({"do": "remove", "name": HEADS.name})
    assert listed_names(files.workspace) == ["attention"]
    files.act(reply["undo"])
    assert files.opened.name == HEADS.name and files.opened.circuit == changed
    assert files.opened.session.can_undo


def test_deleting_what_is_open_opens_another(files: Files) -> None:
    files.act({"do": "remove", "name": HEADS.name})
    assert files.opened.name == "digit_classifier"


def test_names_are_never_taken_twice(files: Files) -> None:
    for _ in range(2):
        files.act({"do": "duplicate", "name": HEADS.name})
    assert sorted(listed_names(files.workspace)) == [HEADS.name, f"{HEADS.name} 2", f"{HEADS.name} 3"]
    assert free_name("a", {"a", "a 2"}) == "a 3" and free_name(" ", set()) == "circuit"
    taken = files.act({"do": "rename", "name": files.opened.name, "to": HEADS.name})["fail"]
    assert (
        taken
        == f"workspace home: expected a document of a name of its own, found '{HEADS.name}', which is taken. Name it otherwise."
    )


@given(circuits())
def test_a_file_that_was_saved_is_the_circuit_that_is_imported(circuit: Circuit) -> None:
    workspace = Workspace(Database())
    added(workspace, circuit, "mine")
    files = Files(Opened(workspace, "mine"))
    saved = files.act({"do": "save"})["save"]
    assert saved["text"] == dumps(circuit)
    files.act({"do": "import", **saved})
    assert files.opened.name == "mine 2" and files.opened.circuit == circuit
    workspace.database.close()


def test_what_is_no_circuit_is_not_imported(files: Files) -> None:
    reply = files.act({"do": "import", "name": "bad.circuit.json", "text": "{"})
    assert reply["fail"].startswith("bad.circuit.json")
    assert listed_names(files.workspace) == [HEADS.name]
    assert files.act({"do": "open", "name": "nothing"})["fail"].startswith("workspace home: expected a document")
    assert files.act({"do": "nonsense"}) == {}


def test_a_link_holds_the_circuit(files: Files) -> None:
    assert unpacked(files.act({"do": "share"})["link"]) == HEADS


def test_versions_are_kept_recalled_and_compared(files: Files) -> None:
    files.act({"do": "keep", "name": "first"})
    files.opened.session.do(RemoveNodes(ids=(HEADS.nodes[0].id,)))
    found = files.act({"do": "compare", "before": "version:first"})["comparison"]
    assert found["names"] == ["first", HEADS.name]
    assert ("removed", HEADS.nodes[0].name, "") in found["rows"]
    back = files.act({"do": "compare", "before": "now", "after": "version:first"})["comparison"]
    assert ("added", HEADS.nodes[0].name, "") in back["rows"] and back["which"] == ["now", "version:first"]
    files.act({"do": "recall", "name": "first"})
    assert files.opened.name == f"{HEADS.name}, first" and files.opened.circuit == HEADS
    assert "expected a version 'no'" in files.act({"do": "compare", "before": "version:no"})["fail"]


def test_what_differs_is_coloured_on_both_pictures() -> None:
    node, other = HEADS.nodes[0], HEADS.nodes[1]
    before = HEADS
    after = HEADS.evolve(nodes=tuple(one for one in HEADS.nodes if one != node))
    gone, more = compared(before, after), compared(after, before)
    assert COLOURS["removed"] in gone.before and COLOURS["removed"] not in gone.after
    assert COLOURS["added"] in more.after and COLOURS["added"] not in more.before
    renamed = compared(
        before, HEADS.evolve(nodes=tuple(replace(one, name="asked") if one == other else one for one in HEADS.nodes))
    )
    assert renamed.rows == (("changed", "asked", f"name: {other.name} → asked"),)
    assert COLOURS["changed"] in renamed.before and COLOURS["changed"] in renamed.after


@given(circuits())
def test_a_circuit_does_not_differ_from_itself(circuit: Circuit) -> None:
    found = compared(circuit, circuit)
    assert not found.rows
    assert not any(colour in found.before + found.after for colour in COLOURS.values())


def test_a_circuit_of_the_gallery_is_one_document(workspace: Workspace, tmp_path: Path) -> None:
    assert start_document(workspace) == "digit_classifier"
    assert document_for(workspace, "attention") == document_for(workspace, "attention") == "attention"
    workspace.open("attention").do(RemoveNodes(ids=(entry("attention").circuit.nodes[0].id,)))
    assert document_for(workspace, "attention") == "attention"
    path = tmp_path / "mine.circuit.json"
    save(HEADS, path)
    assert document_for(workspace, str(path)) == document_for(workspace, str(path)) == "mine"
    save(entry("attention").circuit, path)
    assert document_for(workspace, str(path)) == "mine 2"


def test_an_address_opens_documents_links_and_the_gallery(workspace: Workspace, tmp_path: Path) -> None:
    assert asked_document(workspace, {"c": packed(HEADS)}, "") == (HEADS.name, "")
    assert asked_document(workspace, {"g": "attention"}, "") == ("attention", "")
    assert asked_document(workspace, {"d": HEADS.name}, "") == (HEADS.name, "")
    assert asked_document(workspace, {"d": "gone"}, "")[0] in listed_names(workspace)
    name, problem = asked_document(workspace, {"c": "c1.!"}, HEADS.name)
    assert (name, problem) == (
        HEADS.name,
        "link: expected letters, digits, '-' and '_', found others. Copy the link again.",
    )
    path = tmp_path / "secret.circuit.json"
    save(HEADS, path)
    name, problem = asked_document(workspace, {"g": str(path)}, HEADS.name)
    assert name == HEADS.name and problem.startswith(f"gallery: expected one of {names()[0]}")


def test_what_is_trained_is_what_is_open(files: Files) -> None:
    files.act({"do": "new", "gallery": "vit_digits"})
    files.opened.session.do(RenameNode(node=files.opened.circuit.nodes[0].id, name="renamed"))
    found, known = entry_of(files.opened), entry("vit_digits")
    assert found.circuit == files.opened.circuit != known.circuit
    assert (found.data, found.settings) == (known.data, known.settings)


def test_a_crash_is_told_once_and_a_good_end_is_not(tmp_path: Path) -> None:
    path = tmp_path / "workspace.sqlite"
    workspace = Workspace(Database(path))
    added(workspace, HEADS)
    opened = Opened(workspace, HEADS.name)
    opened.close()
    assert Opened(workspace, HEADS.name).says == ""
    code = (
        "import os, signal, sys; from pathlib import Path; from editor.opened import Opened; "
        "from editor.store import Database, Workspace; from editor.commands import RemoveNodes; "
        f"one = Opened(Workspace(Database(Path({str(path)!r}))), {HEADS.name!r}); "
        f"one.session.do(RemoveNodes(ids=({HEADS.nodes[0].id!r},))); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -9
    told = Opened(workspace, HEADS.name)
    assert told.says.startswith("The editor was ended while this document was open. Nothing is lost: all 1 gestures")
    assert len(told.circuit.nodes) == len(HEADS.nodes) - 1
    assert take_seat(workspace.database, workspace.document_id(HEADS.name)).says == ""
    leave_all(workspace.database)
    with workspace.database.reading() as connection:
        assert not connection.exec_driver_sql("select * from seats").all()
    workspace.database.close()


def test_workspaces_do_not_see_each_other(workspace: Workspace) -> None:
    added(workspace, HEADS)
    other = Workspace(workspace.database, "grace")
    assert listed_names(other) == []
    with pytest.raises(StoreError):
        Opened(other, HEADS.name)


def test_the_state_of_the_panel_is_data(files: Files) -> None:
    state = json.loads(json.dumps(files.state()))
    assert state["current"] == HEADS.name and [one["name"] for one in state["gallery"]] == list(names())
