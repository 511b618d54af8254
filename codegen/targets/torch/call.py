"""Calls: an instance of the callee's class in the constructor, a call of it in the forward.

What passes over the callee becomes part of its anonymous leading group. So arguments are laid out with the passing
axes first, in one joint order, of length 1 where an argument lacks one, then the callee's own axes in declared order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuits import Call, Circuit, Size, scope_map

from ...writing.names import identifier
from .book import ClassKey, PrintedClass
from .value import OUTER, Value, aligned, leading, merged

if TYPE_CHECKING:
    from .site import Site


# marks a passing axis an output has at length 1 only
_UNIT = "1"


@dataclass(frozen=True)
class Instance:
    """A module of a printed class that a node holds, and how its formal names are the site's.

    `per` pairs the class's own names of the axes in front with the site's.
    """

    member: str
    printed: PrintedClass
    circuit: Circuit
    axes: Mapping[str, str]
    per: tuple[tuple[str, str], ...]


def print_call(op: Call, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Print a call of a circuit."""
    carried = [tuple(axis for axis in site.per if axis in value.axes) for value in inputs]
    formal = {actual: name for name, actual in op.axis_map().items()}
    key, per = class_key(op.circuit, site.per, carried)
    printed = site.writer.class_of(key)
    arguments = constructor_arguments(site, printed, per, scope_map(op.axis_map(), op.size_map()))
    member = site.writer.hold_module(site, f"{printed.name}({arguments})")
    instance = Instance(member, printed, op.circuit, formal, per)
    own = [port.axes for port in op.signature.inputs]
    produced = [result.axes for result in op.signature.outputs]
    return call_instance(site, instance, inputs, own, produced)


def class_key(
    circuit: Circuit, per: Sequence[str], carried: Sequence[Sequence[str]]
) -> tuple[ClassKey, tuple[tuple[str, str], ...]]:
    """The key of the class for a body whose weights carry `per`, and its names for these axes beside ours."""
    names: dict[str, str] = {}
    for axis in per:
        plain = OUTER + axis.strip(OUTER)
        while plain in names.values():
            plain += "'"
        names[axis] = plain
    flags = tuple(tuple(names[axis] for axis in axes) for axes in carried) if any(carried) else ()
    return ClassKey(circuit, tuple(names.values()), flags), tuple((own, axis) for axis, own in names.items())


def constructor_arguments(
    site: Site, printed: PrintedClass, per: Sequence[tuple[str, str]], renamed: Mapping[str, Size]
) -> str:
    """The sizes a callee's constructor takes, said in ours."""
    fronts = dict(per)
    words = []
    for name, keyword in printed.arguments:
        if name in fronts:
            code = site.static_axis(fronts[name])
        else:
            code = site.static(renamed.get(name, Size.name(name)))
        words.append(f"{keyword}={code}")
    return ", ".join(words)


def call_instance(
    site: Site,
    instance: Instance,
    inputs: Sequence[Value],
    own: Sequence[tuple[str, ...]],
    produced: Sequence[tuple[str, ...]],
) -> list[Value]:
    """Print the call; `own` are the callee's axes of each input, `produced` of each output, in the site's names."""
    fronts = tuple(axis for _, axis in instance.per)
    over = [tuple(axis for axis in value.passing if axis not in fronts) for value in inputs]
    passing = merged(over)
    laid = []
    for value, axes in zip(inputs, own, strict=True):
        front = tuple(axis for axis in fronts if axis in value.axes)
        laid.append(aligned(value, (*passing, *front, *axes)))
    call = f"{instance.member}({', '.join(value.code for value in laid)})"
    results = [_result(place, instance, inputs, laid, passing, axes) for place, axes in enumerate(produced)]
    if len(results) == 1:
        return [_squeezed(results[0].of(call))]
    names = _unpack(site, call, results)
    return [_squeezed(result.of(name)) for result, name in zip(results, names, strict=True)]


def _result(
    place: int,
    instance: Instance,
    inputs: Sequence[Value],
    laid: Sequence[Value],
    passing: Sequence[str],
    produced: Sequence[str],
) -> Value:
    """One output as the callee gives it: dimensions of length 1 where nothing it depends on has that axis."""
    face = instance.printed.faces[place]
    sources = [number for number, item in enumerate(instance.circuit.inputs) if item.name in face.leading]
    count = max((sum(axis in passing for axis in laid[number].axes) for number in sources), default=0)
    over = passing[len(passing) - count :]
    fronts = tuple(axis for own, axis in instance.per if own in face.per)
    group = leading([inputs[number] for number in sources])
    present = {axis for number in sources for axis in inputs[number].axes}
    marked = [axis if axis in present else _UNIT + axis for axis in over]
    return Value("", (*marked, *fronts, *produced), group)


def _squeezed(value: Value) -> Value:
    """The value without the dimensions of length 1."""
    for axis in value.axes:
        if axis.startswith(_UNIT):
            rest = tuple(other for other in value.axes if other != axis)
            value = value.of(f"{value.held}.squeeze({value.at(axis)})", rest)
    return value


def _unpack(site: Site, call: str, results: Sequence[Value]) -> list[str]:
    """Print `a, b = call` and give the names."""
    node, scope = site.node, site.scope
    names = []
    for wire, result in zip(node.outputs(), site.op.signature.outputs, strict=True):
        wanted = identifier(f"{node.name}_{result.name}")
        names.append(site.writer.variables.fresh(wanted) if scope.uses[wire] else "_")
    site.writer.forward.assign(", ".join(names), call)
    return names
