"""Reverse rules at the level at which circuits are drawn: one node, or a few, for a node.

Rules of primitives are their own (`vjp`); those here are of composites whose backward pass is simpler than that of
their expansion. Source: the table of reverse rules of neural circuit diagrams, Abbott & Zardini (2024).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..apply import add, call, elementwise
from ..circuit import Node
from ..elementwise import Elementwise
from ..op import Op, Primitive
from ..ops.conv import Conv
from ..ops.conv_transposed import ConvTransposed
from ..ops.einsum import einsum
from ..ops.linear import Linear
from ..ops.pointwise import Pointwise
from ..ops.softmax import LogSoftmax, Softmax
from ..ops.spatial import windows
from ..ops.views import rename
from ..trace import Wire, build


@dataclass(frozen=True)
class Step:
    """A node to be pulled back through: what it read, what it made, its weights by name, and cotangents of its outputs.

    Axes are called as the op calls them.
    """

    node: Node
    x: Sequence[Wire]
    y: Sequence[Wire]
    dy: Sequence[Wire]
    weights: Mapping[str, Wire]


@dataclass(frozen=True)
class Cotangents:
    """Cotangents of what a node read, None where no gradient flows, and of its weights by name."""

    inputs: tuple[Wire | None, ...]
    weights: Mapping[str, Wire] = field(default_factory=dict)


# what reverse rules of elementwise ops call a cotangent: longer than any operand
_COTANGENT = re.compile(r"\bd_+(?![\w(])")
Rule = Callable[[Step], Cotangents]


def rule_of(op: Op) -> Rule | None:
    """The reverse rule of an op; None where it has none of its own."""
    if isinstance(op, Primitive):
        return _primitive
    if isinstance(op, Pointwise):
        return _pointwise
    if isinstance(op, Conv):
        return _conv if _transposable(op) else None
    return {Linear: _linear, Softmax: _softmax, LogSoftmax: _log_softmax}.get(type(op))


def plain(op: Op) -> Op:
    """An elementwise op in which the cotangent is called d."""
    if not isinstance(op, Elementwise) or "d" in op.tree.names:
        return op
    return Elementwise(expression=_COTANGENT.sub("d", op.expression), outer=op.outer)


def _primitive(step: Step) -> Cotangents:
    assert isinstance(step.node.op, Primitive)
    return Cotangents(step.node.op.vjp(step.x, step.y, step.dy))


def _pointwise(step: Step) -> Cotangents:
    """The cotangent times the slope."""
    assert isinstance(step.node.op, Pointwise)
    inner = step.node.op.body.nodes[0].op
    assert isinstance(inner, Elementwise)
    return Cotangents(inner.vjp(step.x, step.y, step.dy))


def _linear(step: Step) -> Cotangents:
    """The same weight with its legs swapped; its gradient is the outer product, summed over all that passes."""
    op, x, dy = step.node.op, step.x[0], step.dy[0]
    assert isinstance(op, Linear)
    left, right = op.ends[0], tuple(op.ends[1])
    turned = [axis for axis in right if axis in left]
    if turned:
        dy = rename(dy, f"{' '.join(turned)} -> {' '.join(axis + chr(39) for axis in turned)}")
    made = tuple(f"{axis}'" if axis in left else axis for axis in right)
    back = Linear(spec=f"{' '.join(made)} -> {' '.join(left)}", bias=False)
    (pulled,) = add(back, [dy], {"weight": step.weights["weight"]}, name=step.node.name)
    return Cotangents((pulled,), _learned(step, op, dy, x))


def _conv(step: Step) -> Cotangents:
    """The same kernel, transposed; its gradient is the outer product with the windows, summed over where they lie."""
    op, x, dy = step.node.op, step.x[0], step.dy[0]
    assert isinstance(op, Conv)
    (pulled,) = add(_transposed(op), [dy], {"weight": step.weights["weight"]}, name=step.node.name)
    return Cotangents((pulled,), _learned(step, op, dy, windows(x, op.spans)))


def _learned(step: Step, op: Linear | Conv, dy: Wire, x: Wire) -> dict[str, Wire]:
    """Gradients of weight and bias from a cotangent and what the weight was multiplied by."""
    axes = step.weights["weight"].axes
    kept = [axis for axis in axes if axis in dy.axes or axis in x.axes]
    spec = f"{' '.join(dy.axes)}, {' '.join(x.axes)} -> {' '.join(kept)}"
    made = {"weight": einsum(spec, dy, x)}
    return {**made, "bias": dy} if op.bias else made


def _transposable(op: Conv) -> bool:
    """Whether the transpose of a convolution is one op: it keeps the places, and has no groups."""
    kept = all(span.stride == 1 and span.fine == span.coarse for span in op.spans)
    return kept and op.groups == 1 and _transposed(op).signature.weights[0].axes == op.signature.weights[0].axes


def _transposed(op: Conv) -> ConvTransposed:
    left, right = (" ".join(axes) for axes in op.channels)
    return ConvTransposed(
        spec=f"{right} -> {left}",
        over=op.over,
        kernel=op.kernel,
        stride=1,
        padding=op.padding,
        dilation=op.dilation,
        bias=False,
    )


def _softmax(step: Step) -> Cotangents:
    """y * (dy - <dy, y>)."""
    op = step.node.op
    assert isinstance(op, Softmax)
    axes = op.axis

    def body(y: Wire, d: Wire) -> Wire:
        return elementwise("y * (d - s)", y, d, einsum(f"{axes}, {axes} ->", d, y))

    return _along("softmax", axes, body, step)


def _log_softmax(step: Step) -> Cotangents:
    """dy - exp(y) * sum dy."""
    op = step.node.op
    assert isinstance(op, LogSoftmax)
    axes = op.axis

    def body(y: Wire, d: Wire) -> Wire:
        return elementwise("d - exp(y) * s", d, y, einsum(f"{axes} ->", d))

    return _along("log_softmax", axes, body, step)


def _along(name: str, axes: str, body: Callable[[Wire, Wire], Wire], step: Step) -> Cotangents:
    """A function of the kept output and its cotangent along axes, as a circuit of its own."""
    made = build(f"R[{name}]", {"y": f"[{axes}]", "d": f"[{axes}]"}, body, outputs=[f"[{axes}]"])
    return Cotangents((call(made, step.y[0], step.dy[0], name=step.node.name),))
