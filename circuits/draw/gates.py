"""Opened regions: the body between two gates, what is carried looped back, what is handed on by index in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..circuit import Circuit, Input, Node, Output
from ..derived import output_axes
from ..node_type import NodeType
from ..op import Op
from ..regions.ode import Ode
from ..regions.repeat import Repeat
from ..regions.scan import Scan
from ..types import ArrayType
from .axis_labels import axis_label, size_label
from .diagram import ELEMENT, Cell, Fence, Link
from .glyph import Sign
from .scope import Held, Scope, Shown

if TYPE_CHECKING:
    from .expand import Expander


@dataclass(frozen=True)
class _Way:
    """How one input of a body gets its value: from ports of the node, by the names of axes there and inside."""

    item: Input
    ports: tuple[int, ...]
    carried: bool = False


def open_region(
    expander: Expander, scope: Scope, node: Node, path: str, given: list[Held], found: NodeType
) -> list[Held]:
    """A region as a block between gates."""
    opening = _Opening(expander, scope, node, path, given, found)
    return opening.drawn()


class _Opening:
    """One region while it is opened."""

    def __init__(
        self, expander: Expander, scope: Scope, node: Node, path: str, given: list[Held], found: NodeType
    ) -> None:
        self.expander, self.outer, self.node, self.path = expander, scope, node, path
        self.given, self.found = given, found
        self.body: Circuit = node.op.bodies()[0]
        index = node.op.index if isinstance(node.op, Repeat) and node.op.indexed else scope.index
        over = found.passing[0] if found.passing else ()
        self.over = tuple(dict.fromkeys([*over, *(axis for passing in found.passing for axis in passing)]))
        self.inner = Scope(self.body, path, path, index, self._shown(), scope.roles, scope.sizes)

    def _shown(self) -> Mapping[str, Shown]:
        """Axes inside that are axes outside, as those are shown; indexed ones are shown by their index."""
        shown = {self.named(axis): self.outer.of(axis) for axis in self.over}
        for way in ways(self.node.op):
            for place in way.ports[:1]:
                port = self.node.op.signature.inputs[place]
                formal = way.item.type.axes
                actual = self.found.consumed[place][len(port.axes) - len(formal) :]
                shown |= {
                    one: self.outer.of(other) for one, other in zip(formal, actual, strict=True) if "[" not in one
                }
        return shown

    def named(self, axis: str) -> str:
        """The name inside of an axis that passes over the region."""
        own = {name for type in self.body.checked.types.values() if type is not None for name in type.axes}
        return f"{axis}°" if axis in own else axis

    def drawn(self) -> list[Held]:
        """Gate, body, gate."""
        self.fence()
        self.enter()
        self.expander.nodes(self.inner)
        return self.leave()

    def fence(self) -> None:
        """The block with its bounds."""
        op, title = self.node.op, self.node.name.replace("_", " ")
        kind = op.name
        upper = lower = ""
        tied = False
        if isinstance(op, Repeat):
            tied = op.tied
            upper = size_label(str(op.times))
            if op.indexed:
                lower, upper = f"\\lambda={op.start}", f"\\lambda={size_label(str(op.times + op.start - 1))}"
        elif isinstance(op, Scan):
            upper = axis_label(op.axis, self.outer.role(op.axis), self.outer.index)
        elif isinstance(op, Ode):
            upper = f"{size_label(str(op.steps))}\\times"
        self.place = len(self.expander.fences)
        self.expander.fences.append(Fence(self.path, title, self.outer.fence, kind, upper, lower, (), tied))

    def enter(self) -> None:
        """The left gate: what is read by every round, the state it begins with; loads of what was saved."""
        for way in ways(self.node.op):
            given = [self.given[place] for place in way.ports]
            if given and all(held.memory for held in given):
                self.load(way, given[0])
                continue
            given = [self.materialised(held) for held in given]
            self.inner.held[way.item.name] = self.state(way, given)

    def state(self, way: _Way, given: Sequence[Held]) -> Held:
        """An array inside, and the gate through which strands lead to it."""
        formal = way.item.type
        mapped: dict[str, str] = {}
        sequence: set[str] = set()
        order = list(formal.axes)
        if given:
            port = self.node.op.signature.inputs[way.ports[0]]
            actual = self.found.consumed[way.ports[0]]
            own = len(port.axes) - len(formal.axes)
            sequence = set(actual[:own])
            passing = [name for name in given[0].names if name not in actual and name != ELEMENT]
            mapped = dict(zip(actual[own:], formal.axes, strict=True)) | {name: self.named(name) for name in passing}
            order = [mapped[name] for name in given[0].names if name in mapped]
        lacking = [self.named(axis) for axis in self.over if self.named(axis) not in order] if way.carried else []
        type = ArrayType(formal.element, (*lacking, *order), formal.space)
        held = self.expander.array(self.inner, f"{self.path}/{way.item.name}", type)
        links: list[Link] = []
        for place, name in enumerate(given[0].names if given else ()):
            wanted = mapped.get(name, name) if name not in sequence else ""
            if wanted in held.names:
                links.append(Link(0, place, 0, held.names.index(wanted)))
        self.gate(f"enter.{way.item.name}", given, [held], links)
        return held

    def materialised(self, held: Held) -> Held:
        """What was saved, loaded outside the region."""
        if not held.memory:
            return held
        id = f"{self.path}/load{len(self.expander.arrays)}"
        return self.expander.loaded(self.outer, held, id, held.memory)

    def load(self, way: _Way, saved: Held) -> None:
        """What was saved by the rounds of another repetition, loaded round by round."""
        axes = tuple(dict.fromkeys((*map(self.named, self.over), *way.item.type.axes))) if self.over else None
        type = replace(way.item.type, axes=axes) if axes is not None else way.item.type
        label = axis_label(way.item.name, "", self.inner.index)
        self.inner.held[way.item.name] = self.expander.loaded(
            self.inner, Held(saved.array, (), type), f"{self.path}/{way.item.name}", label
        )

    def leave(self) -> list[Held]:
        """The right gate, and what is saved in every round."""
        op = self.node.op
        results: list[Held] = []
        carried = []
        several = op.several if isinstance(op, Repeat) else ()
        for number, output in enumerate(self.body.outputs):
            place = len(results)
            if number < len(several) and several[number]:
                count = op.times.evaluate({}) if isinstance(op, Repeat) else 1
                results += self.save(output, place, count)
                continue
            held = self.inner.held[output.wire]
            outer = self.expander.array(self.outer, f"{self.path}.{self.result(place)}", self.found.outputs[place])
            self.gate(f"leave.{output.name}", [held], [outer], self.cross(output, place, held, outer))
            if entered := self.looped(number):
                carried.append((held.array, entered))
            results.append(outer)
        fence = self.expander.fences[self.place]
        self.expander.fences[self.place] = replace(fence, carried=tuple(carried))
        for place in range(len(results), len(op.signature.outputs)):
            outer = self.expander.array(self.outer, f"{self.path}.{self.result(place)}", self.found.outputs[place])
            self.gate(f"leave.{self.result(place)}", [], [outer], [])
            results.append(outer)
        return results

    def result(self, place: int) -> str:
        """The name of an output of the region."""
        return self.node.op.signature.outputs[place].name

    def cross(self, output: Output, place: int, held: Held, outer: Held) -> list[Link]:
        """Links of one array through the right gate."""
        result = self.node.op.signature.outputs[place]
        formal = output_axes(self.body, output.name)
        actual = result.axes[len(result.axes) - len(formal) :]
        names = dict(zip(formal, actual, strict=True)) | {self.named(axis): axis for axis in self.over}
        return [
            Link(0, strand, 0, outer.names.index(names.get(name, name)))
            for strand, name in enumerate(held.names)
            if names.get(name, name) in outer.names
        ]

    def looped(self, number: int) -> str:
        """The array that an output of the body becomes in the next round."""
        carried = [way.item.name for way in ways(self.node.op) if way.carried]
        return self.inner.held[carried[number]].array if number < len(carried) else ""

    def save(self, output: Output, place: int, count: int) -> list[Held]:
        """A note that saves an array in every round; outside it is one saved array a round."""
        held = self.inner.held[output.wire]
        memory = f"{self.path}.{output.name}"
        label = axis_label(output.name, "", self.inner.index)
        touched = (tuple(range(len(held.names))),)
        self.expander.cells.append(
            Cell(memory, "save", Sign("save", label), (held.array,), (), touched, fence=self.path, op=memory)
        )
        results = []
        for number in range(place, place + count):
            name = self.node.op.signature.outputs[number].name
            results.append(Held(memory, (), self.found.outputs[number], axis_label(name, "", self.outer.index)))
        return results

    def gate(self, side: str, given: Sequence[Held], made: Sequence[Held], links: Sequence[Link]) -> None:
        """One array on its way through an end of the region."""
        passed = {(link.given, link.source) for link in links}
        grown = {(link.made, link.target) for link in links}
        cell = Cell(
            id=f"{self.path}/{side}",
            kind="gate",
            sign=Sign("brackets", side.partition(".")[0]),
            inputs=tuple(held.array for held in given),
            outputs=tuple(held.array for held in made),
            touched=tuple(
                tuple(place for place in range(len(held.names)) if (number, place) not in passed)
                for number, held in enumerate(given)
            ),
            made=tuple(
                tuple(place for place in range(len(held.names)) if (number, place) not in grown)
                for number, held in enumerate(made)
            ),
            links=tuple(links),
            op=self.node.op.name,
            fence=self.path,
        )
        self.expander.cells.append(cell)


def ways(op: Op) -> list[_Way]:
    """For every input of the body: the ports of the node that it reads, and whether rounds carry it on."""
    body = op.bodies()[0]
    if isinstance(op, Repeat):
        found, place = [], op.carried
        for number, item in enumerate(body.inputs):
            if number < op.carried:
                found.append(_Way(item, (number,), True))
                continue
            count = op.times.evaluate({}) if op.indexed and op.several_in(item.name) else 1
            found.append(_Way(item, tuple(range(place, place + count))))
            place += count
        return found
    if isinstance(op, Scan):
        return [_Way(item, (number,), number < op.carried) for number, item in enumerate(body.inputs)]
    ports = [port.name for port in op.signature.inputs]
    states = len(body.outputs)
    return [
        _Way(item, (ports.index(item.name),) if item.name in ports else (), number < states)
        for number, item in enumerate(body.inputs)
    ]
