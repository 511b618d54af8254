"""A page with a canvas, driven as a person would: by mouse or by keyboard, waiting on what the page shows."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Tab

from circuits import Circuit
from editor.canvas import Canvas
from editor.document import Document
from editor.session import Session

Serve = Callable[[Callable[[], Any]], str]
PATIENCE = 20_000


class Bench:
    """A page with a canvas, and the session behind it."""

    def __init__(self, tab: Tab, serve: Serve, circuit: Circuit) -> None:
        self.tab, self.session = tab, Session.of(Document(circuit))
        tab.set_viewport_size({"width": 1400, "height": 900})
        tab.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        tab.goto(serve(lambda: Canvas(self.session, sizing_mode="fixed", width=1400, height=900)))
        expect(tab.locator(".bar h1")).to_have_text(circuit.name)
        expect(tab.locator(".op").first).to_be_visible()

    @property
    def circuit(self) -> Circuit:
        return self.session.document.main

    @property
    def text(self) -> str:
        """The bytes of the document."""
        return self.session.document.text()

    def figure(self, id: str) -> Locator:
        return self.tab.locator(f'.figure[data-id="{id}"]')

    def port(self, id: str, side: str, place: int = 0) -> Locator:
        return self.figure(id).locator(f".port.{side}").nth(place)

    def middle(self, found: Locator) -> tuple[float, float]:
        box = found.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def draw(self, start: Locator, end: Locator | tuple[float, float], *, drop: bool = True) -> None:
        """Draw a wire, and let it go."""
        self.tab.mouse.move(*self.middle(start))
        self.tab.mouse.down()
        self.tab.mouse.move(*(self.middle(end) if isinstance(end, Locator) else end), steps=6)
        if drop:
            self.tab.mouse.up()

    def search(self, text: str) -> Locator:
        """Type into the search box, once it is open."""
        box = self.tab.get_by_role("combobox", name="Search")
        expect(box).to_be_focused()
        box.fill(text)
        return box

    def choose(self, text: str) -> None:
        """Type into the search box and take the first entry, once it is the one that is meant."""
        box = self.search(text)
        expect(self.tab.locator(".entries li .label").first).to_have_text(text)
        box.press("Enter")
        expect(self.tab.locator(".search-box")).to_be_hidden()

    def field(self, name: str) -> Locator:
        return self.tab.get_by_label(name, exact=True)

    def settled(self, gesture: Callable[[], object]) -> None:
        """Make a gesture and wait until the page shows what it did."""
        app = self.tab.locator(".app")
        before = app.get_attribute("data-rev")
        gesture()
        expect(app).not_to_have_attribute("data-rev", before or "")

    def history(self, name: str, press: Callable[[], object], most: int = 200) -> int:
        """Undo or redo as far as it goes; the number of steps."""
        button = self.tab.get_by_role("button", name=name)
        for count in range(most):
            if button.is_disabled():
                return count
            self.settled(press)
        raise AssertionError(f"{name}: expected an end within {most} steps, found none.")
