"""The log of a document in the database: append-only, one transaction a gesture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from ..log import Entry
from .database import Database
from .models import DocumentRow, GestureRow, StateRow, now


class StoredLog:
    """The log of one document, for any number of sessions in any number of processes."""

    def __init__(self, database: Database, document: int) -> None:
        self.database, self.document = database, document

    def append(self, entry: Entry) -> bool:
        """Add the next entry; False if somebody else has written that number."""
        row = {
            "document": self.document,
            "number": entry.number,
            "kind": entry.kind,
            "command": entry.command,
            "author": entry.author,
            "made": now(),
        }
        return self.database.write(insert(GestureRow), row)

    def entries(self, after: int = 0) -> Sequence[Entry]:
        """All entries behind a number."""
        found = _GESTURES.where(GestureRow.document == self.document, GestureRow.number > after)
        with self.database.reading() as connection:
            rows = connection.execute(found.order_by(GestureRow.number)).all()
        return [_entry(row) for row in rows]

    def entry(self, number: int) -> Entry:
        """One entry."""
        found = _GESTURES.where(GestureRow.document == self.document, GestureRow.number == number)
        with self.database.reading() as connection:
            return _entry(connection.execute(found).one())

    def keep(self, top: int, text: str) -> None:
        """Keep a state; one that another session has kept is the same."""
        self.database.write(insert(StateRow), {"document": self.document, "top": top, "text": text})

    def kept(self) -> Sequence[int]:
        """The tops of all states that are kept."""
        with self.database.reading() as connection:
            found = connection.scalars(select(StateRow.top).where(StateRow.document == self.document)).all()
        return (0, *found)

    def state(self, top: int) -> str:
        """A state that is kept."""
        found = select(StateRow.text).where(StateRow.document == self.document, StateRow.top == top)
        first = select(DocumentRow.first).where(DocumentRow.id == self.document)
        with self.database.reading() as connection:
            return str(connection.scalars(found if top else first).one())


_GESTURES = select(GestureRow.number, GestureRow.kind, GestureRow.command, GestureRow.author)


def _entry(row: Any) -> Entry:
    number, kind, command, author = row
    return Entry(number, kind, command, author)
