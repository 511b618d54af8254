"""Files and folders that are complete or absent, whenever the process dies."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

PARTIAL = ".partial-"
TRASH = ".trash-"


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def partial_name(target: Path) -> Path:
    """A fresh name beside `target` under which it is written first."""
    return target.parent / f"{PARTIAL}{target.name}-{uuid.uuid4().hex}"


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that it holds the old content or all of the new one; raises OSError."""
    partial = partial_name(target)
    try:
        partial.write_bytes(content)
        sync(partial)
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    sync(target.parent)


def remove_whole(folder: Path) -> None:
    """Remove a folder so that it is complete or absent under its name at any moment; raises OSError."""
    trash = folder.parent / f"{TRASH}{folder.name}-{uuid.uuid4().hex}"
    folder.rename(trash)
    shutil.rmtree(trash)


def sweep(parent: Path) -> None:
    """Remove what processes that died while writing or removing have left behind."""
    for entry in parent.iterdir():
        if entry.name.startswith((PARTIAL, TRASH)):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def digest_file(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
