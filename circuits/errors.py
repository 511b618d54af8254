"""Everything that can be wrong with a circuit, as data and as exceptions.

    CircuitloomError
    |-- CircuitError      a circuit that is used although it has problems
    |-- AttributeProblem  attributes that make no op (raised by an op, reported as a problem)
    |-- SizeError         a text or a calculation that makes no size
    |-- ExpressionError   a text that makes no elementwise expression
    |-- DocumentError     a file that is no circuit document
    `-- BindingError      arrays or sizes that do not fit a checked circuit

A problem reads *where: expected X, found Y. Fix.*
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit, on its node, port and axis.

    `where` is the readable place; `node`, `port` and `axis` are the ids an editor highlights.
    """

    where: str
    expected: str
    found: str
    fix: str
    node: str | None = None
    port: str | None = None
    axis: str | None = None

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {self.found}. {self.fix}"

    def at(self, where: str, node: str | None) -> Problem:
        """The same problem, placed on a node; a nested place is kept behind the new one."""
        place = where if not self.where else f"{where}: {self.where}"
        return replace(self, where=place, node=node)


class CircuitloomError(Exception):
    """Base of all errors raised by Circuitloom for what a user gave it."""


class CircuitError(CircuitloomError):
    """A circuit was used although it has problems; all of them are listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class AttributeProblem(CircuitloomError, ValueError):
    """Attributes that make no op: *where: expected X, found Y. Fix.*."""

    def __init__(self, expected: str, found: str, fix: str, where: str = "") -> None:
        self.expected, self.found, self.fix, self.where = expected, found, fix, where
        super().__init__(f"{where + ': ' if where else ''}expected {expected}, found {found}. {fix}")

    def within(self, where: str) -> AttributeProblem:
        """The same error in a place; a place it has already is kept."""
        return AttributeProblem(self.expected, self.found, self.fix, self.where or where)

    def problem(self) -> Problem:
        """The same as a problem without a place."""
        return Problem("", self.expected, self.found, self.fix)


class DocumentError(CircuitloomError):
    """A file that is no circuit document, or a circuit that no file can hold; every problem names its place in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BindingError(CircuitloomError):
    """Arrays or sizes that do not fit a checked circuit."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or nothing; among very many, one next to it by the alphabet."""
    words = sorted(known)
    if len(words) > _COMPARED:
        start = max(0, bisect_left(words, word) - _COMPARED // 2)
        words = words[start : start + _COMPARED]
    near = get_close_matches(word, words, n=1, cutoff=0.5) if len(word) <= _COMPARED else []
    return f" Did you mean '{near[0]}'?" if near else ""
