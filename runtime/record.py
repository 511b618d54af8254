"""What runs did, in SQLite: settings, identity, documents, versions, and every logged number by step.

One file holds any number of runs. Numbers are stored as 64-bit floats, all bits but the sign of zero; a run that goes
on from a checkpoint first drops what was logged after it, so the log has each step once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue
from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from .errors import Problem, RecordError, did_you_mean

Status = Literal["running", "finished", "stopped", "failed"]

TABLES = MetaData()
RUNS = Table(
    "runs",
    TABLES,
    Column("id", String, primary_key=True),
    Column("created", String, nullable=False),
    Column("status", String, nullable=False),
    Column("step", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("identity", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("results", JSON, nullable=False),
)
METRICS = Table(
    "metrics",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("run", String, ForeignKey("runs.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("value", Float, nullable=False),
    Index("metrics_by_step", "run", "step"),
)
# As text: there are rows for every step, and building the statement would cost more than running it.
APPEND = "INSERT INTO metrics (run, step, name, value) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Logged:
    """One number of a run: after `step` completed steps, `name` was `value`."""

    step: int
    name: str
    value: float


@dataclass(frozen=True)
class RunRecord:
    """A run as it was recorded; `results` are its last metrics of the held-out data."""

    id: str
    created: str
    status: Status
    step: int
    total: int
    seconds: float
    settings: Mapping[str, JsonValue]
    identity: Mapping[str, str]
    versions: Mapping[str, str]
    documents: Mapping[str, str]
    results: Mapping[str, float]


class Records:
    """The records in one SQLite file, or in memory without one; raises RecordError where it cannot be used."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        if path is None:
            arguments = {"check_same_thread": False}
            self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=arguments)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with self._errors():
            TABLES.create_all(self._engine)

    def close(self) -> None:
        """Let go of the file; records in memory are lost."""
        self._engine.dispose()

    def create(
        self,
        run: str,
        *,
        total: int,
        settings: Mapping[str, JsonValue],
        identity: Mapping[str, str],
        versions: Mapping[str, str],
        documents: Mapping[str, str],
    ) -> None:
        """Begin a run; one of the same id, which never reached a checkpoint, is replaced."""
        row = {
            "id": run,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "status": "running",
            "step": 0,
            "total": total,
            "seconds": 0.0,
            "settings": dict(settings),
            "identity": dict(identity),
            "versions": dict(versions),
            "documents": dict(documents),
            "results": {},
        }
        with self._errors(), self._engine.begin() as connection:
            connection.execute(delete(METRICS).where(METRICS.c.run == run))
            connection.execute(delete(RUNS).where(RUNS.c.id == run))
            connection.execute(insert(RUNS), row)

    def take_up(self, run: str, *, total: int, settings: Mapping[str, JsonValue]) -> None:
        """Note that a run goes on, and with which length and settings: some of them may be others by now."""
        values = {"status": "running", "total": total, "settings": dict(settings)}
        with self._errors(), self._engine.begin() as connection:
            connection.execute(update(RUNS).where(RUNS.c.id == run).values(values))

    def append(self, run: str, rows: Iterable[Logged]) -> None:
        """Add logged numbers, all or none."""
        values = [(run, row.step, row.name, row.value) for row in rows]
        if values:
            with self._errors(), self._engine.begin() as connection:
                connection.exec_driver_sql(APPEND, values)

    def forget_after(self, run: str, step: int) -> None:
        """Drop what was logged after `step`: the run goes on from there."""
        later = (METRICS.c.run == run) & (METRICS.c.step > step)
        with self._errors(), self._engine.begin() as connection:
            connection.execute(delete(METRICS).where(later))

    def mark(self, run: str, status: Status, step: int, seconds: float, results: Mapping[str, float]) -> None:
        """Note how far a run is."""
        values = {"status": status, "step": step, "seconds": seconds, "results": dict(results)}
        with self._errors(), self._engine.begin() as connection:
            connection.execute(update(RUNS).where(RUNS.c.id == run).values(values))

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(select(RUNS).order_by(RUNS.c.created, RUNS.c.id)).all()
        return [_record(row) for row in rows]

    def has(self, run: str) -> bool:
        """Whether there is a run of this id."""
        with self._errors(), self._engine.connect() as connection:
            return connection.execute(select(RUNS.c.id).where(RUNS.c.id == run)).first() is not None

    def run(self, run: str) -> RunRecord:
        """One run; raises RecordError if there is none of this id."""
        with self._errors(), self._engine.connect() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.id == run)).one_or_none()
        if row is None:
            fix = f"Choose one of them.{did_you_mean(run, [known.id for known in self.runs()])}"
            raise RecordError(Problem(self._place(), "the id of a run", f"'{run}'", fix))
        return _record(row)

    def metrics(self, run: str, name: str | None = None) -> list[Logged]:
        """What a run logged, in the order it was logged; only one name if it is given."""
        wanted = METRICS.c.run == run
        if name is not None:
            wanted &= METRICS.c.name == name
        columns = select(METRICS.c.step, METRICS.c.name, METRICS.c.value)
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(columns.where(wanted).order_by(METRICS.c.number)).all()
        return [Logged(*row) for row in rows]

    def _place(self) -> str:
        return f"records {self.path or 'in memory'}"

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = str(error.__cause__ or error).splitlines()[0]
            fix = "Give another file, or remove this one."
            raise RecordError(Problem(self._place(), "a usable SQLite file", cause, fix)) from error


def _record(row: Row[Any]) -> RunRecord:
    return RunRecord(**row._asdict())
