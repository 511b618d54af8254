"""The canvas in a real browser: circuits drawn by mouse and by keyboard, with the answers that Python gives."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from circuits import Circuit, Input, Node, Output
from circuits.ops.linear import Linear
from circuits.ops.softmax import Softmax
from circuits.types import ArrayType
from gallery import entry

from .bench import Bench, Serve


@pytest.fixture
def bench(page: Tab, serve: Serve) -> Iterator[Callable[[Circuit], Bench]]:
    yield lambda circuit: Bench(page, serve, circuit)


X = Input("x", ArrayType(axes=("x", "m")))
READY = Circuit("small", (X,), (Output("out", "?"),))


def built() -> Circuit:
    """What the tests draw: a linear map, and a softmax behind it."""
    nodes = (
        Node("n1", "linear", Linear(spec="m -> k"), ("x",)),
        Node("n2", "softmax", Softmax(axis="k"), ("n1.out",)),
    )
    return Circuit("small", (X,), (Output("out", "n2.out"),), nodes)


def same(one: Circuit, other: Circuit) -> bool:
    """Whether two circuits are the same but for their views."""
    return one.evolve(view="{}") == other.evolve(view="{}")


def test_a_circuit_is_built_by_mouse(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(READY)
    made.draw(made.port("in:x", "out"), (700.0, 700.0))
    expect(made.tab.locator(".entries li").first).to_be_visible()
    made.choose("linear")
    expect(made.figure("linear")).to_be_visible()
    made.tab.locator(".op", has_text="softmax").first.click()
    expect(made.figure("softmax")).to_be_visible()
    made.figure("softmax").locator(".body").first.click()
    made.tab.get_by_role("textbox", name="axis").fill("k")
    made.tab.get_by_role("textbox", name="axis").press("Enter")
    made.draw(made.port("linear", "out"), made.port("softmax", "in"))
    expect(made.port("softmax", "in")).to_have_attribute("aria-label", "input x [x k]")
    made.draw(made.port("softmax", "out"), made.port("out:out", "in"))
    expect(made.port("out:out", "in")).to_have_attribute("aria-label", "input out [x k]")
    assert same(made.circuit, built()), made.circuit
    assert not made.circuit.problems


def test_a_circuit_is_built_by_keyboard(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(READY)
    press = made.tab.keyboard.press
    made.tab.locator(".surface").focus()
    press("Tab")
    expect(made.figure("in:x")).to_be_focused()
    press("a")
    made.choose("linear")
    expect(made.figure("linear")).to_have_class("figure node chosen")
    press("a")
    made.choose("softmax")
    expect(made.figure("softmax")).to_have_class("figure node chosen")
    press("w")
    expect(made.tab.locator(".entries li").first).to_contain_text("output out")
    press("Enter")
    expect(made.port("out:out", "in")).to_have_attribute("aria-label", "input out [x k]")
    assert same(made.circuit, built()), made.circuit


def test_a_wire_that_does_not_fit_says_why_and_is_not_drawn(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    before = made.circuit
    made.draw(made.port("in:y", "out"), made.port("output", "in"), drop=False)
    reason = (
        "multi_head_attention/output (linear): expected an axis 'k' at 'x', found [y m]. Rename an axis or add 'k'."
    )
    expect(made.tab.locator(".tip.unfit")).to_have_text(reason)
    expect(made.port("query", "in")).to_have_class("port in fits")
    made.tab.mouse.up()
    expect(made.tab.locator(".tip.unfit")).to_be_visible()
    assert made.circuit is before


def test_all_is_undone_and_done_again(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    first = made.session.document
    for name in ("query", "key", "value", "output"):
        made.figure(name).locator(".body").first.click()
        made.tab.keyboard.press("Delete")
        expect(made.figure(name)).to_have_count(0)
    last = made.session.document
    for name in ("output", "value", "key", "query"):
        made.tab.keyboard.press("Control+z")
        expect(made.figure(name)).to_be_visible()
    expect(made.tab.get_by_role("button", name="Undo (Ctrl Z)")).to_be_disabled()
    assert made.session.document == first
    for name in ("query", "key", "value", "output"):
        made.tab.keyboard.press("Control+Shift+z")
        expect(made.figure(name)).to_have_count(0)
    expect(made.tab.get_by_role("button", name="Redo (Ctrl Shift Z)")).to_be_disabled()
    assert made.session.document == last


def test_a_node_lies_where_it_was_dropped(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    body = made.figure("value").locator(".body").first
    x, y = made.middle(body)
    made.tab.mouse.move(x, y)
    made.tab.mouse.down()
    made.tab.mouse.move(x, y + 60, steps=6)
    made.tab.mouse.up()
    expect(made.tab.get_by_role("button", name="Undo (Ctrl Z)")).to_be_enabled()
    assert made.middle(made.figure("value").locator(".body").first)[1] == pytest.approx(y + 60, abs=3)
    assert made.circuit.view != "{}"


def test_a_problem_is_jumped_to(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    made.figure("query").locator(".body").first.click()
    made.tab.keyboard.press("Delete")
    made.tab.get_by_role("tab", name="Problems").click()
    made.tab.get_by_role("button", name="expected a wire at 'q', found nothing connected").click()
    expect(made.figure("attention")).to_be_focused()


def test_a_line_of_the_program_leads_to_its_node(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    made.tab.get_by_role("tab", name="Code").click()
    made.figure("key").locator(".body").first.click()
    expect(made.tab.locator(".line.lit").first).to_contain_text("self.key = Linear")
    made.tab.locator(".line", has_text="self.value = Linear").click()
    expect(made.figure("value")).to_have_class("figure node chosen")


def test_a_block_is_closed_and_opened_in_place(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    expect(made.figure("attention/weights")).to_be_visible()
    made.figure("attention").focus()
    made.tab.keyboard.press("Enter")
    expect(made.figure("attention/weights")).to_have_count(0)
    made.tab.keyboard.press("Enter")
    expect(made.figure("attention/weights")).to_be_visible()


def test_a_size_is_changed(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    made.tab.get_by_role("tab", name="Sizes").click()
    made.tab.get_by_role("textbox", name="size h").fill("16")
    made.tab.get_by_role("textbox", name="size h").press("Enter")
    expect(made.tab.get_by_role("button", name="Undo (Ctrl Z)")).to_be_enabled()
    assert dict(made.circuit.sizes)["h"] == 16


def test_nodes_are_copied_and_pasted(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    made.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made.figure("query").locator(".body").first.click()
    made.tab.keyboard.press("Control+c")
    made.tab.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('linear'))")
    made.tab.keyboard.press("Control+v")
    expect(made.figure("query_2")).to_be_visible()


def test_a_fix_is_applied_by_a_click(bench: Callable[[Circuit], Bench]) -> None:
    made = bench(entry("multi_head_attention").circuit)
    made.figure("output").locator(".body").first.click()
    made.tab.get_by_role("textbox", name="spec").fill("z h -> m")
    made.tab.get_by_role("textbox", name="spec").press("Enter")
    made.tab.get_by_role("tab", name="Problems").click()
    made.tab.locator(".problem .action").first.click()
    expect(made.tab.locator(".problem-list")).to_have_text("No problems.")
    assert not made.circuit.problems
