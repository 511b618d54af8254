"""Running folds along an axis: sums, products and maxima of all elements up to each position."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..regions.scan import scan
from ..sizes import Size
from ..trace import Wire, build
from ..types import COMPLEX, REAL, Element, axis_name
from .sources import constant


class Cumulative(Primitive):
    """A fold of all elements up to each position of an axis."""

    glyph: ClassVar[Glyph] = Glyph(outline="box")
    sign: ClassVar[str]

    axis: str
    reverse: bool = False
    exclusive: bool = False

    def typing(self) -> Signature:
        """Consume the axis and produce it again."""
        axis = axis_name(self.axis)
        return Signature((Port("x", (axis,), None),), (Result("out", (axis,), 0),))

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Elements of the folds."""
        return (self._folded(found[0]),)

    @abstractmethod
    def _folded(self, element: Element) -> Element:
        """What folds of an element are; raises AttributeProblem where there are none."""

    def _unfit(self, found: Element) -> AttributeProblem:
        return AttributeProblem(f"numbers that '{self.name}' is defined for", str(found), "Cast it to Real.")

    @staticmethod
    @abstractmethod
    def _fold(xp: Any, before: Any, element: Any) -> Any:
        """The fold of one more element."""

    @staticmethod
    @abstractmethod
    def _empty(xp: Any, element: Any) -> Any:
        """The fold of nothing, in the shape of an element."""

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Fold element by element."""
        xp, array = frame.xp, arrays[0]
        elements = [array[..., place] for place in range(array.shape[-1])]
        folds: list[Any] = []
        for element in reversed(elements) if self.reverse else elements:
            folds.append(self._fold(xp, folds[-1], element) if folds else element)
        if self.exclusive and elements:
            folds = [self._empty(xp, elements[0]), *folds[:-1]]
        if not folds:
            return (array,)
        return (xp.stack(folds[::-1] if self.reverse else folds, axis=-1),)

    def pictured(self) -> Glyph:
        """The sign of the fold over all positions before, with this one or without."""
        relation = ("\\geq", "\\leq", ">", "<")[2 * self.exclusive + (not self.reverse)]
        return replace(self.glyph, mark=f"{self.sign}_{{{relation}}}")

    def cost(self, sizes: Mapping[str, int]) -> int:
        """One operation an element."""
        return Size.name(self.axis).evaluate(sizes)

    def _scanned(self, body: Circuit, *inputs: Wire) -> Wire:
        """What a body emits from the other end on, its state starting at 0."""
        names = " ".join(item.name for item in body.inputs[1:])
        start = constant(0.0)
        if body.inputs[0].type.element == COMPLEX:
            start = elementwise("complex(x, x)", start)
        emitted: Wire = scan(body, start, *inputs, axis=self.axis, along=names, reverse=not self.reverse)[1]
        return emitted


class Cumsum(Cumulative):
    """Sums of all elements up to each position: `cumsum(x, axis="t")`.

    y[t] = sum of x[i] over i <= t; without x[t] itself if `exclusive`, from the end on if `reverse`.
    """

    name: ClassVar[str] = "cumsum"
    sign: ClassVar[str] = "\\Sigma"
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    def _folded(self, element: Element) -> Element:
        if element in (REAL, COMPLEX):
            return element
        if element.whole:
            return Element("Int", bits=64)
        raise self._unfit(element)

    @staticmethod
    def _fold(xp: Any, before: Any, element: Any) -> Any:
        return before + element

    @staticmethod
    def _empty(xp: Any, element: Any) -> Any:
        return xp.zeros_like(element)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """The same sums from the other end on."""
        return (cumsum(dy[0], axis=self.axis, reverse=not self.reverse, exclusive=self.exclusive),)


class Cumprod(Cumulative):
    """Products of all elements up to each position: `cumprod(x, axis="t")`.

    y[t] = product of x[i] over i <= t; without x[t] itself if `exclusive`, from the end on if `reverse`. The reverse
    rule divides by nothing, so it holds where elements are 0.
    """

    name: ClassVar[str] = "cumprod"
    sign: ClassVar[str] = "\\Pi"

    def _folded(self, element: Element) -> Element:
        if element in (REAL, COMPLEX):
            return element
        if element.whole:
            return Element("Int", bits=64)
        raise self._unfit(element)

    @staticmethod
    def _fold(xp: Any, before: Any, element: Any) -> Any:
        return before * element

    @staticmethod
    def _empty(xp: Any, element: Any) -> Any:
        return xp.ones_like(element)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Product of what comes before, times a recurrence r[t] = dy[t] + x[t+1] r[t+1] over what follows."""
        is_complex = x[0].type is not None and x[0].type.element == COMPLEX
        factors = elementwise("conj(x)", x[0]) if is_complex else x[0]
        before = cumprod(factors, axis=self.axis, reverse=self.reverse, exclusive=True)
        step = _product_step(self.exclusive, "Complex[]" if is_complex else "[]")
        return (before * self._scanned(step, dy[0], factors),)


class Cummax(Cumulative):
    """Greatest of all elements up to each position: `cummax(x, axis="t")`.

    y[t] = max of x[i] over i <= t; without x[t] itself if `exclusive` (then -inf comes first), from the end on if
    `reverse`. Of equal elements the first has the slope.
    """

    name: ClassVar[str] = "cummax"
    sign: ClassVar[str] = "\\mathrm{Max}"

    def _folded(self, element: Element) -> Element:
        if element == REAL or (element.whole and not self.exclusive):
            return element
        raise self._unfit(element)

    @staticmethod
    def _fold(xp: Any, before: Any, element: Any) -> Any:
        return xp.maximum(before, element)

    @staticmethod
    def _empty(xp: Any, element: Any) -> Any:
        return xp.full_like(element, float("-inf"))

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Each cotangent goes to the latest element that was greater than all before it."""
        if x[0].type is not None and x[0].type.element != REAL:
            return (None,)
        before = cummax(x[0], axis=self.axis, reverse=self.reverse, exclusive=True)
        return (self._scanned(_maximum_step(self.exclusive), dy[0], elementwise("x > m", x[0], before)),)


@lru_cache
def _product_step(exclusive: bool, type: str) -> Circuit:
    """One step of the reverse rule of products; the state is all cotangents that follow, each times what is between."""

    def step(after: Wire, d: Wire, x: Wire) -> dict[str, Wire]:
        if exclusive:
            return {"after": elementwise("d + x * after", d, x, after), "emitted": after}
        total = d + after
        return {"after": x * total, "emitted": total}

    return build("cumprod_step", {"after": type, "d": type, "x": type}, step)


@lru_cache
def _maximum_step(exclusive: bool) -> Circuit:
    """One step of the reverse rule of maxima; the state is the cotangents that found no element yet."""

    def step(open: Wire, d: Wire, greater: Wire) -> dict[str, Wire]:
        total = open if exclusive else d + open
        rest = elementwise("where(greater, 0.0, total)", greater, total)
        emitted = elementwise("where(greater, total, 0.0)", greater, total)
        return {"open": d + rest if exclusive else rest, "emitted": emitted}

    return build("cummax_step", {"open": "[]", "d": "[]", "greater": "Bool[]"}, step)


cumsum = applied(Cumsum)
cumprod = applied(Cumprod)
cummax = applied(Cummax)
