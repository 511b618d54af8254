"""Ops whose meaning is a circuit: composites, which build it from their attributes, and calls, which name it.

What happens at the boundary is the same for both: formal axes are bound to actual ones, all other axes pass over.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import ClassVar, final

from pydantic import InstanceOf

from .circuit import Circuit
from .errors import AttributeProblem, did_you_mean
from .op import AT_MOST, DEFINE, EQUAL, Fact, Glyph, Init, Op, Port, Result, Signature, Weight
from .sizes import Size
from .types import ArrayType, Element, axis_name, base, follow

Names = Mapping[str, str]


class Derived(Op):
    """An op whose meaning is the circuit `body`."""

    @property
    @abstractmethod
    def body(self) -> Circuit:
        """The circuit it stands for; inputs are its ports, then its weights."""

    def scopes(self) -> tuple[Circuit, ...]:
        """The circuit it stands for."""
        return (self.body,)

    def lends(self, other: Op) -> bool:
        """Ops derived from the same circuits own the same parameters."""
        return isinstance(other, Derived) and self.bodies() == other.bodies() != ()

    def axis_map(self) -> Names:
        """Formal axis to actual axis, where they differ in name."""
        return {}

    def size_map(self) -> Mapping[str, Size]:
        """Formal size name to a size of the caller, where they differ."""
        return {}


class Composite(Derived):
    """An op that expands into simpler ones: the expansion is its meaning.

    Subclasses give `expand` and, for those inputs that are parameters, `weights`.
    """

    def weights(self) -> Mapping[str, Init | Weight]:
        """Inputs of the expansion that are parameters, with their initialisers."""
        return {}

    @abstractmethod
    def expand(self) -> Circuit:
        """A circuit of simpler ops; inputs are the ports, then the weights."""

    @final
    @property
    def body(self) -> Circuit:
        """The expansion, built once for all equal ops."""
        return self._body

    @cached_property
    def _body(self) -> Circuit:
        found = _EXPANSIONS.get(self)
        if found is None:
            if len(_EXPANSIONS) > 10_000:
                _EXPANSIONS.clear()
            found = _EXPANSIONS[self] = self.expand().valid()
        return found

    def owned(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The weights, and the buffers of the nodes inside."""
        found = list(super().owned())
        for node in self.body.nodes if self.signature.updates else ():
            if not node.weights:
                found += [(".".join(filter(None, (node.name, key))), axes) for key, axes in node.op.owned()]
        return tuple(found)

    def typing(self) -> Signature:
        """Follow the expansion."""
        face = interface(self.body, {})
        inits = self.weights()
        inputs = tuple(port for port in face.inputs if port.name not in inits)
        weights = tuple(_weight(port, inits[port.name]) for port in face.inputs if port.name in inits)
        outputs = tuple(
            replace(made, of=tuple(place for place in made.of or () if place < len(inputs))) for made in face.outputs
        )
        return Signature(
            inputs,
            outputs,
            weights,
            face.buffers,
            face.facts,
            draws=face.draws,
            updates=face.updates,
            defaults=face.defaults,
        )


_EXPANSIONS: dict[Op, Circuit] = {}


def _weight(port: Port, init: Init | Weight) -> Weight:
    if isinstance(init, Weight):
        return Weight(port.name, port.axes, init.init, init.trainable, port.element or init.element)
    return Weight(port.name, port.axes, init, True, port.element or Element("Real"))


class Call(Derived):
    """A circuit used as a node, with a map of formal to actual axes.

    `axes` maps formal axis names to actual ones (equal names match by themselves; twins and strided axes follow their
    base), `sizes` formal size names to sizes of the caller. The map need not be injective.
    """

    name: ClassVar[str] = "call"
    glyph: ClassVar[Glyph] = Glyph(outline="box3d")

    circuit: InstanceOf[Circuit]
    axes: str = ""
    sizes: str = ""

    @property
    def body(self) -> Circuit:
        """The circuit called."""
        return self.circuit

    def pictured(self) -> Glyph:
        """With the sizes it is given in brackets."""
        return replace(self.glyph, mark="({sizes})") if self.sizes else self.glyph

    def bodies(self) -> tuple[Circuit, ...]:
        """The circuit called."""
        return (self.circuit,)

    def axis_map(self) -> Names:
        """Formal to actual axis names; twins and strided axes of inputs and outputs follow their base."""
        return self._axis_map

    @cached_property
    def _axis_map(self) -> Names:
        written = {formal: axis_name(actual) for formal, actual in _pairs(self.axes)}
        followed = {name: follow(name, written) for name in _face(self.circuit)} if written else {}
        return {**{name: actual for name, actual in followed.items() if actual != name}, **written}

    def size_map(self) -> Mapping[str, Size]:
        """Formal size names to sizes of the caller."""
        return {formal: Size.of(text) for formal, text in _pairs(self.sizes)}

    def typing(self) -> Signature:
        """The interface of the circuit, seen through the map."""
        if self.circuit.checked.own_problems:
            count = len(self.circuit.checked.own_problems)
            raise AttributeProblem("a circuit without problems", f"{count} in '{self.circuit.name}'", "Mend it first.")
        known = formal_names(self.circuit)
        for formal in (*self.axis_map(), *self.size_map()):
            if formal not in known:
                raise AttributeProblem(
                    f"an axis or size of '{self.circuit.name}' ({' '.join(sorted(known))})",
                    f"'{formal}'",
                    "Map a name it has." + did_you_mean(formal, known),
                )
        return replace(interface(self.circuit, self.axis_map(), self.size_map()), mapped=True)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read `"y=t x=t'"`."""
    pairs = []
    for word in text.split():
        formal, equals, actual = word.partition("=")
        if not equals:
            raise AttributeProblem("a map such as 'y=t x=t\\''", repr(word), "Write formal=actual.")
        pairs.append((axis_name(formal), actual))
    return tuple(pairs)


def _face(circuit: Circuit) -> tuple[str, ...]:
    """Axes of the inputs and outputs of a circuit, in order."""
    ends = [circuit.checked.types.get(output.wire) for output in circuit.outputs]
    types = [*(item.type for item in circuit.inputs), *(found for found in ends if found is not None)]
    return tuple(dict.fromkeys(axis for found in types for axis in found.axes))


def formal_names(circuit: Circuit) -> set[str]:
    """Names of axes and sizes of a circuit that a call may map."""
    checked = circuit.checked
    names = {axis for found in checked.types.values() if found for axis in found.axes}
    names |= {name for name, _ in circuit.sizes}
    for item in circuit.inputs:
        if item.type.element.bound is not None:
            names |= item.type.element.bound.names
    names |= {name for size in checked.solution.bindings.values() for name in size.names}
    return names | open_names(circuit)


def scope_map(axes: Names, sizes: Mapping[str, Size] | None = None) -> dict[str, Size]:
    """Formal size names to sizes of the caller, where they differ."""
    mapped = {base(formal): Size.name(actual) for formal, actual in axes.items()}
    return {**mapped, **(sizes or {})}


def interface(circuit: Circuit, axes: Names, sizes: Mapping[str, Size] | None = None) -> Signature:
    """The signature of a circuit whose formal axes are renamed to actual ones."""
    checked = circuit.checked
    rename = scope_map(axes, sizes)

    def element(found: Element) -> Element:
        if found.kind == "Natural" and found.bound is not None:
            return Element("Natural", bound=checked.solution.size(found.bound).at(rename))
        return Element("Index", axis=axes.get(found.axis, found.axis)) if found.kind == "Index" else found

    def actual(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(axes.get(name, name) for name in names)

    inputs = tuple(
        Port(item.name, actual(item.type.axes), element(item.type.element), item.type.space) for item in circuit.inputs
    )
    origins, (draws, updates) = _origins(circuit), _habits(circuit)
    outputs = []
    for output in circuit.outputs:
        found = checked.type(output.wire)
        outputs.append(
            Result(
                output.name,
                _distinct(actual(found.axes if output.type is None else output.type.axes), output.name, axes),
                element(found.element),
                found.space,
                origins[output.wire],
            )
        )
    return Signature(
        inputs,
        tuple(outputs),
        (),
        (),
        _facts(circuit, axes, rename),
        lifted_first=True,
        draws=draws,
        updates=updates,
        defaults=tuple(
            (name, size)
            for name, size in checked.defaults.items()
            if rename.get(name, Size.name(name)) == Size.name(name)
        ),
    )


def output_axes(circuit: Circuit, name: str) -> tuple[str, ...]:
    """Axes of an output in the order the circuit gives it: as declared, else as its wire has them."""
    output = next(item for item in circuit.outputs if item.name == name)
    return output.type.axes if output.type is not None else circuit.checked.type(output.wire).axes


def output_type(circuit: Circuit, name: str) -> ArrayType:
    """Type of an output, its axes in the order the circuit gives them."""
    output = next(item for item in circuit.outputs if item.name == name)
    return replace(circuit.checked.type(output.wire), axes=output_axes(circuit, name))


def _distinct(names: tuple[str, ...], output: str, axes: Names) -> tuple[str, ...]:
    for name in names if len(set(names)) < len(names) else ():
        if names.count(name) > 1:
            raise AttributeProblem(
                f"every axis once in output '{output}'",
                f"'{name}' {names.count(name)} times",
                f"Map one of them to the twin {name}'.",
            )
    return names


@lru_cache(maxsize=4096)
def _origins(circuit: Circuit) -> Mapping[str, tuple[int, ...]]:
    """Numbers of the circuit's inputs that each wire depends on."""
    masks = {item.name: 1 << number for number, item in enumerate(circuit.inputs)}
    for node in circuit.checked.order:
        read = [masks[wire] if wire is not None else 0 for wire in node.inputs]
        fed = _joined(masks[wire] for _, wire in node.feeds)
        for wire, result in zip(node.outputs(), node.op.signature.outputs, strict=True):
            masks[wire] = fed | _joined(read if result.of is None else (read[place] for place in result.of))
    numbers = {mask: _numbers(mask) for mask in set(masks.values())}
    return {wire: numbers[mask] for wire, mask in masks.items()}


def _joined(masks: Iterable[int]) -> int:
    joined = 0
    for mask in masks:
        joined |= mask
    return joined


def _numbers(mask: int) -> tuple[int, ...]:
    return tuple(number for number, bit in enumerate(reversed(f"{mask:b}")) if bit == "1")


@lru_cache(maxsize=4096)
def _habits(circuit: Circuit) -> tuple[bool, bool]:
    """Whether any node draws, and whether any updates buffers."""
    signatures = [record.node.op.signature for record in circuit.checked.records.values()]
    return any(one.draws for one in signatures), any(one.updates for one in signatures)


def callee_sizes(circuit: Circuit, sizes: Mapping[str, int], renamed: Mapping[str, Size]) -> dict[str, int]:
    """Numbers of a used circuit's scope, from those of the caller; what the caller does not know takes defaults."""
    given = {}
    for name in sorted(open_names(circuit)):
        size = renamed.get(name, Size.name(name))
        if size.names <= sizes.keys():
            given[name] = size.evaluate(sizes)
    return circuit.checked.known(given)


@lru_cache(maxsize=4096)
def open_names(circuit: Circuit) -> frozenset[str]:
    """Size names that nothing in a circuit fixes: its own, and those the circuits it uses take from it."""
    names = set(circuit.checked.free_names)
    for node in circuit.nodes:
        renamed = scope_map(node.op.axis_map(), node.op.size_map()) if isinstance(node.op, Derived) else {}
        for body in node.op.scopes():
            for name in open_names(body):
                names |= circuit.checked.solution.size(renamed.get(name, Size.name(name))).names
    return frozenset(names)


def _facts(circuit: Circuit, axes: Names, rename: Mapping[str, Size]) -> tuple[Fact, ...]:
    """Solved sizes of interface axes and the constraints left, in the caller's names."""
    checked = circuit.checked
    facts: list[Fact] = []
    seen: set[str] = set()
    interface = [(axis, EQUAL) for item in circuit.inputs for axis in item.type.axes]
    interface += [(axis, DEFINE) for output in circuit.outputs for axis in checked.type(output.wire).axes]
    for axis, kind in interface:
        if axis in seen:
            continue
        seen.add(axis)
        size, name = checked.size(axis).at(rename), Size.name(axes.get(axis, axis))
        if size != name:
            facts.append(Fact(name, size, f"axis '{axis}' of '{circuit.name}' is {checked.size(axis)}", kind))
    facts.extend(_constraints(circuit, rename))
    facts.extend(_twin_facts(axes))
    return tuple(facts)


def _constraints(circuit: Circuit, rename: Mapping[str, Size]) -> list[Fact]:
    """The equations and limits a circuit leaves to its caller, each said once."""
    solution = circuit.checked.solution
    found: dict[tuple[Size, Size, bool], Fact] = {}
    for placed in solution.constraints:
        fact = placed.fact
        left, right = solution.size(fact.left).at(rename), solution.size(fact.right).at(rename)
        found.setdefault((left, right, fact.kind == AT_MOST), Fact(left, right, fact.why, fact.kind))
    return list(found.values())


def _twin_facts(axes: Names) -> list[Fact]:
    """A non-injective map gives one formal size two names: they must agree."""
    facts = []
    for formal, actual in axes.items():
        if formal != base(formal) and base(formal) in axes:
            other = Size.name(axes[base(formal)])
            if other != Size.name(actual):
                facts.append(Fact(Size.name(actual), other, f"'{formal}' is a twin of '{base(formal)}'"))
    return facts
