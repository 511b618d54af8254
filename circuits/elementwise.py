"""Elementwise ops: one expression applied at every index of the axes that pass over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator

from .errors import AttributeProblem
from .expressions import (
    Expression,
    ExpressionError,
    Kind,
    cost,
    cotangent,
    derivative,
    element,
    evaluate,
    has_complex_parts,
    parse_expression,
)
from .frame import Frame
from .op import Glyph, Port, Primitive, Result, Signature
from .types import BOOL, COMPLEX, REAL, ArrayType, Element

if TYPE_CHECKING:
    from .trace import Wire

_KINDS = {"Real": Kind.REAL, "Complex": Kind.COMPLEX, "Bool": Kind.BOOL}
_ELEMENTS = {
    Kind.REAL: REAL,
    Kind.COMPLEX: COMPLEX,
    Kind.BOOL: BOOL,
    Kind.WHOLE: Element("Int", bits=64),
}


class Elementwise(Primitive):
    """Applies one expression at every index: `elementwise("a * b + 1", x, y)`.

    Operands are the names of the expression in the order of their first use. One operand must carry all axes of the
    result, unless `outer` says that every pair is meant.
    """

    name: ClassVar[str] = "elementwise"
    glyph: ClassVar[Glyph] = Glyph(outline="arrows", mark="{expression}")
    laws: ClassVar[frozenset[str]] = frozenset({"elementwise", "streamable", "causal"})
    texts: ClassVar[Mapping[str, str]] = {"expression": "expression"}

    expression: str
    outer: bool = False

    @field_validator("expression")
    @classmethod
    def _canonical(cls, text: str) -> str:
        return str(parse_expression(text))

    @cached_property
    def tree(self) -> Expression:
        """The parsed expression."""
        return parse_expression(self.expression)

    @cached_property
    def size_names(self) -> frozenset[str]:
        """Names in the sizes of the expression."""
        return frozenset(name for size in self.tree.sizes for name in size.names)

    def typing(self) -> Signature:
        """Every operand is a scalar; all axes pass over."""
        ports = tuple(Port(name, (), None) for name in self.tree.names)
        return Signature(ports, (Result("out"),), covering=not self.outer)

    def elements(self, found: Sequence[Element]) -> tuple[Element, ...]:
        """Follow the typing of the expression; a bare whole-number operand keeps its bound."""
        kinds = {name: _KINDS.get(one.kind, Kind.WHOLE) for name, one in zip(self.tree.names, found, strict=True)}
        try:
            return (_ELEMENTS[element(self.tree, kinds)],)
        except ExpressionError as error:
            raise AttributeProblem(f"{error.expected} in '{error.where}'", error.found, error.fix) from error

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Evaluate the expression on aligned arrays."""
        operands = dict(zip(self.tree.names, arrays, strict=True))
        return (evaluate(self.tree, operands, frame.xp, frame.size),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """Cotangent times the conjugate of the partial derivative, for every real or complex operand."""
        operands = dict(zip(self.tree.names, x, strict=True))
        return tuple(self._partial(name, operands, dy[0]) for name in operands)

    def _partial(self, name: str, operands: Mapping[str, Wire], incoming: Wire) -> Wire | None:
        type = operands[name].type
        if type is None or type.element not in (REAL, COMPLEX):
            return None
        fresh = "d" + "_" * (1 + max(len(known) for known in operands))
        pulled = self._pulled(name, {known: wire.type for known, wire in operands.items()}, fresh)
        if pulled is None:
            return None
        if str(pulled) == fresh:
            return incoming
        used = {**operands, fresh: incoming}
        op = Elementwise(expression=str(pulled), outer=True)
        return incoming.builder.add(op, [used[known] for known in op.tree.names])[0]

    def _pulled(self, name: str, types: Mapping[str, ArrayType | None], fresh: str) -> Expression | None:
        """The cotangent of an operand as an expression of that of the result, `fresh`; None where there is none."""
        kinds = {known: _KINDS.get(found.element.kind, Kind.WHOLE) for known, found in types.items() if found}
        if has_complex_parts(self.tree, kinds):
            found = cotangent(self.tree, name, kinds, fresh)
            return None if str(found) == "0" else found
        slope = derivative(self.tree, name)
        if str(slope) == "0":
            return None
        return parse_expression(fresh if str(slope) == "1" else f"{fresh} * ({slope})")

    def pictured(self) -> Glyph:
        """Between arrows where there is one operand; a mark over dots where several meet."""
        return self.glyph if len(self.tree.names) == 1 else replace(self.glyph, outline="plus")

    def cost(self, sizes: Mapping[str, int]) -> int:
        """Operations of the expression at one index."""
        return cost(self.tree)
