"""Commands on the face of a circuit: its inputs and outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from circuits import ArrayType, Axis, Circuit, Input, Output, Problem, did_you_mean, parse_type

from ..document import Document
from ..rewiring import UNCONNECTED, Problems, fresh_name, outputs_without, rewire, taken_names
from .base import Command, Count, Line, Name, PortName, Text, WireName, require_wire, where
from .wires import output_named

ORDER = "Give a place that is there."


def typed(circuit: Circuit, text: str) -> tuple[Circuit, ArrayType]:
    """The type a text says; sizes written into it go to the glossary."""
    parsed = parse_type(text)
    glossary = {axis.name: axis for axis in circuit.axes}
    for name, size in parsed.sizes:
        glossary[name] = replace(glossary.get(name, Axis(name)), size=size)
    return (circuit.evolve(axes=tuple(glossary.values())) if parsed.sizes else circuit), parsed.type


def input_of(circuit: Circuit, name: str) -> Input:
    """An input by name; raises Problems if there is none."""
    found = next((item for item in circuit.inputs if item.name == name), None)
    if found is None:
        near = did_you_mean(name, [item.name for item in circuit.inputs])
        raise Problems(Problem(where(circuit), f"an input '{name}'", "none", f"Choose one that is there.{near}"))
    return found


class AddInput(Command):
    """Adds a typed input, last or at a place."""

    do: ClassVar[str] = "AddInput"

    name: PortName
    type: Line = "[]"
    doc: Text = ""
    place: Count | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        name = fresh_name(self.name, taken_names(circuit))
        circuit, type = typed(circuit, self.type)
        listed = list(circuit.inputs)
        listed.insert(len(listed) if self.place is None else min(self.place, len(listed)), Input(name, type, self.doc))
        return circuit.evolve(inputs=tuple(listed))


class SetInput(Command):
    """Changes an input's name, type, description or place; whatever reads it follows."""

    do: ClassVar[str] = "SetInput"

    name: Name
    rename: PortName | None = None
    type: Line | None = None
    doc: Text | None = None
    place: Count | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        old = input_of(circuit, self.name)
        new = replace(old, name=self.rename or old.name, doc=old.doc if self.doc is None else self.doc)
        if new.name != old.name and new.name in taken_names(circuit):
            found = f"'{new.name}', which is taken"
            raise Problems(
                Problem(f"{circuit.name}/{old.name} (input)", "a name of its own", found, "Name it otherwise.")
            )
        if self.type is not None:
            circuit, type = typed(circuit, self.type)
            new = replace(new, type=type)
        listed = [item for item in circuit.inputs if item is not old]
        was = next(number for number, item in enumerate(circuit.inputs) if item is old)
        listed.insert(was if self.place is None else min(self.place, len(listed)), new)
        circuit = circuit.evolve(inputs=tuple(listed))
        return rewire(circuit, {old.name: new.name}) if new.name != old.name else circuit


class RemoveInput(Command):
    """Removes an input; what read it reads nothing."""

    do: ClassVar[str] = "RemoveInput"

    name: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        old = input_of(circuit, self.name)
        kept = circuit.evolve(inputs=tuple(item for item in circuit.inputs if item is not old))
        return rewire(kept, {old.name: None})


class AddOutput(Command):
    """Adds an output, connected or not, its type declared or not."""

    do: ClassVar[str] = "AddOutput"

    name: PortName
    wire: WireName | None = None
    type: Line | None = None
    doc: Text = ""
    place: Count | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        name = fresh_name(self.name, {item.name for item in circuit.outputs})
        wire = require_wire(circuit, self.wire) if self.wire is not None else UNCONNECTED
        circuit, type = typed(circuit, self.type) if self.type is not None else (circuit, None)
        listed = list(circuit.outputs)
        new = Output(name, wire, type, self.doc)
        listed.insert(len(listed) if self.place is None else min(self.place, len(listed)), new)
        return circuit.evolve(outputs=tuple(listed))


class SetOutput(Command):
    """Changes an output's name, declared type ("" for none), description or place."""

    do: ClassVar[str] = "SetOutput"

    name: Name
    rename: PortName | None = None
    type: Line | None = None
    doc: Text | None = None
    place: Count | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        name = output_named(circuit, self.name)
        was, old = next((number, item) for number, item in enumerate(circuit.outputs) if item.name == name)
        new = replace(old, name=self.rename or old.name, doc=old.doc if self.doc is None else self.doc)
        if new.name != old.name and any(item.name == new.name for item in circuit.outputs):
            found = f"'{new.name}', which is taken"
            raise Problems(Problem(f"{circuit.name}/{name} (output)", "a name of its own", found, "Name it otherwise."))
        if self.type is not None:
            circuit, type = typed(circuit, self.type) if self.type.strip() else (circuit, None)
            new = replace(new, type=type)
        listed = [item for item in circuit.outputs if item is not old]
        listed.insert(was if self.place is None else min(self.place, len(listed)), new)
        return circuit.evolve(outputs=tuple(listed))


class RemoveOutput(Command):
    """Removes an output."""

    do: ClassVar[str] = "RemoveOutput"

    name: Name

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        return circuit.evolve(outputs=outputs_without(circuit.outputs, output_named(circuit, self.name)))
