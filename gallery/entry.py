"""What the gallery holds: circuits worth drawing, each with its source, glossary and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from circuits import Circuit


@dataclass(frozen=True)
class Entry:
    """One gallery circuit.

    `shows` says in a sentence what a reader learns from it. `data` names the task it is trained on at once, empty
    where it has none; `settings` are the settings of that run that differ from the defaults.
    """

    circuit: Circuit
    shows: str
    data: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name it is called by."""
        return self.circuit.name

    @property
    def title(self) -> str:
        """The first sentence of the circuit's description."""
        return self.circuit.doc.partition("\n")[0]
