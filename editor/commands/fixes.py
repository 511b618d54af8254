"""Fixes: commands that mend a problem, offered beside it.

What could help is guessed, and then tried: only what makes the problem go away and brings no more problems than there
were is offered. So an offer never lies.
"""

from __future__ import annotations

from itertools import islice
from typing import Annotated, ClassVar

from pydantic import Field

from circuits import Circuit, Problem

from ..document import Document
from ..rewiring import Problems
from .applying import apply
from .base import Command, Text
from .definitions import EditDefinition
from .guesses import Fix, guesses

MOST = 6
TRIED = 40


def fixes(document: Document, problem: Problem) -> tuple[Fix, ...]:
    """What mends a problem of the document, those that leave the fewest problems first; at most six."""
    key = next((key for key, one in document.definitions.items() if problem in one.checked.own_problems), None)
    if key is None:
        return ()
    there, found = len(document.problems), []
    guessed = {fix.command.line(): fix for fix in islice(guesses(document.definitions[key], problem), TRIED)}
    for place, fix in enumerate(guessed.values()):
        placed = fix if key == document.root else Fix(fix.label, EditDefinition(name=key, command=fix.command))
        applied = apply(placed.command, document)
        left = applied.document.problems
        # one loose end for another is no help
        helps = len(left) < there or (len(left) == there and problem.found != "nothing connected")
        if not applied.refusals and problem not in left and helps:
            found.append((len(left), place, placed))
    return tuple(fix for _, _, fix in sorted(found, key=lambda one: one[:2])[:MOST])


class ApplyFix(Command):
    """Applies one of the fixes that are offered for a problem, which is given by its whole text."""

    do: ClassVar[str] = "ApplyFix"

    problem: Text
    choice: Annotated[int, Field(ge=0, lt=MOST)] = 0

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        raise Problems(
            Problem(circuit.name, "a fix for the whole document", "one inside another command", "Send it alone.")
        )

    def change(self, document: Document) -> Document:
        found = next((one for one in document.problems if str(one) == self.problem), None)
        if found is None:
            expected, fix = "a problem of the document", "Choose one that is listed."
            raise Problems(Problem(document.main.name, expected, f"'{self.problem[:80]}'", fix))
        offered = fixes(document, found)
        if self.choice >= len(offered):
            expected = f"one of {len(offered)} fixes"
            raise Problems(Problem(found.where, expected, f"number {self.choice + 1}", "Choose another.", found.node))
        return offered[self.choice].command.change(document)
