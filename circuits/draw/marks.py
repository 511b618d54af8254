"""Marks of glyphs with their `{attribute}` fields filled in, as TeX."""

from __future__ import annotations

import re

from ..circuit import Circuit
from ..errors import AttributeProblem
from ..expressions import parse_expression
from ..op import Op
from ..sizes import Size
from ..types import parse_element
from .axis_labels import axis_label, element_label, escaped, size_label
from .expression_labels import expression_mark
from .scope import Scope

_FIELD = re.compile(r"\{(\w+)\}")
_WORDS = re.compile(r"-?[0-9]+(?: -?[0-9]+)*")
_LONGEST_WORD = 9
_GENERIC = re.compile(r"(?:_|^)(?:linear|map|table|weight|projection|proj|layer|embedding|conv|norm|[0-9]+)$")


def filled(op: Op, circuit: Circuit) -> str:
    """The mark of an op with the attributes it names in their places."""
    names = type(op).model_fields

    def shown(found: re.Match[str]) -> str:
        return valued(op, found[1], circuit) if found[1] in names else found[0]

    return _FIELD.sub(shown, op.pictured().mark).replace("+-", "-")


def valued(op: Op, name: str, circuit: Circuit) -> str:
    """An attribute as TeX."""
    value = getattr(op, name)
    kind = op.texts.get(name, "axes")
    match value:
        case None:
            return ""
        case Size():
            return size_label(str(value))
        case bool() | int() | float():
            return f"{value:g}"
        case Circuit():
            return word(value.name)
        case str() if kind == "expression":
            return expression_mark(parse_expression(value))
        case str() if kind == "element":
            return element_mark(value)
        case str() if kind == "plain":
            return word(value)
        case str() if _WORDS.fullmatch(value):
            return "\\times ".join(value.split())
        case str() if "=" in value:
            pairs = (pair.partition("=") for pair in value.split())
            return ",".join(f"{axis_label(left)}={size_label(right)}" for left, _, right in pairs)
        case str():
            scope = Scope(circuit)
            return "\\,".join(axis_label(axis, scope.role(axis)) for axis in value.split())
        case _:
            return word(str(value))


def element_mark(text: str) -> str:
    """An element as the set its values are in."""
    try:
        element = parse_element(text)
    except AttributeProblem:
        return word(text)
    if element.kind == "Natural":
        return f"\\mathbb{{N}}_{{{element_label(element)}}}"
    return element_label(element) or "\\mathbb{R}"


def word(text: str) -> str:
    """Plain words as TeX, upright; one letter stands as it is."""
    plain = escaped(text.replace("_", " ")).strip()
    if len(plain) == 1 and plain.isalpha():
        return plain
    return "\\mathrm{" + plain.replace(" ", "\\ ") + "}" if plain else ""


def instance(name: str, op: str) -> str:
    """The name of a learned map as a script beside its letter; none where it only says what the op is."""
    root = re.sub(rf"(?:_|^){re.escape(op)}(?:_?[0-9]+)?$", "", name)
    while (shorter := _GENERIC.sub("", root)) != root:
        root = shorter
    first = root.strip("_").partition("_")[0] if len(root) > _LONGEST_WORD else root.strip("_").replace("_", " ")
    if len(first) > _LONGEST_WORD:
        first = first[: _LONGEST_WORD - 2] + "."
    return word(first)
