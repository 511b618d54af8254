"""Where the editor keeps its runs: one folder a run, and the records of all of them in one file."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from runtime import Logged, Records, RunRecord


def runs_folder() -> Path:
    """This user's: `circuitloom/runs` in the folder for data."""
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "circuitloom" / "runs"


@dataclass(frozen=True)
class RunFolder:
    """A folder of runs; it is made when the first run is."""

    root: Path

    @property
    def records(self) -> Path:
        """The file with the records of all runs."""
        return self.root / "runs.sqlite"

    def fresh(self, circuit: str) -> Path:
        """A folder for a new run of a circuit, named after it, the time and a random number."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", circuit)[:40] or "circuit"
        time = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        return self.root / f"{name}-{time}-{secrets.token_hex(3)}"

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, the newest first; raises RecordError for a file that holds no records."""
        if not self.records.exists():
            return ()
        store = Records(self.records)
        try:
            return tuple(reversed(store.runs()))
        finally:
            store.close()

    def series(self, run: str, name: str) -> list[Logged]:
        """What a run logged under a name; raises RecordError."""
        store = Records(self.records)
        try:
            return store.metrics(run, name)
        finally:
            store.close()

    def place(self, run: str) -> Path | None:
        """The folder of a run by its id, or None where it was removed."""
        for marker in sorted(self.root.glob("*/run_id")):
            if marker.read_text(encoding="ascii") == run:
                return marker.parent
        return None

    def at_work(self, run: str) -> bool:
        """Whether a process trains here now: one that was killed holds no lock."""
        place = self.place(run)
        if place is None:
            return False
        try:
            with FileLock(place / "lock", timeout=0):
                return False
        except Timeout:
            return True

    def status(self, record: RunRecord) -> str:
        """How a run stands in one word; one that was killed still says in its record that it runs."""
        return "interrupted" if record.status == "running" and not self.at_work(record.id) else record.status


def differing(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    """The settings and the circuit, data and versions in which runs differ: a name to one text a run."""
    tables = [_flat(record) for record in records]
    names = sorted({name for table in tables for name in table})
    rows = {name: tuple(table.get(name, "") for table in tables) for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


def _flat(record: RunRecord) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in record.settings.items():
        if isinstance(value, dict):
            found.update({f"{name}.{key}": _text(inner) for key, inner in value.items()})
        else:
            found[name] = _text(value)
    identity = record.identity
    found.update({name: identity[name].partition(" ")[0] for name in ("data",) if name in identity})
    found.update({name: identity[name][:12] for name in ("circuit",) if name in identity})
    return {**found, **{f"version of {name}": value for name, value in record.versions.items()}}


def _text(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else f"{value}"
