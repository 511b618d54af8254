"""Other names for the axes and sizes of a circuit, in everything that mentions them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from ..circuit import Circuit, Node
from ..derived import Call
from ..errors import AttributeProblem
from ..op import Op
from ..renaming import Axes, Sizes, renamed, renamed_element, with_bodies
from ..sizes import Size, SizeError
from ..types import ArrayType, Axis, base, follow, stride


def rename_axes(circuit: Circuit, axes: Axes, sizes: Sizes | None = None) -> Circuit:
    """The circuit with axes called otherwise, and sizes in place of size names; it computes the same.

    `axes` gives no two axes of the circuit one name. Twins and strided axes that it does not mention follow their
    base: with `x` as `t`, `x'` becomes `t'`. The size of a renamed axis is renamed with it. Raises AttributeProblem
    where an op cannot follow.
    """
    names = followed(axis_names(circuit), axes)
    return _renamed_circuit(circuit, names, size_names(names, sizes or {}))


def axis_names(circuit: Circuit) -> set[str]:
    """Every axis a circuit mentions: on wires, on weights, in its glossary."""
    checked = circuit.checked
    names = {axis for found in checked.types.values() if found for axis in found.axes}
    for record in checked.records.values():
        names.update(record.node.per)
        names.update(axis for weight in record.node.op.signature.weights for axis in weight.axes)
        names.update(axis for port in record.type.ports for axis in port.axes)
    return names | {axis.name for axis in circuit.axes}


def op_axes(op: Op) -> set[str]:
    """Every axis an op mentions at its ends, and every one of its bodies."""
    names = {axis for _, axes in _ends(op) for axis in axes}
    return names.union(*(axis_names(body) for body in op.bodies()))


def followed(names: Iterable[str], axes: Axes) -> dict[str, str]:
    """What all the names become: those that are mapped, those that follow their base, and the rest as they are."""
    return {name: follow(name, axes) for name in names}


def size_names(axes: Axes, sizes: Sizes) -> dict[str, Size]:
    """What size names become: those of renamed axes are renamed with them."""
    follows = {base(old): Size.name(new) for old, new in axes.items() if base(old) != base(new)}
    return {**sizes, **follows}


def fresh_name(wanted: str, taken: Iterable[str]) -> str:
    """A name like the one wanted that is not taken: `x_2`."""
    known = {base(name) for name in taken}
    root = stride(wanted)[0].partition("[")[0]
    return next(name for number in count(2) if (name := f"{root}_{number}") not in known)


def equation(name: str, size: Size) -> tuple[str, ...]:
    """The constraint that a size name has this size; none where it cannot be written as a text."""
    text = f"{base(name)} = {size}"
    try:
        left, _, right = text.partition("=")
        return (text,) if Size.of(left) == Size.name(name) and Size.of(right) == size else ()
    except SizeError:
        return ()


def face_sizes(*circuits: Circuit) -> tuple[str, ...]:
    """What circuits say of the sizes at their ends, as constraints: for a circuit with inputs of the same names."""
    found: list[str] = []
    for circuit in circuits:
        types = [
            *(item.type for item in circuit.inputs),
            *(circuit.checked.type(item.wire) for item in circuit.outputs),
        ]
        found += circuit.constraints
        for axis in dict.fromkeys(axis for type in types for axis in type.axes):
            size = circuit.checked.size(axis)
            found += equation(axis, size) if size != Size.name(axis) else ()
    return tuple(dict.fromkeys(found))


def _renamed_circuit(circuit: Circuit, axes: Axes, sizes: Sizes) -> Circuit:
    def retyped(found: ArrayType) -> ArrayType:
        names = tuple(axes.get(axis, axis) for axis in found.axes)
        return ArrayType(renamed_element(found.element, axes, sizes), names, found.space)

    def entry(axis: Axis) -> Axis:
        size = axis.size.at(sizes) if axis.size is not None else None
        return replace(axis, name=axes.get(axis.name, axis.name), size=size)

    outputs = tuple(
        replace(item, type=retyped(item.type)) if item.type is not None else item for item in circuit.outputs
    )
    return replace(
        circuit,
        inputs=tuple(replace(item, type=retyped(item.type)) for item in circuit.inputs),
        outputs=outputs,
        nodes=tuple(_renamed_node(node, axes, sizes) for node in circuit.nodes),
        axes=tuple(entry(axis) for axis in circuit.axes),
        sizes=_renamed_defaults(circuit, sizes),
        constraints=tuple(renamed_constraint(text, sizes) for text in circuit.constraints),
    )


def renamed_constraint(text: str, sizes: Sizes) -> str:
    """An equation of sizes in other names."""
    left, _, right = text.partition("=")
    return f"{Size.of(left).at(sizes)} = {Size.of(right).at(sizes)}"


def _renamed_defaults(circuit: Circuit, sizes: Sizes) -> tuple[tuple[str, int], ...]:
    """Defaults of names that are still names."""
    kept: dict[str, int] = {}
    for name, number in circuit.sizes:
        found = sizes.get(name, Size.name(name)).sole_name
        if found is not None:
            kept.setdefault(found, number)
    return tuple(kept.items())


def _renamed_node(node: Node, axes: Axes, sizes: Sizes) -> Node:
    def actual(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(axes.get(name, name) for name in names)

    return replace(node, op=renamed_op(node.op, axes, sizes), per=actual(node.per), shared=actual(node.shared))


def renamed_op(op: Op, axes: Axes, sizes: Sizes) -> Op:
    """An op of any kind in other names, bodies included; raises AttributeProblem where it cannot follow."""
    found = renamed(op, axes, sizes)
    if not isinstance(op, Call) and op.bodies():
        found = with_bodies(found, lambda body: _renamed_body(body, axes, sizes))
    for (name, old), (_, new) in zip(_ends(op), _ends(found), strict=True):
        wanted = tuple(axes.get(axis, axis) for axis in old)
        if wanted != new:
            raise AttributeProblem(
                f"'{op.name}' to call the axes of '{name}' [{' '.join(wanted)}]",
                f"[{' '.join(new)}]",
                "Name the axes it makes, instead of leaving it to the op.",
            )
    return found


def _ends(op: Op) -> list[tuple[str, tuple[str, ...]]]:
    """Names and axes of all inputs, weights and outputs."""
    signature = op.signature
    ports = (*signature.inputs, *(weight.port for weight in signature.weights))
    return [(port.name, port.axes) for port in ports] + [(made.name, made.axes) for made in signature.outputs]


def _renamed_body(body: Circuit, axes: Axes, sizes: Sizes) -> Circuit:
    """A body in the names of its scope; names of its own that would meet a new one are kept apart."""
    own = axis_names(body)
    names = {name: axes[name] for name in own if name in axes}
    given = dict(sizes)
    constraints: list[str] = []
    for name in sorted(own - names.keys()):
        new = follow(name, axes)
        if new in names.values():
            new = fresh_name(name, {*own, *names.values(), *axes, *axes.values()})
            if body.checked.size(name) == Size.name(name):
                constraints += equation(new, sizes.get(base(name), Size.name(name)))
        names[name] = new
    found = _renamed_circuit(body, names, size_names(names, given))
    return replace(found, constraints=(*found.constraints, *constraints))
