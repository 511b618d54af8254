"""Training in a process of its own: it reports every step and its end, and its death is reported for it."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from circuits import dumps
from editor.training import settings_of
from editor.worker import Job, Worker
from gallery import entry

SECONDS = 90.0


def job(data: str = "digits", steps: int = 4) -> Job:
    found = entry("digit_classifier")
    settings = settings_of(found, {"steps": steps, "batch_size": 8, "threads": 1})
    return Job(dumps(found.circuit), data, settings.model_dump(mode="json"))


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.kill()
        worker.process.join()


def messages(worker: Worker, enough: int | None = None) -> list[dict[str, Any]]:
    """What it sends, to its end or until there are enough."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + SECONDS
    while not worker.ended and (enough is None or len(found) < enough):
        assert time.monotonic() < deadline
        found += worker.poll()
        time.sleep(0.02)
    return found


def test_every_step_is_reported_and_the_end(workers: list[Worker]) -> None:
    worker = Worker(job())
    workers.append(worker)
    worker.start()
    *steps, last = messages(worker)
    assert [(one["kind"], one["step"], one["total"]) for one in steps] == [("step", n, 4) for n in (1, 2, 3, 4)]
    assert all(one["loss"] > 0 for one in steps)
    assert last["kind"] == "done"
    assert last["summary"]["finished"] and 0 <= last["summary"]["test_accuracy"] <= 1
    assert worker.poll() == []


def test_a_killed_process_is_reported_and_a_stopped_one_ends(workers: list[Worker]) -> None:
    killed, stopped = Worker(job(steps=1_000_000)), Worker(job(steps=1_000_000))
    for worker in (killed, stopped):
        workers.append(worker)
        worker.start()
    messages(killed, enough=1)
    os.kill(killed.process.pid, signal.SIGKILL)
    last = messages(killed)[-1]
    assert last["kind"] == "failed" and "found it dead (signal 9)" in last["text"]
    killed.stop()
    assert killed.poll() == []
    messages(stopped, enough=1)
    stopped.stop()
    last = messages(stopped)[-1]
    assert last["kind"] == "done"
    assert not last["summary"]["finished"] and last["summary"]["steps"] < 1_000_000


def test_what_does_not_fit_is_told(workers: list[Worker]) -> None:
    worker = Worker(job(data="text"))
    workers.append(worker)
    worker.start()
    (last,) = messages(worker)
    assert last["kind"] == "failed"
    assert last["text"].startswith("digit_classifier/image: expected Natural(v)[t], found [y x]")
