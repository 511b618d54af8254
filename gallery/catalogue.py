"""Finding gallery entries: every module of this folder that defines ENTRY holds one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from circuits import CircuitloomError, did_you_mean

from .entry import Entry

_NOT_ENTRIES = {"__init__", "catalogue", "entry"}


@cache
def names() -> tuple[str, ...]:
    """Names of all entries, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NOT_ENTRIES))


@cache
def entry(name: str) -> Entry:
    """The entry called `name`; raises CircuitloomError with the nearest name."""
    if name not in names():
        raise CircuitloomError(
            f"gallery: expected one of {', '.join(names())}, found '{name}'. "
            f"See `circuitloom list`.{did_you_mean(name, names())}"
        )
    found = import_module(f"{__package__}.{name}").ENTRY
    assert isinstance(found, Entry)
    return found


def entries() -> tuple[Entry, ...]:
    """All entries, by name."""
    return tuple(entry(name) for name in names())
