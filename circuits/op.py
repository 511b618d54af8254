"""What an op is: attributes, a signature, a glyph, laws and a cost, in one class and registered by name.

An op names the axes it *consumes* per input; every other axis passes over, aligned by name. The signature says it as
data, so the checker, the interpreter, the printers and the drawing read the same facts.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, final

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, PlainSerializer

from .errors import AttributeProblem, CircuitError, Problem, did_you_mean
from .size_terms import clipped
from .sizes import Size, SizeError
from .types import REAL, Element

if TYPE_CHECKING:
    from .circuit import Circuit
    from .frame import Frame
    from .trace import Wire

SizeField = Annotated[InstanceOf[Size], BeforeValidator(Size.of), PlainSerializer(str)]

EQUAL, DEFINE, AT_MOST = "equal", "define", "at most"


@dataclass(frozen=True, slots=True)
class Fact:
    """`left = right` (or `left <= right`) between sizes, and why.

    A `define` fact gives the size of a produced axis; it becomes an equation where the axis is known already.
    """

    left: Size
    right: Size
    why: str
    kind: str = EQUAL


@dataclass(frozen=True, slots=True)
class Port:
    """An input: the axes the op consumes of it, in the order its reference sees them.

    `element` None accepts every element; `space` None accepts every space, "" only plain arrays.
    """

    name: str
    axes: tuple[str, ...] = ()
    element: Element | None = REAL
    space: str | None = ""


@dataclass(frozen=True, slots=True)
class Init:
    """How a parameter starts: `normal(std)`, `uniform(bound)`, `zeros`, `ones`, `constant(value)`, `eye`.

    `scale` is the standard deviation, the bound or the constant. With `fan`, the names of the axes a unit reads,
    the scale is divided by the square root of their product (LeCun et al. 1998; Glorot & Bengio 2010).
    """

    kind: str = "normal"
    scale: float = 1.0
    fan: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """A parameter: an array the node learns, unless a wire feeds it."""

    name: str
    axes: tuple[str, ...]
    init: Init = field(default_factory=Init)
    trainable: bool = True
    element: Element = REAL

    @property
    def port(self) -> Port:
        """The weight as the input it becomes when it is fed."""
        return Port(self.name, self.axes, self.element)


@dataclass(frozen=True, slots=True)
class Buffer:
    """State that is not learned; the op's reference returns its next value in training."""

    name: str
    axes: tuple[str, ...]
    init: Init


@dataclass(frozen=True, slots=True)
class Result:
    """An output: the axes it produces, in order, and what its element and space follow.

    `element` is an element or the number of the input whose element it takes. `of` lists the inputs it depends on
    (all of them when None): it carries their passing axes.
    """

    name: str
    axes: tuple[str, ...] = ()
    element: Element | int = REAL
    space: str | int = ""
    of: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The typing of one op instance. `inputs` are required ports; weights follow them where the op is expanded.

    `mapped`: its axes can be mapped where it is used. `covering`: one operand must carry all axes of the result
    (elementwise ops). `lifted_first`: passing axes go first in the outputs (subcircuits and regions) instead of in
    place. `draws`: the op is random. `updates`: it
    writes buffers in training. `defaults` are sizes a callee proposes.
    """

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Result, ...] = ()
    weights: tuple[Weight, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    facts: tuple[Fact, ...] = ()
    covering: bool = False
    mapped: bool = False
    lifted_first: bool = False
    draws: bool = False
    updates: bool = False
    defaults: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Glyph:
    """How an op is drawn, as data: outline and mark.

    `outline`: box, chip (learned block), triangle, diamond, circle, rotary, bar, pentagon (source), tag (index),
    hexagon, cast, star (convolution), window, pool, square (mask), dot, cap, plus, fold, arrows (elementwise),
    lightning, box3d, brackets (region), none. `mark` is TeX; `{axis}`-style fields name attributes. `detail` tells
    variants of an outline apart: circles by what is drawn inside, squares by what they allow.
    """

    outline: str = "box"
    mark: str = ""
    learned: bool = False
    detail: str = ""


REGISTRY: dict[str, type[Op]] = {}


class Op(BaseModel, ABC):
    """One operation with its attributes. Subclasses are either primitives, composites, calls or regions.

    The first line of a class's docstring is the tooltip; a missing docstring or a taken name is an error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, ignored_types=(cached_property,))

    name: ClassVar[str] = ""
    glyph: ClassVar[Glyph] = Glyph()
    laws: ClassVar[frozenset[str]] = frozenset()
    # What a text among the attributes says where it does not name axes: "expression", "element" or "plain".
    texts: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not isinstance(cls.__dict__.get("name"), str):
            return
        if cls.name in REGISTRY:
            raise TypeError(f"op '{cls.name}': expected a name of its own, found {REGISTRY[cls.name]}. Rename it.")
        if not (cls.__doc__ or "").strip() or cls.__doc__ == BaseModel.__doc__:
            raise TypeError(f"op '{cls.name}': expected a docstring, found none. Say what it computes.")
        REGISTRY[cls.name] = cls

    @abstractmethod
    def typing(self) -> Signature:
        """Derive the signature from the attributes; raises AttributeProblem for impossible ones."""

    @final
    @cached_property
    def signature(self) -> Signature:
        """The signature, derived once for all equal ops; raises AttributeProblem for attributes that make no op."""
        known = _SIGNATURES.get(self)
        if known is None:
            if len(_SIGNATURES) > 20_000:
                _SIGNATURES.clear()
            known = _SIGNATURES[self] = _typed(self)
        if isinstance(known, Problem):
            raise AttributeProblem(known.expected, known.found, known.fix)
        return known

    def bodies(self) -> tuple[Circuit, ...]:
        """The circuits this op refers to by name; a composite's expansion is its own affair."""
        return ()

    def scopes(self) -> tuple[Circuit, ...]:
        """The circuits that run inside, whose open sizes are those of the scope around."""
        return self.bodies()

    @cached_property
    def size_names(self) -> frozenset[str]:
        """Names in the sizes among its attributes."""
        return frozenset().union(*(_size_names(getattr(self, name)) for name in type(self).model_fields))

    def lends(self, other: Op) -> bool:
        """Whether another op may use the parameters that the bodies of this one own, under the same keys."""
        return self == other and bool(self.bodies())

    def owned(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Keys and axes of the parameters and buffers a node of this op owns; those of its bodies are their affair."""
        arrays: tuple[Weight | Buffer, ...] = (*self.signature.weights, *self.signature.buffers)
        return tuple((item.name, item.axes) for item in arrays)

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Elements of the outputs, given those of the inputs; raises AttributeProblem where they do not fit."""
        return tuple(
            result.element if isinstance(result.element, Element) else found[result.element]
            for result in self.signature.outputs
        )

    def woven(self) -> tuple[str, ...]:
        """Axes that its signature names although each of their indices is computed by itself, as of those passing."""
        return ()

    def streamed(self) -> tuple[str, ...]:
        """Axes of the inputs that it can take chunk by chunk, in order and each chunk once, keeping a state."""
        return ()

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Floating-point operations for one index of the passing axes (a multiply-add counts as two)."""
        return math.prod(sizes[axis] for result in self.signature.outputs[:1] for axis in result.axes)

    def pictured(self) -> Glyph:
        """The glyph of this op where its attributes matter to it, else that of its class."""
        return self.glyph

    def attributes(self) -> dict[str, Any]:
        """The attributes that differ from their defaults, as they are held."""
        fields = type(self).model_fields
        return {name: value for name in fields if (value := getattr(self, name)) != fields[name].default}


def _size_names(value: object) -> frozenset[str]:
    if isinstance(value, Size):
        return value.names
    return frozenset().union(*map(_size_names, value)) if isinstance(value, tuple) else frozenset()


_SIGNATURES: dict[Op, Signature | Problem] = {}


def _typed(op: Op) -> Signature | Problem:
    """The signature, or why there is none: whatever attributes do to the typing of an op ends here."""
    try:
        return op.typing()
    except AttributeProblem as error:
        return error.problem()
    except CircuitError as error:
        first = error.problems[0]
        return Problem("", first.expected, f"{first.found} at {first.where}", first.fix)
    except SizeError as error:
        return Problem("", error.expected, f"{error.found} in the size '{clipped(error.where)}'", error.fix)
    except (ArithmeticError, LookupError, RecursionError, StopIteration, ValueError) as error:
        found = f"{type(error).__name__}: {clipped(str(error))}"
        return Problem("", f"attributes that make '{clipped(op.name)}'", found, "Change its attributes.")


class Primitive(Op):
    """An op with a meaning of its own: a reference over the array API and a reverse rule."""

    @abstractmethod
    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Compute the outputs.

        `arrays[i]` has shape [*passing, *consumed_i], the passing axes aligned over all inputs and of length 1
        where an input lacks them; results have shape [*passing, *produced_j]. Any number of passing axes.
        """

    def streamed(self) -> tuple[str, ...]:
        """All axes it consumes, where the law `streamable` holds."""
        consumed = (axis for port in self.signature.inputs for axis in port.axes)
        return tuple(dict.fromkeys(consumed)) if "streamable" in self.laws else ()

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Trace the reverse rule: inputs, outputs and output cotangents to input cotangents.

        None says that no gradient flows. A cotangent may carry more axes than its input; they are summed.
        """
        raise AttributeProblem(
            "an op with a reverse rule",
            f"'{self.name}'",
            "Put stop_gradient before it, or use surrogate(...).",
        )


def op_class(name: str) -> type[Op]:
    """The op class registered under `name`; raises AttributeProblem with the nearest name."""
    found = REGISTRY.get(name)
    if found is None:
        raise AttributeProblem(
            "an op this version knows",
            f"'{clipped(name)}'",
            "Update circuitloom, or put another op in its place." + did_you_mean(name, REGISTRY),
        )
    return found
