"""Sources: numbers written out, counted, learned or drawn; casts and the mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import REAL

from ....writing.numbers import number_code
from ..registry import lowers
from ..site import Site
from ..value import Value, ordered


@lowers("constant")
def print_constant(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A tensor of the numbers, or one filled with a number."""
    result = op.signature.outputs[0]
    kind, axes = result.element.kind, result.axes
    like = site.like() if kind == "Real" else None
    if axes and not op.shape:
        lengths = ", ".join(site.length(axis) for axis in axes)
        filled = {0: "zeros", 1: "ones"}.get(op.value) if kind == "Real" else None
        words = lengths if filled else f"({lengths},), {_number(kind, op.value)}"
        call = f"{filled or 'full'}({words}"
        code = f"{like.code}.new_{call})" if like is not None else f"torch.{call}{site.device()})"
        return [Value(code, axes)]
    numbers = _nested(kind, op.value)
    code = f"{like.code}.new_tensor({numbers})" if like is not None else f"torch.tensor({numbers}{site.device()})"
    return [Value(code, axes)]


def _nested(kind: str, value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_nested(kind, row) for row in value)}]"
    return _number(kind, value)


def _number(kind: str, value: float) -> str:
    match kind:
        case "Real":
            return number_code(float(value))
        case "Bool":
            return str(bool(value))
        case _:
            return str(int(value))


@lowers("iota")
def print_iota(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.arange`."""
    (axis,) = op.signature.outputs[0].axes
    return [Value(f"torch.arange({site.length(axis)}{site.device()})", (axis,))]


@lowers("parameter", "stop_gradient")
def print_array(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The array itself, or without its gradient."""
    value = inputs[0]
    return [value.of(f"{value.held}.detach()") if op.name == "stop_gradient" else value]


@lowers("cast")
def print_cast(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The same numbers in another type."""
    value = inputs[0]
    if value.element == op.target:
        return [value]
    match op.target.kind:
        case "Real":
            return [value.of(f"{value.held}.to({site.dtype()})")]
        case "Complex":
            real = value if value.element == REAL else value.of(f"{value.held}.to({site.dtype()})")
            real = site.let(real)
            return [real.of(f"torch.complex({real.code}, torch.zeros_like({real.code}))")]
        case "Bool":
            return [value.of(f"{value.held} != 0")]
        case _:
            return [value.of(f"{value.held}.long()")]


@lowers("training")
def print_training(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The mode of the module."""
    return [Value(f"torch.tensor(self.training{site.device()})")]


@lowers("running")
def print_running(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """In training what is given, and the buffer moves; in evaluation the buffer."""
    buffer = inputs[2]
    current, update = (site.let(ordered(value, buffer.axes)) for value in inputs[:2])
    forward = site.writer.forward
    with forward.nested("if self.training:"):
        forward.do(f"{buffer.code}.lerp_({update.code}.detach(), {op.momentum!r})")
    chosen = current.of(f"{current.code} if self.training else {buffer.code}")
    return [site.let(chosen, site.node.name)]


_DRAWS = {
    "uniform": "torch.rand({})",
    "normal": "torch.randn({})",
    "exponential": "torch.empty({}).exponential_()",
    "gumbel": "-torch.empty({}).exponential_().log()",
    "bernoulli": "torch.rand({}).round()",
    "rademacher": "torch.rand({}).round() * 2 - 1",
}


@lowers("random")
def print_random(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Draws for all that passes over and all that is produced; torch's own generator."""
    produced = op.signature.outputs[0].axes
    lengths = [site.length(axis) for axis in produced]
    value = drawn(site, inputs, lengths, produced, _DRAWS[op.kind])
    return [value]


def drawn(site: Site, inputs: Sequence[Value], lengths: Sequence[str], produced: Sequence[str], template: str) -> Value:
    """Draws along the passing axes of what they are like (those shared left out), and along new ones."""
    shared = set(site.shared)
    group = frozenset[str]()
    over: tuple[str, ...] = ()
    sizes = list(lengths)
    if inputs:
        like = site.let(inputs[0])
        over = tuple(axis for axis in like.passing if axis not in shared)
        group = like.leading
        lead = [f"*{like.code}.shape[:-{len(like.axes)}]" if like.axes else f"*{like.code}.shape"] if group else []
        sizes = [*lead, *(like.length(axis) for axis in over), *lengths]
    words = [", ".join(sizes) if sizes else "()"]
    found = site.like(inputs)
    if found is not None:
        words += [f"dtype={found.code}.dtype", f"device={found.code}.device"]
    value = Value(template.format(", ".join(words)), (*over, *produced), group)
    if inputs and shared & set(inputs[0].passing):
        whole = (*inputs[0].passing, *produced)
        value = site.grown(site.let(value, site.node.name), whole, [site.let(inputs[0])])
    return site.let(value, site.node.name)
