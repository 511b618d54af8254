"""Repetitions and scans as loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import Circuit

from ....writing.names import identifier
from ..instance import Body, Layout, body_class, squeezed
from ..registry import lowers
from ..site import Site
from ..value import Value, ordered
from .flow import Flow, flow, spread, with_fronts
from .indexed import print_indexed


def state_results(site: Site, layout: Layout, body: Body, path: Flow) -> list[Value]:
    """The states at the end, without their code, in the order of axes in which a next step would take them."""
    return [
        layout.result(path.last(place), body.front(place), site.op.signature.inputs[place].axes)
        for place in range(len(path.states[0]))
    ]


def finals(site: Site, layout: Layout, path: Flow, results: Sequence[Value], states: Sequence[str]) -> list[Value]:
    """The states at the end, at full length along all they may depend on."""
    found = []
    for place, (result, state) in enumerate(zip(results, states, strict=True)):
        value = result.of(state)
        found.append(squeezed(value) if path.settled(place) else spread(site, layout, value, path.last(place)))
    return found


def state_names(site: Site, content: Circuit, layout: Layout, results: Sequence[Value]) -> list[str]:
    """Variables for the states: the argument's own name where nothing else reads it, else a fresh one."""
    names = []
    for place, result in enumerate(results):
        value, laid = layout.inputs[place], layout.laid[place]
        wire = site.node.inputs[place]
        sole = wire is not None and site.scope.uses[wire] == 1 and site.scope.alone(wire)
        if sole and value.simple and laid.code == value.code and value.axes == result.axes:
            names.append(value.code)
            continue
        name = site.writer.variables.fresh(identifier(content.inputs[place].name))
        site.writer.forward.assign(name, laid.code)
        names.append(name)
    return names


def turn(site: Site, states: Sequence[str]) -> None:
    """Print the states in the order of axes in which the next step takes them."""
    for state, taken, given in zip(states, site.op.signature.inputs, site.op.signature.outputs, strict=False):
        turned = ordered(Value(state, given.axes), taken.axes)
        if turned.code != state:
            site.writer.forward.assign(state, turned.code)


def lay_out_region(site: Site, inputs: Sequence[Value]) -> Layout:
    """The arguments of a region's body."""
    return Layout(tuple(inputs), tuple(port.axes for port in site.op.signature.inputs), site.fronts)


@lowers("scan")
def print_scan(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A loop over the slices of the sequences; what each step emits is stacked."""
    content, carried = op.content, op.carried
    inputs = with_fronts(site, inputs, carried)
    body = body_class(site, content, inputs)
    member = site.writer.hold_module(site, body.constructor(site, {}))
    layout = lay_out_region(site, inputs)
    path = flow(body, carried, None)
    if not path.even:
        everything = frozenset(range(len(inputs)))
        grown = [spread(site, layout, site.let(value), everything) for value in layout.laid[:carried]]
        layout = Layout((*grown, *layout.inputs[carried:]), layout.own, layout.fronts)
    results = state_results(site, layout, body, path)
    states = state_names(site, content, layout, results)
    rows = [_row(site, content, place) for place in range(carried, len(content.outputs))]
    _steps(op, site, layout, member, states, rows)
    values = finals(site, layout, path, results, states)
    for place, row in enumerate(rows, carried):
        values.append(squeezed(_stacked(op, layout, body, path, place, row)))
    return values


def _row(site: Site, content: Circuit, place: int) -> str:
    """The list that collects an emitted value, printed empty; no name where nothing reads the value."""
    if not site.scope.uses[site.node.outputs()[place]]:
        return ""
    row = site.writer.variables.fresh(identifier(content.outputs[place].name) + "_steps")
    site.writer.forward.assign(row, "[]")
    return row


def _steps(op: Any, site: Site, layout: Layout, member: str, states: Sequence[str], rows: Sequence[str]) -> None:
    """Print the loop of a scan."""
    forward, content, carried = site.writer.forward, op.content, op.carried
    arguments, targets, sources = list(states), [], []
    for item, laid in zip(content.inputs[carried:], layout.laid[carried:], strict=True):
        if item.name in op.sequences:
            step = site.writer.variables.fresh(identifier(item.name) + "_step")
            unbound = f"{laid.held}.unbind({laid.at(op.axis)})"
            targets.append(step)
            sources.append(f"reversed({unbound})" if op.reverse else unbound)
            arguments.append(step)
        else:
            arguments.append(site.let(laid, item.name).code)
    if not sources:
        targets, sources = ["_"], [f"range({site.length(op.axis)})"]
    made = [
        site.writer.variables.fresh(identifier(output.name)) if row else "_"
        for output, row in zip(content.outputs[carried:], rows, strict=True)
    ]
    source = sources[0] if len(sources) == 1 else f"zip({', '.join(sources)})"
    with forward.loop(", ".join(targets), source):
        forward.assign(", ".join([*states, *made]), f"{member}({', '.join(arguments)})")
        turn(site, states)
        for row, one in zip(rows, made, strict=True):
            if row:
                forward.do(f"{row}.append({one})")


def _stacked(op: Any, layout: Layout, body: Body, path: Flow, place: int, row: str) -> Value:
    """The emitted values along the axis, in front of their own axes."""
    sources = frozenset().union(*(step[place - op.carried] for step in path.emitted))
    own = op.signature.outputs[place].axes
    result = layout.result(sources, body.front(place), own)
    rows = f"{row}[::-1]" if op.reverse else row
    if not path.even:
        rows = f"torch.broadcast_tensors(*{rows})"
    return result.of(f"torch.stack({rows}, {-len(own)})")


@lowers("repeat")
def print_repeat(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A loop over the rounds' modules, or over one module that all rounds share."""
    if op.indexed:
        return print_indexed(op, site, inputs)
    content, carried = op.content, op.carried
    inputs = with_fronts(site, inputs, carried)
    body = body_class(site, content, inputs)
    made = body.constructor(site, {})
    rounds = made if op.tied else f"nn.ModuleList({made} for _ in range({site.static(op.times)}))"
    member = site.writer.hold_module(site, rounds)
    layout = lay_out_region(site, inputs)
    path = flow(body, carried, op.times.number)
    results = state_results(site, layout, body, path)
    states = state_names(site, content, layout, results)
    pairs = zip(layout.laid[carried:], content.inputs[carried:], strict=True)
    others = [site.let(value, item.name).code for value, item in pairs]
    name, source, called = "_", f"range({site.size(op.times)})", member
    if not op.tied:
        name = called = site.writer.variables.fresh(identifier(content.name))
        source = member
    with site.writer.forward.loop(name, source):
        site.writer.forward.assign(", ".join(states), f"{called}({', '.join([*states, *others])})")
        turn(site, states)
    return finals(site, layout, path, results, states)
