"""Writing circuits in Python: a function over wires is traced once, and the circuit is what it did.

    @circuit
    def attention(q: Wire["y k"], k: Wire["x k"], v: Wire["x k"]) -> Wire["y k"]:
        scores = einsum("y k, x k -> y x", q, k) * size("k") ** -0.5
        return einsum("y x, x k -> y k", softmax(scores, axis="x"), v)

Nodes take the names of the local variables that hold their outputs.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import CodeType, FrameType
from typing import Any, overload

from .circuit import Circuit, Input, Node, Output
from .elementwise import Elementwise
from .errors import AttributeProblem
from .expressions import Expression
from .node_type import type_node
from .op import Op
from .types import ArrayType, Axis, TypeText, composed, parse_type


@dataclass(frozen=True)
class Annotation:
    """The type a `Wire["..."]` annotation spells."""

    text: str

    @property
    def parsed(self) -> TypeText:
        """Type and sizes; raises AttributeProblem when the text is no type."""
        return parse_type(self.text)


_WIRE_TEXT = re.compile(r"""\bWire\[\s*(['"])(.*?)\1\s*\]""")


class Wire:
    """A wire while a circuit is being traced: stands for the array it will carry."""

    __slots__ = ("builder", "id", "type")
    __array_priority__ = 1000

    def __init__(self, builder: Builder, id: str, type: ArrayType | None) -> None:
        self.builder, self.id, self.type = builder, id, type

    def __class_getitem__(cls, text: str) -> Any:
        return Annotation(text)

    def __repr__(self) -> str:
        return f"Wire({self.id!r}: {self.type})"

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of its axes; none where its type is not known."""
        return self.type.axes if self.type is not None else ()

    def _binary(self, template: str, other: Any, *, swapped: bool = False) -> Wire:
        """`template` over a and b, in which `other` is a wire, a number or an expression of sizes."""
        if isinstance(other, Wire):
            first, second = (other, self) if swapped else (self, other)
            op = Elementwise(expression=template.format("a", "b"))
            return self.builder.add(op, (first, second))[0]
        if not isinstance(other, int | float | Expression):
            raise TypeError(f"wire: expected a wire, a number or a size, found {other!r}. Write size('k') for a size.")
        text = f"({other})"
        words = (text, "a") if swapped else ("a", text)
        return self.builder.add(Elementwise(expression=template.format(*words)), (self,))[0]

    def __add__(self, other: Any) -> Wire:
        return self._binary("{} + {}", other)

    def __radd__(self, other: Any) -> Wire:
        return self._binary("{} + {}", other, swapped=True)

    def __sub__(self, other: Any) -> Wire:
        return self._binary("{} - {}", other)

    def __rsub__(self, other: Any) -> Wire:
        return self._binary("{} - {}", other, swapped=True)

    def __mul__(self, other: Any) -> Wire:
        return self._binary("{} * {}", other)

    def __rmul__(self, other: Any) -> Wire:
        return self._binary("{} * {}", other, swapped=True)

    def __truediv__(self, other: Any) -> Wire:
        return self._binary("{} / {}", other)

    def __rtruediv__(self, other: Any) -> Wire:
        return self._binary("{} / {}", other, swapped=True)

    def __pow__(self, other: Any) -> Wire:
        return self._binary("{} ** {}", other)

    def __neg__(self) -> Wire:
        return self.builder.add(Elementwise(expression="-a"), (self,))[0]

    def __iter__(self) -> Any:
        raise TypeError("wire: expected an op on named axes, found iteration. Use split or a region.")

    def __bool__(self) -> bool:
        raise TypeError("wire: expected a typed choice, found a Python condition. Use where(...).")


@dataclass
class Builder:
    """Collects the nodes of the circuit being traced."""

    nodes: list[Node] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    code: CodeType | None = None
    frame: FrameType | None = None

    def input(self, name: str, type: ArrayType) -> Wire:
        """A wire for a circuit input."""
        self.taken.add(name)
        return Wire(self, name, type)

    def add(
        self,
        op: Op,
        inputs: Sequence[Wire],
        *,
        feeds: Mapping[str, Wire] | None = None,
        name: str = "",
        per: Sequence[str] = (),
        weights: str = "",
        shared: Sequence[str] = (),
    ) -> tuple[Wire, ...]:
        """Append a node and return its output wires; what does not fit is reported when the circuit is checked."""
        if self.frame is None:
            self.frame = _frame_of(self.code)
        for wire in (*inputs, *(feeds or {}).values()):
            if wire.builder is not self:
                raise AttributeProblem("wires of one circuit", f"{wire!r} of another", "Pass it in as an input.")
        fed = tuple(sorted((weight, wire.id) for weight, wire in (feeds or {}).items()))
        node = Node(
            f"n{len(self.nodes) + 1}",
            self._name(name or op.name),
            op,
            tuple(w.id for w in inputs),
            fed,
            tuple(per),
            weights,
            tuple(shared),
        )
        if name:
            self.named.add(node.id)
        self.nodes.append(node)
        kinds = {wire.id: wire.type for wire in (*inputs, *(feeds or {}).values())}
        try:
            outputs = op.signature.outputs
        except AttributeProblem as error:
            raise error.within(f"{node.name} ({op.name})") from error
        arity = len(op.signature.inputs) == len(inputs)
        types: tuple[ArrayType | None, ...] = (None,) * len(outputs)
        if arity:
            types = type_node(op, node.per, node.fed, tuple(kinds[w] for w in node.wires if w is not None)).outputs
        return tuple(Wire(self, wire, found) for wire, found in zip(node.outputs(), types, strict=True))

    def _name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name

    def rename(self, local: Mapping[str, Any]) -> None:
        """Name nodes after the local variables that hold their only output."""
        by_wire = {wire.id: name for name, wire in local.items() if isinstance(wire, Wire) and wire.builder is self}
        for place, node in enumerate(self.nodes):
            wanted = next((by_wire[out] for out in node.outputs() if out in by_wire), None)
            if wanted is None or node.id in self.named or len(node.outputs()) != 1 or wanted in self.taken:
                continue
            self.taken.add(wanted)
            self.nodes[place] = replace(node, name=wanted)


def _frame_of(code: CodeType | None) -> FrameType | None:
    """The frame in which code runs now: it keeps its local variables, and no hook slows the calls below it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame


_BUILDER: ContextVar[Builder | None] = ContextVar("builder", default=None)


def current_builder() -> Builder:
    """The builder of the circuit being traced; raises AttributeProblem outside of one."""
    builder = _BUILDER.get()
    if builder is None:
        raise AttributeProblem("a circuit being traced", "none", "Apply ops inside a function marked @circuit.")
    return builder


def build(
    name: str,
    inputs: Mapping[str, str | ArrayType],
    function: Callable[..., Any],
    *,
    outputs: Sequence[Any] = (),
    sizes: Mapping[str, int] | None = None,
    axes: Mapping[str, str | Axis] | None = None,
    constraints: Sequence[str] = (),
    doc: str = "",
    source: str = "",
) -> Circuit:
    """Trace `function` over wires of the given input types.

    `outputs` are declared output types, None where there is none. `axes` is the glossary: a text or an Axis a name.
    Raises AttributeProblem when a type text is no type.
    """
    glossary: dict[str, Axis] = {}
    for axis, entry in (axes or {}).items():
        glossary[composed(axis)] = Axis(axis, entry) if isinstance(entry, str) else entry
    builder = Builder()
    declared, equations = [], list(constraints)
    for wire, wanted in inputs.items():
        parsed = parse_type(wanted) if isinstance(wanted, str) else TypeText(wanted, ())
        equations += _sized(glossary, parsed)
        declared.append(Input(wire, parsed.type))
    token = _BUILDER.set(builder)
    try:
        result, local = _run(builder, function, [builder.input(item.name, item.type) for item in declared])
    finally:
        _BUILDER.reset(token)
    builder.rename(local)
    ends = _ends(name, result, local, outputs, glossary, equations)
    return Circuit(
        name,
        tuple(declared),
        ends,
        tuple(builder.nodes),
        tuple(glossary.values()),
        tuple((composed(size), number) for size, number in (sizes or {}).items()),
        tuple(equations),
        doc,
        source,
    )


def _run(builder: Builder, function: Callable[..., Any], wires: Sequence[Wire]) -> tuple[Any, Mapping[str, Any]]:
    """Call the function and keep its local variables, from which nodes take their names."""
    builder.code = inspect.unwrap(function).__code__
    result = function(*wires)
    frame, builder.frame = builder.frame, None
    return result, frame.f_locals if frame is not None else dict(zip(builder.code.co_varnames, wires, strict=False))


def _sized(glossary: dict[str, Axis], parsed: TypeText) -> list[str]:
    """Put written sizes into the glossary; a second size of one axis becomes an equation to be checked."""
    equations = []
    for axis, size in parsed.sizes:
        known = glossary.get(axis, Axis(axis))
        if known.size is None:
            glossary[axis] = replace(known, size=size)
        elif known.size != size:
            equations.append(f"{axis} = {size}")
    return equations


def _ends(
    name: str,
    result: Any,
    local: Mapping[str, Any],
    declared: Sequence[Any],
    glossary: dict[str, Axis],
    equations: list[str],
) -> tuple[Output, ...]:
    """Outputs of what the function returned: a wire, a tuple of wires, or a mapping of names to wires."""
    named = list(result.items()) if isinstance(result, Mapping) else _named_ends(result, local)
    ends = []
    for number, (key, wire) in enumerate(named):
        if not isinstance(wire, Wire):
            raise AttributeProblem(f"'{name}' to return wires", repr(wire), "Return a wire, a tuple or a mapping.")
        wanted = declared[number] if number < len(declared) else None
        parsed = parse_type(wanted) if isinstance(wanted, str) else None
        if parsed is not None:
            equations += _sized(glossary, parsed)
        ends.append(Output(key, wire.id, parsed.type if parsed is not None else None))
    return tuple(ends)


def _named_ends(result: Any, local: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Several wires take the names of the variables that hold them, else `out0`, `out1`, ...; a single one is `out`."""
    wires = list(result) if isinstance(result, tuple | list) else [result]
    if len(wires) == 1:
        return [("out", wires[0])]
    names = {wire.id: key for key, wire in local.items() if isinstance(wire, Wire)}
    named: dict[str, Any] = {}
    for place, wire in enumerate(wires):
        wanted = names.get(getattr(wire, "id", ""), f"out{place}")
        name, number = wanted, 1
        while name in named:
            number += 1
            name = f"{wanted}_{number}"
        named[name] = wire
    return list(named.items())


@overload
def circuit(function: Callable[..., Any], /) -> Circuit: ...


@overload
def circuit(
    *,
    name: str = "",
    sizes: Mapping[str, int] | None = None,
    axes: Mapping[str, str | Axis] | None = None,
    constraints: Sequence[str] = (),
    source: str = "",
) -> Callable[[Callable[..., Any]], Circuit]: ...


def circuit(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    sizes: Mapping[str, int] | None = None,
    axes: Mapping[str, str | Axis] | None = None,
    constraints: Sequence[str] = (),
    source: str = "",
) -> Any:
    """Make a circuit of a function over wires; annotations `Wire["y k"]` type its inputs and outputs.

    `sizes` are defaults, `axes` the glossary. The docstring becomes the circuit's.
    """
    if function is None:
        return lambda found: _traced(found, name, sizes, axes, constraints, source)
    return _traced(function, name, sizes, axes, constraints, source)


def _traced(
    function: Callable[..., Any],
    name: str,
    sizes: Mapping[str, int] | None,
    axes: Mapping[str, str | Axis] | None,
    constraints: Sequence[str],
    source: str,
) -> Circuit:
    inputs = {}
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        found = _annotations(parameter.annotation)
        if len(found) != 1:
            raise AttributeProblem(
                f"an annotation such as Wire[\"y k\"] for '{parameter.name}'",
                str(parameter.annotation),
                "Annotate every input of a circuit.",
            )
        inputs[parameter.name] = found[0]
    outputs = _annotations(signature.return_annotation)
    return build(
        name or function.__name__,
        inputs,
        function,
        outputs=outputs,
        sizes=sizes,
        axes=axes,
        constraints=constraints,
        doc=inspect.cleandoc(function.__doc__ or ""),
        source=source,
    )


def _annotations(annotation: object) -> list[str]:
    """The type texts of an annotation, also where annotations are kept as text."""
    if isinstance(annotation, str):
        return [text for _, text in _WIRE_TEXT.findall(annotation)]
    listed = getattr(annotation, "__args__", (annotation,))
    return [item.text for item in listed if isinstance(item, Annotation)]
