"""What a case of the op tests is: a small circuit around one op."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circuits import Circuit, build

SIZES = {"a": 2, "b": 3, "c": 4, "d": 5, "n": 3, "t": 6, "v": 7, "x": 8, "y": 6, "k": 4, "m": 4, "h": 2}


@dataclass(frozen=True)
class Case:
    """Inputs by type, what is done with them, and sizes besides those all cases share."""

    inputs: Mapping[str, str]
    body: Callable[..., Any]
    sizes: Mapping[str, int] = field(default_factory=dict)
    training: bool = False

    @property
    def updates(self) -> bool:
        """Whether it holds running statistics."""
        return any(record.node.op.signature.updates for record in self.circuit("case").checked.records.values())

    def circuit(self, name: str) -> Circuit:
        """The circuit under test."""
        return build(name, self.inputs, self.body, sizes={**SIZES, **self.sizes})
