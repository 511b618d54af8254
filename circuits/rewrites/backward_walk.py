"""The walk of a backward pass over the nodes of a circuit, from the last one to the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..circuit import Circuit, Node
from ..derived import Call, output_type
from ..errors import AttributeProblem, CircuitError, CircuitloomError
from ..op import Weight
from ..ops.sources import Parameter
from ..region import Region
from ..trace import Wire, build, current_builder
from ..type_nodes import place
from ..types import ArrayType
from .backward_calls import Backward, Exports, Used, equations, reversed_node, without_unread
from .backward_names import name_nodes, owned, renamed
from .backward_rules import Cotangents, Step, rule_of
from .fitting import CONTINUOUS, cotangent_type, fit, total, unused, zeros
from .lift_parameters import lift_parameters, parameter_of
from .merge_sums import merge_sums
from .slots import Slot

Axes = tuple[str, ...]


class Walk:
    """Derives the backward pass of one circuit; `derive` gives those of the circuits it uses.

    `wanted` are inputs and keys of parameters that need a gradient.
    """

    def __init__(
        self, circuit: Circuit, wanted: tuple[str, ...], derive: Callable[[Circuit, tuple[str, ...]], Backward]
    ) -> None:
        self.wanted, self.derive = wanted, derive
        self.slots = {slot.key: slot for slot in lift_parameters(circuit).slots}
        self.owned = owned(circuit, self.slots)
        self.active = self._active(circuit)
        exports = Exports(circuit)
        self.used: dict[str, Used] = {}
        for node in circuit.nodes:
            inside = self._inside(node) if self._reached(node) else None
            if inside is not None and (found := exports.used(node, inside)) is not None:
                self.used[node.id] = found
        forward = {id: found.forward for id, found in self.used.items()}
        self.circuit = circuit.evolve(
            nodes=tuple(replace(node, op=forward.get(node.id, node.op)) for node in circuit.nodes)
        ).valid()
        self.given: dict[str, Wire] = {}
        self.constraints: list[str] = []
        self.learned: dict[str, Wire] = {}
        self.cotangents: dict[str, list[Wire]] = {}
        self.gradients: dict[str, list[Wire]] = {}

    def _active(self, circuit: Circuit) -> set[str]:
        """Wires on the way of a gradient that is wanted."""
        self.active = {name for name in self.wanted if name not in self.slots}
        for node in circuit.checked.order:
            if self._reached(node):
                self.active.update(node.outputs())
        return self.active

    def _reached(self, node: Node) -> bool:
        """Whether a node reads or owns what a gradient is wanted of."""
        return not self.active.isdisjoint(node.wires) or any(key in self.wanted for key in self._keys(node).values())

    def _keys(self, node: Node) -> dict[str, str]:
        """Keys of the parameters a node uses: inside it, and here."""
        owner = node.weights or node.name
        return {key[len(owner) :].removeprefix("."): key for key in self.owned.get(owner, ())}

    def _inside(self, node: Node) -> Backward | None:
        """The backward pass of the circuit that a node calls."""
        if not isinstance(node.op, Call) or node.per or node.weights:
            return None
        body = node.op.circuit
        reads = zip(body.inputs, node.inputs, strict=True)
        inputs = [item.name for item, wire in reads if wire in self.active and item.type.element in CONTINUOUS]
        return self.derive(body, (*inputs, *(inner for inner, key in self._keys(node).items() if key in self.wanted)))

    def walked(self) -> Backward:
        """The backward pass; the forward circuit has no outputs for the tape yet."""
        circuit, names = self.circuit, {node.name for node in self.circuit.nodes} | {*self.slots}
        names |= {item.name for item in circuit.outputs}
        seeds: dict[str, str] = {}
        tape: dict[str, str] = {}
        types: dict[str, ArrayType] = {}
        for item in circuit.outputs:
            if circuit.checked.type(item.wire).element in CONTINUOUS:
                seeds[item.name] = name = unused(f"d_{item.name}", {*names, *types})
                types[name] = cotangent_type(output_type(circuit, item.name))
        for wire, type in circuit.checked.types.items():
            if type is not None:
                tape[wire] = name = unused(f"kept_{self._said(wire)}", {*names, *types})
                types[name] = type
        ends = dict(zip(self.wanted, self._ends(), strict=True))

        def trace(*wires: Wire) -> Mapping[str, Wire]:
            known = dict(zip(types, wires, strict=True))
            self.given = {wire: known[name] for wire, name in tape.items()}
            current_builder().taken.update(names)
            for item in circuit.outputs:
                if item.name in seeds:
                    self._arrive(item.wire, known[seeds[item.name]])
            for node in reversed(circuit.checked.order):
                self._node(node)
            return {end: self._gradient(name) for name, end in ends.items()}

        made = self._finished(build(f"R[{circuit.name}]", types, trace), seeds.values())
        read = {item.name for item in made.inputs}
        kept = tuple((name, wire) for wire, name in tape.items() if name in read)
        inside = tuple((circuit.by_id[id].name, one.found) for id, one in self.used.items())
        return Backward(circuit, made, kept, tuple(seeds.items()), tuple(ends.items()), inside)

    def _finished(self, traced: Circuit, seeds: Iterable[str]) -> Circuit:
        """The circuit with its outputs declared, with what is known of sizes, and without what nothing reads."""
        types = [self._type(name) for name in self.wanted]
        outputs = tuple(replace(item, type=type) for item, type in zip(traced.outputs, types, strict=True))
        made = replace(
            traced,
            outputs=outputs,
            axes=self.circuit.axes,
            sizes=self.circuit.sizes,
            constraints=tuple(dict.fromkeys((*equations(self.circuit), *self.constraints))),
            doc=f"The backward pass of {self.circuit.name}.",
        )
        return without_unread(merge_sums(made.valid()), tuple(seeds))

    def _said(self, wire: str) -> str:
        """What a wire is called: as an input, or after its node and port."""
        node, _, port = wire.rpartition(".")
        found = self.circuit.by_id.get(node)
        if found is None:
            return wire
        return f"{found.name}_{port}" if len(found.outputs()) > 1 else found.name

    def _ends(self) -> list[str]:
        """Names of the gradients."""
        names: list[str] = []
        for name in self.wanted:
            names.append(unused(f"d_{self.slots[name].name if name in self.slots else name}", names))
        return names

    def _type(self, name: str) -> ArrayType:
        """The type of an input or a parameter."""
        return self.slots[name].type if name in self.slots else self.circuit.checked.type(name)

    def _arrive(self, wire: str, cotangent: Wire) -> None:
        """A cotangent of a wire; where several arrive the array was copied, and they will be added."""
        wanted = self.circuit.checked.type(wire)
        if wire in self.active and wanted.element in CONTINUOUS:
            self.cotangents.setdefault(wire, []).append(fit(cotangent, wanted))

    def _learn(self, key: str, cotangent: Wire) -> None:
        """A cotangent of a parameter."""
        if key in self.wanted:
            self.gradients.setdefault(key, []).append(fit(cotangent, self.slots[key].type))

    def _gradient(self, name: str) -> Wire:
        """The gradient of an input or a parameter; zeros where no cotangent arrived."""
        found = self.gradients.get(name, []) if name in self.slots else self.cotangents.get(name, [])
        return total(found) if found else zeros(self._type(name))

    def _node(self, node: Node) -> None:
        """Pull cotangents back through a node; what goes wrong is told with its place."""
        found = [self.cotangents.get(wire) for wire in node.outputs()]
        if not any(found) or not self._reached(node):
            return
        builder = current_builder()
        start = len(builder.nodes)
        builder.taken.discard(node.name)
        types = [cotangent_type(self.circuit.checked.type(wire)) for wire in node.outputs()]
        dy = [total(one) if one else zeros(type) for one, type in zip(found, types, strict=True)]
        try:
            self._pulled(node, dy)
        except CircuitError:
            raise
        except CircuitloomError as error:
            expected, said, fix = (getattr(error, part, "") for part in ("expected", "found", "fix"))
            where = place(self.circuit, node)
            raise AttributeProblem(f"{expected} on the way of a gradient", f"{said} at {where}", fix) from error
        name_nodes(start, node.name)

    def _pulled(self, node: Node, dy: Sequence[Wire]) -> None:
        rule = rule_of(node.op)
        if node.id in self.used:
            self._through(node, self.used[node.id], dy)
        elif isinstance(node.op, Parameter) and not node.feeds:
            self._learn(self._keys(node)[node.op.label], dy[0])
        elif rule is None or self._clash(node):
            self._expanded(node, dy)
        else:
            ports = self.circuit.checked.records[node.id].type.ports
            x = [self._as_port(node, number) for number in range(len(ports))]
            weights = {weight.name: self._weight(node, weight.name, weight.axes) for weight in self._own(node)}
            weights |= {port.name: wire for port, wire in zip(ports, x, strict=True) if port.name in node.fed}
            self._spread(node, rule(Step(node, x, [self.given[wire] for wire in node.outputs()], dy, weights)))

    def _own(self, node: Node) -> list[Weight]:
        """Weights of a node that no wire feeds."""
        return [weight for weight in node.op.signature.weights if weight.name not in node.fed]

    def _clash(self, node: Node) -> bool:
        """Whether an axis that a node names passes over another of its inputs."""
        found = self.circuit.checked.records[node.id].type
        named = {axis for axes in (*(port.axes for port in found.ports), *found.consumed) for axis in axes}
        named |= {axis for weight in node.op.signature.weights for axis in weight.axes}
        reads = zip(node.wires, found.consumed, strict=True)
        return any(axis in named and axis not in axes for wire, axes in reads for axis in self._axes(wire))

    def _axes(self, wire: str | None) -> Axes:
        return self.circuit.checked.type(wire).axes if wire is not None else ()

    def _as_port(self, node: Node, number: int) -> Wire:
        """A wire a node reads, its axes called as the op calls them."""
        found, wire = self.circuit.checked.records[node.id].type, node.wires[number]
        assert wire is not None
        return renamed(self.given[wire], found.consumed[number], found.ports[number].axes)

    def _spread(self, node: Node, made: Cotangents) -> None:
        """Hand on what a rule pulled back."""
        found = self.circuit.checked.records[node.id].type
        for number, (wire, port, axes) in enumerate(zip(node.wires, found.ports, found.consumed, strict=True)):
            pulled = made.inputs[number] if number < len(made.inputs) else made.weights.get(port.name)
            if wire is not None and pulled is not None:
                self._arrive(wire, renamed(pulled, port.axes, axes))
        keys = self._keys(node)
        for weight in self._own(node):
            if weight.name in made.weights:
                key = keys[weight.name]
                pulled = renamed(made.weights[weight.name], (*node.per, *weight.axes), self.slots[key].axes)
                self._learn(key, pulled)

    def _through(self, node: Node, used: Used, dy: Sequence[Wire]) -> None:
        """Call the backward pass of a circuit that is used."""
        found, body = used.found, used.found.forward
        seeds = {name: dy[number] for number, (_, name) in enumerate(found.cotangents)}
        reads = dict(zip((item.name for item in body.inputs), node.inputs, strict=True))
        kept = {name: self.given[reads.get(wire) or f"{node.id}.{name}"] for name, wire in found.tape}
        wires = [{**seeds, **kept}[item.name] for item in found.backward.inputs]
        made = current_builder().add(used.backward, wires, name=node.name)
        record, keys = self.circuit.checked.records[node.id].type, self._keys(node)
        numbers = {name: number for number, name in enumerate(reads)}
        ends = used.backward.signature.outputs
        for (name, _), wire, end in zip(found.gradients, made, ends, strict=True):
            if name in numbers:
                number = numbers[name]
                pulled = renamed(wire, record.ports[number].axes, record.consumed[number])
                self._arrive(node.inputs[number] or "", pulled)
            else:
                self._learn(keys[name], renamed(wire, end.axes, self.slots[keys[name]].axes))

    def _expanded(self, node: Node, dy: Sequence[Wire]) -> None:
        """Call a circuit derived from the expansion of a node."""
        keys = self._keys(node)
        slots = {inner: self.slots[key] for inner, key in keys.items()}
        wanted = {inner for inner, key in keys.items() if key in self.wanted}
        active = [wire in self.active for wire in node.wires]
        found = reversed_node(self.circuit, node, slots, active, wanted)
        wires = []
        for kind, at in found.reads:
            match kind:
                case "port":
                    wires.append(self.given[node.wires[int(at)] or ""])
                case "weight":
                    wires.append(self._parameter(slots[str(at)]))
                case _:
                    wires.append(dy[int(at)])
        for (kind, at), wire in zip(found.gives, self._made(node, found.call, wires), strict=True):
            if kind == "port":
                self._arrive(node.wires[int(at)] or "", wire)
            else:
                self._learn(keys[str(at)], wire)

    def _made(self, node: Node, call: Call, wires: Sequence[Wire]) -> Sequence[Wire]:
        """What the circuit that pulls back a node gives.

        Draws follow the paths of nodes: a region that draws is run again at its own path, so its circuit is spliced in.
        """
        builder, op = current_builder(), node.op
        if not (isinstance(op, Region) and op.signature.draws and node.name in call.circuit.by_name):
            return builder.add(call, wires, name=node.name, weights=node.weights if op.signature.updates else "")
        if call.axes:
            raise AttributeProblem("axes of their own in regions that draw", call.axes, "Rename them.")
        self.constraints += equations(call.circuit)
        known = dict(zip((item.name for item in call.circuit.inputs), wires, strict=True))
        for inner in call.circuit.checked.order:
            feeds = {weight: known[wire] for weight, wire in inner.feeds}
            given = [known[wire] for wire in inner.inputs if wire is not None]
            made = builder.add(inner.op, given, feeds=feeds, name=inner.name, per=inner.per, shared=inner.shared)
            known.update(zip(inner.outputs(), made, strict=True))
        return [known[item.wire] for item in call.circuit.outputs]

    def _weight(self, node: Node, name: str, axes: Axes) -> Wire:
        """A parameter a node uses, with the axes it has there."""
        slot = self.slots[self._keys(node)[name]]
        return renamed(self._parameter(slot), slot.axes, (*node.per, *axes))

    def _parameter(self, slot: Slot) -> Wire:
        """A parameter as a source of the same key."""
        if slot.key not in self.learned:
            builder = current_builder()
            builder.taken.discard(slot.key)
            op = parameter_of(slot.weight, slot.axes)
            self.learned[slot.key] = builder.add(op, (), name=slot.key)[0]
        return self.learned[slot.key]
