"""The log of a document: every gesture in order, and from it what is done, what is undone, and any earlier state.

Undoing and redoing are entries like any other, so nothing is ever taken out and replaying the log from its start gives
the same bytes. Which gestures are in effect is a stack, so a state is known by the entry on top of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["do", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One gesture: its number from 1 on, what it was, and for `do` the command as a line of JSON."""

    number: int
    kind: Kind
    command: str = ""
    author: str = ""


class Log(Protocol):
    """Where the gestures on one document are kept."""

    def append(self, entry: Entry) -> bool:
        """Add the next entry, durably; False if the number is taken: somebody else was faster."""

    def entries(self, after: int = 0) -> Sequence[Entry]:
        """All entries behind a number, in order."""

    def entry(self, number: int) -> Entry:
        """One entry."""

    def keep(self, top: int, text: str) -> None:
        """Keep a state as text: the document with the entry `top` as the last in effect, 0 for none."""

    def kept(self) -> Sequence[int]:
        """The tops of all states that are kept; 0, the first document, always is."""

    def state(self, top: int) -> str:
        """A state that is kept."""


@dataclass
class MemoryLog:
    """A log in memory, for a document that lives as long as a process."""

    first: str
    written: list[Entry] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)

    def append(self, entry: Entry) -> bool:
        """Add the next entry; False if the number is taken."""
        if entry.number != len(self.written) + 1:
            return False
        self.written.append(entry)
        return True

    def entries(self, after: int = 0) -> Sequence[Entry]:
        """All entries behind a number."""
        return self.written[after:]

    def entry(self, number: int) -> Entry:
        """One entry."""
        return self.written[number - 1]

    def keep(self, top: int, text: str) -> None:
        """Keep a state."""
        self.states[top] = text

    def kept(self) -> Sequence[int]:
        """The tops of all states that are kept."""
        return (0, *self.states)

    def state(self, top: int) -> str:
        """A state that is kept."""
        return self.first if top == 0 else self.states[top]


@dataclass
class Timeline:
    """Which gestures are in effect and which can be done again, by number."""

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    last: int = 0

    def follow(self, entry: Entry) -> None:
        """Take note of the next entry."""
        self.last = entry.number
        if entry.kind == "do":
            self.done.append(entry.number)
            self.undone.clear()
        elif entry.kind == "undo":
            self.undone.append(self.done.pop())
        else:
            self.done.append(self.undone.pop())

    @property
    def top(self) -> int:
        """The last gesture in effect, 0 for none."""
        return self.done[-1] if self.done else 0
