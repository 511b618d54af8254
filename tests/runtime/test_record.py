import sqlite3
import threading
from pathlib import Path

import pytest

from runtime import Logged, RecordError, Records


def begin(records: Records, run: str, total: int = 5) -> None:
    records.create(run, total=total, settings={"seed": 1}, identity={"a": "b"}, versions={}, documents={"c": "text"})


def test_numbers_come_back_bit_for_bit_and_in_order(tmp_path: Path) -> None:
    rows = [Logged(2, "loss", 0.1 + 0.2), Logged(1, "loss", 1e-310), Logged(1, "lr", -0.1), Logged(3, "x", 2**60 + 1)]
    records = Records(tmp_path / "deep" / "run.sqlite")
    begin(records, "one")
    records.append("one", rows[:3])
    records.append("one", [])
    records.append("one", rows[3:])
    back = Records(tmp_path / "deep" / "run.sqlite").metrics("one")
    assert [(row.step, row.name, float(row.value).hex()) for row in back] == [
        (row.step, row.name, float(row.value).hex()) for row in rows
    ]
    assert records.metrics("one", "lr") == [rows[2]]


def test_a_run_is_recorded_whole(tmp_path: Path) -> None:
    records = Records(tmp_path / "run.sqlite")
    begin(records, "one")
    begin(records, "two", total=6)
    records.mark("two", "stopped", 3, 1.5, {"loss": 0.5})
    record = records.run("two")
    assert (record.status, record.step, record.total, record.seconds) == ("stopped", 3, 6, 1.5)
    assert (record.settings, record.identity, record.documents) == ({"seed": 1}, {"a": "b"}, {"c": "text"})
    assert (record.results, records.run("one").status) == ({"loss": 0.5}, "running")
    assert [known.id for known in records.runs()] == ["one", "two"]


def test_what_came_later_is_forgotten(tmp_path: Path) -> None:
    records = Records(tmp_path / "run.sqlite")
    for run in ("one", "two"):
        begin(records, run)
        records.append(run, [Logged(step, "loss", step / 2) for step in range(5)])
    records.forget_after("one", 2)
    assert [row.step for row in records.metrics("one")] == [0, 1, 2]
    assert [row.step for row in records.metrics("two")] == [0, 1, 2, 3, 4]
    begin(records, "two")
    assert records.metrics("two") == [] and len(records.runs()) == 2


def test_rows_are_added_all_or_none() -> None:
    records = Records()
    begin(records, "one")
    with pytest.raises(RecordError, match=r"^records in memory: expected a usable SQLite file, found NOT NULL"):
        records.append("one", [Logged(1, "loss", 1.0), Logged(2, "loss", float("nan"))])
    assert records.metrics("one") == []
    records.close()


def test_an_unknown_run_is_named_with_the_nearest() -> None:
    records = Records()
    begin(records, "monday")
    with pytest.raises(RecordError) as caught:
        records.run("munday")
    expected = "records in memory: expected the id of a run, found 'munday'. Choose one of them. Did you mean 'monday'?"
    assert str(caught.value) == expected
    records.close()


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    path.write_text("this is no database, but long enough to be taken for one " * 40)
    with pytest.raises(RecordError) as caught:
        Records(path)
    assert str(caught.value) == (
        f"records {path}: expected a usable SQLite file, found file is not a database. "
        "Give another file, or remove this one."
    )


def test_records_can_be_read_while_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    records = Records(path)
    begin(records, "one")
    records.append("one", [Logged(1, "loss", 0.5)])
    found: list[list[Logged]] = []
    thread = threading.Thread(target=lambda: found.append(Records(path).metrics("one")))
    thread.start()
    thread.join()
    assert found == [[Logged(1, "loss", 0.5)]]


def test_the_tables_are_plain_sql(tmp_path: Path) -> None:
    records = Records(tmp_path / "run.sqlite")
    begin(records, "one")
    records.append("one", [Logged(1, "loss", 0.5), Logged(2, "loss", 0.25)])
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    try:
        query = "select step, value from metrics where run = 'one' and name = 'loss' order by step"
        assert connection.execute(query).fetchall() == [(1, 0.5), (2, 0.25)]
    finally:
        connection.close()
