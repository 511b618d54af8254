"""All glyphs for those who look one up: what each op is called, how it is drawn, what it means and how it is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..circuit import Circuit, Input, Node, Output
from ..op import REGISTRY, Op
from ..types import REAL, Element
from .detail import Detail
from .examples import EXAMPLES
from .frame import framed
from .picture import picture
from .scene import Scene
from .theme import Style


@dataclass(frozen=True, slots=True)
class Row:
    """An op of the catalogue: its glyph with the strands around it, what it does in one sentence, its typing."""

    name: str
    scene: Scene
    meaning: str
    typing: str
    node: Node
    circuit: Circuit


def catalogue(style: Style | None = None) -> tuple[Row, ...]:
    """A row for every op, by name."""
    return tuple(row(name, style) for name in sorted(REGISTRY))


def row(name: str, style: Style | None = None) -> Row:
    """The row of one op."""
    node, circuit = alone(name)
    meaning = (type(node.op).__doc__ or "").strip().partition("\n")[0]
    return Row(name, glyph_scene(circuit, style or Style()), meaning, typing(node.op), node, circuit)


def alone(name: str) -> tuple[Node, Circuit]:
    """The node of an example in a circuit of its own: what it reads are inputs, what it makes are outputs."""
    node, around = EXAMPLES[name].node(name)
    types = around.checked.types
    inputs: list[Input] = []
    wires: list[str | None] = []
    for number, wire in enumerate(node.wires):
        found = types.get(wire) if wire is not None else None
        if found is None:
            wires.append(None)
            continue
        taken = f"{node.op.signature.inputs[number].name}"
        taken = taken if all(item.name != taken for item in inputs) else f"{taken}{number}"
        inputs.append(Input(taken, found))
        wires.append(taken)
    moved = replace(node, inputs=tuple(wires))
    outputs = tuple(Output(wire.rpartition(".")[2], wire) for wire in node.outputs())
    circuit = replace(around, inputs=tuple(inputs), nodes=(moved,), outputs=outputs, constraints=(), view="{}")
    return moved, circuit


def glyph_scene(circuit: Circuit, style: Style) -> Scene:
    """The picture of one node, without the names of what goes in and out."""
    closed = Detail(budget=0, depth=0, groups=False)
    scene = picture(circuit, closed, style)
    items = [item for item in scene.items if item.tag.part not in ("name", "title")]
    return framed(items, circuit.name, scene.description)


def typing(op: Op) -> str:
    """The typing rule of an op: what it consumes of each input and what it produces, with the weights it learns."""
    signature = op.signature
    taken = ", ".join(f"{port.name} {_typed(port.element, port.axes)}" for port in signature.inputs)
    made = ", ".join(
        _typed(result.element if isinstance(result.element, Element) else None, result.axes)
        for result in signature.outputs
    )
    learned = ", ".join(f"{weight.name} {_typed(weight.element, weight.axes)}" for weight in signature.weights)
    return f"{taken or 'nothing'} → {made}" + (f"; learns {learned}" if learned else "")


def _typed(element: Element | None, axes: tuple[str, ...]) -> str:
    """Consumed or produced axes; the element where it is not real, none where any will do."""
    return ("" if element in (None, REAL) else str(element)) + f"[{' '.join(axes)}]"
