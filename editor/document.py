"""The document that is edited: one circuit, and with it every circuit it uses, each under a key of its own.

Circuits nest by value, so a definition lives exactly as long as something uses it, and two uses of equal circuits are
two uses of one definition. Changing a definition changes all its uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from circuits import Circuit, Problem, dumps, keys_of, loads

from .rewiring import remapped, reop, with_circuits


@dataclass(frozen=True)
class Document:
    """A main circuit and, by key, the circuits inside it: the keys are those of a saved file."""

    main: Circuit

    @cached_property
    def keys(self) -> Mapping[Circuit, str]:
        """The key of every circuit, the main one first."""
        return keys_of(self.main)

    @cached_property
    def definitions(self) -> Mapping[str, Circuit]:
        """Every circuit by key, the main one first."""
        return {key: circuit for circuit, key in self.keys.items()}

    @property
    def root(self) -> str:
        """The key of the main circuit."""
        return self.main.name

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of all circuits in it."""
        return self.main.problems

    def replaced(self, old: Circuit, new: Circuit, axes: Mapping[str, str] | None = None) -> Document:
        """The document with a circuit changed wherever it is used; wires at its ports stay where they fit.

        Calls of it map axes that it calls otherwise now, by `axes`, to what they were.
        Raises AttributeProblem where a node cannot hold the changed circuit.
        """
        changed = {old: new}
        for circuit in self.main.definitions():
            if circuit in changed:
                continue
            ops = {
                node.id: with_circuits(remapped(node.op, old, axes) if axes else node.op, changed)
                for node in circuit.nodes
                if any(body in changed for body in node.op.bodies())
            }
            if ops:
                changed[circuit] = reop(circuit, ops)
        return Document(changed.get(self.main, self.main))

    def text(self) -> str:
        """The bytes of the document, as a file holds them; raises DocumentError for what no file can hold."""
        return dumps(self.main)

    @staticmethod
    def read(text: str) -> Document:
        """The document in a text; raises DocumentError."""
        return Document(loads(text))
