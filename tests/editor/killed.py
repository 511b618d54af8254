"""A process that edits a document as fast as it can, until it is killed: `python -m tests.editor.killed URL SEED`."""

from __future__ import annotations

import sys
from random import Random

from editor.session import Session
from editor.store import Database, Workspace
from tests.editor.gestures import gesture


def main(url: str, seed: int) -> None:
    """Print the number of every gesture once it is committed, and between them begin the next."""
    workspace = Workspace(Database(url))
    session: Session = workspace.open("drawing", "victim")
    random = Random(seed)
    while True:
        if random.random() < 0.1 and session.can_undo:
            session.undo()
        else:
            session.do(gesture(random, session.document))
        print(session.revision, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
