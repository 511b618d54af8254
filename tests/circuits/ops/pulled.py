"""What the reverse rule of one op gives for cotangents of any value, complex ones included."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from circuits import ArrayType, Primitive, Wire, build, run
from tests.circuits.gradients import Array

Function = Callable[..., Wire | tuple[Wire, ...]]


def pulled(
    function: Function,
    inputs: Mapping[str, str],
    arrays: Mapping[str, Array],
    cotangents: Sequence[Array],
    *,
    sizes: Mapping[str, int] | None = None,
    training: bool = False,
) -> dict[str, Array]:
    """Cotangents of the inputs that have one, given those of the outputs of the only op that `function` applies.

    Each is summed over axes that its input lacks, and has the axes of the input in order.
    """
    forward = build("forward", inputs, function).valid()
    (node,) = forward.nodes
    assert isinstance(node.op, Primitive)
    results = [forward.checked.type(wire) for wire in node.outputs()]
    slopes = {
        f"d{place}": ArrayType(found.element if not found.element.whole else ArrayType().element, found.axes)
        for place, found in enumerate(results)
    }

    def backward(*wires: Wire) -> dict[str, Wire]:
        x, dy = wires[: len(inputs)], wires[len(inputs) :]
        made = function(*x)
        found = node.op.vjp(x, made if isinstance(made, tuple) else (made,), dy)
        assert len(found) == len(inputs)
        return {name: wire for name, wire in zip(inputs, found, strict=True) if wire is not None}

    # sizes that the op told the outputs are those of the cotangents
    equal = [f"{name} = {size}" for name, size in forward.checked.solution.bindings.items()]
    circuit = build("backward", {**inputs, **slopes}, backward, constraints=equal).valid()
    given = {**arrays, **dict(zip(slopes, cotangents, strict=True))}
    outcome = run(circuit, given, sizes=sizes, training=training)
    return {
        output.name: _summed(outcome[output.name], circuit.checked.type(output.wire).axes, forward, output.name)
        for output in circuit.outputs
    }


def _summed(array: Array, axes: tuple[str, ...], forward: Any, name: str) -> Array:
    wanted = next(item.type.axes for item in forward.inputs if item.name == name)
    extra = tuple(place for place, axis in enumerate(axes) if axis not in wanted)
    kept = [axis for axis in axes if axis in wanted]
    assert set(kept) == set(wanted), f"a cotangent {axes} lacks axes of '{name}' {wanted}"
    return array.sum(axis=extra).transpose([kept.index(axis) for axis in wanted])
