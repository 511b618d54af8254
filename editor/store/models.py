"""The tables: workspaces hold documents; a document has its gestures, kept states and named versions.

Only portable types, so that the same tables live in SQLite and in PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAME = 200


def now() -> str:
    """The time in UTC, as text that sorts."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Base(DeclarativeBase):
    """All tables of the editor."""


class WorkspaceRow(Base):
    """A place for the documents and parts of one person or group."""

    __tablename__ = "workspaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME), unique=True)
    created: Mapped[str] = mapped_column(String(40), default=now)


class DocumentRow(Base):
    """A document: its first state; all later ones follow from its gestures."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("workspace", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(NAME))
    created: Mapped[str] = mapped_column(String(40), default=now)
    removed: Mapped[str | None] = mapped_column(String(40), default=None)
    first: Mapped[str] = mapped_column(Text)


class GestureRow(Base):
    """An entry of a document's log; the key is what lets two sessions write one after the other only."""

    __tablename__ = "gestures"

    document: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    command: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(NAME))
    made: Mapped[str] = mapped_column(String(40))


class StateRow(Base):
    """A state of a document, kept so that less has to be replayed: the one with gesture `top` as its last."""

    __tablename__ = "states"

    document: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    top: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class SeatRow(Base):
    """A browser tab that has a document open, and the process that serves it; one that ended well leaves none."""

    __tablename__ = "seats"

    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    host: Mapped[str] = mapped_column(String(NAME))
    process: Mapped[int] = mapped_column()
    taken: Mapped[str] = mapped_column(String(40), default=now)


class VersionRow(Base):
    """A state of a document with a name."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("document", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    name: Mapped[str] = mapped_column(String(NAME))
    revision: Mapped[int] = mapped_column()
    made: Mapped[str] = mapped_column(String(40), default=now)
    text: Mapped[str] = mapped_column(Text)


class PartRow(Base):
    """A circuit in a workspace's own library, with a line of words, who kept it and when."""

    __tablename__ = "parts"
    __table_args__ = (UniqueConstraint("workspace", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(NAME))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    author: Mapped[str] = mapped_column(String(NAME), default="", server_default="")
    made: Mapped[str] = mapped_column(String(40), default=now)
    text: Mapped[str] = mapped_column(Text)
