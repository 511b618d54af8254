"""Commands on sizes, the axis glossary and what a circuit says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from circuits import Axis, Circuit, Problem, Size, axis_name, composed, did_you_mean, rename_axes

from ..document import Document
from ..rewiring import Problems
from .base import Command, Count, Line, Name, PortName, Text, Word, where


class SetSize(Command):
    """Gives a size its default, or with null takes the default away."""

    do: ClassVar[str] = "SetSize"

    name: Word
    value: Count | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        sizes = dict(circuit.sizes)
        if self.value is None:
            sizes.pop(self.name, None)
        else:
            sizes[self.name] = self.value
        return circuit.evolve(sizes=tuple(sizes.items()))


class SetAxis(Command):
    """Says in the glossary what an axis is; a size of "" leaves it open, `forget` takes the entry out."""

    do: ClassVar[str] = "SetAxis"

    name: Name
    doc: Text | None = None
    role: Line | None = None
    size: Line | None = None
    label: Line | None = None
    forget: bool = False

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        name = axis_name(self.name)
        known = {axis.name: axis for axis in circuit.axes}
        entry = known.get(name, Axis(name))
        if self.doc is not None:
            entry = replace(entry, doc=self.doc)
        if self.role is not None:
            entry = replace(entry, role=self.role)
        if self.label is not None:
            entry = replace(entry, label=self.label)
        if self.size is not None:
            entry = replace(entry, size=Size.of(self.size) if self.size.strip() else None)
        known[name] = entry
        if self.forget:
            del known[name]
        return circuit.evolve(axes=tuple(known.values()))


class RenameAxis(Command):
    """Calls an axis otherwise in everything that mentions it; its twins and its size follow."""

    do: ClassVar[str] = "RenameAxis"

    axis: Name
    to: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        old, new = axis_name(self.axis), axis_name(self.to)
        names = circuit.checked.names | {axis.name for axis in circuit.axes}
        if old not in names:
            near = did_you_mean(old, names)
            raise Problems(Problem(where(circuit), f"an axis '{old}'", "none", f"Choose one that is there.{near}"))
        if new in names:
            found = f"'{new}', which is taken"
            raise Problems(Problem(where(circuit), "a name that no axis has", found, "Name it otherwise."))
        changed = rename_axes(circuit.valid(), {old: new})
        return circuit.evolve(
            inputs=changed.inputs,
            outputs=changed.outputs,
            nodes=changed.nodes,
            axes=changed.axes,
            sizes=changed.sizes,
            constraints=changed.constraints,
        )


class SetConstraint(Command):
    """Adds an equation of sizes, puts it in the place of another, or with "" takes that out."""

    do: ClassVar[str] = "SetConstraint"

    text: Line
    old: Line | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        text = self._equation(circuit)
        if self.old is None:
            if not text or text in circuit.constraints:
                return circuit
            return circuit.evolve(constraints=(*circuit.constraints, text))
        if self.old not in circuit.constraints:
            near = did_you_mean(self.old, circuit.constraints)
            expected, fix = f"the constraint '{self.old}'", f"Choose one that is there.{near}"
            raise Problems(Problem(where(circuit), expected, "none", fix))
        changed = (text if one == self.old else one for one in circuit.constraints)
        return circuit.evolve(constraints=tuple(dict.fromkeys(one for one in changed if one)))

    def _equation(self, circuit: Circuit) -> str:
        if not self.text.strip():
            return ""
        left, equals, right = self.text.partition("=")
        if not equals:
            found = f"'{self.text}'"
            raise Problems(Problem(f"{circuit.name} (constraint)", "an equation of sizes", found, "Write m = h*k."))
        Size.of(left), Size.of(right)
        return self.text.strip()


class SetDoc(Command):
    """Changes a circuit's name, description or source."""

    do: ClassVar[str] = "SetDoc"

    name: PortName | None = None
    doc: Text | None = None
    source: Text | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        changes = {
            key: composed(value) if key == "name" else value
            for key in ("name", "doc", "source")
            if (value := getattr(self, key)) is not None
        }
        taken = {other.name for other in document.keys if other != circuit}
        if changes.get("name", circuit.name) != circuit.name and changes["name"] in taken:
            found = f"'{self.name}', which is taken"
            raise Problems(Problem(where(circuit), "a name that no circuit has", found, "Name it otherwise."))
        return circuit.evolve(**changes)
