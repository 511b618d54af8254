"""The database: a URL of SQLAlchemy, by default one SQLite file; every gesture is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, Engine, Executable, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateColumn

from circuits import CircuitloomError, Problem

from .models import Base

MEMORY = "sqlite://"
# What every connection is told first. One that waits for another's transaction gives up in the end, and PostgreSQL ends
# a transaction whose process stands still: no server can hold up the others.
_PREPARED = {
    "sqlite": ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"),
    "postgresql": ("lock_timeout='5s'", "idle_in_transaction_session_timeout='10s'"),
}
# Waits until no other server makes the tables; the number is any that others do not use.
_ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7283310419)"}
# Else texts of a database without an encoding would be bytes.
_CONNECTED = {"psycopg": {"client_encoding": "utf8"}}
_FIXES = {
    "sqlite": "Check the file, its permissions and the room on the disk.",
    "postgresql": "Check that it runs, the address, and the rights of its user.",
}


class StoreError(CircuitloomError):
    """A store that cannot be opened, read or written, or a name in it that is not there or taken."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Database:
    """A connected database with all tables; raises StoreError where it cannot be used.

    `where` is a path of a SQLite file or a URL such as `postgresql://host/name`; nothing gives one in memory. `url` is
    the URL to be shown, without a password.
    """

    def __init__(self, where: str | Path = MEMORY) -> None:
        self.url, self.kind = "", ""
        if isinstance(where, Path):
            where.parent.mkdir(parents=True, exist_ok=True)
        with self.errors():
            url = URL.create("sqlite", database=str(where)) if isinstance(where, Path) else make_url(where)
            self.url = f"sqlite:///{where}" if isinstance(where, Path) else url.render_as_string()
            self.kind = url.get_backend_name()
            self.engine = _engine(url)
            try:
                self._make_tables()
            except BaseException:
                self.close()
                raise

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
        except ImportError as error:
            name = error.name or str(error).splitlines()[0]
            fix = "Run pip install 'circuitloom[postgres]' for PostgreSQL; for others install their driver."
            raise StoreError(Problem(f"store {self.url}", "a driver of the database", f"none ({name})", fix)) from error
        except (SQLAlchemyError, UnicodeError) as error:
            cause = str(error.__cause__ or error).splitlines()[0]
            fix = _FIXES.get(self.kind, "Check the address.")
            raise StoreError(Problem(f"store {self.url}", "a usable database", cause, fix)) from error

    def _make_tables(self) -> None:
        """Make the tables and columns that are not there, while no other server does.

        Columns that a later version brought have defaults for the rows that are there.
        """
        with self.engine.connect() as connection:
            self._require_unicode(connection)
            if not _lacking(connection):
                return
        with self.engine.begin() as connection:
            if self.kind in _ALONE:
                connection.exec_driver_sql(_ALONE[self.kind])
            Base.metadata.create_all(connection)
            for table, columns in _lacking(connection).items():
                for column in columns:
                    made = CreateColumn(column).compile(dialect=self.engine.dialect)
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {made}"))

    def _require_unicode(self, connection: Connection) -> None:
        if self.kind == "postgresql":
            found = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            if found != "UTF8":
                fix = "Make another with createdb --encoding=UTF8 --template=template0."
                raise StoreError(Problem(f"store {self.url}", "a database in UTF8", str(found), fix))


def _engine(url: URL) -> Engine:
    if url == make_url(MEMORY):
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    # a server that was started anew has dropped the connections that are kept
    engine = create_engine(url, pool_pre_ping=True, connect_args=_CONNECTED.get(url.get_driver_name(), {}))
    event.listen(engine, "connect", _prepare(engine.dialect.name))
    return engine


def _lacking(connection: Connection) -> dict[Table, list[Column[Any]]]:
    """The columns that the database lacks, by table: those of an earlier version, or all."""
    seen = inspect(connection)
    there = {table: {column["name"] for column in seen.get_columns(table)} for table in seen.get_table_names()}
    found = {
        table: [column for column in table.columns if column.name not in there.get(table.name, ())]
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def _prepare(kind: str) -> Any:
    """What is told to every new connection of a kind of database."""
    word = "PRAGMA" if kind == "sqlite" else "SET SESSION"

    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for setting in _PREPARED.get(kind, ()):
            cursor.execute(f"{word} {setting}")
        cursor.close()
        if kind != "sqlite":
            connection.commit()

    return prepare
