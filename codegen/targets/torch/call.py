"""Calls, and regions that stand for a circuit: an instance of its class in the constructor, a call in the forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from circuits import Derived, scope_map

from .instance import Layout, body_class, squeezed
from .unpack import unpack
from .value import Value

if TYPE_CHECKING:
    from .site import Site


def print_call(op: Derived, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Print a call of a circuit, or of the one a region unfolds into."""
    body = body_class(site, op.body, inputs)
    member = site.writer.hold_module(site, body.constructor(site, scope_map(op.axis_map(), op.size_map())))
    own = tuple(port.axes for port in op.signature.inputs)
    layout = Layout(tuple(inputs), own, site.fronts)
    code = f"{member}({', '.join(value.code for value in layout.laid)})"
    results = [
        layout.result(body.sources(place), body.front(place), result.axes)
        for place, result in enumerate(op.signature.outputs)
    ]
    if len(results) == 1:
        return [squeezed(results[0].of(code))]
    names = unpack(site, code)
    return [squeezed(result.of(name)) for result, name in zip(results, names, strict=True)]
