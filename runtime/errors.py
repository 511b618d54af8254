"""What can go wrong around a run, as exceptions.

    CircuitloomError
    `-- RunError       base: every problem found, one a line
        |-- SettingsError    settings that do not hold together
        |-- DataError        data that is not there, or not asked for rightly
        |-- TaskError        a model, an objective and data that do not fit
        |-- ProgramError     program text that is no importable model
        |-- DivergedError    training produced a number that is not finite
        |-- CheckpointError  a checkpoint that cannot be written or read
        |   `-- ResumeError    a checkpoint of another run than the one that is to go on
        `-- RecordError      a record that cannot be opened or read

A problem reads *where: expected X, found Y. Fix.*
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from circuits import CircuitloomError, Problem

__all__ = [
    "CheckpointError",
    "CircuitloomError",
    "DataError",
    "DivergedError",
    "Problem",
    "ProgramError",
    "RecordError",
    "ResumeError",
    "RunError",
    "SettingsError",
    "TaskError",
    "did_you_mean",
]


class RunError(CircuitloomError):
    """Base of all errors of a run; `problems` holds every one that was found."""

    def __init__(self, *problems: Problem) -> None:
        self.problems: Sequence[Problem] = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class SettingsError(RunError, ValueError):
    """Settings that do not hold together."""


class DataError(RunError):
    """Data that is not there, or was not asked for rightly."""


class TaskError(RunError):
    """A model, an objective and data that do not fit each other."""


class ProgramError(RunError):
    """Program text that is no importable model."""


class DivergedError(RunError):
    """Training produced a number that is not finite."""


class CheckpointError(RunError):
    """A checkpoint that cannot be written or read."""


class ResumeError(CheckpointError):
    """A checkpoint of another run than the one that is to go on."""


class RecordError(RunError):
    """A record that cannot be opened or read."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or nothing."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f" Did you mean '{near[0]}'?" if near else ""
