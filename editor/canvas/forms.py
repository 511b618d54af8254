"""Forms for the inspector: the attributes of an op as fields, from its pydantic schema, and what its docstring says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from circuits import REGISTRY, Op, Opaque

from ..rewiring import attributes_of

_EXAMPLE = re.compile(r"`([a-z_0-9]+)\((.*?)\)`", re.DOTALL)
_ARGUMENT = re.compile(r"""(?:(\w+)\s*=\s*)?("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|True|False)""")


def form(op: Op) -> dict[str, Any]:
    """The op's name, documentation and fields with their values."""
    kind = op.kind if isinstance(op, Opaque) else op.name
    cls = REGISTRY.get(kind, type(op))
    values = attributes_of(op)
    shown = [name for name in cls.model_fields if not _holds_circuits(cls, name)]
    return {
        "op": kind,
        "doc": inspect.cleandoc(cls.__doc__ or ""),
        "fields": [_field(cls, name, values) for name in shown],
    }


def _field(cls: type[Op], name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    field = cls.model_fields[name]
    default = None if field.is_required() else field.default
    value = values.get(name, default)
    return {
        "name": name,
        "kind": _kind(field.annotation),
        "value": value if isinstance(value, bool | int | float | str) else "" if value is None else str(value),
        "default": ""
        if default is None
        else default
        if isinstance(default, bool | int | float | str)
        else str(default),
        "required": field.is_required(),
        "choices": list(get_args(field.annotation)) if get_origin(field.annotation) is Literal else [],
    }


def _kind(annotation: Any) -> str:
    """The kind of a field: choice, switch, whole, number or text."""
    if get_origin(annotation) is Literal:
        return "choice"
    return {bool: "switch", int: "whole", float: "number"}.get(annotation, "text")


def _holds_circuits(cls: type[Op], name: str) -> bool:
    return "Circuit" in str(cls.model_fields[name].annotation)


def examples(kind: str) -> dict[str, Any]:
    """Attributes to start with: those of the example in the op's docstring, as far as it needs any."""
    cls = REGISTRY[kind]
    fields = [name for name in cls.model_fields if not _holds_circuits(cls, name)]
    found: dict[str, Any] = {}
    for called, arguments in _EXAMPLE.findall(cls.__doc__ or ""):
        if called != kind or found:
            continue
        places = iter(fields)
        for name, text in _ARGUMENT.findall(arguments):
            name = name or next((one for one in places if one not in found), "")
            if name in fields:
                found[name] = _value(text)
    return {name: value for name, value in found.items() if cls.model_fields[name].is_required()}


def _value(text: str) -> Any:
    if text in ("True", "False"):
        return text == "True"
    if text[0] in "\"'":
        return text[1:-1]
    return float(text) if "." in text else int(text)
