"""Nested state as a table of tensors and a document, so that storing it needs no pickle."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue
from torch import Tensor

from .errors import CheckpointError, Problem

Tree = Tensor | None | bool | int | float | str | list["Tree"] | dict[str, "Tree"]
TENSOR = "tensor"
TABLE = "table"


def flatten(tree: Tree, place: str = "state") -> tuple[JsonValue, dict[str, Tensor]]:
    """The tree as a document, its tensors replaced by their names, and the tensors by name.

    Raises CheckpointError for anything else than tensors, numbers, texts, lists and tables with
    text keys.
    """
    tensors: dict[str, Tensor] = {}
    return _flatten(tree, place, tensors), tensors


def _flatten(tree: Tree, place: str, tensors: dict[str, Tensor]) -> JsonValue:
    match tree:
        case Tensor():
            tensors[place] = tree
            return {TENSOR: place}
        case None | bool() | int() | float() | str():
            return tree
        case list():
            return [_flatten(item, f"{place}/{index}", tensors) for index, item in enumerate(tree)]
        case dict() if all(isinstance(key, str) for key in tree):
            items = {key: _flatten(item, f"{place}/{key}", tensors) for key, item in tree.items()}
            return {TABLE: items}
        case _:
            expected = "tensors, numbers, texts, lists and tables with texts as keys"
            found = f"a value of type {type(tree).__name__}"
            raise CheckpointError(Problem(place, expected, found, "Store it as one of these."))


def unflatten(document: JsonValue, tensors: Mapping[str, Tensor]) -> Tree:
    """The tree that `flatten` took apart."""
    match document:
        case {"tensor": str(name)}:
            return tensors[name]
        case {"table": dict(items)}:
            return {key: unflatten(item, tensors) for key, item in items.items()}
        case list():
            return [unflatten(item, tensors) for item in document]
        case None | bool() | int() | float() | str():
            return document
        case _:
            fix = "Take an older checkpoint."
            raise CheckpointError(Problem("state", "a stored tree", repr(document)[:80], fix))
