"""Einstein summation and broadcasting."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from circuits import COMPLEX, REAL

from ..registry import lowers
from ..site import Site
from ..value import OUTER, Value, leading, merged, ordered


@lowers("einsum")
def print_einsum(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """`torch.einsum` with a letter an axis; sums and views of one operand by their methods."""
    if len(inputs) == 1:
        return [_summed(inputs[0], op.result)]
    mapped = _as_linear(op, inputs)
    if mapped is not None:
        return [mapped]
    over = merged([value.passing for value in inputs])
    group = leading(inputs)
    letters = letters_for([*over, *(axis for axes in op.operands for axis in axes)])
    terms = [("..." if value.leading else "") + "".join(letters[axis] for axis in value.axes) for value in inputs]
    result = ("..." if group else "") + "".join(letters[axis] for axis in (*over, *op.result))
    mixed = len({value.element == COMPLEX for value in inputs}) > 1
    codes = [_complex(value, site) if mixed and value.element != COMPLEX else value.code for value in inputs]
    code = f'torch.einsum("{",".join(terms)}->{result}", {", ".join(codes)})'
    return [Value(code, (*over, *op.result), group)]


def _as_linear(op: Any, inputs: Sequence[Value]) -> Value | None:
    """`F.linear` where one operand is a plain matrix and the other loses one axis for one of the matrix."""
    if len(inputs) != 2 or any(value.element != REAL for value in inputs):
        return None
    for weight, x in (inputs, inputs[::-1]):
        read = [axis for axis in weight.axes if axis in x.axes]
        made = [axis for axis in weight.axes if axis in op.result and axis not in x.axes]
        plain = len(weight.axes) == 2 and not weight.leading and not weight.passing
        if plain and len(read) == len(made) == 1 and set(read).isdisjoint(op.result):
            rest = tuple(axis for axis in x.axes if axis not in read)
            if {axis for axis in rest if not axis.startswith(OUTER)} == {*op.result} - {*made}:
                codes = ordered(x, (*rest, *read)).code, ordered(weight, (*made, *read)).code
                return Value(f"F.linear({', '.join(codes)})", (*rest, *made), x.leading)
    return None


def _summed(value: Value, result: Sequence[str]) -> Value:
    folded = [value.at(axis) for axis in value.axes if not axis.startswith(OUTER) and axis not in result]
    if folded:
        rest = [axis for axis in value.axes if value.at(axis) not in folded]
        dims = str(folded[0]) if len(folded) == 1 else str(tuple(folded))
        value = value.of(f"{value.held}.sum({dims})", rest)
    return value


def _complex(value: Value, site: Site) -> str:
    value = site.let(value)
    return f"torch.complex({value.code}, torch.zeros_like({value.code}))"


def letters_for(axes: Sequence[str]) -> dict[str, str]:
    """A letter an axis: its first where that is free, in lower case or upper, else any."""
    letters: dict[str, str] = {}
    for axis in dict.fromkeys(axes):
        first = axis.lstrip(OUTER)[0]
        wanted = [first.lower(), first.upper()] if first.isascii() else []
        free = (letter for letter in (*wanted, *string.ascii_letters) if letter not in letters.values())
        letters[axis] = next(free)
    return letters


@lowers("broadcast")
def print_broadcast(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A view that repeats the array along new axes."""
    value = site.let(inputs[0])
    axes = tuple(op.produced)
    lengths = ", ".join(site.length(axis) for axis in axes)
    view = f"{value.held}[{', '.join(['...', *['None'] * len(axes)])}]"
    return [value.of(f"{view}.expand(*{value.code}.shape, {lengths})", (*value.axes, *axes))]
