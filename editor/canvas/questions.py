"""What a browser asks of the document without changing it: verdicts, what can be added, fixes, forms, text, code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from circuits import Circuit, line_json

from ..commands import fixes, fragment
from ..document import Document
from ..typed import typed
from .codeview import code
from .forms import form
from .shelves import listed, shelved
from .sketch import Sketch
from .verdicts import verdicts

Message = Mapping[str, Any]
Answer = dict[str, Any]


class Asked(Protocol):
    """Who knows the document and its picture."""

    @property
    def document(self) -> Document:
        """The document as it is now."""

    def sketch(self) -> Sketch:
        """Its picture."""

    def definition(self, key: str) -> Circuit:
        """The circuit of a key, "" for the main one."""

    def parts(self) -> Mapping[str, Circuit]:
        """What the library holds, by name."""


def verdict(asked: Asked, message: Message) -> Answer:
    """Which ports a wire fits."""
    key = message.get("circuit") or ""
    circuit = asked.definition(key)
    return {"ports": verdicts(circuit, str(message["wire"]), asked.sketch().figures, key)}


def search(asked: Asked, message: Message) -> Answer:
    """What can be added."""
    circuit = asked.definition(message.get("circuit") or "")
    found = circuit.checked.types.get(str(message.get("wire")))
    if message.get("wire") and found is None:
        return {"entries": []}
    text = str(message.get("text", ""))
    entries = typed(text, found, asked.document, asked.parts())
    return {"entries": listed(entries) if text or message.get("wire") else shelved(entries)}


def mending(asked: Asked, message: Message) -> Answer:
    """What mends a problem, given by its text."""
    found = next((one for one in asked.document.problems if str(one) == message.get("text")), None)
    return {"fixes": [fix.label for fix in fixes(asked.document, found)] if found is not None else []}


def describe(asked: Asked, message: Message) -> Answer:
    """The form of a node."""
    figure = asked.sketch().figures.get(str(message.get("figure")))
    if figure is None or figure.kind != "node":
        return {"form": None}
    node = asked.definition(figure.circuit or "").by_id.get(figure.node)
    return {"form": form(node.op) if node is not None else None}


def copy(asked: Asked, message: Message) -> Answer:
    """Some nodes of the main circuit with the wires between them, as text for the clipboard."""
    circuit = asked.document.main
    ids = [str(id) for id in message["ids"] if str(id) in circuit.by_id]
    return {"text": line_json(fragment(circuit, ids)) if ids else ""}


def program(asked: Asked, message: Message) -> Answer:
    """The program, with the lines of every node."""
    return code(asked.document.main, asked.sketch().figures)


QUESTIONS = {
    "verdict": verdict,
    "search": search,
    "fixes": mending,
    "describe": describe,
    "copy": copy,
    "code": program,
}
