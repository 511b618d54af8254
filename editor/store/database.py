"""The database: a URL of SQLAlchemy, by default one SQLite file; every gesture is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, inspect, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateColumn

from circuits import CircuitloomError, Problem

from .models import Base

MEMORY = "sqlite://"


class StoreError(CircuitloomError):
    """A store that cannot be opened, read or written, or a name in it that is not there or taken."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Database:
    """A connected database with all tables; raises StoreError where it cannot be used.

    `where` is a path of a SQLite file or a URL such as `postgresql://host/name`; nothing gives one in memory.
    """

    def __init__(self, where: str | Path = MEMORY) -> None:
        self.url = f"sqlite:///{where}" if isinstance(where, Path) else where
        if isinstance(where, Path):
            where.parent.mkdir(parents=True, exist_ok=True)
        with self.errors():
            self.engine = _engine(self.url)
            Base.metadata.create_all(self.engine)
            _grow(self.engine)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it, durably, or nothing."""
        with self.errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with self.errors(), self.engine.connect() as connection:
            yield connection

    def write(self, statement: Executable, row: Mapping[str, Any] | None = None) -> bool:
        """Carry out one statement as a transaction; False, and nothing done, where a name or key in it is taken."""
        with self.errors():
            try:
                with self.engine.begin() as connection:
                    connection.execute(statement, row)
            except IntegrityError:
                return False
        return True

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise what goes wrong in the database as StoreError."""
        try:
            yield
        except SQLAlchemyError as error:
            cause = str(error.__cause__ or error).splitlines()[0]
            fix = "Check the file, its permissions and the room on the disk."
            raise StoreError(Problem(f"store {self.url}", "a usable database", cause, fix)) from error


def _engine(url: str) -> Engine:
    if url == MEMORY:
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _grow(engine: Engine) -> None:
    """Add the columns that a database of an earlier version lacks; each has a default for the rows that are there."""
    for table in Base.metadata.sorted_tables:
        there = {column["name"] for column in inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                made = CreateColumn(column).compile(dialect=engine.dialect)
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {made}"))


def _prepare(connection: Any, record: Any) -> None:
    """Let readers go on while somebody writes, and put every transaction on the disk before it counts."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
