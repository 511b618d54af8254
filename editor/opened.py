"""What one browser tab has open: a document of a workspace, and those who want to know when it changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path

from circuits import Circuit, dumps
from gallery import Entry, entry, names

from .opening import open_entry
from .session import Session
from .store import Seat, Workspace, leave, take_seat

FIRST = "digit_classifier"


class Opened:
    """The open document of one tab.

    `says` is what its reader should know of it, such as that the server had crashed. Those in `listeners` are called
    after another document was opened.
    """

    def __init__(self, workspace: Workspace, name: str, author: str = "") -> None:
        self.workspace, self.author = workspace, author
        self.listeners: list[Callable[[], None]] = []
        self.seat: Seat | None = None
        self.name, self.session = name, self._take(name)

    @property
    def circuit(self) -> Circuit:
        """The main circuit as it is now."""
        return self.session.document.main

    @property
    def says(self) -> str:
        """What is to be said on opening, "" for nothing."""
        return self.seat.says if self.seat is not None else ""

    def open(self, name: str) -> None:
        """Open another document; raises StoreError where there is none, and stays where it was."""
        session = self._take(name)
        self.name, self.session = name, session
        for listener in self.listeners:
            listener()

    def close(self) -> None:
        """Leave the document."""
        if self.seat is not None:
            leave(self.workspace.database, self.seat)
            self.seat = None

    def _take(self, name: str) -> Session:
        session = self.workspace.open(name, self.author)
        self.close()
        self.seat = take_seat(self.workspace.database, self.workspace.document_id(name))
        return session


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name, with the first number behind it that nothing else has."""
    wanted = " ".join(wanted.split())[:180] or "circuit"
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def listed_names(workspace: Workspace) -> list[str]:
    """The names of all documents, the one changed last first."""
    return [one.name for one in workspace.documents()]


def added(workspace: Workspace, circuit: Circuit, wanted: str = "", author: str = "") -> str:
    """The name of a new document that begins with a circuit."""
    name = free_name(wanted or circuit.name, listed_names(workspace))
    workspace.create(name, circuit, author)
    return name


def document_for(workspace: Workspace, name: str, author: str = "", *, files: bool = True) -> str:
    """The document in which a gallery circuit or a file is edited: the one it was taken into before, or a new one.

    A file that has changed since is taken in anew; without `files` only the gallery is looked at. Raises
    CircuitloomError for a name that is neither.
    """
    found = open_entry(name) if files else entry(name)
    wanted = name if name in names() else re.sub(r"(\.circuit)?\.json$", "", Path(name).name)
    first = dumps(found.circuit)
    for one in listed_names(workspace):
        if re.fullmatch(rf"{re.escape(wanted)}( \d+)?", one) and workspace.first(one) == first:
            return one
    return added(workspace, found.circuit, wanted, author)


def start_document(workspace: Workspace, asked: str = "", author: str = "") -> str:
    """The document that a tab opens with: the one asked for, else the last, else the first of the gallery."""
    known = listed_names(workspace)
    if asked in known:
        return asked
    return known[0] if known else document_for(workspace, FIRST, author)


def entry_of(opened: Opened) -> Entry:
    """The open circuit as an entry, with the data and settings of the gallery circuit it came from."""
    name = re.sub(r" \d+$", "", opened.name)
    known = open_entry(name) if name in names() else Entry(opened.circuit, "")
    return Entry(opened.circuit, known.shows, known.data, known.settings)
