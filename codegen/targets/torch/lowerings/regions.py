"""Repetitions and scans as loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circuits import Circuit

from ....writing.names import identifier
from ..instance import Body, Layout, body_class, squeezed
from ..registry import lowers
from ..site import Site
from ..value import Value, leading, ordered

Carry = frozenset[int]


@dataclass(frozen=True)
class Flow:
    """Which inputs of a region its state and emitted values depend on, step after step, until nothing new comes.

    `states[s]` are the dependencies of the states before step s, `emitted[s]` those of what step s emits.
    """

    states: tuple[tuple[Carry, ...], ...]
    emitted: tuple[tuple[Carry, ...], ...]


def flow(body: Body, carried: int, count: int | None) -> Flow:
    """Follow dependencies through the body, at most `count` steps."""
    total, outputs = len(body.circuit.inputs), len(body.circuit.outputs)
    states = [tuple(frozenset({place}) for place in range(carried))]
    emitted: list[tuple[Carry, ...]] = []
    limit = min(count, 2 * carried + 2) if count is not None else 2 * carried + 2
    while len(emitted) < limit:
        before = [*states[-1], *(frozenset({place}) for place in range(carried, total))]
        made = [frozenset().union(*(before[source] for source in body.sources(place))) for place in range(outputs)]
        states.append(tuple(made[:carried]))
        emitted.append(tuple(made[carried:]))
    return Flow(tuple(states), tuple(emitted))


def constructor(site: Site, body: Body) -> str:
    """Code that makes a module of a region's body, which has the names of its scope."""
    return body.constructor(site, {})


def state_results(site: Site, layout: Layout, body: Body, path: Flow) -> list[Value]:
    """The states at the end, without their code, in the order of axes in which a next step would take them."""
    return [
        layout.result(sources, body.front(place), site.op.signature.inputs[place].axes)
        for place, sources in enumerate(path.states[-1])
    ]


def finals(results: Sequence[Value], states: Sequence[str]) -> list[Value]:
    """The states at the end."""
    return [squeezed(result.of(state)) for result, state in zip(results, states, strict=True)]


def state_names(site: Site, content: Circuit, layout: Layout, carried: int, results: Sequence[Value]) -> list[str]:
    """Variables for the states: the argument's own name where nothing else reads it, else a fresh one."""
    names = []
    for place in range(carried):
        value, laid = layout.inputs[place], layout.laid[place]
        wire = site.node.inputs[place]
        sole = wire is not None and site.scope.uses[wire] == 1 and site.scope.alone(wire)
        if sole and value.simple and laid.code == value.code and value.axes == results[place].axes:
            names.append(value.code)
            continue
        name = site.writer.variables.fresh(identifier(content.inputs[place].name))
        site.writer.forward.assign(name, laid.code)
        names.append(name)
    return names


def spread(site: Site, layout: Layout, value: Value, sources: Carry) -> Value:
    """The value at full length along all that its sources carry, for one that has it only after some steps."""
    group = [layout.inputs[place] for place in sorted(sources)]
    present = {axis for one in group for axis in one.axes}
    over = tuple(axis for axis in layout.passing if axis in present)
    prefix = [site.group(group)] if leading(group) else []
    own = tuple(axis for axis in value.axes if axis not in layout.passing)
    lengths = [site.length(axis, [one for one in group if axis in one.axes]) for axis in over]
    sizes = ", ".join([*prefix, *lengths, *["-1"] * len(own)])
    return Value(f"{value.held}.expand({sizes})", (*over, *own), leading(group), value.element)


@lowers("scan")
def print_scan(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A loop over the slices of the sequences; what each step emits is stacked."""
    content, carried = op.content, op.carried
    body = body_class(site, content, inputs)
    member = site.writer.hold_module(site, constructor(site, body))
    layout = Layout(tuple(inputs), tuple(port.axes for port in op.signature.inputs), site.per)
    path = flow(body, carried, None)
    uneven = len(set(path.emitted)) > 1
    everything = frozenset(range(len(inputs)))
    if uneven:
        grown = [spread(site, layout, value, everything) for value in layout.laid[:carried]]
        layout = Layout((*grown, *layout.inputs[carried:]), layout.own, layout.fronts)
    results = state_results(site, layout, body, path)
    states = state_names(site, content, layout, carried, results)
    rows = [_row(site, content, place) for place in range(carried, len(content.outputs))]
    _steps(op, site, layout, member, states, rows)
    values = finals(results, states)
    for place, row in enumerate(rows, carried):
        values.append(squeezed(_stacked(op, site, layout, body, path, place, row)))
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
        turn(site, states, layout)
        for row, one in zip(rows, made, strict=True):
            if row:
                forward.do(f"{row}.append({one})")


def turn(site: Site, states: Sequence[str], layout: Layout) -> None:
    """Print the states in the order of axes in which the next step takes them."""
    for state, taken, given in zip(states, site.op.signature.inputs, site.op.signature.outputs, strict=False):
        turned = ordered(Value(state, given.axes), taken.axes)
        if turned.code != state:
            site.writer.forward.assign(state, turned.code)


def _stacked(op: Any, site: Site, layout: Layout, body: Body, path: Flow, place: int, row: str) -> Value:
    """The emitted values along the axis, in front of their own axes."""
    sources = frozenset().union(*(step[place - op.carried] for step in path.emitted))
    result = layout.result(sources, body.front(place), op.signature.outputs[place].axes)
    own = op.signature.outputs[place].axes
    rows = f"{row}[::-1]" if op.reverse else row
    if len(set(path.emitted)) > 1:
        rows = f"torch.broadcast_tensors(*{rows})"
    return result.of(f"torch.stack({rows}, {-len(own)})")


@lowers("repeat")
def print_repeat(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """A loop over the rounds' modules, or over one module that all rounds share."""
    if op.indexed:
        return _indexed(op, site, inputs)
    content, carried = op.content, op.carried
    body = body_class(site, content, inputs)
    made = constructor(site, body)
    count = site.static(op.times)
    member = site.writer.hold_module(site, made if op.tied else f"nn.ModuleList({made} for _ in range({count}))")
    layout = Layout(tuple(inputs), tuple(port.axes for port in op.signature.inputs), site.per)
    path = flow(body, carried, op.times.number)
    results = state_results(site, layout, body, path)
    states = state_names(site, content, layout, carried, results)
    others = [
        site.let(value, item.name).code
        for value, item in zip(layout.laid[carried:], content.inputs[carried:], strict=True)
    ]
    name, source = "_", f"range({site.size(op.times)})"
    called = member
    if not op.tied:
        name = called = site.writer.variables.fresh(identifier(content.name))
        source = member
    with site.writer.forward.loop(name, source):
        site.writer.forward.assign(", ".join(states), f"{called}({', '.join([*states, *others])})")
        turn(site, states, layout)
    return finals(results, states)


def _indexed(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    raise NotImplementedError
