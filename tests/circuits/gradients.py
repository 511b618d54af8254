"""Reverse rules held against central differences of the reference interpreter."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuits import COMPLEX, REAL, Circuit, Element, Primitive, Wire, build, elementwise, reduce, run

Array = NDArray[Any]
STEP = 1e-5


def backward(circuit: Circuit) -> Circuit:
    """The circuit that gives, for every Real input, the derivative of the sum of y**3 / 3 + y over all outputs y.

    It is traced from the reverse rules of the nodes, which have to be primitives.
    """
    real = [item for item in circuit.inputs if item.type.element == REAL]

    def body(*inputs: Wire) -> dict[str, Wire]:
        wires = {item.name: wire for item, wire in zip(circuit.inputs, inputs, strict=True)}
        for node in circuit.checked.order:
            made = inputs[0].builder.add(
                node.op, [wires[wire] for wire in node.inputs if wire is not None], name=node.name, per=node.per
            )
            wires.update(zip(node.outputs(), made, strict=True))
        slopes: dict[str, list[Wire]] = {}
        for output in circuit.outputs:
            slopes.setdefault(output.wire, []).append(elementwise("y * y + 1.0", wires[output.wire]))
        for node in reversed(circuit.checked.order):
            _pull(circuit, node.id, wires, slopes)
        return {f"d_{item.name}": _total(slopes.get(item.name, []), wires[item.name]) for item in real}

    return build(
        f"{circuit.name}_backward",
        {item.name: item.type for item in circuit.inputs},
        body,
        outputs=[str(item.type) for item in real],
        axes={axis.name: axis for axis in circuit.axes},
        constraints=circuit.constraints,
    ).valid()


def _pull(circuit: Circuit, node_id: str, wires: Mapping[str, Wire], slopes: dict[str, list[Wire]]) -> None:
    """Add what the reverse rule of a node says to the slopes of its inputs."""
    node = circuit.by_id[node_id]
    if not node.inputs or not any(wire in slopes for wire in node.outputs()):
        return
    assert isinstance(node.op, Primitive)
    x = [wires[wire] for wire in node.inputs if wire is not None]
    y = [wires[wire] for wire in node.outputs()]
    dy = [_total(slopes.get(wire, []), wires[wire]) for wire in node.outputs()]
    found = node.op.vjp(x, y, dy)
    assert len(found) == len(x)
    for wire, slope in zip(node.inputs, found, strict=True):
        if slope is not None and wire is not None:
            slopes.setdefault(wire, []).append(slope)


def _total(found: list[Wire], like: Wire) -> Wire:
    """The sum of slopes, over the axes that the array itself has; zeros where there are none."""
    # x * 0.0 would make nan of a masked score, which is -inf
    complex = like.type is not None and like.type.element == COMPLEX
    total = elementwise("x * 0.0" if complex else "where(x == x, 0.0, 0.0)", like)
    for wire in found:
        assert set(wire.axes) >= set(like.axes), f"a slope {wire} lacks axes of {like}"
        extra = " ".join(axis for axis in wire.axes if axis not in like.axes)
        total = total + (reduce("sum", wire, axes=extra) if extra else wire)
    return total


def check_vjp(circuit: Circuit, inputs: Mapping[str, Array], sizes: Mapping[str, int] | None = None) -> None:
    """Compare the reverse rules of a circuit of primitives with central differences, for every element."""
    found = run(backward(circuit), inputs, sizes=sizes)
    for item in circuit.inputs:
        if item.type.element != REAL:
            continue
        expected = _differences(circuit, inputs, item.name, sizes)
        scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
        np.testing.assert_allclose(
            found[f"d_{item.name}"], expected, rtol=1e-6, atol=1e-6 * scale, err_msg=f"slope of '{item.name}'"
        )


def _differences(circuit: Circuit, inputs: Mapping[str, Array], name: str, sizes: Mapping[str, int] | None) -> Array:
    """Central differences for all elements of one input at once, each at an index of a leading axis."""
    array = np.asarray(inputs[name], np.float64)
    nudges = STEP * np.eye(array.size).reshape(array.size, *array.shape)
    above, below = (_loss(circuit, {**inputs, name: array + sign * nudges}, array.size, sizes) for sign in (1.0, -1.0))
    return ((above - below) / (2.0 * STEP)).reshape(array.shape)


def _loss(circuit: Circuit, inputs: Mapping[str, Array], count: int, sizes: Mapping[str, int] | None) -> Array:
    """The sum of y**3 / 3 + y over all outputs, for every index of the leading axis."""
    outcome, total = run(circuit, inputs, sizes=sizes), np.zeros(count)
    for item in circuit.outputs:
        y = np.asarray(outcome[item.name], np.float64)
        own = circuit.checked.type(item.wire)
        assert own.element in (REAL, Element("Real"))
        total = total + (y**3 / 3.0 + y).sum(axis=tuple(range(y.ndim - len(own.axes), y.ndim)))
    return total
