"""Ops as functions over wires: `softmax(scores, axis="x")` adds a node to the circuit being traced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from .circuit import Circuit
from .derived import Call
from .elementwise import Elementwise
from .errors import AttributeProblem
from .expressions import Expression, ExpressionError, SizeOf
from .op import Op
from .sizes import Size, SizeError
from .trace import Wire, current_builder

F = TypeVar("F", bound=Callable[..., Any])
Kind = TypeVar("Kind", bound=Op)
NODE_WORDS = ("name", "per", "weights", "shared")


def size(text: str) -> Expression:
    """A size as a number in an expression: `scores * size("k") ** -0.5`."""
    return SizeOf(Size.of(text))


def applied(kind: type[Op]) -> Callable[..., Wire]:
    """The function of an op with one output.

    Wires among the arguments are inputs, other positional arguments attributes in the order of the op's fields.
    Keywords are attributes, inputs or, where a wire is given for a weight, what feeds it; `name`, `per`, `weights`
    and `shared` go to the node.
    """

    def function(*arguments: Any, **keywords: Any) -> Wire:
        return _apply(kind, arguments, keywords)[0]

    return _dressed(function, kind)


def applied_many(kind: type[Op]) -> Callable[..., tuple[Wire, ...]]:
    """The function of an op with several outputs; see `applied`."""

    def function(*arguments: Any, **keywords: Any) -> tuple[Wire, ...]:
        return _apply(kind, arguments, keywords)

    return _dressed(function, kind)


def _dressed(function: F, kind: type[Op]) -> F:
    function.__name__ = function.__qualname__ = kind.name
    function.__doc__ = kind.__doc__
    return function


def _apply(kind: type[Op], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> tuple[Wire, ...]:
    inputs = [item for item in arguments if isinstance(item, Wire)]
    plain = [item for item in arguments if not isinstance(item, Wire)]
    words = {key: keywords[key] for key in NODE_WORDS if key in keywords and key not in kind.model_fields}
    rest = {key: value for key, value in keywords.items() if key not in words}
    wired = {key: value for key, value in rest.items() if isinstance(value, Wire)}
    attributes = dict(zip(kind.model_fields, plain, strict=False))
    attributes.update({key: value for key, value in rest.items() if key not in wired})
    op = make(kind, attributes)
    return add(op, inputs, wired, **words)


def make(kind: type[Kind], attributes: Mapping[str, Any]) -> Kind:
    """An op from attributes; raises AttributeProblem naming every attribute that does not fit."""
    try:
        return kind(**attributes)
    except ValidationError as error:
        details = error.errors(include_url=False)
        causes = [item.get("ctx", {}).get("error") for item in details]
        if len(causes) == 1 and isinstance(causes[0], AttributeProblem | SizeError | ExpressionError):
            one = causes[0]
            raise AttributeProblem(one.expected, one.found, one.fix, f"{kind.name}({details[0]['loc'][0]})") from error
        known = ", ".join(kind.model_fields)
        listed = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in details)
        raise AttributeProblem(
            f"attributes of '{kind.name}' ({known})", listed, "See its documentation.", kind.name
        ) from error


def add(
    op: Op,
    inputs: Sequence[Wire],
    wired: Mapping[str, Wire] | None = None,
    *,
    name: str = "",
    per: str | Sequence[str] = (),
    weights: str = "",
    shared: str | Sequence[str] = (),
) -> tuple[Wire, ...]:
    """Add a node; wires given by name go to the input of that name, else they feed the weight.

    Raises AttributeProblem where the attributes make no op; wires that do not fit are reported by the check.
    """
    wired = dict(wired or {})
    try:
        ports = [port.name for port in op.signature.inputs]
    except AttributeProblem as error:
        raise error.within(f"{name or op.name} ({op.name})") from error
    ordered = list(inputs)
    for port in ports[len(ordered) :]:
        if port in wired:
            ordered.append(wired.pop(port))
    names = {"per": per, "shared": shared}
    split = {key: tuple(value.split()) if isinstance(value, str) else tuple(value) for key, value in names.items()}
    return current_builder().add(op, ordered, feeds=wired, name=name, weights=weights, **split)


def call(circuit: Circuit, *inputs: Wire, axes: str = "", sizes: str = "", **words: Any) -> Any:
    """Use a circuit as a node; one wire for one output, else a tuple. `axes="y=t x=t'"` maps formal to actual."""
    wired = {key: value for key, value in words.items() if isinstance(value, Wire)}
    rest = {key: value for key, value in words.items() if key not in wired}
    rest.setdefault("name", circuit.name)
    op = make(Call, {"circuit": circuit, "axes": axes, "sizes": sizes})
    outputs = add(op, inputs, wired, **rest)
    return outputs[0] if len(circuit.outputs) == 1 else outputs


elementwise = applied(Elementwise)
