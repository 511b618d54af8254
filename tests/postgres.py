"""A PostgreSQL server for tests: a cluster in a temporary folder, asked through a Unix socket in it and nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

ADMIN = "lab"
SECONDS_TO_START = 60


@cache
def programs() -> Path | None:
    """The folder of PostgreSQL's programs, of the newest version that is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).parent if found else None


def lacking() -> str:
    """What is missing to run one, "" for nothing."""
    if programs() is None:
        return "expected PostgreSQL's command 'initdb', found none. Install Debian's package postgresql."
    if find_spec("psycopg") is None:
        return "expected the package psycopg, found none. Run pip install 'circuitloom[test]'."
    return ""


def somebody() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


@dataclass
class Cluster:
    """A running server with databases of its own."""

    folder: Path
    server: subprocess.Popen[bytes] | None = None
    numbers: count[int] = field(default_factory=count)

    @staticmethod
    def made() -> Cluster:
        """A new cluster, started."""
        folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if os.geteuid() == 0:
            os.chown(folder, somebody()["user"], somebody()["group"])
        cluster = Cluster(folder)
        words = ("--auth=trust", f"--username={ADMIN}", "--encoding=UTF8", "--locale=C", "--no-sync")
        cluster.call("initdb", "-D", str(folder / "data"), *words)
        cluster.start()
        return cluster

    def call(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        path = programs()
        assert path is not None
        command = [str(path / program), *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, **somebody())
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server and wait until it answers."""
        path, settings = programs(), ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off")
        assert path is not None
        words = [word for setting in settings for word in ("-c", setting)]
        command = [str(path / "postgres"), "-D", str(self.folder / "data"), *words]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **somebody())
        deadline = time.monotonic() + SECONDS_TO_START
        ready = [str(path / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, timeout=30).returncode != 0:
            assert self.server.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, whoever is connected."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=60)
            self.server = None

    def remove(self) -> None:
        """Stop the server and remove all that it wrote."""
        self.stop()
        shutil.rmtree(self.folder)

    def database(self, *words: str) -> str:
        """The URL of a new, empty database."""
        name = f"d{next(self.numbers)}"
        self.call("createdb", "-h", str(self.folder), "-U", ADMIN, *words, name)
        return f"postgresql+psycopg://{ADMIN}@/{name}?host={self.folder}"
