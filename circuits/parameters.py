"""The parameters and buffers of a circuit: names, types and starting values.

Keys are paths of node names, `block.attention.query.weight`; a fresh `repeat` numbers its copies:
`layers.0.norm.weight`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .circuit import Circuit, Node
from .derived import Composite, Derived, callee_sizes, scope_map
from .draws import Draws
from .op import Buffer, Init, Weight
from .region import Region
from .scope import require
from .sizes import Size
from .types import composed

State = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Parameter:
    """One array a circuit owns: its key, axes (per-axes first), lengths, start, and whether it is learned."""

    key: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    init: Init
    trainable: bool
    buffer: bool = False
    fan: int = 1
    per: int = 0


def parameters(circuit: Circuit, sizes: Mapping[str, int] | None = None) -> dict[str, Parameter]:
    """All parameters and buffers by key; `sizes` replace defaults.

    Raises CircuitError if the circuit has problems, BindingError if a size stays unknown.
    """
    circuit.valid()
    scope = circuit.checked.known({composed(name): size for name, size in (sizes or {}).items()})
    return {item.key: item for item in _walk(circuit, scope, "", (), ())}


def _walk(
    circuit: Circuit,
    sizes: Mapping[str, int],
    path: str,
    per: tuple[str, ...],
    lengths: tuple[int, ...],
) -> Iterator[Parameter]:
    for node in circuit.checked.order:
        if node.weights:
            continue
        names = (*per, *node.per)
        require((axis.rstrip("'") for axis in node.per), sizes, f"{path}{node.name}")
        counts = (*lengths, *(Size.name(axis).evaluate(sizes) for axis in node.per))
        yield from _own(node, sizes, path, names, counts)
        if isinstance(node.op, Composite) and not node.op.signature.updates:
            continue
        if isinstance(node.op, Derived):
            inner = callee_sizes(node.op.body, sizes, scope_map(node.op.axis_map(), node.op.size_map()))
            yield from _walk(node.op.body, inner, f"{path}{node.name}.", names, counts)
        elif isinstance(node.op, Region):
            for part, body, scope in node.op.parts(sizes):
                yield from _walk(body, scope, f"{path}{node.name}.{part}", names, counts)


def state_key(path: str, node: Node, name: str) -> str:
    """The key of an array a node owns; an array without a name of its own takes its node's."""
    return f"{path}{node.name}.{name}" if name else f"{path}{node.name}"


def _own(
    node: Node, sizes: Mapping[str, int], path: str, per: tuple[str, ...], lengths: tuple[int, ...]
) -> Iterator[Parameter]:
    arrays: list[Weight | Buffer] = [w for w in node.op.signature.weights if w.name not in node.fed]
    arrays += node.op.signature.buffers
    for item in arrays:
        require((axis.rstrip("'") for axis in item.axes), sizes, f"{path}{node.name}")
        shape = tuple(Size.name(axis).evaluate(sizes) for axis in item.axes)
        fan = math.prod(Size.name(axis).evaluate(sizes) for axis in item.init.fan)
        trainable = isinstance(item, Weight) and item.trainable
        yield Parameter(
            state_key(path, node, item.name),
            (*per, *item.axes),
            (*lengths, *shape),
            item.init,
            trainable,
            isinstance(item, Buffer),
            fan,
            len(per),
        )


def initial(circuit: Circuit, sizes: Mapping[str, int] | None = None, seed: int = 0) -> State:
    """Starting values of all parameters and buffers, a function of the seed and their keys."""
    return {key: _start(item, seed) for key, item in parameters(circuit, sizes).items()}


def _start(item: Parameter, seed: int) -> NDArray[np.float64]:
    init, scale = item.init, item.init.scale / math.sqrt(item.fan)
    draws = Draws(f"{seed}/{item.key}")
    match init.kind:
        case "normal":
            return draws.normal(item.shape) * scale
        case "uniform":
            return (2.0 * draws.uniform(item.shape) - 1.0) * scale
        case "zeros":
            return np.zeros(item.shape)
        case "ones":
            return np.ones(item.shape)
        case "constant":
            return np.full(item.shape, init.scale)
        case "eye":
            return np.broadcast_to(np.eye(item.shape[-2], item.shape[-1]) * init.scale, item.shape).copy()
        case _:
            raise ValueError(f"{item.key}: expected a known initialiser, found '{init.kind}'. Use normal or zeros.")
