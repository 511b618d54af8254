"""Programs: the text of one `.py` that stands on its own."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A printed program: its text, the name of its main class, and its target."""

    source: str
    name: str
    target: str = "torch"

    def write(self, path: str | Path) -> Path:
        """Write the text to a file, whole or not at all; the path."""
        path = Path(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(self.source)
            # a fresh temporary file is its owner's alone; a program is as readable as any file
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        return path

    def __str__(self) -> str:
        return self.source


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
