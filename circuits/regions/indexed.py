"""Bodies whose names hold the index of a repetition: `c[l]`, `c[l-1]`, `skip[5-l]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from ..circuit import Circuit
from ..op import Op
from ..sizes import Size

_INDEX = re.compile(r"\[([^\[\]]*)\]")


@lru_cache(maxsize=4096)
def indexed_names(circuit: Circuit, index: str) -> frozenset[str]:
    """Names of inputs, outputs, axes and sizes of a circuit that hold the index."""
    names = {item.name for item in circuit.inputs} | {item.name for item in circuit.outputs}
    names |= {axis for found in circuit.checked.types.values() if found for axis in found.axes}
    names |= {name for size in circuit.checked.solution.bindings.values() for name in size.names}
    return frozenset(name for name in names if _mentions(name, index))


def _mentions(name: str, index: str) -> bool:
    return any(re.search(rf"\b{re.escape(index)}\b", inside) for inside in _INDEX.findall(name))


@lru_cache(maxsize=4096)
def holds_index(circuit: Circuit, index: str) -> bool:
    """Whether any text in a circuit, or in those it uses, holds the index; quicker than the names, and no less."""
    held = any("[" in text and _mentions(text, index) for text in _texts(circuit))
    return held or any(holds_index(body, index) for node in circuit.nodes for body in node.op.bodies())


def _texts(value: Any) -> Iterator[str]:
    """Every text inside frozen data, except those of nested circuits."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Size):
        yield str(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Op):
        for item in value.attributes().values():
            yield from () if isinstance(item, Circuit) else _texts(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


@lru_cache(maxsize=4096)
def at_index(circuit: Circuit, index: str, number: int) -> Circuit:
    """The circuit with the index replaced by a number in every name: `c[l-1]` at 2 is `c[1]`.

    What does not hold the index stays the same object.
    """

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return name_at_index(value, index, number)
        if isinstance(value, Circuit):
            return at_index(value, index, number)
        return _mapped(value, changed)

    found = _mapped(circuit, changed)
    assert isinstance(found, Circuit)
    return found


def name_at_index(name: str, index: str, number: int) -> str:
    """A name with the index replaced by a number; the name itself where it holds none."""
    found = _INDEX.sub(lambda match: _evaluated(match, index, number), name) if "[" in name else name
    return name if found == name else found


def _evaluated(match: re.Match[str], index: str, number: int) -> str:
    inside = match[1]
    if not re.search(rf"\b{re.escape(index)}\b", inside):
        return match[0]
    return f"[{Size.of(inside).at({index: number})}]"


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Frozen data with `change` applied to its parts; the value itself where none of them changes."""
    if isinstance(value, Size):
        text = str(value)
        found = change(text)
        return value if found == text else Size.of(found)
    if isinstance(value, tuple):
        items = tuple(change(item) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, Op):
        attributes = value.attributes()
        different = {name: new for name, old in attributes.items() if (new := change(old)) is not old}
        return type(value)(**{**attributes, **different}) if different else value
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        different = {name: new for name, old in parts.items() if (new := change(old)) is not old}
        return replace(value, **different) if different else value
    return value
