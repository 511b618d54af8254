"""Modules of printed classes: which class a body needs, its constructor call, and the layout of its arguments.

What passes over a body becomes part of its anonymous leading group. So arguments are laid out with the passing axes
first, in one joint order, of length 1 where an argument lacks one, then the body's own axes in declared order.

Axes given by `per` cannot become anonymous, as the weights inside carry them. They stay named in the body's class, as
in the interpreter, in front of its own axes; so no rewrite has to lift the body's nodes into them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from circuits import Circuit, Size

from .book import ClassKey, PrintedClass
from .value import OUTER, Value, aligned, leading, merged

if TYPE_CHECKING:
    from .site import Site

# marks a passing axis that an array has at length 1 only
_UNIT = "1"


@dataclass(frozen=True)
class Body:
    """The printed class of a body at a site; `fronts` pairs its names of the axes that stay named with ours."""

    circuit: Circuit
    printed: PrintedClass
    fronts: tuple[tuple[str, str], ...]

    def constructor(self, site: Site, renamed: Mapping[str, Size]) -> str:
        """Code that makes a module of it; `renamed` are its size names in ours."""
        fronts = dict(self.fronts)

        def said(name: str) -> str:
            return site.static_axis(fronts[name]) if name in fronts else site.static(renamed.get(name, Size.name(name)))

        words = [f"{keyword}={said(name)}" for name, keyword in self.printed.arguments]
        return f"{self.printed.name}({', '.join(words)})"

    def sources(self, place: int) -> frozenset[int]:
        """The inputs that an output depends on."""
        names = self.printed.faces[place].leading
        return frozenset(number for number, item in enumerate(self.circuit.inputs) if item.name in names)

    def front(self, place: int) -> tuple[str, ...]:
        """The axes that stay named which an output carries, in our names."""
        return tuple(axis for own, axis in self.fronts if own in self.printed.faces[place].per)


def body_class(site: Site, circuit: Circuit, inputs: Sequence[Value]) -> Body:
    """The class for a circuit at a site, given which inputs carry the axes that stay named."""
    names: dict[str, str] = {}
    for axis in site.fronts:
        plain = OUTER + axis.strip(OUTER)
        while plain in names.values():
            plain += "'"
        names[axis] = plain
    carried = tuple(tuple(names[axis] for axis in site.fronts if axis in value.axes) for value in inputs)
    per = tuple(names[axis] for axis in site.per)
    shared = tuple(names[axis] for axis in site.shared if axis in names)
    key = ClassKey(circuit, per, shared, carried if any(carried) else ())
    return Body(circuit, site.writer.class_of(key), tuple((own, axis) for axis, own in names.items()))


@dataclass(frozen=True)
class Layout:
    """Arguments of a body: values, and the axes of each that are the body's own."""

    inputs: tuple[Value, ...]
    own: tuple[tuple[str, ...], ...]
    fronts: tuple[str, ...]

    @cached_property
    def passing(self) -> tuple[str, ...]:
        """What passes over, in one joint order."""
        return merged([[axis for axis in value.passing if axis not in self.fronts] for value in self.inputs])

    @cached_property
    def laid(self) -> tuple[Value, ...]:
        """The arguments as the body takes them."""
        found = []
        for value, axes in zip(self.inputs, self.own, strict=True):
            front = tuple(axis for axis in self.fronts if axis in value.axes)
            found.append(aligned(value, (*self.passing, *front, *axes)))
        return tuple(found)

    def result(self, sources: Iterable[int], front: Sequence[str], produced: Sequence[str]) -> Value:
        """An output that depends on these inputs, without its code."""
        chosen = list(sources)
        count = max((sum(axis in self.passing for axis in self.laid[place].axes) for place in chosen), default=0)
        over = self.passing[len(self.passing) - count :]
        present = {axis for place in chosen for axis in self.inputs[place].axes}
        marked = [axis if axis in present else _UNIT + axis for axis in over]
        return Value("", (*marked, *front, *produced), leading([self.inputs[place] for place in chosen]))


def squeezed(value: Value) -> Value:
    """The value without the dimensions of length 1."""
    for axis in value.axes:
        if axis.startswith(_UNIT):
            rest = tuple(other for other in value.axes if other != axis)
            value = value.of(f"{value.held}.squeeze({value.at(axis)})", rest)
    return value
