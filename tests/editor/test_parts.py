"""Parts of one's own: what is kept is what a subcircuit would be, it comes back, and documents have it by value."""

from __future__ import annotations

import json
import sqlite3
from functools import reduce
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Call, Circuit, build, call, dumps, linear, parse_type, relu
from editor.canvas.desk import Desk
from editor.commands import AddCall, MakeSubcircuit, apply
from editor.document import Document
from editor.log import MemoryLog
from editor.palette import COMMON, search
from editor.parts import MAX_TEXT, part_of
from editor.rewiring import Problems
from editor.session import Session
from editor.store import Database, Library, StoreError, Workspace
from gallery import entry
from tests.strategies import circuits

HEADS = entry("multi_head_attention").circuit
PART = build("part", {"x": "[m]"}, lambda x: relu(linear("m -> m", x)))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Workspace(Database(tmp_path / "store.db")).library


@given(circuits(), st.randoms(use_true_random=False))
def test_a_part_is_the_subcircuit_that_its_nodes_would_make(circuit: Circuit, random: Random) -> None:
    ids = random.sample([node.id for node in circuit.nodes], min(len(circuit.nodes), random.randint(1, 3)))
    command = MakeSubcircuit(ids=tuple(ids), name="mine")
    applied = apply(command, Document(circuit))
    only = circuit.by_id[ids[0]].op if len(ids) == 1 else None
    try:
        part = part_of(circuit, ids, "mine")
    except Problems as error:
        assert applied.refusals == error.problems
        return
    if isinstance(only, Call):
        assert part == only.circuit.evolve(name="mine")
        return
    (made,) = (node for node in applied.document.main.nodes if node.id not in circuit.by_id)
    (inside,) = made.op.bodies()
    assert part == inside.evolve(name="mine") and not part.problems


def test_words_are_what_a_part_says_of_itself() -> None:
    part = part_of(HEADS, ["n4"], "  my   attention ", " weighs\nvalues ")
    (used,) = HEADS.by_id["n4"].op.bodies()
    assert (part.name, part.doc.split("\n")[0]) == ("my attention", "weighs values")
    assert part == used.evolve(name="my attention", doc=part.doc)
    assert part_of(HEADS, ["n4"], "attention") == used


@pytest.mark.parametrize(
    ("ids", "name", "said"),
    [
        ((), "a", "multi_head_attention: expected at least one node, found none. Select some."),
        (("n1",), " ", "part: expected a name of at most 80 letters without '.', '/' and '?', found none. Write another."),
        (
            ("n1",),
            "q.k",
            "part: expected a name of at most 80 letters without '.', '/' and '?', found 'q.k'. Write another.",
        ),
        (("n77",), "a", "multi_head_attention: expected a node with the id 'n77', found none. Select others."),
        (
            ("n1", "n5"),
            "a",
            "multi_head_attention: expected nodes that no path leaves and enters again, "
            "found 'attention' between them, which is not chosen. Select 'attention' too.",
        ),
    ],
)  # fmt: skip
def test_what_is_no_part_is_refused_with_the_reason(ids: tuple[str, ...], name: str, said: str) -> None:
    with pytest.raises(Problems) as raised:
        part_of(HEADS, ids, name)
    assert str(raised.value) == said


def test_broken_nodes_and_large_ones_are_refused() -> None:
    broken = HEADS.evolve(nodes=tuple(node for node in HEADS.nodes if node.id != "n1"))
    with pytest.raises(Problems) as raised:
        part_of(broken, ["n4", "n5"], "a")
    assert "expected a known type for 'n1.out', found none." in str(raised.value)
    most = range(MAX_TEXT // 90_000 + 1)
    talkative = [build(f"c{number}", {"x": "[m]"}, relu).evolve(doc="x" * 90_000) for number in most]
    large = build("large", {"x": "[m]"}, lambda x: reduce(lambda wire, one: call(one, wire), talkative, x))
    using = build("using", {"x": "[m]"}, lambda x: call(large, x))
    with pytest.raises(Problems) as raised:
        part_of(using, [using.nodes[0].id], "large")
    found = f"{len(dumps(large)):,}"
    assert str(raised.value) == (
        f"using: expected a part of at most 1,000,000 characters, found {found}. Select fewer nodes."
    )


def test_parts_come_back_are_renamed_replaced_and_removed(tmp_path: Path) -> None:
    for name in ("ada", "grace"):
        Workspace(Database(tmp_path / "store.db"), name).library.keep("mine", PART, "Says so.", name)
    library = Workspace(Database(tmp_path / "store.db"), "ada").library
    (listed,) = library.parts()
    assert (listed.name, listed.words, listed.author, listed.made[:2]) == ("mine", "Says so.", "ada", "20")
    assert library.circuits() == {"mine": PART}
    with pytest.raises(StoreError) as raised:
        library.keep("mine", HEADS)
    assert str(raised.value) == (
        "workspace ada: expected a part of a name of its own, found 'mine', which is taken. Name it otherwise."
    )
    library.keep("mine", HEADS, replace=True)
    assert library.circuit("mine") == HEADS
    library.keep("other", PART)
    with pytest.raises(StoreError):
        library.rename("other", "mine")
    library.rename("other", "third")
    assert library.circuits() == {"mine": HEADS, "third": PART.evolve(name="third")}
    library.remove("mine")
    for act in (library.remove, library.circuit):
        with pytest.raises(StoreError) as raised:
            act("mine")
        assert str(raised.value) == "workspace ada: expected a part 'mine', found none. Choose one that is there."
    assert Workspace(Database(tmp_path / "store.db"), "grace").library.circuits() == {"mine": PART}


def test_a_store_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Workspace(Database(path)).create("drawing", HEADS)
    with sqlite3.connect(path) as old:
        old.execute("DROP TABLE parts")
        old.execute(
            "CREATE TABLE parts (id INTEGER PRIMARY KEY, workspace INTEGER NOT NULL, name VARCHAR(200) NOT NULL, "
            "made VARCHAR(40) NOT NULL, text TEXT NOT NULL, UNIQUE (workspace, name))"
        )
        row = "INSERT INTO parts (workspace, name, made, text) VALUES (1, ?, '2025', ?)"
        old.executemany(row, [("old", dumps(PART)), ("unreadable", '{"format": "circuitloom/99"}')])
    library = Workspace(Database(path)).library
    assert [(one.name, one.words, one.author) for one in library.parts()] == [("old", "", ""), ("unreadable", "", "")]
    assert library.circuits() == {"old": PART}
    library.remove("unreadable")
    library.keep("new", PART, "Of today.", "ada")
    assert [one.words for one in Workspace(Database(path)).library.parts()] == ["Of today.", ""]


class Tab:
    """A desk and what it was told last."""

    def __init__(self, library: Library | None, circuit: Circuit) -> None:
        self.said: list[dict[str, Any]] = []
        session = Session(MemoryLog(dumps(circuit)), "ada")
        self.desk = Desk(session, lambda text: self.said.append(json.loads(text)), library=library)

    def ask(self, **message: Any) -> dict[str, Any]:
        self.desk.receive(json.dumps({"number": 7, **message}))
        return {key: value for key, value in self.said[-1].items() if key != "reply"}

    def search(self, **message: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(ask="search", **message)["entries"]
        return found


def test_a_part_is_kept_in_one_document_and_used_in_another(library: Library) -> None:
    first, second = Tab(library, HEADS), Tab(library, Circuit("empty"))
    answer = first.ask(ask="part", act="keep", ids=["n1"], name="asked", words="What is asked.")
    assert answer == {"say": "'asked' is kept. It stands under My parts, in every document."}
    assert [one["name"] for one in first.said[-2]["whole"]["parts"]] == ["asked"]
    assert second.desk.follow() and [one["words"] for one in second.said[-1]["whole"]["parts"]] == ["What is asked."]
    assert not second.desk.follow()
    shelf = second.search(text="")
    assert (shelf[0]["group"], shelf[0]["label"], shelf[0]["says"]) == ("My parts", "asked", "What is asked.")
    assert shelf[0]["command"] == {"do": "AddCall", "circuit": "asked", "part": "asked"}
    second.desk.receive(
        json.dumps({"do": "Together", "commands": [shelf[0]["command"], {"do": "AddInput", "name": "x"}]})
    )
    (node,) = second.desk.circuit.nodes
    assert node.name == "asked" and node.op.bodies() == (library.circuit("asked"),)
    # the log holds the circuit: what becomes of the part is no matter
    assert first.ask(ask="part", act="remove", name="asked")["undo"] == {"act": "restore", "name": "asked"}
    log = second.desk.session.log
    assert Session(MemoryLog(log.state(0), list(log.entries()))).document == second.desk.session.document
    second.desk.receive(json.dumps(shelf[0]["command"]))
    assert (
        second.said[-1]["refusal"] == "workspace home: expected a part 'asked', found none. Choose one that is there."
    )
    assert first.ask(ask="part", act="restore", name="asked") == {"say": "'asked' is back."}
    assert [(one.name, one.words) for one in library.parts()] == [("asked", "What is asked.")]


def test_a_part_is_taken_out_of_a_definition_and_goes_into_one(library: Library) -> None:
    library.keep("part", PART)
    tab = Tab(library, HEADS)
    inside = tab.desk.session.document.definitions["attention"]
    tab.ask(ask="part", act="keep", circuit="attention", ids=[inside.nodes[0].id], name="scores")
    assert library.circuit("scores") == part_of(inside, [inside.nodes[0].id], "scores")
    inner = {"do": "AddCall", "circuit": "part", "part": "part"}
    tab.desk.receive(json.dumps({"do": "EditDefinition", "name": "attention", "command": inner}))
    assert tab.desk.session.document.definitions["attention"].nodes[-1].op.bodies() == (PART,)


def test_a_name_that_is_taken_is_told_and_can_be_replaced_and_that_undone(library: Library) -> None:
    tab = Tab(library, HEADS)
    tab.ask(ask="part", act="keep", ids=["n4"], name="mine")
    before = library.circuit("mine")
    answer = tab.ask(ask="part", act="keep", ids=["n1"], name="mine")
    assert answer["taken"] == "mine" and "found 'mine', which is taken" in answer["fail"]
    answer = tab.ask(ask="part", act="keep", ids=["n1"], name="mine", replace=True)
    assert library.circuit("mine") == part_of(HEADS, ["n1"], "mine")
    tab.ask(ask="part", **answer["undo"])
    assert library.circuit("mine") == before
    answer = tab.ask(ask="part", act="rename", name="mine", to="yours")
    assert answer == {"say": "'mine' is now 'yours'.", "undo": {"act": "rename", "name": "yours", "to": "mine"}}
    assert library.circuit("yours").name == "yours"
    assert tab.ask(ask="part", act="rename", name="yours", to="a/b")["fail"].startswith("part: expected a name")
    assert tab.ask(ask="part", act="fly") == {}


def test_a_canvas_without_a_workspace_keeps_no_parts() -> None:
    tab = Tab(None, HEADS)
    assert json.loads(tab.desk.start())["whole"]["parts"] is None
    assert tab.ask(ask="part", act="keep", ids=["n1"], name="a")["fail"] == (
        "part: expected a workspace to keep it in, found a circuit that is in none. Open it with circuitloom edit."
    )
    assert tab.search(text="linear")[0]["label"] == "linear"


def test_only_parts_that_a_wire_fits_are_offered_for_it(library: Library) -> None:
    library.keep("narrow", build("narrow", {"x": "[m]"}, lambda x: relu(x)))
    library.keep("wide", build("wide", {"x": "[a b c d]"}, lambda x: relu(x)))
    tab = Tab(library, HEADS)
    offered = [one for one in tab.search(text="", wire="y") if "part" in one["command"]]
    assert [(one["label"], one["port"]) for one in offered] == [("narrow", 0)]
    place = [one["label"] for one in tab.search(text="", wire="y")].index("narrow")
    assert place < len(COMMON)  # no list is so short that it is not on it
    tab.desk.receive(json.dumps({**offered[0]["command"], "inputs": ["y"]}))
    assert not tab.desk.circuit.problems


def test_a_part_that_the_document_uses_is_offered_once() -> None:
    using = Document(build("using", {"x": "[m]"}, lambda x: call(PART, x)))
    assert [one.group for one in search("part", None, using, {"part": PART}) if one.label == "part"] == ["library"]
    changed = PART.evolve(doc="Changed since.")
    both = [one.group for one in search("part", None, using, {"part": changed}) if one.label == "part"]
    assert both == ["library", "document"]


def test_names_of_several_words_are_found_by_each() -> None:
    parts = {"gated block": PART, "a:b": PART}
    assert search("gated block", None, None, parts)[0].label == "gated block"
    for text in ("gated", "block", "gb", "bl gat"):
        assert "gated block" in [one.label for one in search(text, None, None, parts)][:3], text
    (found,) = (one for one in search("a:b", None, None, parts) if one.group == "library")
    assert isinstance(found.command, AddCall) and found.command.circuit == "a:b"
    assert found.wired("x").data()["inputs"] == ["x"] and parse_type("[m]").type is not None
