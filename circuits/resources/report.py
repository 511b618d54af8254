"""Reports of what a schedule costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..circuit import Circuit
from ..errors import CircuitError
from .costs import AreaCost, area_cost
from .formula import Formula
from .legal import schedule_problems
from .optimum import Leading, Tiling, best_tiling, held, leading
from .schedule import Part, Schedule


@dataclass(frozen=True)
class AreaReport:
    """One area: its costs and its best parts, as far as they are a formula.

    With numbers for all sizes: `tiling`, the best whole parts for the capacity of its level, where that is given.
    """

    cost: AreaCost
    leading: Leading | None
    tiling: Tiling | None = None


@dataclass(frozen=True)
class ResourceReport:
    """What a schedule costs, area by area; `str` of it is a page of plain text, values are array elements."""

    circuit: Circuit
    schedule: Schedule
    areas: tuple[AreaReport, ...]

    def transfer(self, level: int = 1) -> Formula:
        """Values that cross into a level and out of it, over the whole circuit."""
        found = (one.cost.transfer for one in self.areas if one.cost.area.level >= level)
        return sum(found, Formula())

    def seconds(self, sizes: Mapping[str, int]) -> float | None:
        """The time of all transfers for sizes of axes and parts, None where a level has no bandwidth."""
        total = 0.0
        for level in range(1, 1 + max((one.cost.area.level for one in self.areas), default=0)):
            bandwidth = self.schedule.levels[level].bandwidth
            if bandwidth is None:
                return None
            total += self.transfer(level).evaluate(sizes) / bandwidth
        return total

    def fits(self, sizes: Mapping[str, int]) -> bool:
        """Whether each area holds no more than the capacity of its level, for sizes of axes and parts."""
        for one in self.areas:
            capacity = self.schedule.levels[one.cost.area.level].capacity
            if capacity is not None and held(one.cost, sizes) > capacity:
                return False
        return True

    def __str__(self) -> str:
        lines = [f"{self.circuit.name}: {len(self.areas)} area{'s' * (len(self.areas) != 1)}"]
        for one in self.areas:
            lines += _area_lines(self, one)
        for level in range(1, len(self.schedule.levels)):
            lines.append(f"transfers into {self.schedule.levels[level].name} and back: {self.transfer(level)}")
        return "\n".join(lines)


def resource_report(circuit: Circuit, schedule: Schedule, sizes: Mapping[str, int] | None = None) -> ResourceReport:
    """Report what a schedule costs; with `sizes` of the axes (defaults count) also the best parts in numbers.

    Raises CircuitError with every problem of the circuit or of the schedule, BindingError where the capacity of a
    level does not hold the smallest parts, or a size stays unknown.
    """
    problems = schedule_problems(circuit, schedule)
    if problems:
        raise CircuitError(problems)
    numbers = circuit.checked.concrete(sizes) if sizes is not None else None
    areas = []
    for area in schedule.areas:
        cost, capacity = area_cost(circuit, area), schedule.levels[area.level].capacity
        tiling = best_tiling(cost, numbers, capacity) if numbers is not None and capacity is not None else None
        areas.append(AreaReport(cost, leading(cost), tiling))
    return ResourceReport(circuit, schedule, tuple(areas))


def _area_lines(report: ResourceReport, one: AreaReport) -> Iterator[str]:
    cost, area = one.cost, one.cost.area
    words = [f"area '{area.name}' at {report.schedule.levels[area.level].name}"]
    words += [f"{word} {', '.join(map(_part, parts))}" for word, parts in _uses(cost) if parts]
    yield "; ".join(words)
    names = [_array(report.circuit, item.array) for item in cost.moved]
    axes = [f"[{' '.join(item.axes)}]" for item in cost.moved]
    for item, name, shown in zip(cost.moved, names, axes, strict=True):
        word = "save" if item.saved else "load"
        yield f"  {word} {name.ljust(max(map(len, names)))}  {shown.ljust(max(map(len, axes)))}  {item.total}"
    yield f"  transfer H = {cost.transfer}"
    memory = str(cost.memory[0]) if len(cost.memory) == 1 else f"max({', '.join(map(str, cost.memory))})"
    yield f"  memory M >= {memory}" + (f", and {cost.carried} carried" if cost.carried.terms else "")
    if one.leading is not None:
        tiles = "".join(f", {name} = {size}" for name, size in one.leading.tiles)
        yield f"  best in leading order: H = {one.leading.transfer}{tiles}"
    if one.tiling is not None:
        sizes = ", ".join(f"{name} = {size:,}" for name, size in one.tiling.sizes)
        yield f"  best found: {sizes}: H = {one.tiling.transfer:,.0f}, M = {one.tiling.memory:,.0f}"


def _uses(cost: AreaCost) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    return ("groups", cost.area.groups), ("streams", cost.area.streams)


def _part(part: Part) -> str:
    return f"{part.axis} by {part.size}" + (f" (multiples of {part.multiple})" if part.multiple != 1 else "")


def _array(circuit: Circuit, wire: str) -> str:
    """An array by the readable name of what makes it."""
    node, dot, port = wire.rpartition(".")
    if not dot or node not in circuit.by_id:
        return wire
    maker = circuit.by_id[node]
    return maker.name if len(maker.outputs()) == 1 else f"{maker.name}.{port}"
