"""Ordering the arrays of every column from the top so that few strands cross.

In a column stand items: cells, which take their inputs together, and arrays that pass. Barycentres of what lies left
and right give a first order; then neighbours change places, and arrays that pass several columns move through all of
them at once, wherever that lowers the crossings. Every step has its ties broken by position, so that the same diagram
always gives the same order. What a person asked to lie above something else does so before all that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .asked import Asked, Pair, asked
from .diagram import Cell, Diagram
from .membership import Item, Membership, membership, together

ROUNDS = 6
# An item between those of a block that it is not in is worth so many crossings.
TORN = 4
# A wish of whoever drew it is worth more than any crossings.
WISH = 10_000


@dataclass
class Order:
    """The items of all columns from the top, and how many strands each array has."""

    diagram: Diagram
    first: tuple[str, ...]
    columns: list[list[Item]]
    blocks: Membership
    weights: dict[str, int] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)

    def left(self, column: int) -> list[str]:
        """The arrays right before a column, from the top."""
        if column == 0:
            return list(self.first)
        made: list[str] = []
        for item in self.columns[column - 1]:
            made += item.cell.outputs if item.cell is not None else (item.key,)
        return made

    def given(self, column: int) -> list[str]:
        """The arrays as the items of a column take them, from the top."""
        places = {array: place for place, array in enumerate(self.left(column))}
        return [array for item in self.columns[column] for array in taken(item, places)]

    def cost(self, column: int) -> int:
        """Crossings of strands on the way into a column, and what tears its blocks."""
        if not 0 <= column < len(self.columns):
            return 0
        places = {array: place for place, array in enumerate(self.left(column))}
        seen: list[tuple[int, int]] = []
        total = 0
        for item in self.columns[column]:
            for array in taken(item, places):
                place, weight = places[array], self.weights[array]
                total += sum(other * weight for at, other in seen if at > place)
                seen.append((place, weight))
        items = self.columns[column]
        return total + TORN * self.blocks.torn(column, items) + WISH * self.asked.broken(column, items)

    def around(self, column: int) -> int:
        """Crossings that depend on the order of one column."""
        return self.cost(column) + self.cost(column + 1)


def taken(item: Item, places: dict[str, int]) -> list[str]:
    """The arrays an item takes, in the order in which it takes them from above."""
    if item.cell is None:
        return [item.key]
    inputs = list(item.cell.inputs)
    return inputs if item.cell.ordered else sorted(inputs, key=places.__getitem__)


def order(diagram: Diagram, columns: Sequence[Sequence[Cell]], pairs: Sequence[Pair] = ()) -> Order:
    """An order of all columns with few crossings, in which of each pair the first lies above the second."""
    items = _items(diagram, columns)
    found = Order(diagram, diagram.inputs, items, membership(diagram, items), asked=asked(pairs, items))
    found.weights = {array: len(one.strands) for array, one in diagram.arrays.items()}
    best, least = _copy(found), -1
    for turn in range(2 * ROUNDS):
        (_backward if turn % 2 else _forward)(found)
        for number in range(len(found.columns)):
            found.asked.followed(number, found.columns[number], found.blocks.paths[number])
        _swaps(found)
        _runs(found)
        total = sum(found.cost(column) for column in range(len(found.columns)))
        if least < 0 or total < least:
            best, least = _copy(found), total
        elif turn % 2:
            break
        if not total:
            break
    found.columns = best
    return found


def _items(diagram: Diagram, columns: Sequence[Sequence[Cell]]) -> list[list[Item]]:
    """Cells of every column, and the arrays that are read further to the right."""
    until = dict.fromkeys(diagram.arrays, 0)
    since = dict.fromkeys(diagram.arrays, -1)
    for number, column in enumerate(columns):
        for cell in column:
            until.update(dict.fromkeys(cell.inputs, number))
            since.update(dict.fromkeys(cell.outputs, number))
    found: list[list[Item]] = [[Item(cell.id, cell) for cell in column] for column in columns]
    for array in diagram.arrays:
        for number in range(since[array] + 1, until[array]):
            found[number].append(Item(array))
    return found


def _copy(found: Order) -> list[list[Item]]:
    return [list(column) for column in found.columns]


def _forward(found: Order) -> None:
    """Every item at the middle of what it reads; what reads nothing stays where it is."""
    for number in range(len(found.columns) - 1):
        places = {array: place for place, array in enumerate(found.left(number))}
        column = found.columns[number]
        keys: dict[str, tuple[float, ...]] = {}
        previous = -1.0
        for at, item in enumerate(column):
            read = [float(places[array]) for array in taken(item, places)]
            previous = sum(read) / len(read) if read else previous + 0.01
            keys[item.key] = (previous, item.cell is None, at)
        column[:] = together(column, found.blocks.paths[number], lambda item, keys=keys: keys[item.key])  # type: ignore[misc]


def broken(order: Order, breaks: Sequence[int]) -> Order:
    """The order with a column right of each break in which all arrays pass: the beginning of a row."""
    columns = list(order.columns)
    for number in sorted(breaks, reverse=True):
        columns.insert(number + 1, [Item(array) for array in order.left(number + 1)])
    return replace(order, columns=columns, blocks=membership(order.diagram, columns), asked=Asked())


def _backward(found: Order) -> None:
    """Every item at the middle of where what it makes is read."""
    for number in range(len(found.columns) - 2, -1, -1):
        places: dict[str, list[int]] = {}
        for place, array in enumerate(found.given(number + 1)):
            places.setdefault(array, []).append(place)
        column = found.columns[number]
        keys: dict[str, tuple[float, ...]] = {}
        previous = -1.0
        for at, item in enumerate(column):
            made = item.cell.outputs if item.cell is not None else (item.key,)
            read = [float(place) for array in made for place in places.get(array, ())]
            previous = sum(read) / len(read) if read else previous + 0.01
            keys[item.key] = (previous, at)
        column[:] = together(column, found.blocks.paths[number], lambda item, keys=keys: keys[item.key])  # type: ignore[misc]


def _swaps(found: Order) -> None:
    """Neighbours change places while that lowers the crossings."""
    for _ in range(ROUNDS):
        changed = False
        for number in range(len(found.columns) - 1):
            column = found.columns[number]
            for at in range(len(column) - 1):
                before = found.around(number)
                if not before:
                    break
                column[at], column[at + 1] = column[at + 1], column[at]
                if found.around(number) < before:
                    changed = True
                else:
                    column[at], column[at + 1] = column[at + 1], column[at]
        if not changed:
            return


def _runs(found: Order) -> None:
    """Arrays that pass several columns move to the top or to the bottom of all of them where that is better."""
    runs: dict[str, list[int]] = {}
    for number, column in enumerate(found.columns):
        for item in column:
            if item.cell is None:
                runs.setdefault(item.key, []).append(number)
    for key, numbers in runs.items():
        span = range(numbers[0], numbers[-1] + 2)
        before = sum(found.cost(number) for number in span)
        if len(numbers) < 2 or not before:
            continue
        kept = {number: list(found.columns[number]) for number in numbers}
        best, least = kept, before
        for top in (False, True):
            for number in numbers:
                mine = Item(key)
                rest = [item for item in kept[number] if item.key != key or item.cell is not None]
                found.columns[number] = [mine, *rest] if top else [*rest, mine]
            total = sum(found.cost(number) for number in span)
            if total < least:
                best, least = {number: list(found.columns[number]) for number in numbers}, total
        for number in numbers:
            found.columns[number] = best[number]
