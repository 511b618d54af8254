"""Training in a process of its own: it reports its steps and its end within its limits, and its death is reported."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from circuits import dumps
from editor.run_folder import RunFolder
from editor.trainer import Job, Limits
from editor.training import settings_of
from editor.worker import Worker
from gallery import entry
from runtime import Settings, circuit_task, fitting_data, train

SECONDS = 120.0
ENDLESS = 1_000_000
Start = Callable[[Job], Worker]


def settings(steps: int, **more: Any) -> Settings:
    return settings_of(entry("digit_classifier"), {"steps": steps, "batch_size": 8, "threads": 1, **more})


def job(steps: int, data: str = "digits", **more: Any) -> Job:
    document = dumps(entry("digit_classifier").circuit)
    return Job(document, data, settings(steps, **more).model_dump(mode="json"))


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Worker] = []

    def begin(job: Job) -> Worker:
        started.append(Worker(job))
        started[-1].start()
        return started[-1]

    yield begin
    for worker in started:
        worker.kill()
        worker.process.join()


def messages(worker: Worker, until: str) -> list[dict[str, Any]]:
    """What it sends up to the first message of a kind."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + SECONDS
    while not any(one["kind"] == until for one in found):
        assert time.monotonic() < deadline, found
        found += worker.poll()
        assert worker.alive or any(one["kind"] == until for one in found), found
        time.sleep(0.02)
    return found


def test_steps_and_evaluations_are_reported_and_looked_into(start: Start) -> None:
    worker = start(job(4, eval_every=2))
    worker.ask({"ask": "look", "wire": "first", "sample": 0, "round": -1})
    found = messages(worker, "done")
    assert found[0] == {"kind": "start", "step": 0, "total": 4, "earlier": {}}
    rows = [row for one in found if one["kind"] == "steps" for row in one["rows"]]
    assert [row[0] for row in rows] == [1, 2, 3, 4] and all(row[1] > 0 for row in rows)
    evaluations = [one for one in found if one["kind"] == "evaluation"]
    assert [one["step"] for one in evaluations] == [2, 4]
    assert set(evaluations[0]["nodes"]["gradients"]) == {"first_map", "second_map", "logits"}
    assert [one["look"]["shape"] for one in found if one["kind"] == "look"][-1] == [8, 512]
    assert found[-1]["ended"] == "finished" and 0 <= found[-1]["summary"]["test_accuracy"] <= 1
    assert worker.alive  # the trained state can still be looked into
    worker.ask({"ask": "look", "wire": "image", "sample": 1, "round": -1})
    assert messages(worker, "look")[-1]["look"]["map"]["kind"] == "image"
    worker.ask({"ask": "look", "wire": "nothing", "sample": 0, "round": -1})
    assert messages(worker, "unseen")[-1]["text"].startswith("digit_classifier, look: expected the name of a wire")


def test_a_killed_run_is_reported_and_recorded_as_interrupted(start: Start, tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    first = replace(job(40, checkpoint_every=5), directory=runs.fresh("digit_classifier"))
    killed = start(replace(first, settings={**first.settings, "steps": ENDLESS}))
    messages(killed, "steps")
    while not list(first.directory.glob("checkpoints/step_*5")):  # type: ignore[union-attr]
        killed.poll()
        time.sleep(0.02)
    os.kill(killed.process.pid, signal.SIGKILL)
    last = messages(killed, "failed")[-1]
    assert last["text"] == (
        "training: expected the process to report its end, found it dead (signal 9). It may have run out of memory. "
        "Train again, or resume."
    )
    assert killed.poll() == [] and not killed.alive
    (record,) = runs.runs()
    assert (record.status, runs.status(record)) == ("running", "interrupted")


def test_a_stopped_run_goes_on_where_it_was(start: Start, tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    first = replace(job(ENDLESS), directory=runs.fresh("digit_classifier"))
    stopped = start(first)
    messages(stopped, "steps")
    stopped.stop()
    reached = messages(stopped, "done")[-1]
    assert reached["ended"] == "stopped"
    stopped.kill()
    stopped.process.join()
    total = reached["summary"]["steps"] + 5
    again = start(replace(first, settings={**first.settings, "steps": total}, resume=True, accept=("steps",)))
    found = messages(again, "done")
    assert found[0]["step"] == reached["summary"]["steps"]
    assert found[0]["earlier"]["loss"][0][0] == 1
    assert found[-1]["summary"]["steps"] == total and found[-1]["ended"] == "finished"


def test_a_run_that_is_looked_at_is_the_same_bit_for_bit(start: Start, tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    watched = start(replace(job(6, eval_every=1), directory=runs.fresh("digit_classifier")))
    watched.ask({"ask": "look", "wire": "logits", "sample": 0, "round": -1})
    found = messages(watched, "done")
    assert any(one["kind"] == "look" for one in found)
    circuit = entry("digit_classifier").circuit
    plain = train(circuit_task(circuit, fitting_data(circuit, "digits")), settings(6, eval_every=1))
    assert [(row.step, row.value) for row in runs.series(found[-1]["run"], "loss")] == plain.series("loss")


def test_a_run_ends_at_its_limit_of_time(start: Start) -> None:
    worker = start(replace(job(ENDLESS), limits=Limits(seconds=0.5)))
    assert messages(worker, "done")[-1]["ended"] == "late"


def test_a_process_that_passes_its_limit_of_time_is_killed(start: Start) -> None:
    worker = start(replace(job(ENDLESS), limits=Limits(seconds=600)))
    messages(worker, "steps")
    os.kill(worker.process.pid, signal.SIGSTOP)
    worker.job, worker.grace = replace(worker.job, limits=Limits(seconds=0)), 0.0
    assert messages(worker, "failed")[-1]["text"] == (
        "training: expected an end within 0 s, found a step that goes on. Raise the limit, or train less."
    )
    worker.process.join(10)
    assert not worker.alive


def test_a_run_that_needs_more_memory_than_its_limit_says_so(start: Start) -> None:
    worker = start(replace(job(3, batch_size=300_000), limits=Limits(memory=256 << 20)))
    assert messages(worker, "failed")[-1]["text"] == (
        "training: expected at most 0.25 GiB of memory, found a run that needs more. "
        "Lower the batch size or the circuit's sizes, or raise the limit."
    )


def test_what_does_not_fit_is_told(start: Start) -> None:
    last = messages(start(job(4, data="text")), "failed")[-1]
    assert last["text"].startswith("digit_classifier/image: expected Natural(v)[t], found [y x]")
    last = messages(start(Job("{", "digits", {})), "failed")[-1]
    assert "expected" in last["text"]
