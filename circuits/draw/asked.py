"""Orders that a person asked for: what should lie above what, wherever both stand in one column.

A node stands for all cells drawn for it and for the arrays it makes; a wire for the array. Blocks stay together: what
is asked of something inside a block moves the block. Where wishes contradict each other, the newest counts: each is
worth more than all older ones together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .membership import Item, Paths

Pair = tuple[str, str]
Keys = frozenset[str]


@dataclass
class Asked:
    """For every column the pairs of which both sides stand there, as keys of items, and their worth; newest last."""

    columns: list[list[tuple[Keys, Keys, int]]] = field(default_factory=list)

    def broken(self, number: int, column: Sequence[Item]) -> int:
        """The worth of the wishes that a column does not fulfil."""
        if not self.columns or not self.columns[number]:
            return 0
        places = {item.key: place for place, item in enumerate(column)}
        return sum(worth for above, below, worth in self.columns[number] if _wrong(above, below, places))

    def followed(self, number: int, column: list[Item], paths: Mapping[str, tuple[str, ...]]) -> None:
        """Bring a column into the order that is asked for; `paths` are the blocks around each item."""
        for above, below, _ in self.columns[number] if self.columns else ():
            if _wrong(above, below, {item.key: place for place, item in enumerate(column)}):
                column[:] = _moved(column, above, below, paths)


def asked(pairs: Sequence[Pair], columns: Sequence[Sequence[Item]]) -> Asked:
    """Where wishes can be fulfilled."""
    if not pairs:
        return Asked()
    found = Asked([[] for _ in columns])
    for number, column in enumerate(columns):
        for place, pair in enumerate(pairs):
            above, below = (frozenset(item.key for item in column if _stands(item, one)) for one in pair)
            if above and below and not above & below:
                found.columns[number].append((above, below, 1 << place))
    return found


def _stands(item: Item, one: str) -> bool:
    """Whether an item is drawn for a node or a wire."""
    node, dot, _ = one.partition(".")
    if dot and item.cell is not None:
        return False
    return item.key in (one, node) or item.key.startswith((f"{one}/", f"{one}."))


def _wrong(above: Keys, below: Keys, places: Mapping[str, int]) -> bool:
    return max(places[key] for key in above) > min(places[key] for key in below)


def _moved(column: Sequence[Item], above: Keys, below: Keys, paths: Paths) -> list[Item]:
    """The column with what should lie below right after what should lie above, each with the block it is in."""
    chains = [paths[key] for key in (*above, *below)]
    shared = 0
    while all(len(chain) > shared and chain[shared] == chains[0][shared] for chain in chains):
        shared += 1
    outer = chains[0][:shared]

    def whole(item: Item) -> tuple[str, str]:
        path = paths[item.key]
        if path[:shared] != outer:
            return "", ""
        return ("block", path[shared]) if len(path) > shared else ("item", item.key)

    ups = {whole(item) for item in column if item.key in above}
    downs = {whole(item) for item in column if item.key in below}
    if ups & downs:
        return list(column)
    moved = [item for item in column if whole(item) in downs]
    rest = [item for item in column if whole(item) not in downs]
    after = max(place for place, item in enumerate(rest) if whole(item) in ups) + 1
    return [*rest[:after], *moved, *rest[after:]]
