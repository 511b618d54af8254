"""The panel that trains: data and settings, start, stop and resume, and the run as it goes on."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import panel as pn

from circuits import Circuit, CircuitloomError, Problem, dumps
from gallery import Entry
from runtime import RunError, Settings, settings_for, sources

from ..run_folder import RunFolder
from ..trainer import Job, Limits
from ..training import CHECKPOINT_EVERY
from ..views import STYLE, failure
from ..worker import Message, Worker
from .charts import Charts
from .form import WIDTH, OptionsForm, SettingsForm, held
from .progress import Progress

POLL_MS = 200
STEPS = 300
EVALUATIONS = 20
METRICS = {
    "classify": ("accuracy",),
    "next_token": ("accuracy",),
    "sequence": ("accuracy",),
    "segment": ("dice", "accuracy"),
}
Listener = Callable[[Message], None]


class TrainingPanel:
    """Trains the circuit there is when it is started, in a process of its own.

    `listeners` are given every message of that process; `changed` is called when a run begins or ends.
    """

    def __init__(self, circuit: Callable[[], Circuit], runs: RunFolder, entry: Entry | None = None) -> None:
        self.circuit, self.runs = circuit, runs
        self.worker: Worker | None = None
        self.directory: Path | None = None
        self.progress = Progress()
        self.listeners: list[Listener] = []
        self.changed: Callable[[], None] = lambda: None
        self.kinds = {source.name: source for source in sources()}
        self.data = pn.widgets.Select(label="Data", options=list(self.kinds), width=WIDTH)
        self.options = OptionsForm()
        self.form = SettingsForm(proposed(entry))
        self.memory = pn.widgets.TextInput(label="Memory limit (GiB)", value="8", width=WIDTH)
        self.minutes = pn.widgets.TextInput(label="Time limit (min)", value="60", width=WIDTH)
        self.start = pn.widgets.Button(label="Train", color="primary", width=90, align="end")
        self.resume = pn.widgets.Button(label="Resume", width=90, align="end", visible=False)
        self.status = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[STYLE, _STATUS], margin=(0, 10))
        self.charts = Charts()
        self.data.param.watch(lambda event: self.options.show(self.kinds[event.new].options), "value")
        self.start.on_click(lambda _: self.toggle())
        self.resume.on_click(lambda _: self.begin(self.directory))
        self.timer = pn.state.add_periodic_callback(self.follow, period=POLL_MS, start=False)
        self.options.show(self.kinds[self.data.value].options)
        self.reset(entry)

    def reset(self, entry: Entry | None) -> None:
        """Propose what the gallery says a circuit is trained on, and forget the run there was."""
        self.halt()
        if entry is not None and entry.data:
            self.data.value = entry.data
        self.form.fill(proposed(entry))
        self.directory, self.progress = None, Progress()
        self.charts.hide()
        self.show()

    def toggle(self) -> None:
        """Start training; or stop it after its step; or, asked again, at once."""
        if not self.progress.busy:
            return self.begin()
        if self.progress.phase == "stopping":
            self.progress = self.progress.ended_at_once()
            self.halt()
        elif self.worker is not None:
            self.worker.stop()
            self.progress = self.progress.stop()
        self.show()

    def begin(self, directory: Path | None = None) -> None:
        """Start a process: a run of its own, or the one in `directory` where it was stopped."""
        try:
            job = self.job(directory)
        except CircuitloomError as error:
            self.status.object = failure(error)
            return
        self.halt()
        self.charts.reset(METRICS[self.kinds[job.data].kind])
        self.directory, self.progress = job.directory, self.progress.begin()
        self.worker = Worker(job)
        self.worker.start()
        self.timer.start()
        self.show()
        self.changed()

    def job(self, directory: Path | None) -> Job:
        """What the fields ask for; raises CircuitloomError, with all problems."""
        circuit = self.circuit().valid()
        problems: list[Problem] = []
        memory, minutes = (_limit(field, problems) for field in (self.memory, self.minutes))
        try:
            settings = Settings.read(self.form.document()).model_dump(mode="json")
        except RunError as error:
            problems.extend(error.problems)
        if problems:
            raise RunError(*problems)
        return Job(
            dumps(circuit),
            str(self.data.value),
            settings,
            self.options.document(),
            directory or self.runs.fresh(circuit.name),
            resume=directory is not None,
            accept=("steps", "epochs", "eval_every") if directory is not None else (),
            limits=Limits(int(memory * 2**30), 60 * minutes),
        )

    def follow(self) -> None:
        """Show what the worker has sent since the last look."""
        if self.worker is None:
            return
        was_busy = self.progress.busy
        for message in self.worker.poll():
            self.take(message)
        self.charts.show()
        if was_busy:
            self.show()
        if was_busy and not self.progress.busy:
            self.changed()
        if not self.progress.busy and not self.worker.alive:
            self.halt()

    def take(self, message: Message) -> None:
        """One message; one that is not as it should be ends the run, as its process is not the one we started."""
        try:
            self.charts.follow(message)
            self.progress = self.progress.follow(message)
            for listener in self.listeners:
                listener(message)
        except (KeyError, TypeError, ValueError) as error:
            found = f"{type(error).__name__} in '{message['kind']}'"
            text = f"training: expected messages of the training process, found {found}. Train again."
            self.progress = self.progress.follow({"kind": "failed", "text": text})
            self.halt()

    def ask(self, message: Message) -> None:
        """Ask the process that trains, or has trained, something."""
        if self.worker is not None:
            self.worker.ask(message)

    def halt(self) -> None:
        """End the worker, if there is one."""
        if self.worker is not None:
            self.worker.kill()
            self.worker = None
        if self.timer.running:
            self.timer.stop()

    def show(self) -> None:
        """Bring the buttons and the status line up to date."""
        now = self.progress
        color = "default" if now.busy else "primary"
        self.start.param.update(label="Stop" if now.busy else "Train", color=color)
        self.resume.visible = now.unfinished and self.directory is not None and self.directory.exists()
        text = escape(now.sentence(self.worker.silent if self.worker is not None else 0.0))
        kind = "problem" if now.phase == "failed" else "status"
        html = f"<div class='{kind}' role='status'>{text}</div>"
        if self.status.object != html:
            self.status.object = html

    def view(self) -> pn.viewable.Viewable:
        """This panel as Panel draws it."""
        limits = pn.Row(self.memory, self.minutes, margin=0)
        return pn.Column(
            pn.Row(self.data, pn.Spacer(), self.resume, self.start, margin=0, sizing_mode="stretch_width"),
            self.status,
            self.charts.box,
            self.form.view(self.options.box, limits),
            sizing_mode="stretch_width",
            margin=0,
        )


def proposed(entry: Entry | None) -> Settings:
    """What the gallery proposes, evaluated twenty times and stored now and then."""
    found = settings_for({"checkpoint_every": CHECKPOINT_EVERY, **(entry.settings if entry is not None else {})})
    steps = found.steps or STEPS
    length: dict[str, Any] = {} if found.epochs is not None else {"steps": steps}
    every = found.eval_every or max(1, steps // EVALUATIONS)
    return Settings.read({**found.model_dump(mode="json"), **length, "eval_every": every})


def _limit(field: Any, problems: list[Problem]) -> float:
    """A number above nothing; what is none adds to the problems."""
    value = held(field)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9:
        return float(value)
    problems.append(Problem(str(field.label), "a number above 0", f"'{field.value}'", "Write for example 8."))
    return 1.0


_STATUS = """
.status { font: 13px/1.5 system-ui, sans-serif; color: #1d2430; min-height: 20px; font-variant-numeric: tabular-nums; }
.problem { margin: 0; max-height: 160px; overflow: auto; }
"""
