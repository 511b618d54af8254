"""Circuit documents: `*.circuit.json` files that hold a circuit and all circuits it uses.

A document is data: op names, attributes as JSON, axis names and types as text, never Python paths. The same circuit
always gives the same bytes, a node a line, so that a change is a small difference; and what was saved loads as an
equal circuit. Broken circuits and ops this version does not know are kept. Loading runs no code and has limits.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from .circuit import Circuit
from .errors import DocumentError, Problem
from .store_json import MAX_BYTES, parse_json, require_plain, write_json
from .store_read import read
from .store_write import written


def to_document(circuit: Circuit) -> dict[str, Any]:
    """A circuit as plain JSON data; raises DocumentError if reading that would not give an equal circuit."""
    document = written(circuit)
    entries = document["circuits"].values()
    free = [node.get("attributes") for entry in entries for node in entry.get("nodes", ())]
    try:
        # the form of all else is checked where it is read; these lie as deep here as there
        require_plain([[[[free, [entry.get("view") for entry in entries]]]]])
    except DocumentError:
        require_plain(document)
    if read(document) != circuit:
        fix = "Give attributes, types and sizes that their own texts say."
        raise DocumentError([Problem(circuit.name, "a circuit that a document can say", "another when read", fix)])
    return document


def from_document(document: Any) -> Circuit:
    """The circuit that plain JSON data describes; raises DocumentError."""
    require_plain(document)
    return read(document)


def dumps(circuit: Circuit) -> str:
    """A circuit as the text of a document; raises DocumentError for what no document can hold."""
    return write_json(to_document(circuit))


def loads(text: str | bytes, where: str = "") -> Circuit:
    """The circuit in the text of a document; raises DocumentError, whose places start with `where`."""
    return read(parse_json(text, where), where)


def save(circuit: Circuit, path: str | os.PathLike[str]) -> None:
    """Write a circuit to a file, whole or not at all.

    Raises DocumentError for what no document can hold, and if the file cannot be written.
    """
    data = dumps(circuit).encode()
    try:
        _replace(Path(os.path.realpath(path)), data)
    except (OSError, ValueError) as error:
        raise _cannot(Path(path), "that can be written", error) from error


def _replace(target: Path, data: bytes) -> None:
    """Put a file in the place of another, with its permissions, once it is complete."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> Circuit:
    """Read a circuit from a file; raises DocumentError with the place of everything that is wrong in it."""
    source = Path(path)
    try:
        if source.exists() and not source.is_file():
            found = "a folder" if source.is_dir() else "none of the kind"
            raise DocumentError([Problem(str(source), "a file", found, "Give a *.circuit.json file.")])
        with source.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _cannot(source, "that can be read", error) from error
    return loads(data, source.name)


def _cannot(path: Path, expected: str, error: Exception) -> DocumentError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    fix = "Check the path and its permissions."
    return DocumentError([Problem(str(path), f"a file {expected}", reason.lower(), fix)])
