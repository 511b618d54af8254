"""The scope of one circuit while it is printed: its wires as values, and how its sizes are said.

A size a constructor needs is said in the constructor's arguments; one a forward needs is read off a shape where it
can be. A composite printed in place has a scope of its own inside that of its node, as axes that pass over it are
marked there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from circuits import Circuit, Size

from ...writing.sizes import size_code
from .value import OUTER, Value


class Constructor(Protocol):
    """What a scope asks of the module being printed."""

    def argument(self, name: str) -> str:
        """The constructor's argument for a size of the outermost scope."""

    def kept(self, name: str) -> str:
        """The attribute that keeps this argument for the forward."""


@dataclass
class Scope:
    """A circuit being printed in a module.

    `renamed` gives its size names in those of the scope around it. `per` are the marked axes that enclosing nodes
    give to all weights in it, `shared` those over which draws are the same. `path` is the attribute under which the
    nodes of an expansion keep buffers, `unread` are outputs nobody asks for.
    """

    circuit: Circuit
    constructor: Constructor
    wires: dict[str, Value]
    around: Scope | None = None
    renamed: Mapping[str, Size] = field(default_factory=dict)
    per: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    path: str = ""
    unread: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # what enters is for its maker to say
        self.wires = {name: replace(value, fresh=False) for name, value in self.wires.items()}
        self.ends = [output.wire for output in self.circuit.outputs if output.name not in self.unread]
        self.live = live_nodes(self.circuit, self.ends)
        self.uses = Counter(wire for node in self.circuit.nodes if node.id in self.live for wire in node.wires)
        self.uses.update(self.ends)
        # dead nodes may read each other where they are printed for their parameters alone
        dead = [node for node in self.circuit.nodes if node.id not in self.live]
        made = {wire for node in dead for wire in node.outputs()}
        self.uses.update(wire for node in dead for wire in node.wires if wire in made)

    def alone(self, wire: str) -> bool:
        """Whether no other wire, here or around, is held by the same variable."""
        code = self.wires[wire].code
        if any(value.code == code for name, value in self.wires.items() if name != wire):
            return False
        outer, scope = wire in {item.name for item in self.circuit.inputs}, self.around
        return scope is None or not (outer or any(value.code == code for value in scope.wires.values()))

    def solved(self, size: Size) -> Size:
        """A size in the free names of this scope."""
        return self.circuit.checked.solution.size(size)

    def static(self, size: Size) -> str:
        """Code for a size in the constructor."""
        return size_code(self.solved(size), self._static_name)

    def _static_name(self, name: str) -> str:
        if name.startswith(OUTER) and self.around is not None:
            return self.around.static(Size.name(name[1:]))
        if self.around is None:
            return self.constructor.argument(name)
        return self.around.static(self.renamed.get(name, Size.name(name)))

    def size(self, size: Size, near: Sequence[Value] = ()) -> str:
        """Code for a size in the forward."""
        return size_code(self.solved(size), lambda name: self._name(name, near))

    def length(self, axis: str, near: Sequence[Value] = ()) -> str:
        """Code for the length of an axis in the forward: of a value nearby, else of any, else computed."""
        found = self._read(axis, near, exact=True)
        if found is not None:
            return found
        if axis.startswith(OUTER):
            return self._name(axis, near)
        return self.size(Size.name(axis), near)

    def _name(self, name: str, near: Sequence[Value]) -> str:
        found = self._read(name, near, exact=False)
        if found is not None:
            return found
        if self.around is None:
            return self._from_constraints(name, near) or self.constructor.kept(name)
        if name.startswith(OUTER):
            return self.around.length(name[1:])
        return self.around.size(self.renamed.get(name, Size.name(name)))

    def _from_constraints(self, name: str, near: Sequence[Value]) -> str:
        """A size that a constraint tells from others that can be read: `b` of `t = a + b`; nothing where none does."""
        for placed in self.circuit.checked.solution.constraints:
            fact = placed.fact
            parts = (self.solved(fact.left) - self.solved(fact.right)).linear_in(name)
            if fact.kind == "at most" or parts is None or parts[0] == 0:
                continue
            sign = -1 if parts[0].number == 1 else 1
            slope, rest = (Size.of(1), parts[1] * sign) if parts[0].number in (1, -1) else (parts[0], -parts[1])
            if all(self._read(other, near, exact=False) for other in slope.names | rest.names):
                codes = [
                    size_code(size, lambda other: self._read(other, near, exact=False) or "") for size in (rest, slope)
                ]
                return codes[0] if slope == 1 else f"({codes[0]}) // ({codes[1]})"
        return ""

    def _read(self, axis: str, near: Sequence[Value], *, exact: bool) -> str | None:
        """The length of an axis (or of a twin, unless `exact`) off a variable that has it."""
        wanted = axis if exact else axis.rstrip("'")
        for value in (*near, *self.wires.values()):
            if value.simple:
                for found in value.axes:
                    if (found if exact else found.rstrip("'")) == wanted:
                        return value.length(found)
        return None


def live_nodes(circuit: Circuit, ends: Sequence[str]) -> frozenset[str]:
    """Ids of the nodes whose outputs lead to one of these wires, or which update buffers."""
    producers = {wire: node for node in circuit.nodes for wire in node.outputs()}
    waiting = [producers[wire] for wire in ends if wire in producers]
    waiting += [node for node in circuit.nodes if node.op.signature.updates]
    live: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node.id not in live:
            live.add(node.id)
            waiting += [producers[wire] for wire in node.wires if wire in producers]
    return frozenset(live)
