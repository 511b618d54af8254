"""Folding the edges of a graph by the node they point to, and products with sparse matrices."""

from __future__ import annotations

from typing import ClassVar, final

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..trace import Wire, build
from ..types import axis_name
from .einsum import einsum
from .gather import gather, scatter
from .stop_gradient import stop_gradient


class Segment(Composite):
    """Values of edges folded for every node they point to."""

    kind: ClassVar[str]

    into: str = "n"
    axis: str = "e"

    @final
    def expand(self) -> Circuit:
        """A scatter."""
        into, axis = axis_name(self.into), axis_name(self.axis)

        def body(values: Wire, target: Wire) -> Wire:
            return scatter(values, target, axis=axis, into=into, kind=self.kind)

        return build(
            self.name, {"values": f"[{axis}]", "target": f"Index({into})[{axis}]"}, body, outputs=[f"[{into}]"]
        )


class SegmentSum(Segment):
    """The sum of the edges that point to each node, 0 where there is none: `segment_sum(values, target, into="n")`."""

    name: ClassVar[str] = "segment_sum"
    glyph: ClassVar[Glyph] = Glyph(outline="fold", mark="\\Sigma")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})
    kind: ClassVar[str] = "sum"


class SegmentMean(Segment):
    """The mean of the edges that point to each node, 0 where there is none: `segment_mean(values, target)`."""

    name: ClassVar[str] = "segment_mean"
    glyph: ClassVar[Glyph] = Glyph(outline="fold", mark="\\mathbb{E}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})
    kind: ClassVar[str] = "mean"


class SegmentMax(Segment):
    """The greatest of the edges that point to each node, 0 where there is none: `segment_max(values, target)`."""

    name: ClassVar[str] = "segment_max"
    glyph: ClassVar[Glyph] = Glyph(outline="fold", mark="\\mathrm{Max}")
    kind: ClassVar[str] = "max"


class SegmentSoftmax(Composite):
    """Softmax among the edges that point to the same node: `segment_softmax(scores, target, into="n", axis="e")`.

    y[e] = exp(s[e]) / sum of exp(s[e']) over the edges e' with target[e'] = target[e].
    """

    name: ClassVar[str] = "segment_softmax"
    glyph: ClassVar[Glyph] = Glyph(outline="triangle", mark="\\mathcal{G}")

    into: str = "n"
    axis: str = "e"

    def expand(self) -> Circuit:
        """Shift by the segment's maximum, exponentiate, divide by the segment's sum."""
        into, axis = axis_name(self.into), axis_name(self.axis)

        def body(scores: Wire, target: Wire) -> Wire:
            # what exponentials are shifted by cancels, so its gradient is zero
            most = stop_gradient(gather(scatter(scores, target, axis=axis, into=into, kind="max"), target, axis=into))
            raised = elementwise("exp(s - m)", scores, most)
            return raised / gather(scatter(raised, target, axis=axis, into=into), target, axis=into)

        inputs = {"scores": f"[{axis}]", "target": f"Index({into})[{axis}]"}
        return build("segment_softmax", inputs, body, outputs=[f"[{axis}]"])


class SparseProduct(Composite):
    """A sparse matrix, given by its entries, times an array: `spmm(values, row, column, x, rows="y", columns="x")`.

    out[y] = sum of values[e] x[column[e]] over the entries e with row[e] = y; entries lie along `entries`.
    """

    name: ClassVar[str] = "spmm"
    glyph: ClassVar[Glyph] = Glyph(outline="cap", mark="\\mathcal{G}")

    rows: str = "y"
    columns: str = "x"
    entries: str = "e"

    def expand(self) -> Circuit:
        """Gather, multiply, scatter."""
        rows, columns, entries = (axis_name(axis) for axis in (self.rows, self.columns, self.entries))

        def body(values: Wire, row: Wire, column: Wire, x: Wire) -> Wire:
            terms = einsum(f"{entries}, {entries} -> {entries}", values, gather(x, column, axis=columns))
            return scatter(terms, row, axis=entries, into=rows)

        inputs = {
            "values": f"[{entries}]",
            "row": f"Index({rows})[{entries}]",
            "column": f"Index({columns})[{entries}]",
            "x": f"[{columns}]",
        }
        return build("spmm", inputs, body, outputs=[f"[{rows}]"])


segment_sum = applied(SegmentSum)
segment_mean = applied(SegmentMean)
segment_max = applied(SegmentMax)
segment_softmax = applied(SegmentSoftmax)
spmm = applied(SparseProduct)
