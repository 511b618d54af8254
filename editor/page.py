"""The page: a circuit drawn, its code, costs and problems beside it, and training with a live plot."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import panel as pn

from circuits import Circuit, CircuitloomError, loads
from gallery import Entry, names

from . import views
from .opening import open_entry
from .panels import Workshop

TEXTS = {"PyTorch": views.code, "Listing": views.listing, "Cost": views.cost, "Problems": views.problems}
TEXT_HEIGHT = 400
TRAINING_WIDTH = 560
_BODY = "body { background: #f4f5f7; margin: 0; }"
_TITLE = """
h1 { font: 600 18px/1.3 system-ui, sans-serif; margin: 0; color: #1f2933; }
p { font: 13px/1.5 system-ui, sans-serif; margin: 2px 0 0; color: #3e4c59; } .source { color: #7b8794; }
.mark { float: right; font: 600 13px system-ui, sans-serif; color: #2f5d8c; letter-spacing: 0.02em; }
"""
_BOX = {"background": "#ffffff", "border": "1px solid #dfe3e8", "border-radius": "6px"}


if _BODY not in pn.config.raw_css:
    pn.config.raw_css.append(_BODY)


def page(name: str) -> pn.viewable.Viewable:
    """The page with the circuit of the gallery or the file `name` open; one for every browser tab."""
    opened = Page(name)
    pn.state.on_session_destroyed(lambda _: opened.workshop.halt())
    return opened.view()


class Page:
    """One open page: the chosen circuit and, while it trains, its worker."""

    def __init__(self, name: str) -> None:
        self.entry = open_entry(name)
        options = sorted({*names(), name})
        self.choice = pn.widgets.Select(label="Circuit", value=name, options=options, width=220)
        self.file = pn.widgets.FileInput(accept=".json", width=220, margin=(25, 10, 5, 10))
        self.part = pn.widgets.Select(label="Part", width=220)
        self.title = pn.pane.HTML(sizing_mode="stretch_width", stylesheets=[_TITLE, views.STYLE], margin=(8, 10))
        self.picture = _pane(styles=_BOX, min_height=80)
        self.texts = {label: _pane(styles={"overflow": "auto"}, height=TEXT_HEIGHT) for label in TEXTS}
        self.workshop = Workshop(lambda: self.entry.circuit, self.entry)
        self.choice.param.watch(lambda event: self.choose(event.new), "value")
        self.part.param.watch(lambda event: self.draw(event.new), "value")
        self.file.param.watch(lambda event: self.read(event.new), "value")
        self.show(self.entry)

    def choose(self, name: str) -> None:
        """Show another circuit of the list."""
        try:
            self.show(open_entry(name))
        except CircuitloomError as error:
            self.title.object = views.failure(error)

    def read(self, data: bytes | None) -> None:
        """Show the circuit in a file that was given to the page; one that is no circuit changes nothing else."""
        if data is None:
            return
        try:
            self.show(Entry(loads(data, str(self.file.filename)), ""))
        except CircuitloomError as error:
            self.title.object = views.failure(error)

    def show(self, entry: Entry) -> None:
        """Fill every part of the page from a circuit."""
        self.entry = entry
        self.title.object = _heading(entry)
        self.part.param.update(options=parts(entry.circuit), value=entry.circuit)
        self.draw(entry.circuit)
        for label, view in TEXTS.items():
            self.texts[label].object = view(entry.circuit)
        self.workshop.reset(entry)

    def draw(self, circuit: Circuit) -> None:
        """Draw the circuit, or one that it uses."""
        self.picture.object = views.drawing(circuit)

    def view(self) -> pn.viewable.Viewable:
        """The page as Panel draws it."""
        texts = pn.Tabs(*self.texts.items(), sizing_mode="stretch_width", styles=_BOX, margin=(0, 12, 0, 0))
        training = pn.Column(self.workshop.view(), styles=_BOX, width=TRAINING_WIDTH, margin=0)
        return pn.Column(
            pn.Row(self.choice, self.part, self.file, self.title, sizing_mode="stretch_width"),
            pn.Row(self.picture, sizing_mode="stretch_width", margin=(4, 0, 12, 0)),
            pn.Row(texts, training, sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            styles={"max-width": "1760px", "margin": "0 auto", "padding": "12px 20px 20px"},
        )


def parts(circuit: Circuit) -> Mapping[str, Circuit]:
    """The circuit and those it uses, outermost first, by names that tell them apart."""
    found: dict[str, Circuit] = {}
    for one in reversed(list(circuit.definitions())):
        number = sum(other.name == one.name for other in found.values())
        found[f"{one.name} ({number + 1})" if number else one.name] = one
    return found


def _heading(entry: Entry) -> str:
    about = f"{escape(entry.title)} <span class='source'>{escape(entry.circuit.source)}</span>"
    return f"<span class='mark'>Circuitloom</span><h1>{escape(entry.name)}</h1><p>{about}</p>"


def _pane(**settings: Any) -> pn.pane.HTML:
    return pn.pane.HTML(sizing_mode="stretch_width", stylesheets=[views.STYLE], margin=0, **settings)
