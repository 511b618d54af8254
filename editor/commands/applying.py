"""Applying commands: a pure function that never raises for what a person or a stranger can ask for."""

from __future__ import annotations

from dataclasses import dataclass

from circuits import AttributeProblem, CircuitloomError, Problem

from ..document import Document
from .base import Command


@dataclass(frozen=True)
class Applied:
    """What a command gave: the changed document, or the same document and every reason for the refusal."""

    document: Document
    refusals: tuple[Problem, ...] = ()


def apply(command: Command, document: Document) -> Applied:
    """Apply a command; what is impossible leaves the document as it is and says why."""
    try:
        return Applied(command.change(document))
    except CircuitloomError as error:
        return Applied(document, reasons(error, command.do))


def reasons(error: CircuitloomError, place: str) -> tuple[Problem, ...]:
    """Every problem that an error of ours holds, placed somewhere."""
    found = getattr(error, "problems", ())
    if found:
        return tuple(found)
    if isinstance(error, AttributeProblem):
        return (Problem(error.where or place, error.expected, error.found, error.fix),)
    # errors of sizes and expressions say the same four things
    words = [getattr(error, name, "") for name in ("where", "expected", "found", "fix")]
    return (Problem(f"{place}: '{words[0]}'" if words[0] else place, words[1], words[2] or str(error), words[3]),)
