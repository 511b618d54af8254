"""The page: a circuit drawn, its code, costs and problems beside it, and training with a live plot."""

from __future__ import annotations

import html
from pathlib import Path

import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from circuits import Circuit, CircuitloomError, costs, dumps, load
from circuits.draw import render, to_dot
from codegen import build
from gallery import Entry, entries, entry
from runtime import settings_for, sources

from .worker import Job, Worker

_STYLE = """
:host { --accent: #2f5d8c; }
.bk-panel-models-layout-Card { border-radius: 6px; }
pre.code { font: 12.5px/1.45 ui-monospace, Menlo, Consolas, monospace; margin: 0; white-space: pre; }
"""
POLL_MS = 250


def page(name: str) -> pn.viewable.Viewable:
    """The page with the circuit of the gallery or the file `name` open; one for every browser tab."""
    return Page(name).view()


class Page:
    """One open page: the chosen circuit and, while it trains, its worker."""

    def __init__(self, name: str) -> None:
        self.entry = open_entry(name)
        names = sorted({item.name for item in entries()} | {name})
        self.choice = pn.widgets.Select(label="Circuit", value=name, options=names, width=220)
        self.picture = pn.pane.HTML(sizing_mode="stretch_width", min_height=320, styles={"overflow": "auto"})
        self.title = pn.pane.HTML(sizing_mode="stretch_width")
        self.listing, self.code, self.cost, self.problems = (_text() for _ in range(4))
        self.training = Training(self)
        self.choice.param.watch(lambda event: self.open(event.new), "value")
        self.show()

    def open(self, name: str) -> None:
        """Show another circuit."""
        self.training.halt()
        self.entry = open_entry(name)
        self.show()

    def show(self) -> None:
        """Fill every part of the page from the circuit."""
        circuit = self.entry.circuit
        self.title.object = (
            f"<h2 style='margin:0'>{html.escape(circuit.name)}</h2>"
            f"<div style='color:#555'>{html.escape(self.entry.title)} <i>{html.escape(circuit.source)}</i></div>"
        )
        self.picture.object = _drawing(circuit)
        self.listing.object = _pre(str(circuit))
        self.code.object = _pre(_code(circuit))
        self.cost.object = _pre(_costs(circuit))
        self.problems.object = _pre("\n".join(map(str, circuit.problems)) or "No problems.")
        self.training.reset(self.entry)

    def view(self) -> pn.viewable.Viewable:
        """The page as Panel draws it."""
        texts = pn.Tabs(
            ("PyTorch", self.code),
            ("Listing", self.listing),
            ("Cost", self.cost),
            ("Problems", self.problems),
            sizing_mode="stretch_both",
            min_height=380,
        )
        return pn.Column(
            pn.Row(self.choice, self.title, sizing_mode="stretch_width"),
            pn.Card(self.picture, title="Circuit", sizing_mode="stretch_width", collapsible=False),
            pn.Row(texts, self.training.view(), sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            stylesheets=[_STYLE],
            margin=12,
        )


class Training:
    """The part of the page that trains: what on, how long, start and stop, and the loss as it falls."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.worker: Worker | None = None
        self.data = pn.widgets.Select(label="Data", options=sorted(source.name for source in sources()), width=140)
        self.steps = pn.widgets.IntInput(label="Steps", value=300, start=1, end=100_000, width=110)
        self.button = pn.widgets.Button(label="Train", color="primary", width=110)
        self.status = pn.pane.HTML("", sizing_mode="stretch_width")
        self.points = ColumnDataSource({"step": [], "loss": []})
        self.plot = figure(
            height=280, sizing_mode="stretch_width", x_axis_label="step", y_axis_label="loss", toolbar_location=None
        )
        self.plot.line("step", "loss", source=self.points, line_width=1.5, color="#2f5d8c")
        self.button.on_click(lambda _: self.toggle())
        self.poll = pn.state.add_periodic_callback(self.follow, period=POLL_MS, start=False)
        pn.state.on_session_destroyed(lambda _: self.halt())

    def reset(self, found: Entry) -> None:
        """Propose what the gallery says the circuit is trained on."""
        if found.data:
            self.data.value = found.data
        self.steps.value = int(str(found.settings.get("steps", 300)))
        self.points.data = {"step": [], "loss": []}
        self.status.object = ""

    def toggle(self) -> None:
        """Start training, or stop it."""
        if self.worker is not None:
            self.worker.stop()
            self.status.object = "Stopping ..."
            return
        chosen = {**self.page.entry.settings, "steps": self.steps.value}
        job = Job(dumps(self.page.entry.circuit), self.data.value, settings_for(chosen).model_dump(mode="json"))
        self.points.data = {"step": [], "loss": []}
        self.worker = Worker(job)
        self.worker.start()
        self.button.label, self.status.object = "Stop", "Starting the training process ..."
        self.poll.start()

    def follow(self) -> None:
        """Draw what the worker has sent since the last look."""
        if self.worker is None:
            return
        found = self.worker.poll()
        events = [message for message in found if message["kind"] == "event" and "loss" in message["metrics"]]
        if events:
            self.points.stream(
                {"step": [one["step"] for one in events], "loss": [one["metrics"]["loss"] for one in events]}
            )
            self.status.object = f"Step {events[-1]['step']} of {events[-1]['total']}"
        for message in found:
            if message["kind"] in ("done", "failed"):
                self.status.object = _ending(message)
                self.halt()

    def halt(self) -> None:
        """End the worker, if there is one."""
        if self.worker is not None:
            self.worker.kill()
        self.worker = None
        self.button.label = "Train"
        if self.poll.running:
            self.poll.stop()

    def view(self) -> pn.viewable.Viewable:
        """This part as Panel draws it."""
        return pn.Card(
            pn.Row(self.data, self.steps),
            self.button,
            self.status,
            pn.pane.Bokeh(self.plot, sizing_mode="stretch_width"),
            title="Train",
            width=420,
            collapsible=False,
        )


def open_entry(name: str) -> Entry:
    """A gallery entry, or the circuit in a file as one."""
    return Entry(load(name), "") if Path(name).suffix == ".json" else entry(name)


def _text() -> pn.pane.HTML:
    return pn.pane.HTML(sizing_mode="stretch_both", styles={"overflow": "auto", "max-height": "420px"})


def _pre(text: str) -> str:
    return f"<pre class='code'>{html.escape(text)}</pre>"


def _drawing(circuit: Circuit) -> str:
    try:
        _, start, rest = render(to_dot(circuit), "svg").decode().partition("<svg")
        return start + rest
    except CircuitloomError as error:
        return _pre(str(error))


def _code(circuit: Circuit) -> str:
    return build(circuit).source if not circuit.problems else "The circuit has problems; see beside."


def _costs(circuit: Circuit) -> str:
    try:
        return str(costs(circuit)) if not circuit.problems else "The circuit has problems; see beside."
    except CircuitloomError as error:
        return str(error)


def _ending(message: dict[str, object]) -> str:
    if message["kind"] == "failed":
        return f"<b>Failed.</b> {_pre(str(message['text']))}"
    summary = message["summary"]
    assert isinstance(summary, dict)
    words = [
        f"{key.removeprefix('test_').replace('_', ' ')} {value:.4g}"
        for key, value in summary.items()
        if key.startswith("test_")
    ]
    return f"<b>Done</b> after {summary['steps']} steps, {summary['seconds']:.0f} s. Held-out: {', '.join(words)}."
