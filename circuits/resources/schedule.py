"""Schedules: which nodes run at a lower memory level, and how their axes are taken in parts.

A schedule is a view: it says how a circuit is computed, never what. Nodes in an area find their operands loaded
where wires enter it, and what leaves it is saved; in drawings that is where wires change colour. Source: Abbott &
Zardini (2024), "FlashAttention on a Napkin", arXiv 2412.03317.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..circuit import Circuit
from ..errors import AttributeProblem
from ..types import axis_name

_NOT_PLAIN = re.compile(r"[^0-9A-Za-z_\u0300-\u036f\u00c0-\uffff]+")


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of memory; `capacity` in values that one processor may hold, `bandwidth` in values a second to it."""

    name: str
    capacity: int | None = None
    bandwidth: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An axis taken in parts of `size`, the name of a size of its own; parts are multiples of `multiple`."""

    axis: str
    size: str
    multiple: int = 1


@dataclass(frozen=True, slots=True)
class Area:
    """Nodes, by id, that run at a level, one part of their axes at a time.

    Along the axes in `groups` the parts run apart from each other (tiles, a grid of blocks); along the one in
    `streams` they come one after the other, into accumulators.
    """

    name: str
    nodes: tuple[str, ...]
    level: int = 1
    groups: tuple[Part, ...] = ()
    streams: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All axes taken in parts."""
        return (*self.groups, *self.streams)


LEVELS = (Level("DRAM"), Level("SMEM"))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Areas, and the memory levels from the outermost, in which all arrays outside of areas live, inwards."""

    areas: tuple[Area, ...] = ()
    levels: tuple[Level, ...] = LEVELS

    def within(self, circuit: Circuit) -> Schedule:
        """The schedule without nodes that a rewrite took out of the circuit, and without areas that are then empty."""
        kept = (replace(one, nodes=tuple(node for node in one.nodes if node in circuit.by_id)) for one in self.areas)
        return replace(self, areas=tuple(one for one in kept if one.nodes))


@dataclass(frozen=True, slots=True)
class Reach:
    """The levels of one array: where it is made, and where each of its readers finds it.

    `readers` are ids of nodes, and `output:name` for an output. Where the levels differ the wire changes colour.
    """

    wire: str
    made: int
    readers: tuple[tuple[str, int], ...]


def area(
    circuit: Circuit,
    nodes: str | Iterable[str] = (),
    *,
    name: str = "area",
    level: int = 1,
    groups: str = "",
    stream: str = "",
) -> Area:
    """An area of nodes given by name, all of them where none is: `area(c, "scores mixed", groups="q", stream="x=s")`.

    Parts are called `g_q` and `s_x` unless they are given a name; `x=s:8` asks for multiples of 8. Names that are not
    in the circuit are kept, so that the check reports them. Raises AttributeProblem for what is no axis.
    """
    names = nodes.split() if isinstance(nodes, str) else list(nodes)
    known = circuit.by_name
    chosen = [known[one].id if one in known else one for one in names] or [node.id for node in circuit.nodes]
    return Area(name, tuple(chosen), level, _parts(groups, "g"), _parts(stream, "s"))


def _parts(text: str, letter: str) -> tuple[Part, ...]:
    return tuple(_part(word, letter) for word in text.split())


def _part(word: str, letter: str) -> Part:
    axis, _, written = word.partition("=")
    size, _, multiple = written.partition(":")
    if multiple and not multiple.isdecimal():
        expected, found = f"a whole number as multiple of '{axis}'", f"'{multiple}'"
        raise AttributeProblem(expected, found, f"Write {axis}={size}:8.")
    plain = _NOT_PLAIN.sub("_", axis)
    return Part(axis_name(axis), size or f"{letter}_{plain}", int(multiple or 1))


def reaches(circuit: Circuit, schedule: Schedule) -> tuple[Reach, ...]:
    """The levels of every array of the circuit itself, for painting: inputs first, then what nodes make."""
    inside = {node: one for one in schedule.areas for node in one.nodes}

    def level(node: str) -> int:
        return inside[node].level if node in inside else 0

    readers: dict[str, list[tuple[str, int]]] = {item.name: [] for item in circuit.inputs}
    made = dict.fromkeys(readers, 0)
    for node in circuit.checked.order:
        readers.update((wire, []) for wire in node.outputs())
        made.update(dict.fromkeys(node.outputs(), level(node.id)))
        for wire in dict.fromkeys(wire for wire in node.wires if wire is not None):
            readers[wire].append((node.id, level(node.id)))
    for item in circuit.outputs:
        readers[item.wire].append((f"output:{item.name}", 0))
    return tuple(Reach(wire, made[wire], tuple(found)) for wire, found in readers.items())
