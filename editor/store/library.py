"""The library of a workspace: parts by name, each a circuit that any document can use by value."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select, update

from circuits import Circuit, DocumentError, Problem, did_you_mean, dumps, loads

from .database import Database, StoreError
from .models import PartRow, now
from .names import held, taken


@dataclass(frozen=True, slots=True)
class Part:
    """A circuit of the library as it is listed: its name, a line of words, who kept it and when (UTC)."""

    name: str
    words: str
    author: str
    made: str


class Library:
    """The parts of one workspace; raises StoreError for names that are taken or not there."""

    def __init__(self, database: Database, workspace: int, where: str) -> None:
        self.database, self.workspace, self.where = database, workspace, where
        self._read: dict[tuple[int, str], Circuit | None] = {}

    def parts(self) -> list[Part]:
        """All parts, by name."""
        columns = select(PartRow.name, PartRow.words, PartRow.author, PartRow.made)
        found = columns.where(PartRow.workspace == self.workspace).order_by(PartRow.name)
        with self.database.reading() as connection:
            return [Part(*row) for row in connection.execute(found)]

    def circuits(self) -> dict[str, Circuit]:
        """The circuits by name, those left out that this version cannot read; each is read once."""
        columns = select(PartRow.id, PartRow.made, PartRow.name)
        found = columns.where(PartRow.workspace == self.workspace).order_by(PartRow.name)
        with self.database.reading() as connection:
            names = {(id, made): name for id, made, name in connection.execute(found)}
            lacking = [id for id, made in names if (id, made) not in self._read]
            if lacking:
                texts = select(PartRow.id, PartRow.made, PartRow.text).where(PartRow.id.in_(lacking))
                self._read.update({(id, made): _circuit(text) for id, made, text in connection.execute(texts)})
        read = {name: self._read.get(key) for key, name in names.items()}
        return {name: circuit for name, circuit in read.items() if circuit is not None}

    def circuit(self, name: str) -> Circuit:
        """The circuit of a part."""
        found = self.circuits().get(name)
        if found is None:
            raise self._lacking(name)
        return found

    def keep(self, name: str, circuit: Circuit, words: str = "", author: str = "", *, replace: bool = False) -> None:
        """Put a circuit into the library; with `replace` also in the place of one of that name."""
        row = {"name": held("part", name), "words": words, "author": author, "made": now(), "text": dumps(circuit)}
        if not self.database.write(insert(PartRow), {"workspace": self.workspace, **row}):
            if not replace:
                raise taken(self.where, "part", name)
            self.database.write(update(PartRow).where(self._here(name)).values(**row))
        self._read.clear()

    def rename(self, name: str, to: str) -> None:
        """Give a part another name; the circuit in it is called like it."""
        circuit = self.circuit(name).evolve(name=to)
        row = {"name": held("part", to), "made": now(), "text": dumps(circuit)}
        if not self.database.write(update(PartRow).where(self._here(name)).values(**row)):
            raise taken(self.where, "part", to)

    def remove(self, name: str) -> None:
        """Take a part out of the library; documents keep what they use of it."""
        if name not in [part.name for part in self.parts()]:
            raise self._lacking(name)
        self.database.write(delete(PartRow).where(self._here(name)))

    def _here(self, name: str) -> ColumnElement[bool]:
        return (PartRow.workspace == self.workspace) & (PartRow.name == name)

    def _lacking(self, name: str) -> StoreError:
        near = did_you_mean(name, [part.name for part in self.parts()])
        return StoreError(Problem(self.where, f"a part '{name}'", "none", f"Choose one that is there.{near}"))


def _circuit(text: str) -> Circuit | None:
    try:
        return loads(text)
    except DocumentError:
        return None
