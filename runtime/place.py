"""Where a run lies: its folder, who may write there, its records and its checkpoints.

<directory>/lock          held by the one process that trains here; a dead process holds nothing
<directory>/run_id        the run's id in the records
<directory>/run.sqlite    the records, unless they go elsewhere
<directory>/checkpoints/  one folder a checkpoint
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from .checkpoint import Checkpoints
from .errors import CheckpointError, Problem
from .files import sweep, write_whole
from .record import Records
from .settings import Settings


@dataclass(frozen=True)
class Place:
    """Where a run keeps things; without a directory only records, and those in memory."""

    run: str
    directory: Path | None
    records: Records
    checkpoints: Checkpoints | None

    def newest(self, resume: bool) -> int | None:
        """The step to go on from, or None to start.

        Raises CheckpointError if there is a run and it is not to be resumed, or all its checkpoints
        are damaged.
        """
        steps = self.checkpoints.steps() if self.checkpoints else []
        if not steps or self.checkpoints is None:
            return None
        if not resume:
            found = f"checkpoints up to step {steps[-1]}"
            fix = "Pass resume=True, or choose another directory."
            raise CheckpointError(Problem(f"run {self.directory}", "no run yet", found, fix))
        step = self.checkpoints.latest()
        if step is None:
            self.checkpoints.load(steps[-1])  # raises, saying what is wrong with it
        return step


@contextmanager
def open_place(directory: Path | None, records: Path | None, settings: Settings) -> Iterator[Place]:
    """Open a run's directory for the one process that trains there, and its records.

    Raises CheckpointError if another process trains there, or the directory cannot be made.
    """
    if directory is None:
        store = Records(records)
        try:
            yield Place(uuid.uuid4().hex, None, store, None)
        finally:
            store.close()
        return
    with _alone(directory):
        checkpoints = Checkpoints(directory / "checkpoints", settings.keep_last)
        checkpoints.sweep()
        store = Records(records or directory / "run.sqlite")
        try:
            yield Place(_run_id(directory), directory, store, checkpoints)
        finally:
            store.close()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "lock", timeout=0)
        lock.acquire()
    except Timeout:
        fix = "Wait for it, or choose another directory."
        found = "another process that trains here"
        problem = Problem(f"run {directory}", "nobody else", found, fix)
        raise CheckpointError(problem) from None
    except OSError as error:
        fix = "Choose another directory."
        problem = Problem(f"run {directory}", "a folder to write to", f"{error}", fix)
        raise CheckpointError(problem) from error
    try:
        sweep(directory)
        yield
    finally:
        lock.release()


def _run_id(directory: Path) -> str:
    path = directory / "run_id"
    if not path.exists():
        write_whole(path, uuid.uuid4().hex.encode())
    return path.read_text(encoding="ascii")
