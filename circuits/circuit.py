"""Circuits: typed graphs whose wires carry arrays with named axes.

A wire is named by its producer: an input's name, or `node id.port`. So every wire has one producer by construction,
two consumers are a copy, none is a delete, and ids stay stable through every edit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

from .check import Checked, check
from .errors import CircuitError
from .listing import listing
from .op import Op
from .types import ArrayType, Axis


class _Hashed:
    """Value equality with a hash computed once: circuits are keys of every memo."""

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, item.name) for item in fields(self)))  # type: ignore[arg-type]

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, _Hashed) or type(self) is not type(other) or hash(self) != hash(other):
            return False
        if self._model is other._model:
            return True
        same = all(
            getattr(self, item.name) == getattr(other, item.name)
            for item in fields(self)  # type: ignore[arg-type]
        )
        if same:
            other.__dict__["_model"] = self._model
        return same

    @cached_property
    def _model(self) -> _Hashed:
        """The first of all that were found equal: nested circuits are compared once, however often they are used."""
        return self


@dataclass(frozen=True, eq=False)
class Node(_Hashed):
    """One use of an op.

    `inputs` are the wires at its ports, None where nothing is connected. `feeds` connects wires to weights, which
    are then not learned. `per` names axes the weights carry besides their own, `weights` the node whose weights
    this one shares, `shared` the passing axes over which draws are the same.
    """

    id: str
    name: str
    op: Op
    inputs: tuple[str | None, ...] = ()
    feeds: tuple[tuple[str, str], ...] = ()
    per: tuple[str, ...] = ()
    weights: str = ""
    shared: tuple[str, ...] = ()

    @cached_property
    def wires(self) -> tuple[str | None, ...]:
        """All wires it reads: those at its ports, then those that feed its weights."""
        return self.inputs + tuple(wire for _, wire in self.feeds)

    @cached_property
    def fed(self) -> tuple[str, ...]:
        """Names of the weights that wires feed."""
        return tuple(name for name, _ in self.feeds)

    def outputs(self) -> tuple[str, ...]:
        """The wires it produces, in the order of its op's results."""
        return self._outputs

    @cached_property
    def _outputs(self) -> tuple[str, ...]:
        return tuple([f"{self.id}.{result.name}" for result in self.op.signature.outputs])


@dataclass(frozen=True)
class Input:
    """A typed input of a circuit; its name is the wire."""

    name: str
    type: ArrayType
    doc: str = ""


@dataclass(frozen=True)
class Output:
    """A named output: a wire and, where it is declared, its type (order included)."""

    name: str
    wire: str
    type: ArrayType | None = None
    doc: str = ""


@dataclass(frozen=True, eq=False)
class Circuit(_Hashed):
    """Name, typed inputs and outputs, nodes, axis glossary, size defaults and constraints.

    `sizes` are defaults, used where nothing else says how large a free size is; `constraints` are equations such as
    `m = h*k`. `view` is JSON text that never changes meaning.
    """

    name: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    nodes: tuple[Node, ...] = ()
    axes: tuple[Axis, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()
    constraints: tuple[str, ...] = ()
    doc: str = ""
    source: str = ""
    view: str = field(default="{}")

    @cached_property
    def checked(self) -> Checked:
        """Types of all wires, sizes and problems; re-checks only what changed since the circuit this was made of."""
        if any("checked" not in body.__dict__ for body in self._bodies):
            # callees first: however deep circuits nest, no check runs inside another
            for used in self.definitions():
                if used is not self:
                    used.checked  # noqa: B018
        result = check(self, self.__dict__.pop("_previous", None))
        return result

    @property
    def problems(self) -> tuple[Any, ...]:
        """All problems of this circuit and the circuits it uses."""
        return self.checked.problems

    def valid(self) -> Self:
        """The circuit itself; raises CircuitError with every problem if it has any."""
        if self.checked.problems:
            raise CircuitError(self.checked.problems)
        return self

    def evolve(self, **changes: Any) -> Circuit:
        """A changed copy that remembers what it was checked as, so that only the change is checked again."""
        changed = replace(self, **changes)
        known = self.__dict__.get("checked") or self.__dict__.get("_previous")
        if known is not None:
            changed.__dict__["_previous"] = known
        return changed

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Nodes by readable name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def read_wires(self) -> Mapping[str, tuple[str, ...]]:
        """Wires that nodes and outputs read, by the id of the node that makes them."""
        wires = dict.fromkeys(wire for node in self.nodes for wire in node.wires if wire is not None)
        wires.update(dict.fromkeys(item.wire for item in self.outputs))
        found: dict[str, list[str]] = {}
        for wire in wires:
            found.setdefault(wire.rpartition(".")[0], []).append(wire)
        return {node: tuple(read) for node, read in found.items()}

    def with_node(self, node: Node) -> Circuit:
        """The circuit with the node of the same id replaced, or the node added at the end."""
        if node.id not in self.by_id:
            return self.evolve(nodes=(*self.nodes, node))
        return self.evolve(nodes=tuple(node if old.id == node.id else old for old in self.nodes))

    def with_view(self, view: Mapping[str, Any]) -> Circuit:
        """The circuit with other positions, notes and colours; what it was checked as still holds."""
        changed = self.evolve(view=json.dumps(view, sort_keys=True))
        if "checked" in self.__dict__:
            changed.__dict__["checked"] = replace(self.checked, circuit=changed)
        return changed

    def definitions(self) -> Iterator[Circuit]:
        """Every distinct circuit in it, itself last: callees before callers."""
        seen: set[Circuit] = {self}
        path = [(self, iter(self._bodies))]
        while path:
            circuit, bodies = path[-1]
            inner = next((body for body in bodies if body not in seen), None)
            if inner is None:
                path.pop()
                yield circuit
            else:
                seen.add(inner)
                path.append((inner, iter(inner._bodies)))

    @cached_property
    def _bodies(self) -> tuple[Circuit, ...]:
        return tuple(dict.fromkeys(body for node in self.nodes for body in node.op.bodies()))

    def __str__(self) -> str:
        return listing(self)

    def __repr__(self) -> str:
        # a full one grows with every use of a nested circuit
        return f"<circuit '{self.name}' of {len(self.nodes)} nodes>"
