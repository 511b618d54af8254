"""Nodes typed in one line, `query = linear m -> k h`: a name if there should be one, what is added, its attributes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from circuits import REGISTRY, ArrayType, AttributeProblem, Circuit, known

from .commands import AddCall, AddNode
from .document import Document
from .palette import Entry, search
from .suggestions import fits

_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=\s*(?=\S)")


@dataclass(frozen=True)
class Line:
    """A line as it was typed: the node's name or "", the words to search for, and what follows the first of them."""

    name: str
    words: str
    rest: str


def line(text: str) -> Line:
    """What a line says."""
    found = _NAMED.match(text)
    words = text[found.end() :] if found else text
    return Line(found.group(1) if found else "", words, words.strip().partition(" ")[2].strip())


def typed(
    text: str, type: ArrayType | None, document: Document, parts: Mapping[str, Circuit] | None = None
) -> list[Entry]:
    """What a line could add, best match first: what follows the name of an op or a circuit are its attributes."""
    said = line(text)
    found = list(_filled(said, type, document)) if said.rest else []
    found += search(said.words, type, document, parts)
    return [replace(one, command=_named(one.command, said.name)) for one in found] if said.name else found


def _named(command: Any, name: str) -> Any:
    return command.model_copy(update={"name": name})


def _filled(said: Line, type: ArrayType | None, document: Document) -> Iterator[Entry]:
    """Ops and circuits of exactly the first word, with the rest as their attributes where that makes sense."""
    word = said.words.split()[0]
    if said.rest == "circuit":  # one that is searched for
        return
    for entry in search(word, None, document):
        if entry.label != word:
            continue
        made = _op(entry, said.rest, type) if isinstance(entry.command, AddNode) else _call(entry, said.rest, document)
        if made is not None:
            yield made


def _op(entry: Entry, rest: str, type: ArrayType | None) -> Entry | None:
    attributes = attributes_in(rest, entry.label)
    try:
        op = known(entry.label, attributes, {})
        count = len(op.signature.inputs)
    except AttributeProblem:
        return None
    places = range(count) if type is not None else ()
    port = next((place for place in places if fits(op, type, place, count)), 0) if type is not None else None
    said = ", ".join(f"{key} {value}" for key, value in attributes.items())
    command = AddNode(op=entry.label, attributes=attributes)
    return replace(entry, attributes=said, command=command, port=port)


def _call(entry: Entry, rest: str, document: Document) -> Entry | None:
    assert isinstance(entry.command, AddCall)
    if "=" not in rest:
        return None
    command = entry.command.model_copy(update={"axes": rest})
    return replace(entry, attributes=rest, command=command, port=0)


def attributes_in(text: str, kind: str) -> dict[str, Any]:
    """Attributes of an op in a text: `m -> k` is that of its first field, `rate=0.1` one by its name."""
    fields: Mapping[str, Any] = REGISTRY[kind].model_fields
    names = "|".join(map(re.escape, fields))
    parts = re.split(rf"(?:^|[\s,]+)({names})\s*=\s*", text) if names else [text]
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0].strip():
        found = {next(iter(fields), "spec"): parts[0].strip(), **found}
    return {
        name: _value(value.strip(), fields[name].annotation if name in fields else str) for name, value in found.items()
    }


def _value(text: str, annotation: Any) -> Any:
    """A text as the value of a field: a number or a switch where one is meant."""
    if annotation is str:
        return text
    try:
        return json.loads(text.lower() if annotation is bool else text)
    except ValueError:
        return text
