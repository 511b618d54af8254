"""Circuits as plain data of a document: every circuit once, by key, in an order that edits hardly change."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from .circuit import Circuit, Input, Node, Output
from .errors import DocumentError, Problem
from .op import Op
from .opaque import apart
from .size_terms import clipped
from .sizes import Size
from .store_json import shown
from .store_schema import FORMAT
from .types import Axis

Keys = Mapping[Circuit, str]


def written(circuit: Circuit) -> dict[str, Any]:
    """A circuit and all circuits it uses as a document; raises DocumentError for what no document can hold."""
    keys = keys_of(circuit)
    problems: list[Problem] = []
    entries = {keys[used]: _Writer(keys, keys[used], problems).circuit(used) for used in keys}
    if problems:
        raise DocumentError(problems)
    return {"format": FORMAT, "root": keys[circuit], "circuits": dict(sorted(entries.items()))}


def keys_of(circuit: Circuit) -> dict[Circuit, str]:
    """A key for every circuit: its name for the first of that name, the circuit itself before all; then `name#2`."""
    used = [circuit, *(inner for inner in circuit.definitions() if inner is not circuit)]
    owners: dict[str, Circuit] = {}
    for inner in used:
        owners.setdefault(inner.name, inner)
    taken, numbers = set(owners), dict.fromkeys(owners, 1)
    keys: dict[Circuit, str] = {}
    for inner in used:
        key = inner.name
        while owners.get(inner.name) is not inner and key in taken:
            numbers[inner.name] += 1
            key = f"{inner.name}#{numbers[inner.name]}"
        taken.add(key)
        keys[inner] = key
    return keys


class _Writer:
    """Writes the parts of one circuit and collects what no document can hold."""

    def __init__(self, keys: Keys, key: str, problems: list[Problem]) -> None:
        self.keys, self.key, self.problems = keys, key, problems

    def circuit(self, circuit: Circuit) -> dict[str, Any]:
        parts = {
            "name": circuit.name if circuit.name != self.key else "",
            "doc": circuit.doc,
            "source": circuit.source,
            "axes": [self.axis(item) for item in circuit.axes],
            "sizes": self.mapping(circuit.sizes, "sizes"),
            "constraints": list(circuit.constraints),
            "inputs": [self.input(item) for item in circuit.inputs],
            "nodes": [self.node(node) for node in circuit.nodes],
            "outputs": [self.output(item) for item in circuit.outputs],
            "view": view_data(circuit.view),
        }
        return {key: value for key, value in parts.items() if value}

    def axis(self, axis: Axis) -> dict[str, Any]:
        told = {key: value for key in _AXIS_DEFAULTS if (value := getattr(axis, key)) != _AXIS_DEFAULTS[key]}
        return {key: str(value) if isinstance(value, Size) else value for key, value in told.items()}

    def input(self, item: Input) -> dict[str, Any]:
        return {"name": item.name, "type": str(item.type), **({"doc": item.doc} if item.doc else {})}

    def output(self, item: Output) -> dict[str, Any]:
        typed = {"type": str(item.type)} if item.type is not None else {}
        return {"name": item.name, "wire": item.wire, **typed, **({"doc": item.doc} if item.doc else {})}

    def node(self, node: Node) -> dict[str, Any]:
        attributes, bodies = self.op(node)
        parts = {
            "attributes": attributes,
            "bodies": bodies,
            "inputs": list(node.inputs),
            "feeds": self.mapping(node.feeds, f"nodes.{node.name}.feeds"),
            "per": list(node.per),
            "weights": node.weights,
            "shared": list(node.shared),
        }
        head = {"id": node.id, "name": node.name, "op": node.op.name}
        return {**head, **{key: value for key, value in parts.items() if value}}

    def op(self, node: Node) -> tuple[dict[str, Any], dict[str, Any]]:
        """Attributes and bodies of an op."""
        plain, held = apart(node.op)
        attributes = {
            name: self.value(value, node.op, f"nodes.{node.name}.attributes.{name}") for name, value in plain.items()
        }
        bodies = {
            name: self.keys[value] if isinstance(value, Circuit) else [self.keys[one] for one in value]
            for name, value in held.items()
        }
        return attributes, bodies

    def value(self, value: Any, op: Op, place: str) -> Any:
        """An attribute as JSON data."""
        if isinstance(value, tuple | list):
            return [self.value(item, op, place) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item, op, place) for key, item in value.items()}
        if isinstance(value, Size):
            return str(value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if value is None or isinstance(value, str | bool | int | float):
            return value
        found = f"{type(value).__name__} {clipped(repr(value))}"
        self.fault(place, f"an attribute of '{op.name}' that JSON can hold", found, "Make it a text or a number.")
        return None

    def mapping(self, pairs: Sequence[tuple[str, Any]], place: str) -> dict[str, Any]:
        """Pairs as an object; a name that stands twice fits in none."""
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            for name in (name for name, count in counts.items() if count > 1):
                self.fault(place, f"one entry for '{name}'", str(counts[name]), "Keep one of them.")
        return found

    def fault(self, place: str, expected: str, found: str, fix: str) -> None:
        self.problems.append(Problem(f"{shown(('circuits', self.key))}.{place}", expected, found, fix))


_AXIS_DEFAULTS = {item.name: item.default for item in fields(Axis)}


def view_data(view: str) -> Any:
    """The view as an object where that gives the same text again, else as the text."""
    try:
        found = json.loads(view)
        same = isinstance(found, dict) and json.dumps(found, sort_keys=True) == view
    except (ValueError, RecursionError):
        return view
    return found if same else view
