"""What could mend a problem: guesses, read off the problem's place and words, each a command with a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from circuits import Call, Circuit, Node, Problem, out_wires

from ..rewiring import UNCONNECTED, attributes_of, fresh_ids, fresh_name, port_names, taken_names, wires_of
from .base import Command
from .definitions import Together
from .face import RemoveInput, RemoveOutput, SetOutput
from .nodes import AddNode, RenameNode, SetAttribute, SetWeights, Tie
from .sizes import SetAxis, SetConstraint
from .wires import Connect, Disconnect, Feed

_MAPPED = re.compile(r"(?<![\w'/])({})(?![\w'])")


@dataclass(frozen=True)
class Fix:
    """Something that mends a problem: what it does in a few words, and the command that does it."""

    label: str
    command: Command


def guesses(circuit: Circuit, problem: Problem) -> Iterator[Fix]:
    """What could mend a problem of the circuit itself, the likeliest first."""
    node = circuit.by_id.get(problem.node) if problem.node is not None else None
    if node is None:
        yield from _of_output(circuit, problem)
        yield from _of_names(circuit, problem)
    else:
        yield from _of_ports(circuit, node, problem)
        yield from _of_axes(circuit, node, problem)
        yield from _of_attributes(circuit, node, problem)
        yield from _of_weights(circuit, node, problem)
        yield from _of_wires(circuit, node, problem)
    yield from _of_sizes(circuit, node, problem)


def _wire_at(node: Node, port: str) -> str | None:
    ports = port_names(node.op) or ()
    if port in ports and ports.index(port) < len(node.inputs):
        return node.inputs[ports.index(port)]
    return dict(node.feeds).get(port)


def _near(circuit: Circuit, node: Node | None) -> list[str]:
    """Wires to connect, nearest first: what nothing reads yet, then what is made just before."""
    place = len(circuit.nodes) if node is None else circuit.nodes.index(node)
    order = [*reversed(circuit.nodes[:place]), *circuit.nodes[place + 1 :]]
    made = [wire for one in order for wire in out_wires(circuit, one)]
    read = {wire for one in circuit.nodes for wire in one.wires} | {item.wire for item in circuit.outputs}
    wires = [*made, *(item.name for item in circuit.inputs)]
    return [*(wire for wire in wires if wire not in read), *(wire for wire in wires if wire in read)]


def _said(circuit: Circuit, wire: str) -> str:
    maker = circuit.by_id.get(wire.rpartition(".")[0])
    return maker.name if maker is not None else wire


def _of_ports(circuit: Circuit, node: Node, problem: Problem) -> Iterator[Fix]:
    """A loose port: any wire that fits."""
    if problem.found != "nothing connected" or problem.port is None:
        return
    for wire in _near(circuit, node):
        yield Fix(f"Connect '{_said(circuit, wire)}'", Connect(wire=wire, node=node.id, port=problem.port))


def _of_axes(circuit: Circuit, node: Node, problem: Problem) -> Iterator[Fix]:
    """An axis that a port looks for: map it, name another in the attributes, or rename it before."""
    wire = _wire_at(node, problem.port) if problem.port is not None else None
    found = circuit.checked.types.get(wire) if wire is not None else None
    if problem.axis is None or wire is None or found is None:
        return
    axis = problem.axis
    if isinstance(node.op, Call):
        yield from _mapped(circuit, node, node.op)
    likely = sorted(found.axes, key=lambda name: -SequenceMatcher(None, name, axis).ratio())
    for name in likely:
        if isinstance(node.op, Call):
            pairs = [pair for pair in node.op.axes.split() if not pair.startswith(f"{axis}=")]
            text = " ".join((*pairs, f"{axis}={name}"))
            yield Fix(f"Map '{axis}' to '{name}'", SetAttribute(node=node.id, attribute="axes", value=text))
        else:
            yield from _renamed(node, axis, name)
    for name in likely:
        attributes = {"spec": f"{name} -> {axis}"}
        yield Fix(
            f"Rename '{name}' to '{axis}' before it", _inserted(circuit, node, problem, wire, "rename", attributes)
        )


def _mapped(circuit: Circuit, node: Node, op: Call) -> Iterator[Fix]:
    """All axes that a call looks for mapped at once; one axis that is meant twice becomes a twin the second time."""
    pairs: dict[str, str] = {}
    for problem in circuit.checked.own_problems:
        if problem.node != node.id or problem.axis is None or problem.port is None:
            continue
        formals = next((port.axes for port in op.signature.inputs if port.name == problem.port), ())
        found = circuit.checked.types.get(_wire_at(node, problem.port) or "")
        free = [axis for axis in found.axes if axis not in formals] if found is not None else []
        fresh = [axis for axis in free if axis not in pairs.values()]
        if free and problem.axis not in pairs:
            pairs[problem.axis] = fresh[0] if fresh else f"{free[0]}'"
    if pairs:
        kept = [pair for pair in op.axes.split() if pair.partition("=")[0] not in pairs]
        text = " ".join((*kept, *(f"{formal}={actual}" for formal, actual in pairs.items())))
        yield Fix(f"Map {text}", SetAttribute(node=node.id, attribute="axes", value=text))


def _renamed(node: Node, old: str, new: str) -> Iterator[Fix]:
    """The attributes of a node with an axis called otherwise."""
    word = re.compile(_MAPPED.pattern.format(re.escape(old)))
    changed = {
        name: word.sub(new, value)
        for name, value in attributes_of(node.op).items()
        if isinstance(value, str) and word.search(value)
    }
    commands = tuple(SetAttribute(node=node.id, attribute=name, value=value) for name, value in changed.items())
    if len(commands) == 1:
        yield Fix(f"Use '{new}' instead of '{old}'", commands[0])
    elif commands:
        yield Fix(f"Use '{new}' instead of '{old}'", Together(commands=commands))


def _inserted(
    circuit: Circuit, node: Node | None, problem: Problem, wire: str, op: str, attributes: dict[str, str]
) -> Command:
    """A node put between a wire and a port, or an output."""
    (id,) = fresh_ids(circuit, 1)
    there = None if node is None else node.id
    added = AddNode(op=op, attributes=dict(attributes), inputs=(wire,))
    return Together(commands=(added, Connect(wire=f"{id}.out", node=there, port=problem.port or 0)))


def _of_attributes(circuit: Circuit, node: Node, problem: Problem) -> Iterator[Fix]:
    """Attributes that are missing, an element to cast to, an outer operation that has to be said, a name to change."""
    wire = _wire_at(node, problem.port) if problem.port is not None else None
    wanted, at, _ = problem.expected.partition(" at '")
    if wire is not None and at and problem.axis is None:
        yield Fix(f"Cast it to {wanted}", _inserted(circuit, node, problem, wire, "cast", {"element": wanted}))
    if "Cast it to Real" in problem.fix and node.inputs and node.inputs[0] is not None:
        first = Problem(problem.where, "", "", "", node.id, (port_names(node.op) or ("x",))[0])
        yield Fix("Cast it to Real", _inserted(circuit, node, first, node.inputs[0], "cast", {"element": "Real"}))
    if "outer=True" in problem.fix:
        yield Fix("Every pair is meant: outer", SetAttribute(node=node.id, attribute="outer", value=True))
    if problem.axis is not None and problem.expected.startswith("a produced axis"):
        for new in (f"{problem.axis}_2", f"{problem.axis}'"):
            yield from _produced(node, problem.axis, new)


def _produced(node: Node, old: str, new: str) -> Iterator[Fix]:
    """Another name for an axis on the right of an arrow."""
    spec = attributes_of(node.op).get("spec")
    if isinstance(spec, str) and "->" in spec:
        left, _, right = spec.rpartition("->")
        changed = re.sub(_MAPPED.pattern.format(re.escape(old)), new, right)
        if changed != right:
            text = f"{left}->{changed}"
            yield Fix(f"Call what it makes '{new}'", SetAttribute(node=node.id, attribute="spec", value=text))


def _of_weights(circuit: Circuit, node: Node, problem: Problem) -> Iterator[Fix]:
    """Ties and feeds that cannot be."""
    if node.weights and ("share weights" in problem.expected + problem.fix or "Share" in problem.fix):
        near = sorted(circuit.nodes, key=lambda one: -SequenceMatcher(None, one.name, node.weights).ratio())
        for owner in near[:10]:
            if owner is not node:
                yield Fix(f"Share the weights of '{owner.name}'", Tie(node=node.id, to=owner.id))
        yield Fix("Let it own its weights", Tie(node=node.id))
    if problem.port in node.fed:
        yield Fix(f"Take the wire off '{problem.port}'", Feed(node=node.id, weight=str(problem.port)))
    if problem.axis in node.shared:
        kept = " ".join(axis for axis in node.shared if axis != problem.axis)
        yield Fix(f"Draw afresh over '{problem.axis}'", SetWeights(node=node.id, shared=kept))


def _of_wires(circuit: Circuit, node: Node, problem: Problem) -> Iterator[Fix]:
    """Wires that do not exist, that are too many, or that close a cycle."""
    there = dict.fromkeys(wires_of(circuit))
    for place, wire in enumerate(node.inputs):
        if wire is not None and wire not in there:
            near = sorted(there, key=lambda one, lost=wire: -SequenceMatcher(None, one, lost).ratio())  # type: ignore[misc]
            for other in near[:5]:
                yield Fix(f"Connect '{_said(circuit, other)}'", Connect(wire=other, node=node.id, port=place))
            yield Fix(f"Take off '{wire}'", Disconnect(node=node.id, port=place))
    if "input" in problem.expected and problem.found.isdigit():
        yield Fix("Keep the ports it has", Disconnect(node=node.id, port=max(len(node.inputs) - 1, 0)))
        yield Fix("Keep the ports it has", Disconnect(node=node.id, port=max(len(port_names(node.op) or ()) - 1, 0)))
    if problem.expected.startswith("no cycle"):
        names = set(problem.found.split(" -> "))
        round_ = [one for one in circuit.nodes if one.name in names]
        made = {wire for one in round_ for wire in out_wires(circuit, one)}
        for one in round_:
            for place, wire in enumerate(one.inputs):
                if wire in made:
                    yield Fix(
                        f"Take '{_said(circuit, str(wire))}' off '{one.name}'", Disconnect(node=one.id, port=place)
                    )


def _of_output(circuit: Circuit, problem: Problem) -> Iterator[Fix]:
    """An output without a wire, or of another type than declared."""
    item = next((one for one in circuit.outputs if one.name == problem.port), None)
    if item is None:
        return
    if item.wire == UNCONNECTED or problem.expected == "a wire that exists":
        for wire in _near(circuit, None):
            yield Fix(f"Connect '{_said(circuit, wire)}'", Connect(wire=wire, port=item.name))
        yield Fix("Remove the output", RemoveOutput(name=item.name))
        return
    found = circuit.checked.types.get(item.wire)
    if found is None or item.type is None:
        return
    lacking = [axis for axis in item.type.axes if axis not in found.axes]
    extra = [axis for axis in found.axes if axis not in item.type.axes]
    if lacking and len(lacking) == len(extra):
        spec = f"{' '.join(extra)} -> {' '.join(lacking)}"
        yield Fix(f"Rename {spec}", _inserted(circuit, None, problem, item.wire, "rename", {"spec": spec}))
    if found.element != item.type.element:
        wanted = str(item.type.element)
        yield Fix(f"Cast it to {wanted}", _inserted(circuit, None, problem, item.wire, "cast", {"element": wanted}))
    yield Fix(f"Declare {found}", SetOutput(name=item.name, type=str(found)))
    yield Fix("Declare no type", SetOutput(name=item.name, type=""))


def _of_names(circuit: Circuit, problem: Problem) -> Iterator[Fix]:
    """Names that stand twice."""
    if not problem.expected.startswith("one "):
        return
    for node in reversed(circuit.nodes):
        if f"node named '{node.name}'" in problem.expected:
            new = fresh_name(node.name, taken_names(circuit))
            yield Fix(f"Rename one to '{new}'", RenameNode(node=node.id, name=new))
    for item in reversed(circuit.inputs):
        if f"input named '{item.name}'" in problem.expected:
            yield Fix("Remove one", RemoveInput(name=item.name))
    for output in reversed(circuit.outputs):
        if f"output named '{output.name}'" in problem.expected:
            yield Fix("Remove one", RemoveOutput(name=output.name))


def _of_sizes(circuit: Circuit, node: Node | None, problem: Problem) -> Iterator[Fix]:
    """Sizes that contradict each other: take one of the statements back, or declare what follows."""
    declared = re.search(r"Declare the constraint '([^']*)'", problem.fix)
    if declared is not None:
        yield Fix(f"Declare {declared[1]}", SetConstraint(text=declared[1]))
    if "sizes" not in problem.expected + problem.fix and "axis" not in problem.fix:
        return
    text = str(problem)
    for constraint in circuit.constraints:
        if constraint in text:
            yield Fix(f"Drop the constraint {constraint}", SetConstraint(text="", old=constraint))
    for one in (node, *(other for other in circuit.nodes if f"/{other.name} (" in text)):
        if one is not None:
            yield from _unsized(one)
    for axis in circuit.axes:
        if axis.size is not None and f"'{axis.name}'" in text:
            yield Fix(f"Leave the size of '{axis.name}' open", SetAxis(name=axis.name, size=""))


def _unsized(node: Node) -> Iterator[Fix]:
    """The attributes of a node without the sizes written into them."""
    for name, value in attributes_of(node.op).items():
        if isinstance(value, str) and "=" in value and name != "expression":
            changed = re.sub(r"=[^\s,]+", "", value)
            label = f"Leave the size open in '{node.name}'"
            yield Fix(label, SetAttribute(node=node.id, attribute=name, value=changed))
