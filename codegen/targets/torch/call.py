"""Calls: an instance of the callee's class in the constructor, a call of it in the forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from circuits import Call, scope_map

from .instance import Layout, body_class, squeezed
from .unpack import unpack
from .value import Value

if TYPE_CHECKING:
    from .site import Site


def print_call(op: Call, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Print a call of a circuit."""
    body = body_class(site, op.circuit, inputs)
    member = site.writer.hold_module(site, body.constructor(site, scope_map(op.axis_map(), op.size_map())))
    own = tuple(port.axes for port in op.signature.inputs)
    layout = Layout(tuple(inputs), own, site.per)
    code = f"{member}({', '.join(value.code for value in layout.laid)})"
    results = [
        layout.result(body.sources(place), body.front(place), result.axes)
        for place, result in enumerate(op.signature.outputs)
    ]
    if len(results) == 1:
        return [squeezed(results[0].of(code))]
    names = unpack(site, code)
    return [squeezed(result.of(name)) for result, name in zip(results, names, strict=True)]
