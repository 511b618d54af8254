"""The part of the page that trains: what on, how long, start and stop, and the loss as it falls."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from circuits import Circuit, CircuitloomError, dumps
from gallery import Entry
from runtime import sources

from .training import settings_of
from .views import STYLE, failure
from .worker import Job, Worker

POLL_MS = 200
STEPS = 300
WIDTH = 430


class TrainingCard:
    """Trains the circuit there is when it is started, in a process of its own."""

    def __init__(self, circuit: Callable[[], Circuit], entry: Entry) -> None:
        self.circuit, self.entry = circuit, entry
        self.worker: Worker | None = None
        self.stopping = False
        names = [source.name for source in sources()]
        self.data = pn.widgets.Select(label="Data", options=names, width=150)
        self.steps = pn.widgets.IntInput(label="Steps", value=STEPS, start=1, end=1_000_000, step=50, width=110)
        self.button = pn.widgets.Button(label="Train", color="primary", width=90, align="end")
        self.status = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[STYLE, _STATUS])
        self.points = ColumnDataSource({"step": [], "loss": []})
        # the column is hidden, not the plot: Panel changes a plot's own model without the document's lock
        plot = pn.pane.Bokeh(self.plot(), sizing_mode="stretch_width")
        self.chart = pn.Column(plot, sizing_mode="stretch_width", visible=False)
        self.button.on_click(lambda _: self.toggle())
        self.timer = pn.state.add_periodic_callback(self.follow, period=POLL_MS, start=False)
        self.reset(entry)

    def reset(self, entry: Entry) -> None:
        """Take another circuit, and propose what the gallery says it is trained on."""
        self.halt()
        self.entry = entry
        if entry.data:
            self.data.value = entry.data
        self.steps.value = int(str(entry.settings.get("steps", STEPS)))
        self.chart.visible = False
        self.say("Trains in a process of its own; nothing is downloaded.")

    def toggle(self) -> None:
        """Start training; or stop it after its step; or, asked again, at once."""
        if self.worker is None:
            self.begin()
        elif self.stopping:
            self.halt()
            self.say("Stopped at once; nothing was evaluated.")
        else:
            self.worker.stop()
            self.stopping = True
            self.say("Stopping after this step. Press again to stop at once.")

    def begin(self) -> None:
        """Start the process."""
        try:
            settings = settings_of(self.entry, {"steps": self.steps.value}).model_dump(mode="json")
            job = Job(dumps(self.circuit().valid()), str(self.data.value), settings)
        except CircuitloomError as error:
            self.status.object = failure(error)
            return
        self.chart.visible = False
        self.worker, self.stopping = Worker(job), False
        self.worker.start()
        self.button.param.update(label="Stop", color="default")
        self.say("Starting the training process…")
        self.timer.start()

    def follow(self) -> None:
        """Show what the worker has sent since the last look."""
        if self.worker is None:
            return
        found = self.worker.poll()
        steps = [message for message in found if message["kind"] == "step"]
        if steps:
            rows: dict[str, Any] = {name: [one[name] for one in steps] for name in ("step", "loss")}
            if self.chart.visible:
                self.points.stream(rows)
            else:
                self.points.data, self.chart.visible = rows, True
            last = steps[-1]
            if not self.stopping:
                self.say(f"Step {last['step']:,} of {last['total']:,}, loss {last['loss']:.4f}")
        if self.worker.ended:
            self.status.object = ending(found[-1])
            self.halt()

    def halt(self) -> None:
        """End the worker, if there is one."""
        if self.worker is None:
            return
        self.worker.kill()
        self.worker, self.stopping = None, False
        self.button.param.update(label="Train", color="primary")
        if self.timer.running:
            self.timer.stop()

    def say(self, text: str) -> None:
        """Show a text in the status line."""
        self.status.object = f"<div class='status'>{escape(text)}</div>"

    def plot(self) -> Any:
        """The loss over the steps."""
        plot = figure(
            height=300,
            sizing_mode="stretch_width",
            x_axis_label="step",
            y_axis_label="loss",
            toolbar_location=None,
            outline_line_color=None,
            min_border_right=16,
        )
        plot.line("step", "loss", source=self.points, line_width=1.5, line_color="#2f5d8c")
        plot.grid.grid_line_color = "#e6e9ed"
        plot.axis.axis_line_color = plot.axis.major_tick_line_color = "#9aa5b1"
        plot.axis.minor_tick_line_color = None
        plot.axis.axis_label_text_font_style = "normal"
        return plot

    def view(self) -> pn.viewable.Viewable:
        """This part as Panel draws it."""
        return pn.Column(
            pn.Row(self.data, self.steps, self.button),
            self.status,
            self.chart,
            width=WIDTH,
        )


def ending(message: dict[str, Any]) -> str:
    """How training ended, as HTML."""
    if message["kind"] == "failed":
        return f"<div class='problem'>{escape(message['text'])}</div>"
    summary = message["summary"]
    numbers = ", ".join(
        f"{key.removeprefix('test_').replace('_', ' ')} <b>{value:.4g}</b>"
        for key, value in summary.items()
        if key.startswith("test_")
    )
    word = "Done" if summary["finished"] else "Stopped"
    return (
        f"<div class='status'><b>{word}</b> after {summary['steps']:,} steps, {summary['seconds']:.1f} s."
        f" Held-out data: {numbers}.</div>"
    )


_STATUS = """
.status { font: 13px/1.5 system-ui, sans-serif; color: #1f2933; padding: 2px 4px; min-height: 40px; }
.problem { margin: 0; max-height: 160px; overflow: auto; }
"""
