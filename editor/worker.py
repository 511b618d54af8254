"""Training in a process of its own: the page stays responsive, and a dead worker is reported, never waited for."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from circuits import CircuitloomError, loads
from runtime import Event, Settings, circuit_task, fitting_data, train

ENDINGS = ("done", "failed")


@dataclass(frozen=True)
class Job:
    """What to train: a circuit document, the name of the data, settings as a document."""

    document: str
    data: str
    settings: Mapping[str, Any]


@dataclass
class Worker:
    """A training process and whether the last of its messages has come.

    Messages have a `kind`: `step` with step, total and loss; at the end `done` with the run's summary, or `failed`
    with a text.
    """

    job: Job
    ended: bool = False
    process: Any = field(default=None, init=False)
    pipe: Connection | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(self.job, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def poll(self) -> list[dict[str, Any]]:
        """The messages since the last look, at once; the last of all says how it ended, also where the process died."""
        found: list[dict[str, Any]] = []
        while self.pipe is not None and not self.ended:
            try:
                if not self.pipe.poll():
                    break
                found.append(self.pipe.recv())
            except (EOFError, OSError):
                found.append({"kind": "failed", "text": self._death()})
            self.ended = found[-1]["kind"] in ENDINGS
        return found

    def stop(self) -> None:
        """Ask the process to stop after the step it is in; it then reports what it has reached."""
        if self.pipe is not None and not self.ended:
            try:
                self.pipe.send("stop")
            except OSError:  # it is dead, which the next look reports
                return

    def kill(self) -> None:
        """End the process at once."""
        if self.process is not None and self.process.is_alive():
            self.process.kill()

    def _death(self) -> str:
        self.process.join(1.0)
        code = self.process.exitcode
        found = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        return f"training: expected the process to report its end, found it dead ({found}). Train again."


def work(job: Job, pipe: Connection) -> None:
    """Train, and send a message a step; runs in the worker process, which stops if the page's process dies."""

    def observe(event: Event) -> None:
        if event.kind == "step":
            loss = event.metrics["loss"]
            pipe.send({"kind": "step", "step": event.step, "total": event.total, "loss": loss})

    try:
        circuit = loads(job.document)
        task = circuit_task(circuit, fitting_data(circuit, job.data))
        run = train(task, Settings.read(job.settings), observers=[observe], stop=pipe.poll)
        pipe.send({"kind": "done", "summary": run.summary()})
    except (BrokenPipeError, KeyboardInterrupt):
        return
    except CircuitloomError as error:
        pipe.send({"kind": "failed", "text": str(error)})
    except Exception:
        pipe.send({"kind": "failed", "text": traceback.format_exc(limit=-3)})
