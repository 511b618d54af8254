"""Backward passes of nodes that stand for circuits: of a used circuit its own, of all else one from its expansion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..circuit import Circuit, Input, Node, Output
from ..derived import Call, formal_names, scope_map
from ..renaming import map_text
from ..sizes import Size
from ..types import ArrayType, base, follow
from .fitting import CONTINUOUS
from .flatten import stripped
from .lift_parameters import lift_parameters
from .prune import pruned
from .rename_axes import axis_names, equation
from .reverse import reverse
from .slots import Slot


@dataclass(frozen=True)
class Backward:
    """A circuit, the circuit that pulls cotangents back through it, and the tape between the two.

    `forward` is the circuit with the kept arrays as further outputs. `backward` reads cotangents of the outputs
    (`d_<output>`) and the kept arrays under the same names, and gives gradients `d_<input>`, `d_<parameter>`; it owns
    the parameters it reads under the same keys, so a state of the circuit fits. `tape` pairs names of kept arrays with
    their wires in `forward`, `cotangents` outputs with inputs of `backward`, `gradients` inputs and keys of parameters
    with outputs of `backward`; `inside` are the backward passes of used circuits by the names of their nodes, which
    both circuits have.
    """

    forward: Circuit
    backward: Circuit
    tape: tuple[tuple[str, str], ...]
    cotangents: tuple[tuple[str, str], ...]
    gradients: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, Backward], ...] = ()


def equations(circuit: Circuit) -> tuple[str, ...]:
    """What a circuit knows of sizes, as constraints of one with the same axes."""
    checked = circuit.checked
    found = list(circuit.constraints)
    for name in sorted({base(axis) for axis in axis_names(circuit)}):
        found += equation(name, checked.size(name)) if checked.size(name) != Size.name(name) else ()
    return tuple(dict.fromkeys(found))


def without_unread(circuit: Circuit, kept: Collection[str] = ()) -> Circuit:
    """The circuit without nodes and inputs that nothing reads; inputs in `kept` stay."""
    circuit = pruned(circuit)
    read = {wire for node in circuit.nodes for wire in node.wires} | {item.wire for item in circuit.outputs} | {*kept}
    return circuit.evolve(inputs=tuple(item for item in circuit.inputs if item.name in read)).valid()


@dataclass(frozen=True)
class Reversed:
    """A node pulled back by a circuit derived from its expansion.

    `reads` says for every input of the circuit what it is: ("port", number), ("weight", key) or ("cotangent", number);
    `gives` the same for outputs, ports and weights. Keys are those inside the node.
    """

    call: Call
    reads: tuple[tuple[str, int | str], ...]
    gives: tuple[tuple[str, int | str], ...]


def reversed_node(
    circuit: Circuit, node: Node, slots: Mapping[str, Slot], active: Sequence[bool], wanted: Collection[str]
) -> Reversed:
    """The backward pass of one node, which runs it forward once more.

    `slots` are the parameters it uses, by their keys inside the node, as they are in the circuit around; `active` says
    which of the wires it reads need a gradient and `wanted` which of its parameters do.
    """
    single, ports = _single(circuit, node)
    lifted = lift_parameters(single)
    types = [circuit.checked.type(wire) for wire in node.wires if wire is not None]
    needed = [name for name, one, type in zip(ports, active, types, strict=True) if one and type.element in CONTINUOUS]
    back = reverse(single, [*needed, *lifted.names])
    name = single.nodes[0].name
    keys = {slot.name: slot.key.removeprefix(name).removeprefix(".") for slot in lifted.slots}
    made = [number for number, item in enumerate(single.outputs) if _flows(single, item)]
    seeds = dict(zip((item.name for item in back.inputs[-len(made) :]), made, strict=True))
    kinds: dict[str, tuple[str, int | str]] = {name: ("port", number) for number, name in enumerate(ports)}
    kinds |= {name: ("weight", key) for name, key in keys.items()}
    given = {f"d_{name}": kinds[name] for name in (*needed, *keys) if name in needed or keys[name] in wanted}
    kinds |= {name: ("cotangent", number) for name, number in seeds.items()}
    outputs = tuple(item for item in back.outputs if item.name in given)
    found = without_unread(stripped(replace(back, outputs=outputs).valid(), name))
    actual = {
        inner: outer
        for slot in lifted.slots
        for inner, outer in zip(slot.axes, slots[keys[slot.name]].axes, strict=True)
        if inner != outer
    }
    named = replace(found, name=f"R[{title(node)}]", doc="")
    call = Call(circuit=named, axes=map_text(actual))
    return Reversed(call, tuple(kinds[item.name] for item in found.inputs), tuple(given[o.name] for o in found.outputs))


def title(node: Node) -> str:
    """What a node is called as a block: the circuit it uses, else its op."""
    return next((body.name for body in node.op.bodies()), node.op.name)


def _flows(circuit: Circuit, item: Output) -> bool:
    return circuit.checked.type(item.wire).element in CONTINUOUS


def _single(circuit: Circuit, node: Node) -> tuple[Circuit, list[str]]:
    """A circuit of one node that owns its weights, and the names of its inputs: ports, then weights that are fed."""
    record = circuit.checked.records[node.id]
    ports: list[str] = []
    for port in record.type.ports:
        name = port.name
        while name in (node.name, node.op.name, *ports):
            name += "_"
        ports.append(name)
    inputs = tuple(
        Input(name, circuit.checked.type(wire))
        for name, wire in zip(ports, node.wires, strict=True)
        if wire is not None
    )
    number = len(node.inputs)
    feeds = tuple(zip(node.fed, ports[number:], strict=True))
    # draws follow the name of a node; without them nodes that share statistics are pulled back by equal circuits
    name = node.name if node.op.signature.draws else node.op.name
    alone = replace(node, id="n1", name=name, inputs=tuple(ports[:number]), feeds=feeds, weights="")
    outputs = tuple(
        Output(result.name, wire, circuit.checked.type(old))
        for result, wire, old in zip(node.op.signature.outputs, alone.outputs(), node.outputs(), strict=True)
    )
    found = Circuit(node.op.name, inputs, outputs, (alone,), circuit.axes, circuit.sizes, equations(circuit))
    return found.valid(), ports


@dataclass(frozen=True)
class Used:
    """The backward pass of a circuit that is used, and the calls in the forward circuit and in the backward one."""

    found: Backward
    forward: Call
    backward: Call


class Exports:
    """Names of axes that come out of the circuits a circuit uses."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.names = {base(axis) for axis in axis_names(circuit)}
        self.lent = {node.weights for node in circuit.nodes if node.weights}
        self.known: dict[str, Size] = {}

    def used(self, node: Node, found: Backward) -> Used | None:
        """The backward pass of a call; None where axes from inside would meet those around, or weights are shared."""
        op = node.op
        if not isinstance(op, Call) or node.name in self.lent:
            return None
        inside = {item.name for item in op.circuit.inputs}
        types = [op.circuit.checked.type(wire) for _, wire in found.tape if wire not in inside]
        types += [found.backward.checked.type(item.wire) for item in found.backward.outputs]
        axes = self._axes(node, op, types)
        if axes is None:
            return None
        return Used(found, _call(op, found.forward, axes), _call(op, found.backward, axes))

    def _axes(self, node: Node, op: Call, types: Iterable[ArrayType]) -> dict[str, str] | None:
        """What axes from inside are called here; None where they cannot be told apart."""
        renamed, scope = op.axis_map(), scope_map(op.axis_map(), op.size_map())
        record = self.circuit.checked.records[node.id]
        face = {axis for item in op.circuit.inputs for axis in item.type.axes}
        face |= {axis for item in op.circuit.outputs for axis in op.circuit.checked.type(item.wire).axes}
        passing = {axis for axes in record.type.passing for axis in axes}
        names, sizes = dict(renamed), dict(self.known)
        for type in types:
            actual = []
            for axis in type.axes:
                names.setdefault(axis, follow(axis, renamed))
                actual.append(names[axis])
                if axis not in face and names[axis] == axis:
                    size = op.circuit.checked.size(base(axis)).at(scope)
                    if sizes.setdefault(base(axis), self._size(axis, size)) != size:
                        return None
            if len(set(actual)) < len(actual) or passing & set(actual):
                return None
        self.known = sizes
        return names

    def _size(self, axis: str, size: Size) -> Size:
        """The size of an axis here; that from inside where there is none of its name."""
        return self.circuit.checked.size(base(axis)) if base(axis) in self.names else size


def _call(op: Call, circuit: Circuit, axes: Mapping[str, str]) -> Call:
    """A call of a circuit made of the one an op calls, with the same maps."""
    known = formal_names(circuit)
    mapped = {formal: actual for formal, actual in axes.items() if formal in known and formal != actual}
    sizes = {formal: size for formal, size in op.size_map().items() if formal in known}
    return Call(
        circuit=circuit, axes=map_text(mapped), sizes=" ".join(f"{formal}={size}" for formal, size in sizes.items())
    )
