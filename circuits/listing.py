"""A circuit as text: one line a node, with the types of what it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .types import ArrayType

if TYPE_CHECKING:
    from .circuit import Circuit, Node
    from .op import Op


def listing(circuit: Circuit) -> str:
    """The circuit on a page: header, a line a node, outputs, and its problems if it has any."""
    checked = circuit.checked
    names = {item.name: item.name for item in circuit.inputs}
    for record in checked.records.values():
        outputs = record.node.outputs() if len(record.type.outputs) else ()
        for wire in outputs:
            port = wire.rpartition(".")[2]
            names[wire] = record.node.name if len(outputs) == 1 else f"{record.node.name}.{port}"
    inputs = ", ".join(f"{item.name} {typed(circuit, item.type)}" for item in circuit.inputs)
    lines = [f"{circuit.name}({inputs})"]
    lines += [_line(circuit, record.node, names) for record in checked.records.values()]
    for output in circuit.outputs:
        found = checked.types.get(output.wire)
        lines.append(f"  return {output.name} = {names.get(output.wire, output.wire)} {typed(circuit, found)}")
    lines += [f"  ! {problem}" for problem in checked.problems]
    return "\n".join(lines)


def typed(circuit: Circuit, found: ArrayType | None) -> str:
    """A type with the sizes that are known: `[y k=64]`; `[?]` where nothing is known."""
    if found is None:
        return "[?]"
    text = str(found)
    return text.replace(f"[{' '.join(found.axes)}]", f"[{' '.join(sized(circuit, found))}]", 1)


def sized(circuit: Circuit, found: ArrayType) -> list[str]:
    """The axes of a type, each with its size where that is known by more than its name: `y`, `k=64`."""
    sizes = ((axis, str(circuit.checked.size(axis))) for axis in found.axes)
    return [axis if size == axis.rstrip("'") else f"{axis}={size}" for axis, size in sizes]


def _line(circuit: Circuit, node: Node, names: Mapping[str, str]) -> str:
    checked = circuit.checked
    made = ", ".join(typed(circuit, found) for found in checked.records[node.id].type.outputs)
    wires = [names.get(wire, wire) if wire is not None else "?" for wire in node.inputs]
    wires += [f"{weight}={names.get(wire, wire)}" for weight, wire in node.feeds]
    words = [*wires, *attributes(node.op)]
    words += [f"{key}={' '.join(value)!r}" for key, value in (("per", node.per), ("shared", node.shared)) if value]
    words += [f"weights={node.weights}"] if node.weights else []
    return f"  {node.name} {made} = {node.op.name}({', '.join(words)})"


def attributes(op: Op) -> list[str]:
    """Attributes that differ from their defaults, as `name=value`; circuits by their names."""
    words = []
    for key, value in op.attributes().items():
        shown = _short(value)
        words.append(shown if key in ("circuit", "content") else f"{key}={shown}")
    return words


def _short(value: object) -> str:
    if hasattr(value, "nodes"):
        return str(getattr(value, "name", ""))
    if isinstance(value, tuple) and value and all(hasattr(item, "nodes") for item in value):
        return repr(" ".join(_short(item) for item in value))
    if isinstance(value, tuple) and value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        return repr(" ".join(f"{left}={right}" for left, right in value))
    if isinstance(value, tuple):
        return repr(" ".join(str(item) for item in value))
    return repr(value) if isinstance(value, str) else str(value)
