"""Functions of the host: opaque, typed, and registered by name where a circuit is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..apply import add, make
from ..errors import AttributeProblem, BindingError, did_you_mean
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..ops.specs import size_facts
from ..trace import Wire
from ..types import ArrayType, TypeText, parse_type

HOSTS: dict[str, Callable[..., Any]] = {}


def register_host(name: str, function: Callable[..., Any] | None) -> None:
    """Let `host(name, ...)` call a function of this process; None takes it away again.

    It gets one array an input, with the axes of the declared type and no others, and returns one array an output.
    """
    if function is None:
        HOSTS.pop(name, None)
    else:
        HOSTS[name] = function


class Host(Primitive):
    """A function that only the host knows: `host(x, function="simulator", spec="[m] -> [k=8]")`.

    The declared type is all a circuit knows of it, so documents never run code: a run fails unless a function of this
    name is registered. It is called once for every index that passes over, and no gradient flows.
    """

    name: ClassVar[str] = "host"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="{function}")
    texts: ClassVar[Mapping[str, str]] = {"function": "plain"}

    function: str
    spec: str

    @cached_property
    def ends(self) -> tuple[tuple[TypeText, ...], tuple[TypeText, ...]]:
        """Types of the inputs and of the outputs; raises AttributeProblem where they cannot be read."""
        left, arrow, right = self.spec.partition("->")
        if not arrow or not right.strip():
            raise AttributeProblem("a type such as '[m], Natural(v)[t] -> [k=8]'", repr(self.spec), "Write one '->'.")
        return _types(left), _types(right)

    def typing(self) -> Signature:
        """As declared."""
        if not self.function:
            raise AttributeProblem("the name of a function", "none", "Give function=.")
        given, made = self.ends
        ports = [Port(f"x{place}", one.type.axes, one.type.element, one.type.space) for place, one in enumerate(given)]
        names = ["out"] if len(made) == 1 else [f"out{place}" for place in range(len(made))]
        results = [
            Result(name, one.type.axes, one.type.element, one.type.space) for name, one in zip(names, made, strict=True)
        ]
        facts = [fact for one in (*given, *made) for fact in size_facts(dict(one.sizes))]
        return Signature(tuple(ports), tuple(results), facts=tuple(facts))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Call the function for every passing index; raises BindingError where there is none or it misbehaves."""
        function = HOSTS.get(self.function)
        if function is None:
            raise BindingError(
                f"host '{self.function}': expected a registered function, found none. "
                f"Call register_host('{self.function}', ...) before a run.{did_you_mean(self.function, HOSTS)}"
            )
        results = [
            np.empty((*frame.passing, *(frame.length(axis) for axis in one.type.axes)), _dtype(one.type))
            for one in self.ends[1]
        ]
        for at in np.ndindex(*frame.passing):
            given = [array[tuple(i if array.shape[k] > 1 else 0 for k, i in enumerate(at))] for array in arrays]
            made = function(*given)
            made = made if isinstance(made, tuple | list) else (made,)
            for place, result in enumerate(results):
                _check(self.function, made, place, result.shape[frame.depth :], len(results))
                result[at] = made[place]
        return tuple(frame.xp.asarray(result) for result in results)


def _types(text: str) -> tuple[TypeText, ...]:
    """Types separated by commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return tuple(parse_type(part) for part in parts) if text.strip() else ()


def _dtype(type: ArrayType) -> type[Any]:
    return {"Real": np.float64, "Complex": np.complex128, "Bool": np.bool_}.get(type.element.kind, np.int64)


def _check(name: str, made: Sequence[Any], place: int, shape: tuple[int, ...], count: int) -> None:
    if len(made) != count:
        raise BindingError(f"host '{name}': expected {count} arrays, found {len(made)}. Return one an output.")
    found = np.shape(made[place])
    if found != shape:
        raise BindingError(
            f"host '{name}': expected shape {shape} for output {place}, found {found}. Return what is declared."
        )


def host(*inputs: Wire, function: str, spec: str, **words: Any) -> Any:
    """Call a function of the host; one wire for one output, else a tuple."""
    outputs = add(make(Host, {"function": function, "spec": spec}), inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
