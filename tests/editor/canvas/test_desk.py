"""The desk without a browser: what it sends, applied in order, is always what there is to be shown."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from circuits.draw import CANVAS, Detail, Drawn, Style, Wishes, fragments, picture
from editor.canvas.component import FOLDER, bundle
from editor.canvas.desk import Act, Desk
from editor.canvas.grid import Grid
from editor.canvas.sketch import drawn, sketch
from editor.document import Document
from editor.session import Session
from gallery import entry, names


class Browser:
    """What a browser would know."""

    def __init__(self, name: str, later: Callable[[Act], None] | None = None) -> None:
        self.state: dict[str, Any] = {}
        self.last: dict[str, Any] = {}
        self.taken: list[int] = []
        self.desk = Desk(Session.of(Document(entry(name).circuit)), self.take, later=later)
        self.take(self.desk.start())

    def take(self, text: str) -> None:
        message = json.loads(text)
        if "taken" in message:
            self.taken.append(message["taken"])
            return
        self.last = message
        for section, change in self.last.get("patch", {}).items():
            known = self.state.setdefault(section, {})
            known.update(change.get("set", {}))
            for key in change.get("drop", ()):
                del known[key]
        self.state.update(self.last.get("whole", {}))

    def send(self, **message: Any) -> None:
        self.desk.receive(json.dumps(message))

    def shows_all(self) -> bool:
        """Whether the browser knows all that there is; labels that are no longer used may stay."""
        there = json.loads(json.dumps(self.desk.state()))
        return all(self.state.get(key) == value for key, value in there.items() if value != {})


def test_changes_add_up_to_the_state() -> None:
    browser = Browser("multi_head_attention")
    assert browser.shows_all()
    gestures = (
        {"do": "Pin", "node": "n3", "dy": 40},
        {"do": "RemoveNodes", "ids": ["n1"]},
        {"do": "AddNode", "op": "softmax", "attributes": {"axis": "m"}, "inputs": ["x"]},
        {"do": "Collapse", "path": "attention"},
        {"ask": "undo"},
        {"ask": "undo"},
        {"ask": "redo"},
        {"do": "Open", "path": "attention"},
    )
    for gesture in gestures:
        browser.send(**gesture)
        assert browser.shows_all(), gesture


def test_gestures_faster_than_pictures_are_all_kept_and_drawn_together() -> None:
    waiting: list[Act] = []
    browser = Browser("multi_head_attention", waiting.append)
    first = browser.last
    browser.send(do="RenameNode", node="n3", name="heads")
    browser.send(do="RenameNode", node="n3", name="key_heads")
    browser.send(do="AddNode", op="softmax", attributes={"axis": "m"}, inputs=["x"])
    browser.send(do="RenameNode", node="n3", name="keys")
    assert browser.taken == [1, 2, 3, 4]
    assert (browser.last, len(waiting)) == (first, 1)
    waiting.pop()()
    assert browser.shows_all()
    assert browser.last["selection"] == ["softmax"]
    assert browser.last["renamed"] == {"value": "keys"}
    assert not waiting


def test_what_is_refused_changes_nothing_and_says_why() -> None:
    browser = Browser("multi_head_attention")
    before = json.dumps(browser.state)
    browser.send(do="RemoveNodes", ids=["n99"])
    assert "a node with the id 'n99'" in browser.last["refusal"]
    browser.send(do="Fly")
    assert "an object whose 'do' names a command" in browser.last["refusal"]
    assert json.dumps(browser.state) == before


def test_verdicts_agree_with_the_check() -> None:
    browser = Browser("multi_head_attention")
    browser.send(ask="verdict", wire="y", circuit="", number=1)
    ports = browser.last["ports"]
    assert ports["query|0"] == ""
    assert ports["output|0"] == (
        "multi_head_attention/output (linear): expected an axis 'k' at 'x', found [y m]. Rename an axis or add 'k'."
    )


@pytest.mark.parametrize("name", names())
def test_every_item_of_a_picture_is_in_one_fragment(name: str) -> None:
    scene = picture(entry(name).circuit, style=Style(theme=CANVAS))
    found = fragments(scene)
    markup = "".join(one.markup for one in found.items.values())
    drawn = sum(bool(one.text.strip()) for one in scene.texts)
    assert (markup.count("<path"), markup.count("<use")) == (len(scene.paths), drawn)
    assert "#000000" not in markup  # colours are named by what they paint


@pytest.mark.parametrize("name", names())
def test_every_node_of_a_picture_is_found(name: str) -> None:
    circuit = entry(name).circuit
    found = sketch(circuit, drawn(circuit, frozenset()), {}, {})
    assert {node.name for node in circuit.nodes} <= found.figures.keys()
    for figure in found.figures.values():
        left, top, right, bottom = figure.box
        assert left + 40 >= 0 and left < right <= found.fragments.width + 40 and top < bottom, figure


def test_a_plain_picture_moves_only_what_is_dragged() -> None:
    made = Grid(entry("vit_digits").circuit)
    free, pinned = made.sketch({}), made.sketch({"logits": 30.0})
    moved = {id for id, one in free.figures.items() if pinned.figures[id] is not one}
    assert moved == {"logits"}


def test_the_modules_of_the_page_are_all_joined() -> None:
    source = bundle()
    assert not [line for line in source.splitlines() if line.startswith(("import ", "export "))][:-1]
    for path in FOLDER.glob("*.js"):
        assert f"const {path.stem}_js = " in source


@pytest.mark.parametrize("name", ["multi_head_attention", "unet"])
def test_a_drop_is_drawn_like_a_circuit_that_was_never_drawn_before(name: str) -> None:
    circuit = entry(name).circuit
    style = Style(theme=CANVAS)
    kept = Drawn(circuit, Detail(budget=0), style)
    for pins in ({}, {circuit.nodes[-1].name: 40.0}, {circuit.nodes[0].name: -30.0}, {}):
        assert kept.picture(circuit, pins) == picture(circuit, Detail(budget=0), style, wishes=Wishes(pins))


def test_what_is_dragged_inside_an_open_block_lies_there() -> None:
    browser = Browser("vit_digits")
    node = browser.state["figures"]["blocks/inner"]
    pin = {"do": "Pin", "node": node["node"], "dy": 40.0}
    browser.send(do="EditDefinition", name=node["circuit"], command=pin)
    moved = browser.state["figures"]["blocks/inner"]["box"]
    assert moved[1] == pytest.approx(node["box"][1] + 40.0)
    assert browser.state["pins"] == {"blocks/inner": 40.0}
    assert browser.shows_all()
