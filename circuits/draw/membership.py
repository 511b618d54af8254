"""Which items of every column lie in which blocks, and columns sorted so that blocks stay together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .diagram import Cell, Diagram

Paths = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A cell, or the array that passes a column where `cell` is None."""

    key: str
    cell: Cell | None = None


@dataclass
class Membership:
    """Blocks of the items of every column: for each item its blocks, the outermost first.

    An array lies in a block if a cell inside made it or is still to read it, within the columns of the block.
    """

    diagram: Diagram
    paths: list[dict[str, tuple[str, ...]]] = field(default_factory=list)

    def of(self, number: int, fence: str) -> frozenset[str]:
        """Keys of the items of a column that lie in a block."""
        return frozenset(key for key, path in self.paths[number].items() if fence in path)

    def torn(self, number: int, items: Sequence[Item]) -> int:
        """How many items lie between those of blocks they are not in."""
        spans: dict[str, list[int]] = {}
        for place, item in enumerate(items):
            for fence in self.paths[number][item.key]:
                spans.setdefault(fence, []).append(place)
        return sum(places[-1] - places[0] + 1 - len(places) for places in spans.values())


def membership(diagram: Diagram, columns: Sequence[Sequence[Item]]) -> Membership:
    """The blocks of all items."""
    found = Membership(diagram)
    chains = {cell.id: _chain(diagram, cell) for cell in diagram.cells}
    spans = _spans(columns, chains)
    last: dict[tuple[str, str], int] = {}
    for number, column in enumerate(columns):
        for item in column:
            for array in item.cell.inputs if item.cell is not None else ():
                last.update(((array, fence), number) for fence in chains[item.cell.id])  # type: ignore[union-attr]
    for number, column in enumerate(columns):
        found.paths.append({item.key: _path(diagram, item, number, chains, spans, last) for item in column})
    return found


def _chain(diagram: Diagram, cell: Cell) -> tuple[str, ...]:
    """The blocks around a cell, the outermost first."""
    return tuple(fence.id for fence in diagram.enclosing(cell.fence))[::-1]


def _spans(columns: Sequence[Sequence[Item]], chains: Paths) -> dict[str, tuple[int, int]]:
    """First and last column of every block."""
    spans: dict[str, tuple[int, int]] = {}
    for number, column in enumerate(columns):
        for item in column:
            for fence in chains[item.cell.id] if item.cell is not None else ():
                spans[fence] = (spans.get(fence, (number, number))[0], number)
    return spans


def _path(
    diagram: Diagram,
    item: Item,
    number: int,
    chains: Paths,
    spans: Mapping[str, tuple[int, int]],
    last: Mapping[tuple[str, str], int],
) -> tuple[str, ...]:
    """The blocks of one item in its column; of two beside each other it is in the first."""
    if item.cell is not None:
        return chains[item.cell.id]
    made = chains[diagram.producers[item.key].id]
    holding = [
        fence.id
        for fence in diagram.fences
        if fence.id in spans
        and spans[fence.id][0] <= number <= spans[fence.id][1]
        and (fence.id in made or last.get((item.key, fence.id), -1) >= number)
    ]
    path: list[str] = []
    for fence in holding:
        parent = diagram.fence_of[fence].parent
        if parent == (path[-1] if path else ""):
            path.append(fence)
    return tuple(path)


def together(items: Sequence[Item], paths: Paths, key: Callable[[Item], tuple[float, ...]]) -> list[Item]:
    """Items sorted by a key, those of one block beside each other at the mean of their keys."""
    return _sorted(list(items), paths, key, 0)


def _sorted(items: list[Item], paths: Paths, key: Callable[[Item], tuple[float, ...]], depth: int) -> list[Item]:
    groups: dict[str, list[Item]] = {}
    for number, item in enumerate(items):
        path = paths[item.key]
        groups.setdefault(path[depth] if len(path) > depth else f"\0{number}", []).append(item)
    if len(groups) == len(items):
        return sorted(items, key=key)
    means = {name: _mean([key(item) for item in group]) for name, group in groups.items()}
    found: list[Item] = []
    for name in sorted(groups, key=means.__getitem__):
        group = groups[name]
        found += group if name.startswith("\0") else _sorted(group, paths, key, depth + 1)
    return found


def _mean(keys: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(sum(column) / len(keys) for column in zip(*keys, strict=True))
