"""Validation errors in plain words.

As everywhere: *settings.optimizer.lr: expected X, found Y. Fix.*
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .errors import Problem, RunError, did_you_mean

# pydantic's error type -> what was expected; the context's values fill the braces.
EXPECTED = {
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text",
    "string_pattern_mismatch": "'cpu', 'cuda' or 'cuda:0'",
    "literal_error": "{expected}",
    "missing": "a value",
    "tuple_type": "two numbers",
    "too_long": "two numbers",
    "union_tag_invalid": "one of {expected_tags} under 'name'",
    "union_tag_not_found": "an entry 'name' that says which one",
    "model_attributes_type": "a table of settings with an entry 'name'",
}


def explain(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """All problems of one validation, each at its setting."""
    place = model.__name__.lower()
    return [problem for detail in error.errors() for problem in _problems(detail, model, place)]


def _problems(detail: ErrorDetails, model: type[BaseModel], place: str) -> list[Problem]:
    where = ".".join([place, *_path(detail)])
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, RunError):  # settings inside settings: only the place is new
        return [replace(inner, where=_inside(where, inner.where)) for inner in cause.problems]
    if detail["type"] == "extra_forbidden":
        return [_unknown(detail, model, place)]
    if cause is not None:
        return [Problem(where, str(cause), _found(detail["input"]), "Change one of them.")]
    return [Problem(where, _expected(detail), _found(detail["input"]), _fix(detail, model))]


def _path(detail: ErrorDetails) -> list[str]:
    """The setting's path; pydantic adds the tag of a union, which nobody wrote."""
    location = [str(part) for part in detail["loc"]]
    return location[:1] if detail["type"] == "value_error" else location


def _inside(where: str, inner: str) -> str:
    _, _, rest = inner.partition(".")
    return f"{where}.{rest}" if rest else where


def _unknown(detail: ErrorDetails, model: type[BaseModel], place: str) -> Problem:
    name, known = str(detail["loc"][-1]), list(model.model_fields)
    fix = f"Remove it.{did_you_mean(name, known)}"
    return Problem(place, f"one of {', '.join(known)}", f"'{name}'", fix)


def _expected(detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx", {})
    template = EXPECTED.get(detail["type"])
    return template.format(**context) if template else detail["msg"]


def _found(value: object) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _fix(detail: ErrorDetails, model: type[BaseModel]) -> str:
    field: FieldInfo | None = model.model_fields.get(str(detail["loc"][0]))
    if field is None or field.is_required():
        return "Change it."
    if field.default is None:
        return "Change it, or leave it out."
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, BaseModel):
        default = default.model_dump(mode="json")["name"]
    return f"Change it, or leave it out for {default!r}."
