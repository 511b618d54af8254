"""Regions that stop by themselves, and functions of the host: calls of helpers that loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Size

from ....writing.names import identifier
from ....writing.numbers import number_code
from ..instance import Layout, body_class
from ..registry import lowers
from ..site import Site
from ..unpack import unpack
from ..value import Value, leading
from .flow import with_fronts


def _called(site: Site, code: str, layout: Layout, results: Sequence[tuple[str, ...]]) -> list[Value]:
    """Print the call of a helper that gives all states at full length."""
    group = leading(layout.inputs)
    fronts = tuple(axis for axis in site.fronts if any(axis in value.axes for value in layout.inputs))
    names = unpack(site, code) if len(results) > 1 else [f"{code}[0]"]
    return [Value(name, (*layout.passing, *fronts, *axes), group) for name, axes in zip(names, results, strict=True)]


def _arguments(layout: Layout, count: int) -> tuple[str, str, str]:
    """The states, the other inputs, and how many dimensions each of them has of its own."""
    codes = [value.code for value in layout.laid]
    own = [len(axes) + sum(front in value.axes for front in layout.fronts) for axes, value in _pairs(layout)]
    return f"[{', '.join(codes[:count])}]", f"[{', '.join(codes[count:])}]", f"[{', '.join(map(str, own))}]"


def _pairs(layout: Layout) -> list[tuple[tuple[str, ...], Value]]:
    return list(zip(layout.own, layout.inputs, strict=True))


@lowers("fixed_point")
def print_fixed_point(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A helper that iterates without a graph, and gives the solution the gradient of the implicit function theorem."""
    count = len(op.content.outputs)
    given = with_fronts(site, inputs, count)
    body = body_class(site, op.content, given)
    member = site.writer.hold_module(site, body.constructor(site, {}))
    layout = Layout(tuple(given), tuple(port.axes for port in op.signature.inputs), site.fronts)
    words = [member, *_arguments(layout, count), f"tolerance={number_code(op.tolerance)}", f"limit={op.limit}"]
    code = f"{site.writer.helper('solve_fixed_point')}({', '.join(words)})"
    return _called(site, code, layout, [port.axes for port in op.signature.inputs[:count]])


@lowers("while")
def print_while(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A helper that goes on where the condition holds."""
    count = len(op.content.outputs)
    given = with_fronts(site, inputs, count)
    by_name = {port.name: value for port, value in zip(op.signature.inputs, given, strict=True)}
    body = body_class(site, op.content, [by_name[item.name] for item in op.content.inputs])
    member = site.writer.hold_module(site, body.constructor(site, {}))
    test = body_class(site, op.condition, [by_name[item.name] for item in op.condition.inputs])
    condition = site.writer.hold_part(site, member, "condition", test.constructor(site, {}))
    layout = Layout(tuple(given), tuple(port.axes for port in op.signature.inputs), site.fronts)
    names = {port.name: identifier(port.name) for port in op.signature.inputs}
    taken = ", ".join(names.values())
    calls = [
        f"lambda {taken}: {owner}({', '.join(names[item.name] for item in circuit.inputs)})"
        for owner, circuit in ((member, op.content), (condition, op.condition))
    ]
    code = f"{site.writer.helper('repeat_while')}({', '.join([*calls, *_arguments(layout, count)])}, limit={op.limit})"
    return _called(site, code, layout, [port.axes for port in op.signature.inputs[:count]])


@lowers("host")
def print_host(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A function registered in the program, called once for every index that passes over."""
    layout = Layout(tuple(inputs), tuple(port.axes for port in op.signature.inputs), ())
    results = [result.axes for result in op.signature.outputs]
    shapes = [f"({''.join(f'{site.size(Size.name(axis))}, ' for axis in axes)})" for axes in results]
    codes = ", ".join(value.code for value in layout.laid)
    dims = ", ".join(str(len(axes)) for axes in layout.own)
    code = f"{site.writer.helper('call_host')}({op.function!r}, [{codes}], [{dims}], [{', '.join(shapes)}])"
    names = unpack(site, code) if len(results) > 1 else [f"{code}[0]"]
    group = leading(inputs)
    return [Value(name, (*layout.passing, *axes), group) for name, axes in zip(names, results, strict=True)]
