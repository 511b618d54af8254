"""Bodies whose names hold the index of a repetition: `c[l]`, `c[l-1]`, `skip[5-l]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from ..circuit import Circuit
from ..op import Op
from ..sizes import Size

_INDEX = re.compile(r"\[([^\[\]]*)\]")


def indexed_names(circuit: Circuit, index: str) -> frozenset[str]:
    """Names of inputs, outputs, axes and sizes of a circuit that hold the index."""
    names = {item.name for item in circuit.inputs} | {item.name for item in circuit.outputs}
    names |= {axis for found in circuit.checked.types.values() if found for axis in found.axes}
    names |= {name for size in circuit.checked.solution.bindings.values() for name in size.names}
    return frozenset(name for name in names if _mentions(name, index))


def _mentions(name: str, index: str) -> bool:
    return any(re.search(rf"\b{re.escape(index)}\b", inside) for inside in _INDEX.findall(name))


@lru_cache(maxsize=4096)
def at_index(circuit: Circuit, index: str, number: int) -> Circuit:
    """The circuit with the index replaced by a number in every name: `c[l-1]` at 2 is `c[1]`."""

    def text(found: str) -> str:
        return _INDEX.sub(lambda match: _evaluated(match, index, number), found)

    changed = _map(circuit, text)
    assert isinstance(changed, Circuit)
    return changed


def _evaluated(match: re.Match[str], index: str, number: int) -> str:
    inside = match[1]
    if not re.search(rf"\b{re.escape(index)}\b", inside):
        return match[0]
    return f"[{Size.of(inside).at({index: number})}]"


def _map(value: Any, text: Callable[[str], str]) -> Any:
    """Apply `text` to every string inside frozen data."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Size):
        return Size.of(text(str(value)))
    if isinstance(value, tuple):
        return tuple(_map(item, text) for item in value)
    if isinstance(value, Op):
        return type(value)(**{name: _map(item, text) for name, item in value.attributes().items()})
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _map(getattr(value, item.name), text) for item in fields(value)})
    return value
