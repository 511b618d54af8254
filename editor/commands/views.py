"""Commands on the view: pins, order, tidying, what is open, notes, frames and colours. None changes the meaning."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from circuits import Circuit, Problem

from ..document import Document
from ..rewiring import Problems
from ..view_data import listed, names_any, notes_of, table, view_of, with_part
from .base import MAX_LISTED, Command, Line, Name, Number, Text, WireName, node_of, nodes_of, require_wire, where

Tint = Annotated[str, StringConstraints(max_length=40, pattern=r"^(#[0-9a-fA-F]{6}|[a-z]*)$")]
Path = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")]
Place = tuple[Number, Number]


class Pin(Command):
    """Holds a node in a column, or `dy` below the place it has by itself; with neither it is let go."""

    do: ClassVar[str] = "Pin"

    node: Name
    column: Annotated[int, Field(ge=0, le=100_000)] | None = None
    dy: Number | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        pins = table(view_of(circuit), "pins")
        pin = {key: value for key, value in (("column", self.column), ("dy", self.dy)) if value is not None}
        return with_part(circuit, "pins", _set(pins, node.id, pin))


class Tidy(Command):
    """Lets the layout place nodes again: their pins go, and the hints that name them or their wires."""

    do: ClassVar[str] = "Tidy"

    ids: tuple[Name, ...] = Field(max_length=MAX_LISTED)

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        gone = {node.id for node in nodes_of(circuit, self.ids)}
        view = view_of(circuit)
        pins = {id: pin for id, pin in table(view, "pins").items() if id not in gone}
        pairs = [pair for pair in listed(view, "order") if not names_any(pair, gone)]
        return with_part(with_part(circuit, "pins", pins), "order", pairs)


class Float(Command):
    """Lets a node that is not wired yet lie at a place; without one the layout places it."""

    do: ClassVar[str] = "Float"

    node: Name
    at: Place | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node = node_of(circuit, self.node)
        places = table(view_of(circuit), "floating")
        return with_part(circuit, "floating", _set(places, node.id, list(self.at) if self.at else None))


class OrderHint(Command):
    """Asks for one node or wire above another; with `forget` no longer."""

    do: ClassVar[str] = "OrderHint"

    above: WireName
    below: WireName
    forget: bool = False

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        for one in (self.above, self.below):
            if one not in circuit.by_id:
                require_wire(circuit, one)
        if self.above == self.below:
            raise Problems(Problem(where(circuit), "two different things", f"'{self.above}' twice", "Choose another."))
        pairs = [pair for pair in listed(view_of(circuit), "order") if set(pair) != {self.above, self.below}]
        return with_part(circuit, "order", pairs if self.forget else [*pairs, [self.above, self.below]])


class Open(Command):
    """Shows a composite or a circuit in place, by path."""

    do: ClassVar[str] = "Open"

    path: Path

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        node_of(circuit, self.path.partition("/")[0])
        paths = listed(view_of(circuit), "open")
        return with_part(circuit, "open", sorted({*map(str, paths), self.path}))


class Collapse(Command):
    """Shows a composite or a circuit as one glyph again; what is open inside it stays noted."""

    do: ClassVar[str] = "Collapse"

    path: Path

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        paths = listed(view_of(circuit), "open")
        return with_part(circuit, "open", [path for path in paths if path != self.path])


class Note(Command):
    """Writes a note, or with an id changes one; an empty text takes it away."""

    do: ClassVar[str] = "Note"

    text: Text
    at: Place | None = None
    node: Name | None = None
    id: Name | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        notes = notes_of(view_of(circuit))
        id = self.id or _fresh("note", notes)
        if self.id is not None and self.id not in notes:
            raise _no_such(circuit, "note", self.id)
        if self.node is not None:
            node_of(circuit, self.node)
        old = notes.get(id, {})
        note: dict[str, Any] = {**(old if isinstance(old, dict) else {}), "text": self.text}
        if self.at is not None:
            note["at"] = list(self.at)
        if self.node is not None:
            note["node"] = self.node
        return with_part(circuit, "notes", _set(notes, id, note if self.text else None))


class Frame(Command):
    """Draws a frame around nodes, or with an id changes one; no nodes take it away."""

    do: ClassVar[str] = "Frame"

    nodes: tuple[Name, ...] = Field(default=(), max_length=MAX_LISTED)
    title: Line = ""
    colour: Tint = ""
    id: Name | None = None

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        frames = table(view_of(circuit), "frames")
        id = self.id or _fresh("frame", frames)
        if self.id is not None and self.id not in frames:
            raise _no_such(circuit, "frame", self.id)
        if not self.nodes:
            return with_part(circuit, "frames", _set(frames, id, None))
        frame: dict[str, Any] = {"title": self.title, "nodes": [node.id for node in nodes_of(circuit, self.nodes)]}
        if self.colour:
            frame["colour"] = self.colour
        return with_part(circuit, "frames", _set(frames, id, frame))


class Colour(Command):
    """Gives nodes a colour, `#rrggbb` or a word of the theme; an empty one takes it away."""

    do: ClassVar[str] = "Colour"

    ids: tuple[Name, ...] = Field(max_length=MAX_LISTED)
    colour: Tint = ""

    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        colours = table(view_of(circuit), "colours")
        for node in nodes_of(circuit, self.ids):
            colours = _set(colours, node.id, self.colour)
        return with_part(circuit, "colours", colours)


def _set(part: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A part with an entry changed, or without it where the value is empty."""
    return {**part, key: value} if value else {id: old for id, old in part.items() if id != key}


def _fresh(word: str, taken: dict[str, Any]) -> str:
    number = 1
    while f"{word}{number}" in taken:
        number += 1
    return f"{word}{number}"


def _no_such(circuit: Circuit, kind: str, id: str) -> Problems:
    return Problems(Problem(where(circuit), f"a {kind} '{id}'", "none", "Choose one that is there."))
