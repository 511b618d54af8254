"""A workspace: documents by name, their named versions, and beside them a library of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from circuits import Circuit, Problem, did_you_mean, dumps

from ..document import Document
from ..session import Session
from .database import Database, StoreError
from .library import Library
from .models import NAME, DocumentRow, GestureRow, VersionRow, WorkspaceRow, now
from .names import held, taken
from .stored_log import StoredLog


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of a workspace: its name, when it was made and last changed (UTC), and how many gestures it took."""

    name: str
    created: str
    changed: str
    revision: int


@dataclass(frozen=True, slots=True)
class Version:
    """A named state of a document."""

    name: str
    revision: int
    made: str
    text: str

    @property
    def document(self) -> Document:
        """The document as it was."""
        return Document.read(self.text)


class Workspace:
    """The documents of one person or group; raises StoreError for names that are taken or not there."""

    def __init__(self, database: Database, name: str = "home") -> None:
        self.database, self.name = database, name
        known = select(WorkspaceRow.id).where(WorkspaceRow.name == held("workspace", name))
        with database.reading() as connection:
            found = connection.scalar(known)
        if found is None:
            database.write(insert(WorkspaceRow), {"name": name})
            with database.reading() as connection:
                found = connection.scalar(known)
        assert found is not None
        self.id = found
        self.library = Library(database, self.id, f"workspace {name}")

    def documents(self) -> list[Listed]:
        """All documents, the one changed last first."""
        last = func.coalesce(func.max(GestureRow.made), DocumentRow.created)
        number = func.coalesce(func.max(GestureRow.number), 0)
        rows = (
            select(DocumentRow.name, DocumentRow.created, last, number)
            .outerjoin(GestureRow, GestureRow.document == DocumentRow.id)
            .where(DocumentRow.workspace == self.id, DocumentRow.removed.is_(None))
            .group_by(DocumentRow.id, DocumentRow.name, DocumentRow.created)
            .order_by(last.desc(), DocumentRow.name)
        )
        with self.database.reading() as connection:
            return [Listed(*row) for row in connection.execute(rows)]

    def create(self, name: str, circuit: Circuit | None = None, author: str = "") -> Session:
        """A new document, empty or beginning with a circuit."""
        row = {"workspace": self.id, "name": held("document", name)}
        row["first"] = dumps(circuit if circuit is not None else Circuit(name))
        if not self.database.write(insert(DocumentRow), row):
            raise taken(f"workspace {self.name}", "document", name)
        return self.open(name, author)

    def open(self, name: str, author: str = "") -> Session:
        """A session on a document: the last state that was logged, whatever happened since."""
        return Session(StoredLog(self.database, self.document_id(name)), author)

    def first(self, name: str) -> str:
        """The text of a document as it began."""
        found = select(DocumentRow.first).where(DocumentRow.id == self.document_id(name))
        with self.database.reading() as connection:
            return str(connection.scalars(found).one())

    def rename(self, name: str, to: str) -> None:
        """Give a document another name."""
        document = self.document_id(name)
        renamed = update(DocumentRow).where(DocumentRow.id == document).values(name=held("document", to))
        if not self.database.write(renamed):
            raise taken(f"workspace {self.name}", "document", to)

    def remove(self, name: str) -> None:
        """Take a document off the list; its log stays, and `restore` brings it back."""
        document = self.document_id(name)
        aside = {"removed": now(), "name": f"{name[: NAME - 20]} ({document})"}
        with self.database.writing() as connection:
            connection.execute(update(DocumentRow).where(DocumentRow.id == document).values(**aside))

    def removed(self) -> list[str]:
        """The documents that were removed, the last first."""
        found = select(DocumentRow.name).where(DocumentRow.workspace == self.id, DocumentRow.removed.is_not(None))
        with self.database.reading() as connection:
            return list(connection.scalars(found.order_by(DocumentRow.removed.desc())))

    def restore(self, name: str) -> None:
        """Bring a removed document back, under the name it is listed by among the removed."""
        here = (DocumentRow.workspace == self.id) & (DocumentRow.name == name)
        with self.database.writing() as connection:
            connection.execute(update(DocumentRow).where(here).values(removed=None))

    def keep_version(self, name: str, session: Session, version: str) -> None:
        """Give the state of a session a name."""
        row = {
            "document": self.document_id(name),
            "name": held("version", version),
            "revision": session.revision,
            "text": session.document.text(),
        }
        if not self.database.write(insert(VersionRow), row):
            raise taken(f"workspace {self.name}", "version", version)

    def versions(self, name: str) -> Sequence[Version]:
        """The named versions of a document, oldest first."""
        columns = select(VersionRow.name, VersionRow.revision, VersionRow.made, VersionRow.text)
        found = columns.where(VersionRow.document == self.document_id(name)).order_by(VersionRow.id)
        with self.database.reading() as connection:
            return [Version(*row) for row in connection.execute(found)]

    def document_id(self, name: str) -> int:
        """The key of a document."""
        here = (DocumentRow.workspace == self.id) & (DocumentRow.name == name) & DocumentRow.removed.is_(None)
        with self.database.reading() as connection:
            found = connection.scalar(select(DocumentRow.id).where(here))
        if found is None:
            near = did_you_mean(name, [one.name for one in self.documents()])
            where = f"workspace {self.name}"
            raise StoreError(Problem(where, f"a document '{name}'", "none", f"Choose one that is there.{near}"))
        return int(found)
