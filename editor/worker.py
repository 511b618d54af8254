"""Training in a process of its own: the page stays responsive, and a dead worker is reported, never waited for."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from circuits import CircuitloomError, loads
from runtime import Event, Settings, circuit_task, load_data, train


@dataclass(frozen=True)
class Job:
    """What to train: a circuit document, the name of the data, settings as a document."""

    document: str
    data: str
    settings: Mapping[str, Any]


@dataclass
class Worker:
    """A training process and the messages it has sent."""

    job: Job
    process: Any = None
    pipe: Connection | None = None
    ended: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> None:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(self.job, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def poll(self) -> list[dict[str, Any]]:
        """New messages; the last one says how it ended, also where the process died."""
        found: list[dict[str, Any]] = []
        while self.pipe is not None and not self.ended:
            try:
                if not self.pipe.poll():
                    break
                found.append(self.pipe.recv())
            except (EOFError, OSError):
                self.process.join(1.0)
                found.append({"kind": "failed", "text": f"The training process died (exit {self.process.exitcode})."})
            self.ended = found[-1]["kind"] in ("done", "failed")
        self.messages += found
        return found

    def stop(self) -> None:
        """Ask the process to stop after the step it is in."""
        if self.pipe is not None and not self.ended:
            try:
                self.pipe.send("stop")
            except OSError:
                self.ended = True

    def kill(self) -> None:
        """End the process at once."""
        if self.process is not None and self.process.is_alive():
            self.process.kill()


def work(job: Job, pipe: Connection) -> None:
    """Train, and send an event a step; runs in the worker process."""

    def observe(event: Event) -> None:
        if event.metrics:
            pipe.send({"kind": "event", "step": event.step, "total": event.total, "metrics": dict(event.metrics)})

    try:
        data = load_data(job.data)
        task = circuit_task(loads(job.document), data)
        run = train(task, Settings.read(job.settings), observers=[observe], stop=pipe.poll)
        pipe.send({"kind": "done", "summary": run.summary()})
    except CircuitloomError as error:
        pipe.send({"kind": "failed", "text": str(error)})
    except Exception:
        pipe.send({"kind": "failed", "text": traceback.format_exc(limit=-3)})
