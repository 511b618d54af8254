"""Repetitions whose rounds differ by an index in their names: rounds written out, or one loop where they read alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circuits import Circuit, Size, open_names

from ....writing.names import identifier
from ..instance import Body, Layout, body_class, squeezed
from ..site import Site
from ..value import Value
from .flow import with_fronts


@dataclass(frozen=True)
class Step:
    """One round: the arguments of its call, and its outputs without their code."""

    arguments: tuple[str, ...]
    results: tuple[Value, ...]


def print_indexed(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Print the rounds."""
    count = op.times.number
    given = with_fronts(site, inputs, op.carried)
    bodies = [_body(op, site, given, number) for number in range(count)]
    made = [_constructor(op, site, body, number) for number, body in enumerate(bodies)]
    member = site.writer.hold_module(site, made[0] if op.tied else f"nn.ModuleList([{', '.join(made)}])")
    if not any(op.several) and len(op.content.inputs) == len(inputs):
        found = _looped(op, site, given, bodies, member)
        if found is not None:
            return found
    return _written_out(op, site, given, bodies, member)


def _one_class(op: Any) -> bool:
    """Whether no two names of the body become one in any round, so that one class serves all of them."""
    names = {axis for found in op.content.checked.types.values() if found for axis in found.axes}
    names |= open_names(op.content)
    return all(
        len({op.name_in(name, op.start + number) for name in names}) == len(names) for number in range(op.times.number)
    )


def _body(op: Any, site: Site, inputs: Sequence[Value], number: int) -> Body:
    circuit = op.content if op.tied or _one_class(op) else op.round(op.start + number)
    places = [place if place is not None else state for state, place in enumerate(op.sources(number, op.times.number))]
    return body_class(site, circuit, [inputs[place] for place in places])


def _constructor(op: Any, site: Site, body: Body, number: int) -> str:
    """The round's module, whose sizes have the names of the round."""
    names = {name: Size.name(op.name_in(name, op.start + number)) for name, _ in body.printed.arguments}
    return body.constructor(site, names)


def _step(op: Any, site: Site, body: Body, number: int, values: Sequence[Value]) -> Step:
    """The arguments and results of one round."""
    circuit: Circuit = op.round(op.start + number)
    layout = Layout(tuple(values), tuple(item.type.axes for item in circuit.inputs), site.fronts)
    results = []
    for place, output in enumerate(circuit.outputs):
        axes = output.type.axes if output.type is not None else circuit.checked.type(output.wire).axes
        results.append(layout.result(body.sources(place), body.front(place), axes))
    return Step(tuple(value.code for value in layout.laid), tuple(results))


def _looped(op: Any, site: Site, inputs: Sequence[Value], bodies: Sequence[Body], member: str) -> list[Value] | None:
    """A loop over the rounds; None where their calls are not written alike."""
    carried = op.carried
    names = [site.writer.variables.fresh(identifier(item.name)) for item in op.content.inputs[:carried]]
    first = Layout(tuple(inputs), tuple(port.axes for port in site.op.signature.inputs), site.fronts)
    others = inputs[carried:]
    states = [laid.of(name) for laid, name in zip(first.laid[:carried], names, strict=True)]
    calls = []
    for number, body in enumerate(bodies):
        step = _step(op, site, body, number, [*states, *others])
        calls.append(step.arguments)
        states = [squeezed(result.of(name)) for result, name in zip(step.results, names, strict=True)]
    if len(set(calls)) > 1:
        return None
    forward = site.writer.forward
    for name, laid in zip(names, first.laid, strict=False):
        forward.assign(name, laid.code)
    called = member if op.tied else site.writer.variables.fresh(identifier(op.content.name))
    target, source = ("_", f"range({len(bodies)})") if op.tied else (called, member)
    with forward.loop(target, source):
        forward.assign(", ".join(names), f"{called}({', '.join(calls[0])})")
    return states


def _written_out(op: Any, site: Site, inputs: Sequence[Value], bodies: Sequence[Body], member: str) -> list[Value]:
    """A statement a round."""
    carried, count = op.carried, len(bodies)
    states = list(inputs[:carried])
    names = [site.writer.variables.fresh(identifier(item.name)) for item in op.content.inputs[:carried]]
    columns: list[list[Value]] = [[] for _ in op.content.outputs]
    for number, body in enumerate(bodies):
        places = op.sources(number, count)
        values = [states[at] if place is None else inputs[place] for at, place in enumerate(places)]
        step = _step(op, site, body, number, values)
        free = iter(names)
        targets = [
            site.writer.variables.fresh(identifier(op.name_in(output.name, op.start + number))) if many else next(free)
            for output, many in zip(op.content.outputs, op.several, strict=True)
        ]
        called = member if op.tied else f"{member}[{number}]"
        site.writer.forward.assign(", ".join(targets), f"{called}({', '.join(step.arguments)})")
        made = [squeezed(result.of(name)) for result, name in zip(step.results, targets, strict=True)]
        for column, value in zip(columns, made, strict=True):
            column.append(value)
        states = [value for value, many in zip(made, op.several, strict=True) if not many]
    outputs = zip(columns, op.several, strict=True)
    return [value for column, many in outputs for value in (column if many else column[-1:])]
