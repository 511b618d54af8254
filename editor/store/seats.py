"""Who has a document open, so that after a crash the next one is told that nothing was lost."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from .database import Database
from .models import GestureRow, SeatRow


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at a document: its key, and what to say of the last time, "" where it ended well."""

    id: int
    says: str = ""


def take_seat(database: Database, document: int) -> Seat:
    """Note that this process has the document open; seats of processes of this machine that died are cleared."""
    host = _host()
    here = (SeatRow.document == document) & (SeatRow.host == host)
    with database.writing() as connection:
        seats = connection.execute(select(SeatRow.id, SeatRow.process).where(here)).all()
        dead = [id for id, process in seats if not _lives(process)]
        if dead:
            connection.execute(delete(SeatRow).where(SeatRow.id.in_(dead)))
        row = {"document": document, "host": host, "process": os.getpid()}
        made = connection.execute(insert(SeatRow).values(**row)).inserted_primary_key
        assert made is not None
        last = select(func.count(), func.max(GestureRow.made)).where(GestureRow.document == document)
        count, when = connection.execute(last).one()
    return Seat(int(made[0]), _said(count, when) if dead else "")


def leave(database: Database, seat: Seat) -> None:
    """Give the seat back."""
    with database.writing() as connection:
        connection.execute(delete(SeatRow).where(SeatRow.id == seat.id))


def leave_all(database: Database) -> None:
    """Give back all seats of this process, which ends."""
    here = (SeatRow.host == _host()) & (SeatRow.process == os.getpid())
    with database.writing() as connection:
        connection.execute(delete(SeatRow).where(here))


def _host() -> str:
    return socket.gethostname()[:200]


def _said(count: int, when: str | None) -> str:
    begun = "The editor was ended while this document was open. "
    if not when:
        return f"{begun}It had not been changed."
    time = when.replace("T", " ").partition(".")[0]
    return f"{begun}Nothing is lost: all {count:,} gestures are here, the last of {time} UTC."


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
