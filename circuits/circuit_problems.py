"""What can be wrong with a circuit besides the typing of single nodes: names, ties, declared outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .errors import AttributeProblem, Problem
from .type_nodes import Record, hint, place
from .types import ArrayType

if TYPE_CHECKING:
    from .circuit import Circuit, Node


def place_problems(circuit: Circuit, record: Record, problems: list[Problem]) -> None:
    """Report what typing found wrong with a node, in its place, and ties and shared axes that cannot be."""
    node = record.node
    if record.type.problems:
        where = place(circuit, node)
        problems.extend(problem.at(where, node.id) for problem in record.type.problems)
        return
    if node.weights:
        _check_tie(circuit, node, problems)
    if not node.shared:
        return
    carried = {axis for over in record.type.passing for axis in over}
    for axis in node.shared:
        if axis not in carried:
            problems.append(
                Problem(
                    place(circuit, node),
                    f"a passing axis for shared='{axis}'",
                    f"[{' '.join(sorted(carried))}]",
                    "Name an axis that passes over the draw." + hint(problems, axis, carried),
                    node.id,
                    axis=axis,
                )
            )


def _check_tie(circuit: Circuit, node: Node, problems: list[Problem]) -> None:
    owner = circuit.by_name.get(node.weights)
    where = place(circuit, node)
    if owner is None or owner is node:
        near = hint(problems, node.weights, [name for name in circuit.by_name if name != node.name])
        problems.append(
            Problem(
                where,
                f"another node named '{node.weights}' to share weights with",
                "none",
                "Name a node of the same circuit." + near,
                node.id,
            )
        )
        return
    if _broken(owner):
        return
    mine, theirs = node.op.owned(), owner.op.owned()
    different = _differences(node, owner)
    if different and not mine and not theirs and not owner.op.lends(node.op):
        expected = f"the same as in '{owner.name}', whose circuits own the weights ({', '.join(different.values())})"
        fix = "Keep these equal, or let the node own weights of its own."
        problems.append(Problem(where, expected, ", ".join(different), fix, node.id))
    elif mine != theirs or node.per != owner.per or not (mine or owner.op.lends(node.op)):
        expected, found = f"the weights of '{owner.name}' ({_weights(theirs)})", _weights(mine)
        fix = "Share weights between nodes whose weights have the same axes."
        problems.append(Problem(where, expected, found, fix, node.id))
    elif owner.weights:
        expected, found = f"a node that owns its weights, not '{owner.name}'", f"those of '{owner.weights}'"
        problems.append(Problem(where, expected, found, f"Share with '{owner.weights}'.", node.id))
    elif lent := [name for name in owner.fed if name not in node.fed]:
        expected = f"weights that '{owner.name}' owns"
        found = f"'{lent[0]}', which a wire feeds there"
        problems.append(Problem(where, expected, found, f"Feed '{lent[0]}' here as well.", node.id))


def _differences(node: Node, owner: Node) -> dict[str, str]:
    """Where two nodes of one kind hold circuits and differ: what this one says, and what the other says instead."""
    kind = type(node.op)
    if kind is not type(owner.op) or not (node.op.bodies() and owner.op.bodies()):
        return {}
    names = [name for name in kind.model_fields if getattr(node.op, name) != getattr(owner.op, name)]
    return {
        f"{name}={_said(getattr(node.op, name), node)}": f"{name}={_said(getattr(owner.op, name), owner)}"
        for name in names
    }


def _said(value: object, node: Node) -> str:
    """An attribute in a message: circuits by their names."""
    if isinstance(value, tuple):
        return f"({', '.join(_said(part, node) for part in value)})"
    return next((f"'{body.name}'" for body in node.op.bodies() if body == value), f"{value!r}")


def _broken(node: Node) -> bool:
    """Whether a node has no signature, which is a problem of its own."""
    try:
        return node.op.signature is None
    except AttributeProblem:
        return True


def _weights(listed: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return ", ".join(f"{name}[{' '.join(axes)}]" for name, axes in listed) or "no weights"


def duplicates(circuit: Circuit) -> list[Problem]:
    """Names and ids that are used twice."""
    problems = []
    for kind, names in (
        ("input", [item.name for item in circuit.inputs]),
        ("output", [item.name for item in circuit.outputs]),
        ("node", [node.name for node in circuit.nodes]),
        ("node id", [node.id for node in circuit.nodes]),
    ):
        if len(set(names)) == len(names):
            continue
        for name, count in Counter(names).items():
            if count > 1:
                problems.append(Problem(circuit.name, f"one {kind} named '{name}'", str(count), "Rename one."))
    return problems


def check_outputs(circuit: Circuit, types: Mapping[str, ArrayType | None], problems: list[Problem]) -> None:
    """Report outputs without a wire, and those whose declared type is not what they carry."""
    for output in circuit.outputs:
        where = f"{circuit.name}/{output.name} (output)"
        if output.wire not in types:
            near = hint(problems, output.wire, types)
            problems.append(
                Problem(
                    where,
                    "a wire that exists",
                    f"'{output.wire}'",
                    "Connect the output." + near,
                    port=output.name,
                )
            )
            continue
        found = types[output.wire]
        wanted = output.type
        if found is None or wanted is None:
            continue
        if (set(found.axes), found.element, found.space) != (
            set(wanted.axes),
            wanted.element,
            wanted.space,
        ):
            problems.append(Problem(where, str(wanted), str(found), _output_fix(wanted, found), port=output.name))


def _output_fix(wanted: ArrayType, found: ArrayType) -> str:
    extra = [axis for axis in found.axes if axis not in wanted.axes]
    lacking = [axis for axis in wanted.axes if axis not in found.axes]
    match (extra, lacking):
        case ([one], [other]):
            return f"Rename '{one}' to '{other}', or change the declared type."
        case ([], []):
            return "Cast it, or change the declared type."
        case _:
            return "Change the declared type, or what leads to it."
