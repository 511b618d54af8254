"""The gallery's multi-head attention drawn from an empty canvas, by mouse only and by keyboard only.

Compared are the bytes of the document with those of the gallery's circuit: inputs, nodes with their names, ops and
wires, the called attention with all that is in it, outputs with declared types, glossary with roles, sizes, description
and source. Nothing is left out, and no node is given another id first: ids are numbers in the order of adding, and the
nodes are added in the gallery's order. By mouse only means that what the keyboard does is to write texts into fields.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from circuits import Circuit, dumps
from gallery import entry

from .bench import Bench, Serve

HEADS = entry("multi_head_attention").circuit
GOAL = dumps(HEADS)
AXES = [(axis.name, axis.doc, axis.role) for axis in HEADS.axes]
SIZES = [(name, str(size)) for name, size in HEADS.sizes]


@pytest.fixture
def bench(page: Tab, serve: Serve) -> Bench:
    return Bench(page, serve, Circuit("multi_head_attention"))


# By mouse: clicks and drags; only texts are typed.


def by_mouse(made: Bench) -> None:
    """Draw the whole circuit by mouse."""
    for name in ("y", "x"):
        of_ground(made, "Add an input …")
        told(made, f"{name} [{name} m]")
        expect(made.figure(f"in:{name}")).to_be_visible()
    for name, source in (("query", "in:y"), ("key", "in:x"), ("value", "in:x")):
        behind(made, source, "linear", "m -> k")
        attribute(made, "spec", "m -> k h")
        called(made, "linear", name)
    behind(made, "query", "attention", "circuit", " circuit")
    made.settled(lambda: made.draw(made.port("key", "out"), made.port("attention", "in", 1)))
    made.settled(lambda: made.draw(made.port("value", "out"), made.port("attention", "in", 2)))
    behind(made, "attention", "linear", "k -> m")
    attribute(made, "spec", "k h -> m")
    called(made, "linear", "output")
    margin = made.tab.locator(".new-output")
    made.draw(made.port("output", "out"), (1070.0, 300.0), drop=False)
    expect(margin).to_have_class("new-output aimed")
    made.tab.mouse.up()
    told(made, "out [y m]")
    expect(made.figure("out:out")).to_be_visible()
    glossary_by_mouse(made)


def of_ground(made: Bench, item: str) -> None:
    """Choose from the menu of the empty canvas."""
    made.tab.mouse.click(420.0, 800.0, button="right")
    made.tab.get_by_role("menuitem", name=item).click()


def told(made: Bench, text: str) -> None:
    """Write into the box that asks, and click what it offers."""
    made.search(text)
    row = made.tab.locator(".entries li").first
    expect(row.locator(".label")).to_have_text(text)
    made.settled(row.click)


def behind(made: Bench, source: str, label: str, note: str, more: str = "") -> None:
    """Drop the wire of a figure on empty canvas, and click what is to be behind it."""
    made.draw(made.port(source, "out"), (600.0, 800.0))
    made.search(label + more)
    row = made.tab.locator(".entries li").first
    expect(row.locator(".label")).to_have_text(label)
    expect(row.locator(".note")).to_have_text(note)
    made.settled(row.click)
    expect(made.figure(label)).to_contain_class("chosen")


def attribute(made: Bench, name: str, text: str) -> None:
    """Write an attribute, which is asked for at once."""
    expect(made.field(name)).to_be_focused()
    made.field(name).fill(text)
    made.settled(lambda: made.field(name).press("Enter"))


def called(made: Bench, old: str, name: str) -> None:
    """Give the selected node another name."""
    expect(made.field("name")).to_have_value(old)
    made.field("name").click()
    made.field("name").fill(name)
    made.settled(lambda: made.field("name").press("Enter"))
    expect(made.figure(name)).to_contain_class("chosen")


def glossary_by_mouse(made: Bench) -> None:
    """Sizes, roles and meanings of all axes, and the texts of the circuit."""
    made.tab.get_by_role("tab", name="Sizes").click()
    for name, doc, role in AXES:
        made.field(f"meaning of {name}").click()
        made.field(f"meaning of {name}").fill(doc)
        made.settled(lambda name=name: made.field(f"meaning of {name}").press("Enter"))
        if role != "feature":
            made.settled(lambda name=name, role=role: made.field(f"role of {name}").select_option(role))
    for name, size in SIZES:
        made.field(f"size {name}").click()
        made.field(f"size {name}").fill(size)
        made.settled(lambda name=name: made.field(f"size {name}").press("Enter"))
    made.tab.mouse.click(420.0, 800.0)
    made.tab.get_by_role("tab", name="Node").click()
    for name, text in (("circuit description", HEADS.doc), ("circuit source", HEADS.source)):
        made.field(name).click()
        made.field(name).fill(text)
        made.settled(lambda: made.tab.locator(".bar h1").click())


# By keyboard: no mouse at all.


def by_keyboard(made: Bench) -> None:
    """Draw the whole circuit by keyboard."""
    press = made.tab.keyboard.press
    made.tab.locator(".surface").focus()
    for name in ("y", "x"):
        press("i")
        made.settled(lambda name=name: made.choose(f"{name} [{name} m]"))
        expect(made.figure(f"in:{name}")).to_be_focused()
    for name, source in (("query", "y"), ("key", "x"), ("value", "x")):
        added(made, source, f"{name} = linear m -> k h", name)
    added(made, "query", "attention circuit", "attention")
    for source, port in (("key", "attention k"), ("value", "attention v")):
        found(made, source)
        press("w")
        made.settled(lambda port=port: made.choose(port))
    added(made, "attention", "output = linear k h -> m", "output")
    press("o")
    made.settled(lambda: made.choose("out [y m]"))
    expect(made.figure("out:out")).to_be_focused()
    glossary_by_keyboard(made)


def found(made: Bench, name: str) -> None:
    """Go to a figure by its name."""
    made.tab.keyboard.press("Control+f")
    made.choose(name)
    expect(made.tab.locator(".figure.chosen")).to_be_focused()


def added(made: Bench, source: str, line: str, name: str) -> None:
    """Add a node behind another by one line."""
    found(made, source)
    made.tab.keyboard.press("a")
    box = made.search(line)
    first = made.tab.locator(".entries li .note").first
    expect(first).to_have_text(line.partition(" linear ")[2] or "circuit")
    made.settled(lambda: box.press("Enter"))
    expect(made.figure(name)).to_be_focused()


def reached(made: Bench, label: str) -> None:
    """Press Tab, or Shift and Tab, until a field has the focus."""
    fields = made.tab.locator(".tab-body:not([hidden])").locator("input, select, textarea")
    order = fields.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    here = fields.evaluate_all("all => all.findIndex((one) => one.matches(':focus'))")
    assert here >= 0, f"{label}: expected the focus in a field, found it elsewhere."
    steps = order.index(label) - here
    for _ in range(abs(steps)):
        made.tab.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
    expect(made.field(label)).to_be_focused()


def written(made: Bench, label: str, text: str) -> None:
    """Write into a field and leave it in place."""
    reached(made, label)
    made.tab.keyboard.press("Control+a")
    made.tab.keyboard.insert_text(text)
    made.settled(lambda: made.tab.keyboard.press("Control+Enter"))


def glossary_by_keyboard(made: Bench) -> None:
    """Sizes, roles and meanings of all axes, and the texts of the circuit."""
    made.tab.keyboard.press("2")
    expect(made.field("size h")).to_be_focused()
    for name, doc, role in AXES:
        written(made, f"meaning of {name}", doc)
        if role != "feature":
            reached(made, f"role of {name}")
            made.settled(lambda role=role: made.tab.keyboard.press(role[0]))
    for name, size in SIZES:
        written(made, f"size {name}", size)
    made.tab.keyboard.press("Escape")
    expect(made.figure("out:out")).to_be_focused()
    made.tab.keyboard.press("Escape")
    expect(made.tab.locator(".figure.chosen")).to_have_count(0)
    for name, text in (("circuit description", HEADS.doc), ("circuit source", HEADS.source)):
        made.tab.keyboard.press("1")
        expect(made.field("circuit name")).to_be_focused()
        written(made, name, text)
        expect(made.tab.locator(".surface")).to_be_focused()


def test_it_is_drawn_by_mouse_broken_and_mended(bench: Bench) -> None:
    by_mouse(bench)
    assert bench.text == GOAL
    bench.tab.get_by_role("tab", name="Node").click()
    bench.figure("output").locator(".body").first.click()
    bench.field("spec").fill("z h -> m")
    bench.settled(lambda: bench.field("spec").press("Enter"))
    expect(bench.figure("output")).to_contain_class("broken")
    reason = bench.tab.get_by_role("status", name="Problems here")
    expect(reason.locator("p").first).to_have_text(
        "multi_head_attention/output (linear): expected an axis 'z' at 'x', found [h y k]. Rename an axis or add 'z'."
    )
    bench.settled(reason.get_by_role("button").first.click)
    expect(reason).to_be_hidden()
    assert not bench.circuit.problems
    assert bench.circuit.by_name["output"].op == HEADS.by_name["output"].op


def test_it_is_drawn_by_keyboard_undone_and_done_again(bench: Bench) -> None:
    empty = bench.text
    by_keyboard(bench)
    assert bench.text == GOAL
    press = bench.tab.keyboard.press
    steps = bench.history("Undo (Ctrl Z)", lambda: press("Control+z"))
    assert bench.text == empty
    assert bench.history("Redo (Ctrl Shift Z)", lambda: press("Control+Shift+z")) == steps
    assert bench.text == GOAL
    expect(bench.port("out:out", "in")).to_have_attribute("aria-label", "input out [m y]")
