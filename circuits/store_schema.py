"""The form of a circuit document, `circuitloom/1`, as models from which the published JSON Schema is made.

A document holds every circuit once, by key. Nodes name their op and give its attributes as JSON; circuits that an op
holds stand in `bodies`, by key, so that they are found whether or not a reader knows the op.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from .errors import AttributeProblem, Problem, did_you_mean
from .size_terms import MAX_DIGITS, OVERFLOW, clipped
from .sizes import Size, SizeError
from .store_json import MAX_TEXT, placed, shown
from .types import ArrayType, parse_type

FORMAT = "circuitloom/1"
SCHEMA_ID = "urn:circuitloom:schema:1"
MAX_NODES = 200_000
MAX_CIRCUITS = 20_000
MAX_NAME = 200
MAX_OP_TEXT = 10_000
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, pattern=_LINE)]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=3 * MAX_NAME, pattern=_LINE)]
Line = Annotated[str, StringConstraints(max_length=MAX_OP_TEXT, pattern=_LINE)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Default = Annotated[int, Field(ge=0, lt=OVERFLOW)]


def _text(value: Any, expected: str) -> str:
    if isinstance(value, str):
        return value
    raise AttributeProblem(expected, describe(value), "Write it as a text.")


def _read_type(value: Any) -> ArrayType:
    parsed = parse_type(_text(value, "an array type such as '[b t]'"))
    if parsed.sizes:
        raise AttributeProblem("a type without sizes", repr(value), "Give sizes in 'axes', as size of the axis.")
    return parsed.type


def _read_size(value: Any) -> Size:
    return Size.of(_text(value, "a size such as 'h*k'"))


def _read_bodies(value: Any) -> str | list[str]:
    keys = [value] if isinstance(value, str) else value
    if isinstance(keys, list) and all(isinstance(key, str) and 0 < len(key) <= MAX_NAME for key in keys):
        return value if isinstance(value, str) else keys
    raise AttributeProblem("the key of a circuit, or a list of keys", describe(value), "Name circuits of the document.")


def _read_view(value: Any) -> str:
    """View JSON: an object, or where it was not written by us, its text."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    try:
        if isinstance(value, str) and isinstance(json.loads(value), dict):
            return value
    except (ValueError, RecursionError):
        pass
    raise AttributeProblem("an object, or the text of one", describe(value), "Write {} for no view.")


_KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
TypeText = Annotated[
    ArrayType, PlainValidator(_read_type), WithJsonSchema({"type": "string", "examples": ["[b t]", "Natural(v)[t]"]})
]
SizeText = Annotated[
    Size, PlainValidator(_read_size), WithJsonSchema({"type": "string", "examples": ["512", "h*k", "(x-1)//2+1"]})
]
Bodies = Annotated[
    str | list[str],
    PlainValidator(_read_bodies),
    WithJsonSchema({"anyOf": [_KEY_SCHEMA, {"type": "array", "items": _KEY_SCHEMA}]}),
]
ViewText = Annotated[str, PlainValidator(_read_view), WithJsonSchema({"type": ["object", "string"]})]


class Entry(BaseModel):
    """A part of a document: no other keys, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class AxisEntry(Entry):
    """An axis of the glossary: what it counts, its role and, if it is fixed, its size."""

    name: Name
    doc: Text = ""
    role: Line = "feature"
    size: SizeText | None = None
    label: Line = ""


class InputEntry(Entry):
    """A typed input of a circuit; its name is the wire."""

    name: Name
    type: TypeText
    doc: Text = ""


class OutputEntry(Entry):
    """An output of a circuit: the wire it gives and, where it is declared, its type."""

    name: Name
    wire: WireName
    type: TypeText | None = None
    doc: Text = ""


class NodeEntry(Entry):
    """One use of an op: its attributes, the circuits it holds, and the wires at its ports (null: nothing connected).

    `feeds` connects wires to weights, `per` names axes the weights carry besides their own, `weights` the node whose
    weights this one shares, `shared` the passing axes over which draws are the same.
    """

    id: Name
    name: Name
    op: Name
    attributes: dict[Name, JsonValue] = Field(default_factory=dict)
    bodies: dict[Name, Bodies] = Field(default_factory=dict)
    inputs: list[WireName | None] = Field(default_factory=list)
    feeds: dict[Name, WireName] = Field(default_factory=dict)
    per: list[Line] = Field(default_factory=list)
    weights: Line = ""
    shared: list[Line] = Field(default_factory=list)


class CircuitEntry(Entry):
    """A circuit. Its name is its key, unless two circuits share a name; `sizes` are defaults."""

    name: Name | None = None
    doc: Text = ""
    source: Text = ""
    axes: list[AxisEntry] = Field(default_factory=list)
    sizes: dict[Name, Default] = Field(default_factory=dict)
    constraints: list[Line] = Field(default_factory=list)
    inputs: list[InputEntry] = Field(default_factory=list)
    nodes: list[NodeEntry] = Field(default_factory=list)
    outputs: list[OutputEntry] = Field(default_factory=list)
    view: ViewText = "{}"


class Document(Entry):
    """A circuit document: all circuits by key, and the key of the one it is about."""

    format: Literal["circuitloom/1"]
    root: Name
    circuits: dict[Name, CircuitEntry] = Field(max_length=MAX_CIRCUITS)


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of circuit documents (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **Document.model_json_schema(),
    }


def describe(value: Any) -> str:
    """A value of a document in a few words."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"'{clipped(value)}'" if isinstance(value, str) else clipped(json.dumps(value, default=repr))


def problems_of(error: ValidationError, where: str, limit: int) -> list[Problem]:
    """What a document is faulted for, each with its place in it."""
    return [_problem(item, where) for item in error.errors(include_url=False)[:limit]]


# what pydantic calls a fault: what was expected, and the fix
_FAULTS = {
    "string_type": ("a text", "Put it in quotes."),
    "int_type": ("a whole number", "Write digits without quotes."),
    "list_type": ("a list", "Write [...]."),
    "dict_type": ("an object", "Write {...}."),
    "model_type": ("an object", "Write {...}."),
    "string_unicode": ("a text of whole characters", "Write the whole character."),
    "string_too_short": ("a text that is not empty", "Name it."),
    "string_too_long": ("at most {max_length} characters", "Shorten it."),
    "string_pattern_mismatch": ("a text on one line, without control characters", "Take them out."),
    "too_long": ("at most {max_length} entries", "Split the document."),
    "greater_than_equal": ("a number of at least {ge}", "Use a larger number."),
    "less_than": (f"a whole number of at most {MAX_DIGITS} digits", "Use a smaller number."),
    "literal_error": (f"'{FORMAT}'", "Read it with the version of circuitloom that wrote it."),
}
_PARTS: Mapping[str, type[Entry]] = {
    "axes": AxisEntry,
    "inputs": InputEntry,
    "nodes": NodeEntry,
    "outputs": OutputEntry,
}


def _problem(item: Any, where: str) -> Problem:
    path = [key for key in item["loc"] if key != "[key]"]
    kind, context = item["type"], item.get("ctx", {})
    place = placed(where, shown(path))
    if kind == "missing":
        return Problem(placed(where, shown(path[:-1])), f"a key '{path[-1]}'", "none", "Add it.")
    if kind == "extra_forbidden":
        known = list(_part(path).model_fields)
        near = did_you_mean(clipped(str(path[-1])), known)
        fix = "Take it out, or read it with a newer version." + near
        return Problem(place, f"keys among {', '.join(known)}", f"'{clipped(str(path[-1]))}'", fix)
    cause = context.get("error")
    if isinstance(cause, AttributeProblem):
        return Problem(place, cause.expected, cause.found, cause.fix)
    if isinstance(cause, SizeError):
        return Problem(place, cause.expected, f"{clipped(cause.found)} in {describe(item['input'])}", cause.fix)
    expected, fix = _FAULTS.get(kind, (f"something else ({item['msg']})", "Compare it with circuit.schema.json."))
    return Problem(place, expected.format(**context), describe(item["input"]), fix)


def _part(path: Sequence[Any]) -> type[Entry]:
    """The model that the last key of a path belongs to."""
    if len(path) == 1:
        return Document
    return CircuitEntry if len(path) == 3 else _PARTS[path[2]]


def schema_text() -> str:
    """The text of `circuit.schema.json`, which is published with the package."""
    return json.dumps(json_schema(), indent=2) + "\n"
