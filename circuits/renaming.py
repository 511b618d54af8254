"""Ops with other names for their axes and sizes: what a rewrite needs to move an op into another scope."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from .circuit import Circuit
from .derived import Call, formal_names, open_names
from .expression_tree import Call as FunctionCall
from .expressions import Expression, SizeOf, parse_expression
from .op import Op
from .sizes import Size
from .types import AXIS_NAME, Element, follow, parse_element

Axes = Mapping[str, str]
Sizes = Mapping[str, Size]

_WORD = re.compile(rf"(?P<axis>{AXIS_NAME.pattern})(?:=(?P<size>[^\s,]+))?")


def renamed(op: Op, axes: Axes, sizes: Sizes) -> Op:
    """The op with other axis names, and sizes in place of size names, in all its attributes.

    Bodies keep their own names; those of a call are mapped, and regions need theirs replaced (`with_bodies`).
    """
    if isinstance(op, Call):
        return _renamed_call(op, axes, sizes)
    changes: dict[str, Any] = {}
    for name in type(op).model_fields:  # defaults too: attention calls its queries 'y' unless told otherwise
        value = getattr(op, name)
        found = _value(op, name, value, axes, sizes)
        if found != value:
            changes[name] = found
    return type(op)(**{**op.attributes(), **changes}) if changes else op


def with_bodies(op: Op, change: Callable[[Circuit], Circuit]) -> Op:
    """The op with every circuit among its attributes changed."""
    changes: dict[str, Any] = {}
    for name, value in op.attributes().items():
        if isinstance(value, Circuit):
            changes[name] = change(value)
        elif isinstance(value, tuple) and value and all(isinstance(item, Circuit) for item in value):
            changes[name] = tuple(change(item) for item in value)
    return type(op)(**{**op.attributes(), **changes}) if changes else op


def _value(op: Op, name: str, value: Any, axes: Axes, sizes: Sizes) -> Any:
    """One attribute in other names; texts are read as the op's class says."""
    if isinstance(value, Size):
        return value.at(sizes)
    kind = type(op).model_fields[name].annotation
    if not isinstance(value, str) or not (kind is str or str in get_args(kind)):
        return value
    match op.texts.get(name, "axes"):
        case "axes":
            return renamed_text(value, axes, sizes)
        case "expression":
            return str(renamed_expression(parse_expression(value), sizes))
        case "element":
            return str(renamed_element(parse_element(value), axes, sizes))
        case _:
            return value


def renamed_text(text: str, axes: Axes, sizes: Sizes) -> str:
    """An axis text such as `"m -> k h=2*g"` in other names."""

    def word(match: re.Match[str]) -> str:
        axis = axes.get(match["axis"], match["axis"])
        return axis if match["size"] is None else f"{axis}={Size.of(match['size']).at(sizes)}"

    return _WORD.sub(word, text)


def renamed_element(element: Element, axes: Axes, sizes: Sizes) -> Element:
    """An element whose bound or axis is called otherwise."""
    if element.kind == "Index":
        return Element("Index", axis=axes.get(element.axis, element.axis))
    return Element(element.kind, element.bound.at(sizes), bits=element.bits) if element.bound is not None else element


def renamed_expression(expression: Expression, sizes: Sizes) -> Expression:
    """An expression with sizes in place of size names."""
    if isinstance(expression, SizeOf):
        return SizeOf(expression.size.at(sizes))
    if not isinstance(expression, FunctionCall) or not expression.sizes:
        return expression
    return FunctionCall(expression.function, tuple(renamed_expression(arg, sizes) for arg in expression.args))


def _renamed_call(op: Call, axes: Axes, sizes: Sizes) -> Call:
    """A call with its actual names changed; formal names that matched by themselves are now mapped."""
    known, mapped, given = formal_names(op.circuit), op.axis_map(), op.size_map()
    pairs = {}
    for formal in sorted(known | set(mapped)):
        actual = mapped.get(formal, formal)
        pairs[formal] = axes.get(actual, actual)
    values = {formal: size.at(sizes) for formal, size in given.items()}
    for formal in sorted(open_names(op.circuit) - values.keys()):
        size = Size.name(formal).at(sizes)
        if formal in known and pairs[formal] == formal and size != Size.name(formal):
            values[formal] = size
    written = " ".join(f"{formal}={size}" for formal, size in values.items())
    return Call(circuit=op.circuit, axes=map_text(pairs), sizes=written)


def map_text(axes: Axes) -> str:
    """A map of formal to actual axes as a call writes it; what follows by itself is left out."""
    moved = {formal: actual for formal, actual in axes.items() if formal != actual}
    pairs = {formal: actual for formal, actual in axes.items() if formal in moved or follow(formal, moved) != formal}
    return " ".join(f"{formal}={actual}" for formal, actual in pairs.items())
