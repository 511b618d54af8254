"""Names in a store: those that every database can hold, and that nothing else of their kind has."""

from __future__ import annotations

from unicodedata import category

from circuits import Problem

from .database import StoreError
from .models import NAME


def held(kind: str, name: str) -> str:
    """The name; raises StoreError if not every database can hold it."""
    if name and len(name) <= NAME and not any(category(one) in ("Cc", "Cs") for one in name):
        return name
    expected = f"a {kind} with a name of 1 to {NAME} characters that can be written"
    found = f"{name[:40]!a}" + (f" and so on, {len(name):,} characters" if len(name) > 40 else "")
    raise StoreError(Problem("store", expected, found, "Name it otherwise."))


def taken(where: str, kind: str, name: str) -> StoreError:
    """The refusal of a name that something else of its kind has."""
    found = f"'{name}', which is taken"
    return StoreError(Problem(where, f"a {kind} of a name of its own", found, "Name it otherwise."))
