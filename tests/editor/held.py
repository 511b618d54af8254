"""A process that stops in the middle of writing a gesture: `python -m tests.editor.held URL`."""

from __future__ import annotations

import sys
import time

from sqlalchemy import insert

from editor.store import Database, StoredLog, Workspace
from editor.store.models import GestureRow, now


def main(url: str) -> None:
    """Write the next gesture of a document, tell so, and never commit."""
    log = Workspace(Database(url)).open("drawing").log
    assert isinstance(log, StoredLog)
    with log.database.writing() as connection:
        number = len(log.entries()) + 1
        row = {"document": log.document, "number": number, "kind": "do", "command": "{}", "author": "", "made": now()}
        connection.execute(insert(GestureRow), row)
        print("writing", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1])
