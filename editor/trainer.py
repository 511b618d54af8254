"""What the training process does: it trains, tells how it goes, and shows the data in a wire when asked.

Messages are JSON texts, so that nothing this process sends can run in the one that reads it. Out: `start`, `steps`,
`evaluation`, `look`, `unseen`, and at the end `done` or `failed`. In: `{"ask": "stop"}` and `{"ask": "look", "wire":
...}`. After `done` the process keeps the trained state and goes on answering until its reader is gone.
"""

from __future__ import annotations

import json
import resource
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from torch import nn

from circuits import Circuit, CircuitloomError, Problem, loads
from runtime import (
    Data,
    Event,
    Settings,
    Wish,
    by_node,
    circuit_task,
    fitted_sizes,
    fitting_data,
    look,
    numbers,
    state_of,
    train,
)

from .run_folder import RunFolder

TELL_SECONDS = 0.1
MOST_ROWS = 50
SAMPLES = 8
EARLIER = 500


@dataclass(frozen=True)
class Limits:
    """What a run may use: bytes of memory beyond those of the bare process, and seconds."""

    memory: int = 8 << 30
    seconds: float = 3600.0


@dataclass(frozen=True)
class Job:
    """What to train: a circuit document, data and its options, settings as a document; where it is kept, and limits."""

    document: str
    data: str
    settings: Mapping[str, Any]
    options: Mapping[str, int] = field(default_factory=dict)
    directory: Path | None = None
    resume: bool = False
    accept: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def records(self) -> Path | None:
        """The file of the records: that of the folder the run lies in."""
        return RunFolder(self.directory.parent).records if self.directory is not None else None


def work(job: Job, pipe: Connection) -> None:
    """Train, tell, and answer; runs in the worker process, which ends when the process that reads does."""
    try:
        limit_memory(job)
        trainer = Trainer(job, pipe)
        trainer.train()
        trainer.serve()
    except (ConnectionError, EOFError, KeyboardInterrupt):
        return
    except Exception as error:
        tell(pipe, {"kind": "failed", "text": explained(error, job.limits)})


def limit_memory(job: Job) -> None:
    """Let this process take no more memory than it has by now and what the limit adds; a graphics card has its own."""
    if str(job.settings.get("device", "cpu")).startswith("cuda"):
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    most = pages * resource.getpagesize() + job.limits.memory
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def explained(error: Exception, limits: Limits) -> str:
    """What went wrong, in plain words where it is foreseen."""
    if isinstance(error, CircuitloomError):
        return str(error)
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        found = "a run that needs more"
        fix = "Lower the batch size or the circuit's sizes, or raise the limit."
        return str(Problem("training", f"at most {limits.memory / 2**30:g} GiB of memory", found, fix))
    return "".join(traceback.format_exception(error, limit=-3))


def tell(pipe: Connection, message: Mapping[str, Any]) -> None:
    """Send a message."""
    pipe.send_bytes(json.dumps(message).encode())


class Trainer:
    """A run under way, and who follows it."""

    def __init__(self, job: Job, pipe: Connection) -> None:
        self.job, self.pipe = job, pipe
        self.circuit: Circuit = loads(job.document)
        self.data: Data = fitting_data(self.circuit, job.data, **job.options)
        self.settings = Settings.read(dict(job.settings))
        self.model: nn.Module | None = None
        self.wish: Wish | None = None
        self.stopping, self.late = False, False
        self.rows: list[tuple[float, ...]] = []
        self.told = self.started = time.monotonic()
        self.total = 0

    def train(self) -> None:
        """Train to the end, to a wish to stop, or to the time limit."""
        job, task = self.job, circuit_task(self.circuit, self.data)
        build = task.model

        def keep() -> nn.Module:
            self.model = build if isinstance(build, nn.Module) else build()
            return self.model

        run = train(
            replace(task, model=keep),
            self.settings,
            directory=job.directory,
            records=job.records,
            resume=job.resume,
            accept=job.accept,
            observers=[self.observe],
            stop=self.stopped,
        )
        ended = "finished" if run.finished else "late" if self.late else "stopped"
        tell(self.pipe, {"kind": "done", "ended": ended, "run": run.id, "summary": run.summary()})

    def observe(self, event: Event) -> None:
        """Tell of an event of the run; steps are told ten times a second."""
        if event.kind == "start":
            tell(self.pipe, {"kind": "start", "step": event.step, "total": event.total, "earlier": self.earlier()})
            self.told, self.total = time.monotonic(), event.total
        elif event.kind == "step":
            self.rows.append((event.step, event.metrics["loss"]))
            if time.monotonic() - self.told > TELL_SECONDS:
                self.flush()
        elif event.kind == "evaluation":
            self.flush()
            assert self.model is not None
            found = {"step": event.step, "metrics": dict(event.metrics), "nodes": by_node(self.model)}
            tell(self.pipe, {"kind": "evaluation", **found})
            self.show()
            self.told = time.monotonic()

    def flush(self) -> None:
        """Tell the steps since the last time: all of them, or evenly chosen ones of very many."""
        now = time.monotonic()
        if self.rows:
            rate = len(self.rows) / max(now - self.told, 1e-6)
            every = max(1, len(self.rows) // MOST_ROWS)
            rows = [*self.rows[:-1:every], self.rows[-1]]
            tell(self.pipe, {"kind": "steps", "rows": rows, "total": self.total, "rate": rate})
        self.rows, self.told = [], now

    def earlier(self) -> dict[str, list[tuple[int, float]]]:
        """What a run that goes on had logged before."""
        job = self.job
        if not job.resume or job.directory is None or not (job.directory / "run_id").exists():
            return {}
        runs, run = RunFolder(job.directory.parent), (job.directory / "run_id").read_text(encoding="ascii")
        found = {}
        for name in ("loss", "test_loss", "test_accuracy", "test_dice"):
            rows = runs.series(run, name)
            found[name] = [(row.step, row.value) for row in rows[:: max(1, len(rows) // EARLIER)]]
        return found

    def stopped(self) -> bool:
        """Whether to stop; what is asked meanwhile is answered."""
        while self.pipe.poll():
            self.read()
        if time.monotonic() - self.started > self.job.limits.seconds:
            self.late = True
        return self.stopping or self.late

    def read(self) -> None:
        """Take one message."""
        self.flush()
        message = json.loads(self.pipe.recv_bytes())
        if message["ask"] == "stop":
            self.stopping = True
        elif message["ask"] == "look":
            self.wish = Wish(message["wire"], message["sample"], message["round"]) if message["wire"] else None
            self.show()
            self.told = time.monotonic()

    def show(self) -> None:
        """Tell what the wire carries that is looked at, in the state the model has now."""
        if self.wish is None or self.model is None:
            return
        inputs = [numbers(self.data.test[name][:SAMPLES]) for name in self.data.inputs]
        try:
            state, sizes = state_of(self.model), fitted_sizes(self.circuit, self.data)
            found = look(self.circuit, inputs, state, self.wish, sizes)
        except Exception as error:  # a look that fails is no end of the run
            tell(self.pipe, {"kind": "unseen", "text": explained(error, self.job.limits)})
        else:
            tell(self.pipe, {"kind": "look", "look": asdict(found)})

    def serve(self) -> None:
        """Answer until the reader is gone."""
        while True:
            self.read()
