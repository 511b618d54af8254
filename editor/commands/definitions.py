"""Commands on the document: editing a definition so that all its uses change, and several gestures as one."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, field_serializer, field_validator

from circuits import Circuit, Problem, did_you_mean

from ..document import Document
from ..rewiring import Problems
from .base import Command, Name, changed, read

Inner = Annotated[Command, BeforeValidator(read)]


class EditDefinition(Command):
    """Applies a command to a circuit inside the document, by key: every use of that circuit changes."""

    do: ClassVar[str] = "EditDefinition"

    name: Name
    command: Inner

    @field_validator("command")
    @classmethod
    def _plain(cls, command: Command) -> Command:
        return single(command, "EditDefinition")

    @field_serializer("command")
    def _data(self, command: Command) -> dict[str, Any]:
        return command.data()

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        return self.command.edit(circuit, document)

    def change(self, document: Document) -> Document:
        found = document.definitions.get(self.name)
        if found is None:
            near = did_you_mean(self.name, document.definitions)
            fix = f"Open one that is there.{near}"
            raise Problems(Problem(document.main.name, f"a circuit '{self.name}' in the document", "none", fix))
        return changed(self, document, found)


class Together(Command):
    """Several gestures as one: all of them or none, undone in one step."""

    do: ClassVar[str] = "Together"

    commands: tuple[Inner, ...] = Field(min_length=1, max_length=1000)

    @field_validator("commands")
    @classmethod
    def _plain(cls, commands: tuple[Command, ...]) -> tuple[Command, ...]:
        for command in commands:
            single(command, "Together")
        return commands

    @field_serializer("commands")
    def _data(self, commands: tuple[Command, ...]) -> list[dict[str, Any]]:
        return [command.data() for command in commands]

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        for command in self.commands:
            circuit = command.edit(circuit, document)
        return circuit

    def change(self, document: Document) -> Document:
        for command in self.commands:
            document = command.change(document)
        return document


def single(command: Command, outer: str) -> Command:
    """The command; raises ValueError for one that may not stand inside another: such nests have no meaning."""
    if outer == "Together":
        wrong = isinstance(command, Together)
    else:
        inside = command.commands if isinstance(command, Together) else (command,)
        wrong = any(isinstance(one, EditDefinition) for one in inside)
    if wrong:
        fix = "Send them one after the other."
        raise ValueError(str(Problem(outer, "another command inside", f"'{command.do}'", fix)))
    return command
