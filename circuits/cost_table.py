"""Costs as data and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# Rows of a listing; a circuit nested in itself over and over by many names has more parts than anyone reads.
MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters, floating-point operations (a multiply-add is two), and bytes at 4 an element."""

    parameters: int = 0
    operations: int = 0
    read: int = 0
    written: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.operations + other.operations,
            self.read + other.read,
            self.written + other.written,
        )

    def scaled(self, times: int, copies: int) -> Cost:
        """The cost of `times` runs that own `copies` sets of parameters."""
        return Cost(self.parameters * copies, self.operations * times, self.read * times, self.written * times)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Costs of a circuit: a line a node, their sum, and what its columns hold."""

    lines: tuple[Line, ...]
    total: Cost
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The cost of a node; `inner` are the circuits it runs."""

    name: str
    op: str
    cost: Cost
    inner: tuple[Inner, ...] = ()


@dataclass(frozen=True, slots=True)
class Inner:
    """A circuit that a node runs: prefix of its paths, how often, how many sets of parameters, costs of a run."""

    part: str
    times: int
    copies: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its path; `times` is how often the node runs, `cost` that of one run."""

    path: str
    op: str
    times: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Column:
    """Wires between two levels of nodes: the nodes left of it, and the bytes of all arrays needed right of it."""

    number: int
    nodes: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class CostTable:
    """Costs of a circuit for certain sizes."""

    circuit: str
    sizes: Mapping[str, int]
    sheet: Sheet = field(repr=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What its columns hold; those of circuits inside stand in their sheets."""
        return self.sheet.columns

    @property
    def total(self) -> Cost:
        """Everything together."""
        return self.sheet.total

    @property
    def peak(self) -> Column:
        """The column that holds most."""
        return max(self.columns, key=lambda column: column.bytes)

    def rows(self, depth: int | None = None) -> Iterator[Row]:
        """A row a node, those inside calls and regions behind it, down to `depth`; the first 10,000."""
        stack = [("", 1, 1, line) for line in reversed(self.sheet.lines)]
        for _ in range(MAX_ROWS):
            if not stack:
                return
            path, level, times, line = stack.pop()
            yield Row(f"{path}{line.name}", line.op, times, line.cost)
            if depth is None or level < depth:
                stack += [
                    (f"{path}{line.name}.{inside.part}", level + 1, times * inside.times, inner)
                    for inside in reversed(line.inner)
                    for inner in reversed(inside.sheet.lines)
                ]

    def to_json(self) -> dict[str, Any]:
        """The table as plain data."""
        return {
            "circuit": self.circuit,
            "sizes": dict(self.sizes),
            "total": asdict(self.total),
            "nodes": [{"path": row.path, "op": row.op, "times": row.times, **asdict(row.cost)} for row in self.rows()],
            "columns": [asdict(column) for column in self.columns],
            "peak": asdict(self.peak),
        }

    def __str__(self) -> str:
        heads = ("node", "op", "times", "parameters", "operations", "bytes read", "bytes written")
        rows = [heads]
        for row in self.rows():
            rows.append((row.path, row.op, f"{row.times:,}", *_numbers(row.cost)))
        rows.append(("total", "", "", *_numbers(self.total)))
        widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
        sizes = " ".join(f"{name}={size}" for name, size in self.sizes.items())
        peak = self.peak
        after = f"after {', '.join(peak.nodes)}" if peak.nodes else "at the inputs"
        lines = [f"{self.circuit} {sizes}".rstrip(), *("  ".join(_cells(row, widths)).rstrip() for row in rows)]
        return "\n".join([*lines, f"activations: at most {peak.bytes:,} bytes at once, {after}"])


def _numbers(cost: Cost) -> tuple[str, str, str, str]:
    return f"{cost.parameters:,}", f"{cost.operations:,}", f"{cost.read:,}", f"{cost.written:,}"


def _cells(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Names to the left, numbers to the right."""
    return [
        cell.ljust(width) if place < 2 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
