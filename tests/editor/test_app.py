"""The page without a browser: tabs stay in step, and a store that fails is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from editor.app import App
from editor.canvas import Desk
from editor.commands import RemoveNodes
from editor.opened import Opened, added
from editor.store import Database, Workspace
from gallery import entry

HEADS = entry("multi_head_attention").circuit
GONE = RemoveNodes(ids=(HEADS.nodes[0].id,))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    database = Database(tmp_path / "workspace.sqlite")
    workspace = Workspace(database)
    added(workspace, HEADS)
    yield workspace
    database.close()


class Told(list[dict[str, Any]]):
    """What a desk or a rail sent."""

    def __call__(self, text: str) -> None:
        self.append(json.loads(text))


def listened(app: App) -> tuple[Told, Told]:
    """What the canvas and the rail of a page send from now on."""
    app.canvas.desk.send, app.side.rail.send = canvas, rail = Told(), Told()
    return canvas, rail


def test_two_tabs_show_the_same_after_a_look(workspace: Workspace) -> None:
    one, other = (App(Opened(workspace, HEADS.name)) for _ in range(2))
    canvas, _ = listened(other)
    one.canvas.desk.receive(GONE.line())
    other.follow()
    assert other.opened.circuit == one.opened.circuit != HEADS
    assert "figures" in canvas[-1]["patch"] and canvas[-1].get("selection") is None
    other.follow()
    assert len(canvas) == 1
    other.canvas.desk.receive('{"ask": "undo"}')
    one.follow()
    assert one.opened.circuit == HEADS
    one.close()
    other.close()


def test_another_document_is_shown_whole(workspace: Workspace) -> None:
    app = App(Opened(workspace, HEADS.name))
    canvas, _ = listened(app)
    added(workspace, entry("attention").circuit, "mine")
    app.opened.open("mine")
    assert canvas[-1]["fresh"] and (canvas[-1]["whole"]["title"], canvas[-1]["whole"]["about"]) == ("attention", "mine")
    assert app.canvas.circuit == entry("attention").circuit and app.canvas.desk.session is app.opened.session
    app.shows("train")
    assert app.slot.visible
    app.shows("files")
    assert not app.slot.visible
    app.close()


def test_the_keys_of_undo_work_beside_the_canvas(workspace: Workspace) -> None:
    app = App(Opened(workspace, HEADS.name))
    app.canvas.desk.receive(GONE.line())
    app.side.rail.receive('{"ask": "undo"}')
    assert app.opened.circuit == HEADS
    app.side.rail.receive('{"ask": "redo"}')
    assert app.opened.circuit != HEADS
    app.close()


def test_a_name_that_is_changed_is_shown(workspace: Workspace) -> None:
    app = App(Opened(workspace, HEADS.name))
    canvas, _ = listened(app)
    app.side.rail.receive(json.dumps({"panel": "files", "do": "rename", "name": HEADS.name, "to": "mine"}))
    app.follow()
    assert canvas[-1]["whole"] == {"about": "mine"}
    app.close()


def test_a_gesture_that_cannot_be_saved_is_refused_and_told(workspace: Workspace) -> None:
    app = App(Opened(workspace, HEADS.name))
    canvas, rail = listened(app)
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("drop table gestures")
    app.canvas.desk.receive(GONE.line())
    assert canvas[-1]["refusal"].startswith(f"store {workspace.database.url}: expected a usable database")
    assert app.opened.circuit == HEADS
    app.follow()
    app.follow()
    assert [one["reply"]["fail"].partition(":")[0] for one in rail] == ["store sqlite"]


def test_what_is_no_command_is_refused() -> None:
    told = Told()
    database = Database()
    added(Workspace(database), HEADS)
    Desk(Opened(Workspace(database), HEADS.name).session, told).receive('{"do": "Nonsense"}')
    assert "Nonsense" in told[-1]["refusal"]
    database.close()
