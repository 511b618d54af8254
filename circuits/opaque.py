"""Ops this version cannot make: kept as they were written, so that nothing of a document is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import InstanceOf

from .apply import make
from .circuit import Circuit
from .errors import AttributeProblem
from .op import Glyph, Op, Signature, op_class

# the attribute, whether it is a list, and the circuits it holds
Body = tuple[str, bool, tuple[InstanceOf[Circuit], ...]]


class Opaque(Op):
    """An op of a document that this version does not know, or whose attributes it cannot take.

    It keeps the attributes as JSON text and is saved again as it was read. Checking it tells what is wrong.
    """

    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="{kind}", detail="note")

    texts: ClassVar[Mapping[str, str]] = {"kind": "plain", "text": "plain"}

    kind: str
    text: str = "{}"
    held: tuple[Body, ...] = ()

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name the document gives the op."""
        return self.kind

    def bodies(self) -> tuple[Circuit, ...]:
        """The circuits it holds."""
        return tuple(circuit for _, _, circuits in self.held for circuit in circuits)

    def typing(self) -> Signature:
        """Nothing is known of it; raises AttributeProblem saying why."""
        known(self.kind, self.written(), {key: value if many else value[0] for key, many, value in self.held})
        raise AttributeProblem(
            f"'{self.kind}' to be known when the document was read", "an op that is known now", "Load it again."
        )

    def written(self) -> dict[str, Any]:
        """The attributes as the document gives them."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def known(kind: str, attributes: Mapping[str, Any], bodies: Mapping[str, Any]) -> Op:
    """The op that a document describes; raises AttributeProblem if this version cannot make it."""
    found = op_class(kind)
    both = [key for key in bodies if key in attributes]
    if both:
        raise AttributeProblem(f"'{both[0]}' as attribute or as body", "both", "Take one of them out.")
    op = make(found, {**attributes, **bodies})
    for name, value in op.attributes().items():
        if any(item != item for item in (value if isinstance(value, tuple) else (value,))):
            raise AttributeProblem(f"a number for '{name}'", "nan", "Write a number.")
    return op


def apart(op: Op) -> tuple[dict[str, Any], dict[str, Circuit | tuple[Circuit, ...]]]:
    """The plain attributes of an op, and its attributes that are a circuit or several."""
    if isinstance(op, Opaque):
        return op.written(), {name: circuits if many else circuits[0] for name, many, circuits in op.held}
    plain: dict[str, Any] = {}
    bodies: dict[str, Circuit | tuple[Circuit, ...]] = {}
    for name, value in op.attributes().items():
        several = isinstance(value, tuple) and bool(value) and all(isinstance(item, Circuit) for item in value)
        (bodies if several or isinstance(value, Circuit) else plain)[name] = value
    return plain, bodies
