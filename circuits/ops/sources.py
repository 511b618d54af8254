"""Sources: arrays that come from nowhere else, written out, counted, learned or drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator

from ..apply import add, applied, make
from ..draws import Draws
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import AT_MOST, DEFINE, Fact, Glyph, Init, Port, Primitive, Result, Signature, Weight
from ..sizes import Size
from ..trace import Wire
from ..types import BOOL, COMPLEX, REAL, Element, axis_names, index, parse_element
from .specs import read_sizes, size_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _nested(value: Any) -> Any:
    """Lists as tuples, so that a value read from a file is the one that was written."""
    if isinstance(value, list | tuple):
        return tuple(_nested(item) for item in value)
    if isinstance(value, int | float) and not math.isnan(value):
        return value
    raise AttributeProblem("a number, or numbers in nested tuples", repr(value), "Write numbers out.")


class Constant(Primitive):
    """A number, or an array written out: `constant(0.5)`, `constant(((1, 2), (3, 4)), axes="y x")`.

    A nested tuple has one level an axis and tells their sizes; one number fills all axes, whose sizes then come from
    `x=3` or from the scope. `element` is Real, Bool or a kind of whole number.
    """

    name: ClassVar[str] = "constant"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="{value}")
    texts: ClassVar[Mapping[str, str]] = {"element": "element"}

    value: Annotated[Any, BeforeValidator(_nested)]
    axes: str = ""
    element: str = "Real"

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the levels of the value; raises AttributeProblem where rows differ."""
        return _shape(self.value)

    def pictured(self) -> Glyph:
        """The number, or dots in brackets for an array."""
        return replace(self.glyph, mark="[\\ldots]") if isinstance(self.value, tuple) else self.glyph

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """All numbers of the value in order."""
        return tuple(_leaves(self.value))

    def typing(self) -> Signature:
        """Produce the axes, with the sizes the value has."""
        produced, element = read_sizes(self.axes), parse_element(self.element)
        if self.shape and len(self.shape) != len(produced):
            raise AttributeProblem(
                f"an axis for each of the {len(self.shape)} levels of the value",
                f"'{self.axes}'" if produced else "none",
                "Name one axis a level with axes=.",
            )
        facts = [
            Fact(Size.name(axis), Size.of(length), f"the value has {length} along '{axis}'", DEFINE)
            for axis, length in zip(produced, self.shape, strict=False)
        ]
        facts += size_facts(produced)
        facts += self._bounds(element)
        return Signature((), (Result("out", tuple(produced), element),), facts=tuple(facts))

    def _bounds(self, element: Element) -> list[Fact]:
        """Check that the numbers are of the element; whole ones stay below its bound."""
        if element == COMPLEX:
            raise AttributeProblem("Real, Bool or whole numbers", "Complex", "Use complex(re, im) of two constants.")
        if element == REAL:
            return []
        kind, least = ("0 or 1", 0) if element == BOOL else ("whole numbers", -math.inf)
        if element.kind in ("Natural", "Index"):
            kind, least = "whole numbers from 0", 0
        for number in self.numbers:
            if number < least or number != math.floor(number) or (element == BOOL and number > 1):
                raise AttributeProblem(f"{kind} for {element}", repr(number), "Change the value or the element.")
        bound = Size.name(element.axis) if element.kind == "Index" else element.bound
        if bound is None or not self.numbers:
            return []
        top = int(max(self.numbers))
        return [Fact(Size.of(top + 1), bound, f"the value {top} must stay below {bound}", AT_MOST)]

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The array as written, or filled."""
        produced = tuple(read_sizes(self.axes))
        kind = {"Real": float, "Bool": bool}.get(parse_element(self.element).kind, int)
        if not self.shape and produced:
            lengths = tuple(frame.length(axis) for axis in produced)
            return (frame.xp.broadcast_to(frame.xp.asarray(kind(self.value)), lengths),)
        flat = frame.xp.asarray([kind(number) for number in self.numbers])
        return (frame.xp.reshape(flat, self.shape),)


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        return ()
    rows = [_shape(row) for row in value]
    if any(row != rows[0] for row in rows):
        raise AttributeProblem("rows of one length", f"{value!r}"[:60], "Make the value rectangular.")
    return (len(value), *(rows[0] if rows else ()))


def _leaves(value: Any) -> list[float]:
    return [leaf for row in value for leaf in _leaves(row)] if isinstance(value, tuple) else [value]


class Iota(Primitive):
    """Positions 0, 1, 2, ... along an axis: `iota(axes="t")`; the size comes from `t=8` or from the scope."""

    name: ClassVar[str] = "iota"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="0,1,\\ldots")

    axes: str

    def typing(self) -> Signature:
        """Produce the axis; the element is a position along it."""
        produced = read_sizes(self.axes)
        if len(produced) != 1:
            raise AttributeProblem("one axis to count along", f"'{self.axes}'", "Use one iota an axis.")
        (axis,) = produced
        return Signature((), (Result("out", (axis,), index(axis)),), facts=size_facts(produced))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Count."""
        (axis,) = read_sizes(self.axes)
        return (frame.xp.arange(frame.length(axis)),)


class Parameter(Primitive):
    """A learned array: `parameter(axes="m k=8", fan="m")`, held in the state as `<node>.value`.

    It starts as `init` says, with the standard deviation, bound or constant `scale`; with `fan`, axes a unit reads,
    that is divided by the square root of their product. `trainable=False` keeps it as it starts. With `label=""` its
    key is the name of the node alone; `label` may be any other word, too.
    """

    name: ClassVar[str] = "parameter"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="{label}", learned=True)
    texts: ClassVar[Mapping[str, str]] = {"element": "element", "label": "plain"}

    axes: str = ""
    init: Literal["normal", "uniform", "zeros", "ones", "constant", "eye"] = "normal"
    scale: float = 1.0
    fan: str = ""
    trainable: bool = True
    element: str = "Real"
    label: str = "value"

    def pictured(self) -> Glyph:
        """Its label, unless that is only the usual one."""
        return replace(self.glyph, mark="") if self.label == "value" else self.glyph

    def typing(self) -> Signature:
        """One weight, which is the output."""
        produced, element = read_sizes(self.axes), parse_element(self.element)
        # a unit may read axes that are not its own: those of its layer, for a bias
        fan = axis_names(self.fan)
        if self.init == "eye" and len(produced) < 2:
            raise AttributeProblem("two axes or more for init='eye'", f"'{self.axes}'", "Use ones, or add an axis.")
        axes = tuple(produced)
        weight = Weight(self.label, axes, Init(self.init, self.scale, fan), self.trainable, element)
        return Signature((), (Result("out", axes, element),), (weight,), facts=size_facts(produced))

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The array itself."""
        return (arrays[0],)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The cotangent itself."""
        return (dy[0],)


class Random(Primitive):
    """Random numbers: `random(x, kind="normal")` draws one for every index of x, `random(axes="m=8")` an array.

    `axes` are drawn anew, and every index of the passing axes of x draws afresh (none where the node is `shared` over
    one). Kinds: uniform in [0, 1), normal, exponential, gumbel (all standard), bernoulli (0 or 1), rademacher (-1 or
    1; both with probability 1/2). Other distributions are arithmetic on these.
    """

    name: ClassVar[str] = "random"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon")
    laws: ClassVar[frozenset[str]] = frozenset({"stochastic"})

    kind: Literal["uniform", "normal", "exponential", "gumbel", "bernoulli", "rademacher"] = "uniform"
    axes: str = ""
    like: bool = False

    def pictured(self) -> Glyph:
        """The letter of the distribution; between arrows where it follows an array."""
        outline = "arrows" if self.like else self.glyph.outline
        return replace(self.glyph, outline=outline, mark=_LETTERS[self.kind])

    def typing(self) -> Signature:
        """Consume nothing, produce the axes to draw."""
        produced = read_sizes(self.axes)
        ports = (Port("like", (), None, None),) if self.like else ()
        return Signature(ports, (Result("out", tuple(produced)),), facts=size_facts(produced), draws=True)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Draw for the passing and the produced axes."""
        lengths = tuple(frame.length(axis) for axis in read_sizes(self.axes))
        return (frame.xp.asarray(_KINDS[self.kind](frame.draws, lengths)),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Draws do not depend on the values of what they are like."""
        return (None,) * len(x)


Lengths = tuple[int, ...]
_LETTERS = {
    "uniform": "\\mathcal{U}",
    "normal": "\\mathcal{N}",
    "exponential": "\\mathcal{E}",
    "gumbel": "\\mathcal{G}",
    "bernoulli": "\\mathcal{B}",
    "rademacher": "\\pm 1",
}


def _exponential(draws: Draws, lengths: Lengths) -> NDArray[np.float64]:
    # a draw of 0 stands for half a step, so that its logarithm is finite
    return np.maximum(-np.log1p(-draws.uniform(lengths)), 2.0**-54)


_KINDS: dict[str, Callable[[Draws, Lengths], NDArray[np.float64]]] = {
    "uniform": lambda draws, lengths: draws.uniform(lengths),
    "normal": lambda draws, lengths: draws.normal(lengths),
    "exponential": _exponential,
    "gumbel": lambda draws, lengths: np.asarray(-np.log(_exponential(draws, lengths))),
    "bernoulli": lambda draws, lengths: np.floor(2.0 * draws.uniform(lengths)),
    "rademacher": lambda draws, lengths: 2.0 * np.floor(2.0 * draws.uniform(lengths)) - 1.0,
}

constant = applied(Constant)
iota = applied(Iota)
parameter = applied(Parameter)


def random(like: Wire | None = None, *, kind: str = "uniform", axes: str = "", **words: Any) -> Wire:
    """Random numbers for every index of `like`, if one is given, and of `axes`; see `Random`."""
    op = make(Random, {"kind": kind, "axes": axes, "like": like is not None})
    return add(op, () if like is None else (like,), **words)[0]
