"""The training loop: small, ours, and the same bit for bit however often it was killed and resumed.

A step depends on the model's state, the learning rule's state, and (seed, step); nothing else is
carried from one to the next. The batch is a function of (seed, step), and the generators are seeded
for every step. Torch's generator and thread count belong to the whole process: train one run at a
time in a process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .checkpoint import load_weights
from .errors import DivergedError, Problem
from .evaluate import evaluate
from .events import Event, EventKind, Observer, ProgressBar
from .identity import identity_of, require_same, versions
from .machine import machine
from .place import Place, open_place
from .record import Logged, Status
from .rules import Backprop, Learner, Rule
from .seeds import own_randomness, seed_generators
from .settings import Settings
from .task import Task, to_run

FLUSH_SECONDS = 2.0


@dataclass(frozen=True)
class Run:
    """A run that has ended: its model, its numbers, and where it lies.

    `results` are the metrics of the held-out data at the end, `log` every logged number by step.
    `seconds` counts all processes that worked on it, `steps_per_second` the training steps of this
    one alone.
    """

    id: str
    model: nn.Module
    settings: Settings
    step: int
    total: int
    results: Mapping[str, float]
    log: tuple[Logged, ...]
    seconds: float
    steps_per_second: float
    directory: Path | None

    @property
    def finished(self) -> bool:
        """Whether it took all its steps."""
        return self.step >= self.total

    def series(self, name: str) -> list[tuple[int, float]]:
        """What one number was over the run: (step, value) pairs."""
        return [(row.step, row.value) for row in self.log if row.name == name]

    def summary(self) -> dict[str, float | int | bool]:
        """The run in one flat table: `test_loss` and the other results, steps, seconds."""
        return {
            **{f"test_{name}": value for name, value in self.results.items()},
            "steps": self.step,
            "finished": self.finished,
            "seconds": round(self.seconds, 3),
            "steps_per_second": round(self.steps_per_second, 1),
        }


def train(
    task: Task,
    settings: Settings | None = None,
    *,
    rule: Rule | None = None,
    directory: Path | None = None,
    records: Path | None = None,
    resume: bool = False,
    accept: Collection[str] = (),
    observers: Sequence[Observer] = (),
    stop: Callable[[], bool] | None = None,
    progress: bool = False,
) -> Run:
    """Train a task's model and evaluate it on the held-out data.

    With a `directory` the run is stored there and, with `resume`, goes on from its newest whole
    checkpoint; what differs from the stored run is refused, but for the names in `accept`. `stop`
    is asked after each step; a stopped run can be resumed. Raises TaskError, SettingsError,
    DivergedError, ResumeError, CheckpointError, RecordError.
    """
    settings = settings or Settings()
    bar = ProgressBar() if progress else None
    observers = (*observers, bar) if bar else observers
    try:
        with (
            open_place(directory, records, settings) as place,
            machine(settings) as device,
            own_randomness(),
        ):
            newest = place.newest(resume)
            model = task.build(settings.seed).to(device, settings.torch_dtype())
            loop = Loop(task, settings, model, rule or Backprop(), place, observers)
            loop.begin(newest, accept)
            return loop.run(stop or (lambda: False))
    finally:
        if bar:
            bar.close()


class Loop:
    """A run under way: its learner, the numbers not yet written, its clocks."""

    def __init__(
        self,
        task: Task,
        settings: Settings,
        model: nn.Module,
        rule: Rule,
        place: Place,
        observers: Sequence[Observer],
    ) -> None:
        self.task, self.settings, self.model, self.place = task, settings, model, place
        self.observers = observers
        self.total = settings.total_steps(task.data.samples)
        self.identity = identity_of(task, model, rule)
        self.learner: Learner = rule.start(task, model, settings, self.total)
        self.device, self.dtype = torch.device(settings.device), settings.torch_dtype()
        self.step, self.saved, self.steps_here = 0, -1, 0
        self.pending: list[Logged] = []
        self.results: dict[str, float] = {}
        self.evaluated = -1
        self.earlier, self.training_seconds = 0.0, 0.0
        self.started = self.flushed = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long the run has taken, over all processes."""
        return self.earlier + time.perf_counter() - self.started

    def begin(self, newest: int | None, accept: Collection[str]) -> None:
        """Take over the checkpoint of the step `newest`, or begin the record of a new run."""
        records, run = self.place.records, self.place.run
        if newest is not None and self.place.checkpoints is not None:
            stored = self.place.checkpoints.load(newest)
            theirs = Settings.read(stored.manifest.settings)
            require_same(self.settings, self.identity, theirs, stored.manifest.identity, accept)
            load_weights(self.model, stored.weights)
            self.learner.load_state(stored.learner)
            self.step, self.saved, self.earlier = newest, newest, stored.manifest.seconds
            records.forget_after(run, newest)
        if newest is None or not records.has(run):
            self.begin_record()
        else:
            records.take_up(run, total=self.total, settings=self.settings.model_dump(mode="json"))

    def begin_record(self) -> None:
        """Begin the record of this run."""
        self.place.records.create(
            self.place.run,
            total=self.total,
            settings=self.settings.model_dump(mode="json"),
            identity=self.identity,
            versions=versions(),
            documents=self.task.documents,
        )

    def run(self, stop: Callable[[], bool]) -> Run:
        """Take the steps that are left, or as many as `stop` allows."""
        status: Status = "failed"
        try:
            self.tell("start", {})
            self.model.train()
            stopped = False
            while self.step < self.total and not stopped:
                self.take_step()
                stopped = stop()
                self.after_step()
            self.finish()
            status = "finished" if self.step >= self.total else "stopped"
        finally:
            self.flush()
            self.place.records.mark(self.place.run, status, self.step, self.seconds, self.results)
        self.tell("end", self.results)
        return self.result()

    def take_step(self) -> None:
        """One step of the learning rule, seeded, timed, logged."""
        start, step, settings = time.perf_counter(), self.step, self.settings
        batch = self.task.data.batch(step, settings.batch_size, settings.seed)
        seed_generators("step", settings.seed, step)
        metrics = self.learner.step(to_run(batch, self.device, self.dtype), step)
        self.training_seconds += time.perf_counter() - start
        self.step, self.steps_here = step + 1, self.steps_here + 1
        self.require_numbers("training", metrics)
        if self.step % settings.log_every == 0 or self.step == self.total:
            self.log("", metrics)
        self.tell("step", metrics)

    def after_step(self) -> None:
        """Evaluate, store and write the log where it is time to."""
        if _due(self.step, self.settings.eval_every) or self.step == self.total:
            self.evaluate()
            self.log("test_", self.results)
        if _due(self.step, self.settings.checkpoint_every):
            self.save()
        if time.perf_counter() - self.flushed > FLUSH_SECONDS:
            self.flush()

    def finish(self) -> None:
        """Evaluate and store the last step, where that is not done yet."""
        if self.evaluated != self.step:  # not logged: a run that was never stopped has no such entry
            self.evaluate()
        if self.saved != self.step:
            self.save()

    def evaluate(self) -> None:
        """The held-out metrics of the model as it is."""
        self.results = evaluate(self.task, self.model, self.settings, self.step)
        self.evaluated = self.step
        self.require_numbers("evaluation", self.results)
        self.tell("evaluation", self.results)

    def save(self) -> None:
        """Store a checkpoint; the log up to it is written first, so that it is never behind."""
        self.flush()
        if self.place.checkpoints is None:
            return
        self.place.checkpoints.save(
            self.step,
            self.model,
            self.learner.state(),
            settings=self.settings.model_dump(mode="json"),
            identity=self.identity,
            seconds=self.seconds,
        )
        self.saved = self.step
        self.tell("checkpoint", {})

    def log(self, prefix: str, metrics: Mapping[str, float]) -> None:
        """Note numbers under this step."""
        self.pending += [Logged(self.step, prefix + name, v) for name, v in metrics.items()]

    def flush(self) -> None:
        """Write the noted numbers to the records."""
        self.place.records.append(self.place.run, self.pending)
        self.pending, self.flushed = [], time.perf_counter()

    def tell(self, kind: EventKind, metrics: Mapping[str, float]) -> None:
        """Tell the observers."""
        if self.observers:
            event = Event(kind, self.step, self.total, self.seconds, metrics)
            for observer in self.observers:
                observer(event)

    def require_numbers(self, what: str, metrics: Mapping[str, float]) -> None:
        """Raise DivergedError for a number that is not finite."""
        bad = {name: value for name, value in metrics.items() if not math.isfinite(value)}
        if bad:
            found = ", ".join(f"{name} = {value}" for name, value in bad.items())
            fix = "Lower the learning rate, or look at the data and the objective."
            where = f"{what}, step {self.step}"
            raise DivergedError(Problem(where, "finite numbers", found, fix))

    def result(self) -> Run:
        """The run as it has ended."""
        return Run(
            id=self.place.run,
            model=self.model,
            settings=self.settings,
            step=self.step,
            total=self.total,
            results=self.results,
            log=tuple(self.place.records.metrics(self.place.run)),
            seconds=self.seconds,
            steps_per_second=self.steps_here / max(self.training_seconds, 1e-9),
            directory=self.place.directory,
        )


def _due(step: int, every: int | None) -> bool:
    return every is not None and step % every == 0
