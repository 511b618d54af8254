"""Export prints what `circuitloom draw` prints, byte for byte."""

import base64
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from circuits import save
from circuits.draw import FORMATS, Detail, opened_paths
from editor.cli import main
from editor.commands import Pin
from editor.opened import Opened, added
from editor.panels import Choice, command_line, exported, preview
from editor.panels.rail import Rail
from editor.store import Database, Workspace
from gallery import entry

HEADS = entry("multi_head_attention").circuit
OPEN = opened_paths(HEADS, Detail())
CHOICES = [
    *({"format": format} for format in FORMATS),
    {"format": "pdf", "paper": "column", "theme": "colour-blind", "dialect": "d26"},
    {"format": "svg", "heat": "operations", "sizes": True, "axis_colours": True, "fences": False},
    {"format": "tikz", "backward": True, "notes": False},
]


@pytest.mark.parametrize("given", CHOICES, ids=lambda given: "-".join(map(str, given.values())))
def test_the_command_beside_it_prints_the_same_bytes(
    given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    choice = Choice(**given, opened=tuple(OPEN))
    circuit = HEADS.with_view({"pins": {HEADS.nodes[2].id: {"dy": 60.0}}})
    save(circuit, "multi_head_attention.circuit.json")
    program, *words = shlex.split(command_line(circuit, choice))
    assert program == "circuitloom"
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert Path(f"multi_head_attention.{choice.format}").read_bytes() == exported(circuit, choice)


def test_a_node_that_was_dragged_is_printed_where_it_lies() -> None:
    choice = Choice(opened=tuple(OPEN))
    moved = HEADS.with_view({"pins": {HEADS.nodes[2].id: {"dy": 60.0}}})
    assert exported(moved, choice) != exported(HEADS, choice)
    for view in ({"pins": []}, {"pins": {HEADS.nodes[2].id: 3}}, {"pins": {"nobody": {"dy": "x"}}}):
        assert exported(HEADS.with_view(view), choice) == exported(HEADS, choice)


def test_what_is_closed_on_the_canvas_is_closed_in_print() -> None:
    assert exported(HEADS, Choice()) != exported(HEADS, Choice(opened=tuple(OPEN)))


def test_a_choice_that_is_none_is_told() -> None:
    assert preview(HEADS, Choice(paper="wall")) == {
        "svg": "",
        "fail": "draw: expected a paper (screen, column, page, slide, poster), found 'wall'. Name one of them.",
    }


class Told(list[dict[str, Any]]):
    """What a rail sent."""

    def __call__(self, text: str) -> None:
        self.append(json.loads(text))


def test_the_preview_follows_the_canvas_and_the_download_is_the_file() -> None:
    workspace = Workspace(Database())
    added(workspace, HEADS)
    opened, told, shown = Opened(workspace, HEADS.name), Told(), list[str]()
    rail = Rail(opened, told, lambda: OPEN, shown.append)
    rail.receive(json.dumps({"show": "export"}))
    first = told[-1]["state"]["export"]["svg"]
    assert first.encode() == exported(HEADS, Choice(opened=tuple(sorted(OPEN))))
    rail.refresh()
    assert len(told) == 1 and shown == ["export"]
    opened.session.do(Pin(node=HEADS.nodes[2].id, dy=60.0))
    rail.refresh()
    assert told[-1]["state"]["export"]["svg"] != first
    rail.receive(json.dumps({"panel": "export", "choice": {"format": "pdf"}, "download": True}))
    saved = next(one["reply"]["save"] for one in told if "reply" in one)
    assert saved["name"] == "multi_head_attention.pdf"
    assert base64.b64decode(saved["base64"]) == exported(
        opened.circuit, Choice(format="pdf", opened=tuple(sorted(OPEN)))
    )
    rail.receive(json.dumps({"panel": "export", "choice": {"format": "gif"}}))
    assert told[-1]["reply"]["fail"] == "export: expected a way to print, found 1 that are none."
    rail.receive(json.dumps({"show": "cost"}))
    assert "parameters" in told[-1]["state"]["cost"]["html"]
    workspace.database.close()


def test_going_back_opens_what_the_address_names() -> None:
    workspace = Workspace(Database())
    for name in ("attention", "multi_head_attention"):
        added(workspace, entry(name).circuit)
    opened, told = Opened(workspace, "attention"), Told()
    rail = Rail(opened, told, frozenset, lambda _: None)
    rail.receive(json.dumps({"visit": "?d=multi_head_attention"}))
    assert opened.name == "multi_head_attention"
    rail.receive(json.dumps({"visit": "?d=gone"}))
    assert opened.name == "multi_head_attention" and "expected a document 'gone'" in told[-1]["reply"]["fail"]
    workspace.database.close()
