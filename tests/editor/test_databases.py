"""What holds in SQLite and in PostgreSQL alike: races, killed clients, servers that start at once, any text and name."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import count
from threading import Barrier
from unicodedata import category

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from circuits import Circuit, CircuitloomError
from editor.commands import AddInput, AddNode
from editor.log import Entry
from editor.session import Session
from editor.store import Database, StoredLog, StoreError, Workspace, leave_all, take_seat
from editor.store.models import Base
from tests.postgres import Cluster, lacking
from tests.source_tree import ROOT

# one database serves all examples of a test, each has a workspace of its own
EXAMPLES = count()
ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = Database(store_url)
    yield opened
    opened.close()


@dataclass
class Watched(StoredLog):
    """A log that counts the entries it lost to somebody faster."""

    database: Database
    document: int
    lost: list[int] = field(default_factory=list)

    def append(self, entry: Entry) -> bool:
        added = super().append(entry)
        if not added:
            self.lost.append(entry.number)
        return added


def test_of_two_writers_at_once_one_is_told_and_both_gestures_are_logged(database: Database, store_url: str) -> None:
    Workspace(database).create("drawing")
    document, start = Workspace(database).document_id("drawing"), Barrier(2)

    def write(author: str) -> list[int]:
        mine = Database(store_url)
        log = Watched(mine, document)
        session = Session(log, author)
        for number in range(60):
            start.wait(30)
            assert not session.do(AddInput(name=f"{author}{number}")).refusals
        mine.close()
        return log.lost

    with ThreadPoolExecutor(2) as pool:
        lost = [number for found in pool.map(write, ("a", "b")) for number in found]
    opened = Workspace(database).open("drawing")
    assert lost and len(lost) == len(set(lost))
    assert [entry.number for entry in opened.log.entries()] == [*range(1, 121)]
    assert {item.name for item in opened.document.main.inputs} == {f"{who}{n}" for who in "ab" for n in range(60)}


def test_a_client_killed_in_a_transaction_leaves_nothing_and_holds_nobody_up(
    database: Database, store_url: str
) -> None:
    session = Workspace(database).create("drawing")
    command = [sys.executable, "-m", "tests.editor.held", store_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None and victim.stdout.readline() == "writing\n"
        assert Workspace(database).open("drawing").revision == 0
        victim.send_signal(signal.SIGKILL)
        assert not session.do(AddNode(op="relu")).refusals
    assert [entry.author for entry in Workspace(database).open("drawing").log.entries()] == [""]
    assert session.revision == 1


@pytest.mark.slow
def test_a_client_that_stands_still_in_a_transaction_is_told_of(database: Database, store_url: str) -> None:
    session = Workspace(database).create("drawing")
    command = [sys.executable, "-m", "tests.editor.held", store_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None and victim.stdout.readline() == "writing\n"
        with pytest.raises(StoreError, match="lock"):
            session.do(AddNode(op="relu"))
        victim.kill()
    assert not session.do(AddNode(op="relu")).refusals


def test_servers_that_start_at_once_make_the_tables_once(store_url: str) -> None:
    code = "import sys; from editor.store import Database; sys.stdin.readline(); Database(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, store_url]
    servers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for server in servers:
        assert server.stdin is not None
        server.stdin.write("now\n")
        server.stdin.flush()
    assert [server.communicate(timeout=120)[1] for server in servers] == [""] * 3
    assert [server.returncode for server in servers] == [0] * 3
    opened = Database(store_url)
    with opened.reading() as connection:
        for table in Base.metadata.tables:
            assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == 0
    opened.close()


@ONE_STORE
@given(st.text(max_size=60), st.text(max_size=210))
def test_any_text_comes_back_and_any_name_that_can_be_held(database: Database, note: str, name: str) -> None:
    workspace = Workspace(database, f"example {next(EXAMPLES)}")
    try:
        session = workspace.create(name, Circuit("drawing", doc=note), "grace")
    except CircuitloomError as error:
        assert "expected a document with a name of 1 to 200 characters" in str(error) or "doc" in str(error)
        assert not 0 < len(name) <= 200 or any(category(sign) in ("Cc", "Cs") for sign in name + note)
        return
    assert workspace.open(name).document == session.document
    assert session.document.main.doc == note
    workspace.keep_version(name, session, name)
    assert [(one.name, one.document) for one in workspace.versions(name)] == [(name, session.document)]
    workspace.remove(name)
    (aside,) = workspace.removed()
    workspace.restore(aside)
    workspace.rename(aside, name)
    workspace.library.keep(name, session.document.main)
    assert [one.name for one in workspace.documents()] == [one.name for one in workspace.library.parts()] == [name]


@pytest.mark.parametrize("name", ["", "a\0b", "line\nfeed", "half \ud800", "n" * 201])
def test_a_name_that_not_every_database_holds_is_refused_by_all(database: Database, name: str) -> None:
    workspace = Workspace(database)
    workspace.create("drawing")
    keep = partial(workspace.library.keep, circuit=Circuit("part"))
    for act in (workspace.create, partial(workspace.rename, "drawing"), partial(Workspace, database), keep):
        with pytest.raises(StoreError, match="with a name of 1 to 200 characters that can be written, found"):
            act(name)
    with pytest.raises(StoreError):
        workspace.open(name)
    assert [one.name for one in workspace.documents()] == ["drawing"]


def test_names_that_mean_something_to_a_database_are_names(database: Database) -> None:
    workspace = Workspace(database, "o'neil@lab.example")
    names = {"'; drop table documents; --", '"quoted"', "100 %s %(x)s :y ?", "ÅNGSTRÖM", "ångström", "𝔘∪🧠‍🔬", "a\\b"}
    for name in names:
        workspace.create(name).do(AddInput(name="x"))
    assert {one.name for one in workspace.documents()} == names
    assert {one.revision for one in workspace.documents()} == {1}


def test_a_seat_is_taken_and_given_back(database: Database) -> None:
    workspace = Workspace(database)
    workspace.create("drawing")
    document = workspace.document_id("drawing")
    assert take_seat(database, document).says == ""
    with database.writing() as connection:
        connection.execute(text("update seats set process = 999999999"))
    assert take_seat(database, document).says.endswith("It had not been changed.")
    leave_all(database)
    assert take_seat(database, document).says == ""


def test_a_database_that_is_started_anew_loses_nothing_and_is_found_again(cluster: Cluster) -> None:
    database = Database(cluster.database())
    session = Workspace(database).create("drawing")
    session.do(AddInput(name="before"))
    cluster.stop()
    with pytest.raises(StoreError) as raised:
        session.do(AddInput(name="meanwhile"))
    cluster.start()
    assert "expected a usable database, found" in str(raised.value)
    assert str(raised.value).endswith("Check that it runs, the address, and the rights of its user.")
    session.do(AddInput(name="after"))
    opened = Workspace(database).open("drawing")
    assert [item.name for item in opened.document.main.inputs] == ["before", "after"]
    database.close()


def test_a_database_that_cannot_hold_every_text_is_refused(cluster: Cluster) -> None:
    url = cluster.database("--encoding=SQL_ASCII", "--template=template0")
    with pytest.raises(StoreError) as raised:
        Database(url)
    assert str(raised.value) == (
        f"store {make_url(url)}: expected a database in UTF8, found SQL_ASCII. "
        "Make another with createdb --encoding=UTF8 --template=template0."
    )


@pytest.mark.skipif(find_spec("psycopg") is None, reason=lacking())
def test_a_message_shows_no_password() -> None:
    with pytest.raises(StoreError) as raised:
        Database("postgresql://ada:hidden@127.0.0.1:1/lab")
    assert str(raised.value).startswith("store postgresql://ada:***@127.0.0.1:1/lab: expected a usable database, found")


def test_a_driver_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreError) as raised:
        Database("mysql+pymysql://ada:hidden@127.0.0.1/lab")
    assert str(raised.value) == (
        "store mysql+pymysql://ada:***@127.0.0.1/lab: expected a driver of the database, found none (pymysql). "
        "Run pip install 'circuitloom[postgres]' for PostgreSQL; for others install their driver."
    )


def test_a_database_of_an_earlier_version_gets_the_columns_that_it_lacks(database: Database, store_url: str) -> None:
    Workspace(database).library.keep("part", Circuit("part"), "lost words")
    with database.writing() as connection:
        for column in ("words", "author"):
            connection.execute(text(f"alter table parts drop column {column}"))
    database.close()
    opened = Database(store_url)
    assert [(one.name, one.words, one.author) for one in Workspace(opened).library.parts()] == [("part", "", "")]
    opened.close()
