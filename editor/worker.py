"""Training in a process of its own, seen from the page: it stays responsive, and a dead worker is reported."""

from __future__ import annotations

import json
import multiprocessing
import queue
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from .trainer import Job, work

ENDINGS = ("done", "failed")
LARGEST = 1 << 26
GRACE = 60.0
Message = dict[str, Any]


@dataclass
class Worker:
    """A training process, and whether the run has ended.

    A thread reads its messages, so that not even half a message can hold the page up. `work` in trainer.py says which
    messages there are; the last of a run is `done` or `failed`. After `done` the process still answers looks.
    """

    job: Job
    grace: float = GRACE
    ended: bool = False
    process: Any = field(default=None, init=False)
    pipe: Connection | None = field(default=None, init=False)
    heard: float = field(default=0.0, init=False)
    _started: float = field(default=0.0, init=False)
    _messages: queue.SimpleQueue[Message] = field(default_factory=queue.SimpleQueue, init=False)

    def start(self) -> None:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(self.job, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.heard = self._started = time.monotonic()
        threading.Thread(target=read, args=(self.pipe, self._messages), daemon=True).start()

    def poll(self) -> list[Message]:
        """The messages since the last look, at once; the last of a run says how it ended, also where it died."""
        found: list[Message] = []
        while not self._messages.empty():
            message = self._messages.get()
            self.heard = time.monotonic()
            if message["kind"] == "gone":
                message = {"kind": "failed", "text": self._death(message["text"])}
            if message["kind"] in ENDINGS:
                if self.ended:
                    continue
                self.ended = True
            found.append(message)
        if not self.ended and self.process is not None and self._overdue():
            self.ended = True
            self.kill()
            found.append({"kind": "failed", "text": self._late()})
        return found

    @property
    def alive(self) -> bool:
        """Whether there is a process that answers."""
        return self.process is not None and bool(self.process.is_alive())

    @property
    def silent(self) -> float:
        """For how many seconds nothing was heard."""
        return time.monotonic() - self.heard

    def stop(self) -> None:
        """Ask the process to stop after the step it is in; it then reports what it has reached."""
        self.ask({"ask": "stop"})

    def ask(self, message: Message) -> None:
        """Send the process a message; that it is dead, the next look reports."""
        if self.pipe is not None and self.alive:
            try:
                self.pipe.send_bytes(json.dumps(message).encode())
            except OSError:
                return

    def kill(self) -> None:
        """End the process at once."""
        if self.alive:
            self.process.kill()

    def _overdue(self) -> bool:
        """Whether it has not stopped by itself at the time limit."""
        return time.monotonic() - self._started > self.job.limits.seconds + self.grace

    def _late(self) -> str:
        limit = f"{self.job.limits.seconds:,.0f} s"
        return f"training: expected an end within {limit}, found a step that goes on. Raise the limit, or train less."

    def _death(self, text: str) -> str:
        """Why there is nothing more to be read."""
        if text:
            return text
        self.process.join(1.0)
        code = self.process.exitcode
        found = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        cause = " It may have run out of memory." if code == -9 else ""
        return (
            f"training: expected the process to report its end, found it dead ({found}).{cause} Train again, or resume."
        )


def read(pipe: Connection, messages: queue.SimpleQueue[Message]) -> None:
    """Pass on the messages of a process until it is gone, or sends what is none."""
    while True:
        try:
            message = json.loads(pipe.recv_bytes(LARGEST))
            assert isinstance(message["kind"], str)
        except (EOFError, OSError):
            return messages.put({"kind": "gone", "text": ""})
        except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
            text = "training: expected messages of the training process, found others. Train again."
            return messages.put({"kind": "gone", "text": text})
        messages.put(message)
