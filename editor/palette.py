"""The palette: every op and every circuit that can be added, found by letters and by the wire they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from circuits import REGISTRY, ArrayType, AttributeProblem, Circuit, Op, known, to_document
from gallery import entries

from .commands import AddCall, AddNode, Command
from .document import Document
from .suggestions import fits, suggested

COMMON = [
    "linear",
    "softmax",
    "elementwise",
    "einsum",
    "relu",
    "gelu",
    "layer_norm",
    "embedding",
    "attention",
    "multi_head_attention",
    "mlp",
    "conv",
    "dropout",
    "reduce",
    "rename",
    "concat",
    "split",
    "merge",
    "parameter",
    "cross_entropy",
]
_NO_MATCH = 1000


@dataclass(frozen=True)
class Entry:
    """Something that can be added.

    `title` says what it is in a line, `group` where it stands, `attributes` what is filled in, `port` which of its
    ports a given wire enters. `command` adds it, without the wire.
    """

    label: str
    title: str
    group: str
    attributes: str
    command: Command
    port: int | None = None

    def wired(self, wire: str) -> Command:
        """The command that adds it and connects a wire to the port it fits."""
        inputs = (*(None,) * (self.port or 0), wire)
        assert isinstance(self.command, AddNode | AddCall)
        return self.command.model_copy(update={"inputs": inputs})


def search(
    text: str,
    wire_type: ArrayType | None = None,
    document: Document | None = None,
    parts: Mapping[str, Circuit] | None = None,
) -> list[Entry]:
    """What can be added, best match first; given a type, only what a wire of it fits, filled in so that it does.

    Letters are found in their order, also apart: `lno` finds `layer_norm`. Without letters the common ones come first.
    Circuits are those of the document, of the gallery, and `parts` of one's own; the word `circuit` means all of them.
    """
    words = text.lower().split()
    ranked = []
    for place, (label, title) in enumerate(_labels(document, parts or {})):
        asked = [word for word in words if word != "circuit" or ":" not in label]
        points = max((distance(word, label, title) for word in asked), default=0)
        if points < _NO_MATCH:
            ranked.append((points, place, label))
    found = []
    for _, _, label in sorted(ranked):
        entry = _entry(label, wire_type, document, parts or {})
        if entry is not None:
            found.append(entry)
    return found


def distance(word: str, label: str, title: str = "") -> int:
    """How badly a word matches a name: 0 for the name itself, 1000 for not at all."""
    name = label.partition(":")[2] or label
    name = name.lower().replace(" ", "_")
    if word == name:
        return 0
    if name.startswith(word):
        return 1 + len(name) - len(word)
    initials = "".join(part[0] for part in name.split("_") if part)
    if word in name:
        return 40 + name.index(word)
    if initials.startswith(word) and len(word) > 1:
        return 80 + len(initials) - len(word)
    apart = _apart(word, name)
    if apart is not None and apart <= 2 * len(word) + 4:
        return 100 + apart
    return 300 if len(word) > 2 and word in title.lower() else _NO_MATCH


def _apart(word: str, name: str) -> int | None:
    """How far the letters of a word, in their order, lie apart in a name; None if they are not there.

    Going on at the beginning of a part costs one; what the name has behind the last letter counts as well.
    """
    place, apart = -1, 0
    for letter in word:
        part = name.find(f"_{letter}", place + 1)
        found = name.find(letter, place + 1)
        if found < 0:
            return None
        if part >= 0 and found != place + 1:
            found, apart = part + 1, apart + 1
        else:
            apart += found - place - 1
        place = found
    return apart + len(name) - place - 1


@cache
def _ops() -> tuple[tuple[str, str], ...]:
    """Names and first lines of the ops that hold no circuit, the common ones first."""
    rest = sorted(name for name, kind in REGISTRY.items() if name not in COMMON and not _holds(kind))
    return tuple((name, (REGISTRY[name].__doc__ or "").strip().partition("\n")[0]) for name in (*COMMON, *rest))


def _holds(kind: type[Op]) -> bool:
    return any("Circuit" in str(field.annotation) for field in kind.model_fields.values())


@cache
def _gallery() -> Mapping[str, Circuit]:
    return {entry.name: entry.circuit for entry in entries()}


def _labels(document: Document | None, parts: Mapping[str, Circuit]) -> Iterator[tuple[str, str]]:
    """Labels and titles: plain names are ops, those of circuits say where they come from; parts follow common ops."""
    found = {
        group: [(f"{group}:{name}", circuit.doc.partition("\n")[0]) for name, circuit in circuits.items()]
        for group, circuits in _circuits(document, parts).items()
    }
    yield from (
        *_ops()[: len(COMMON)],
        *found["library"],
        *_ops()[len(COMMON) :],
        *found["document"],
        *found["gallery"],
    )


def _circuits(document: Document | None, parts: Mapping[str, Circuit]) -> Mapping[str, Mapping[str, Circuit]]:
    inside = {} if document is None else {key: one for key, one in document.definitions.items() if key != document.root}
    # a part that the document uses as it is stands under the parts
    known_here = {key: one for key, one in inside.items() if parts.get(key) != one}
    return {"document": known_here, "library": parts, "gallery": _gallery()}


def _entry(label: str, type: ArrayType | None, document: Document | None, parts: Mapping[str, Circuit]) -> Entry | None:
    group, colon, name = label.partition(":")
    if not colon:
        return _op_entry(label, type)
    circuit = _circuits(document, parts)[group][name]
    title = circuit.doc.partition("\n")[0]
    given = _given(circuit) if group == "library" else None
    if type is None:
        return Entry(name, title, group, "", AddCall(circuit=name, given=given))
    fitted = _fitted(circuit, type)
    if fitted is None:
        return None
    axes, port = fitted
    return Entry(name, title, group, axes, AddCall(circuit=name, axes=axes, given=given), port)


@lru_cache(maxsize=256)
def _given(circuit: Circuit) -> dict[str, Any]:
    """A circuit as a document, made once."""
    return to_document(circuit)


def _op_entry(kind: str, type: ArrayType | None) -> Entry | None:
    found = suggested(kind, type)
    if found is None and type is not None:
        return None
    attributes, port = found or ((), 0)
    said = ", ".join(f"{key} {value}" for key, value in attributes)
    title, group = dict(_ops())[kind], REGISTRY[kind].__module__.rpartition(".")[2].replace("_", " ")
    command = AddNode(op=kind, attributes=dict(attributes))
    return Entry(kind, title, group, said, command, port if type is not None else None)


def _fitted(circuit: Circuit, type: ArrayType) -> tuple[str, int] | None:
    """A map of axes with which a wire of a type fits an input of a circuit, and the number of that input."""
    count = len(circuit.inputs)
    for place, item in enumerate(circuit.inputs):
        lacking = [axis for axis in item.type.axes if axis not in type.axes]
        free = [axis for axis in type.axes if axis not in item.type.axes]
        if len(lacking) > len(free):
            continue
        axes = " ".join(f"{formal}={actual}" for formal, actual in zip(lacking, free, strict=False))
        try:
            op = known("call", {"axes": axes}, {"circuit": circuit})
        except AttributeProblem:
            continue
        if fits(op, type, place, count):
            return axes, place
    return None
