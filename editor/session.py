"""A session on a document: it applies commands, logs them, undoes and redoes them, and keeps step with others.

The log is the truth. A gesture is applied to the newest state there is: if others were faster, theirs come first, and
what they made impossible is refused with the reason. So all sessions on one log show the same document.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from circuits import DocumentError, Problem

from .commands import Command, apply, read
from .document import Document
from .log import Entry, Kind, Log, MemoryLog, Timeline

SNAPSHOT_EVERY = 200
STATES = 256
_TRIES = 100


@dataclass(frozen=True)
class Delta:
    """What a gesture, or catching up with others, changed: both documents, and why a gesture was refused."""

    revision: int
    before: Document
    after: Document
    refusals: tuple[Problem, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to be shown anew."""
        return self.before is not self.after and self.before != self.after


class Session:
    """One open document."""

    def __init__(self, log: Log, author: str = "", snapshot_every: int = SNAPSHOT_EVERY) -> None:
        self.log, self.author, self.snapshot_every = log, author, snapshot_every
        self.timeline = Timeline()
        self._states: OrderedDict[int, Document] = OrderedDict()
        self._since_snapshot = 0
        for entry in log.entries():
            self.timeline.follow(entry)
        self.document = self._state(len(self.timeline.done))

    @staticmethod
    def of(document: Document) -> Session:
        """A session whose log is kept in memory."""
        return Session(MemoryLog(document.text()))

    @property
    def revision(self) -> int:
        """The number of the last gesture this session knows."""
        return self.timeline.last

    @property
    def can_undo(self) -> bool:
        """Whether any gesture is in effect."""
        return bool(self.timeline.done)

    @property
    def can_redo(self) -> bool:
        """Whether an undone gesture can be done again."""
        return bool(self.timeline.undone)

    def do(self, command: Command | str) -> Delta:
        """Apply a command and log it; raises CommandError for a text that is no command.

        A refused command, and one that changes nothing, is not logged.
        """
        command, before = read(command), self.document

        def step() -> tuple[Document, str] | tuple[Problem, ...]:
            applied = apply(command, self.document)
            if applied.refusals:
                return applied.refusals
            return applied.document, command.line()

        return self._logged(before, "do", step)

    def undo(self) -> Delta:
        """Take back the last gesture in effect, whoever made it."""

        def step() -> tuple[Document, str] | tuple[Problem, ...]:
            if not self.timeline.done:
                return (Problem("undo", "a gesture to take back", "none", "This is the first state."),)
            return self._state(len(self.timeline.done) - 1), ""

        return self._logged(self.document, "undo", step)

    def redo(self) -> Delta:
        """Do the gesture again that was undone last."""

        def step() -> tuple[Document, str] | tuple[Problem, ...]:
            if not self.timeline.undone:
                return (Problem("redo", "an undone gesture", "none", "This is the last state."),)
            number = self.timeline.undone[-1]
            known = self._states.get(number)
            return known or apply(read(self.log.entry(number).command), self.document).document, ""

        return self._logged(self.document, "redo", step)

    def sync(self) -> Delta:
        """Catch up with what other sessions did."""
        before = self.document
        self._catch_up()
        return Delta(self.revision, before, self.document)

    def _logged(
        self, before: Document, kind: Kind, step: Callable[[], tuple[Document, str] | tuple[Problem, ...]]
    ) -> Delta:
        """Take a step on the newest state and log it."""
        for _ in range(_TRIES):
            found = step()
            if not found or isinstance(found[0], Problem):
                return self._refused(before, found)
            document, text = found
            assert isinstance(document, Document) and isinstance(text, str)
            if kind == "do" and document == self.document:
                return Delta(self.revision, before, self.document)
            entry = Entry(self.revision + 1, kind, text, self.author)
            if self.log.append(entry):
                self._take(entry, document)
                return Delta(self.revision, before, self.document)
            self._catch_up()
        busy = Problem(kind, "to be the next to write", "others that write all the time", "Try again.")
        return Delta(self.revision, before, self.document, (busy,))

    def _refused(self, before: Document, refusals: tuple[object, ...]) -> Delta:
        """A refusal, with the newest state: what made the gesture impossible may be news."""
        self._catch_up()
        reasons = tuple(problem for problem in refusals if isinstance(problem, Problem))
        return Delta(self.revision, before, self.document, reasons)

    def _catch_up(self) -> None:
        for entry in self.log.entries(self.revision):
            if entry.kind == "do":
                self._take(entry, apply(read(entry.command), self.document).document)
            else:
                self.timeline.follow(entry)
                self.document = self._state(len(self.timeline.done))

    def _take(self, entry: Entry, document: Document) -> None:
        self.timeline.follow(entry)
        self.document = document
        self._remember(self.timeline.top, document)
        self._since_snapshot += 1
        if self._since_snapshot >= self.snapshot_every:
            self.snapshot()

    def snapshot(self) -> None:
        """Keep the state as it is, so that opening the document replays no more than what comes after.

        A document that no file can hold is not kept: the log has it.
        """
        self._since_snapshot = 0
        if self.timeline.top not in self.log.kept():
            with suppress(DocumentError):
                self.log.keep(self.timeline.top, self.document.text())

    def _remember(self, top: int, document: Document) -> None:
        self._states[top] = document
        self._states.move_to_end(top)
        if len(self._states) > STATES:
            self._states.popitem(last=False)

    def _state(self, depth: int) -> Document:
        """The document after the first gestures in effect: remembered, or replayed from what is kept."""
        tops = [0, *self.timeline.done[:depth]]
        kept = set(self.log.kept())
        start = next(place for place in range(depth, -1, -1) if tops[place] in self._states or tops[place] in kept)
        document = self._states.get(tops[start]) or Document.read(self.log.state(tops[start]))
        for top in tops[start + 1 :]:
            document = apply(read(self.log.entry(top).command), document).document
            self._remember(top, document)
        self._remember(tops[depth], document)
        return document
