"""A linear program of heights: differences that must be kept, and differences that should be small.

All constraints are differences of two heights, so whole numbers have a solution in whole numbers. Solved by the dual
simplex method of HiGHS, which runs on one thread and gives the same vertex every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

Array = NDArray[np.float64]
# A jump below this is a blemish: it is straightened in so many further rounds at most.
SMALL, ROUNDS = 9.0, 3


class Heights:
    """Heights of many things, as variables of one program; `alias` makes two of them one."""

    def __init__(self, count: int) -> None:
        self.root = list(range(count))
        self.hard: dict[tuple[int, int], float] = {}
        self.wishes: list[tuple[int, int, float]] = []
        self.places: list[tuple[int, int, float, float]] = []
        self.pulls: dict[int, float] = {}
        self.held: set[int] = set()

    def hold(self, one: int) -> None:
        """A thing that has a height even if nothing is asked of it."""
        self.held.add(one)

    def more(self) -> int:
        """One more variable."""
        self.root.append(len(self.root))
        return len(self.root) - 1

    def of(self, one: int) -> int:
        """The variable that stands for a thing."""
        while self.root[one] != one:
            self.root[one] = self.root[self.root[one]]
            one = self.root[one]
        return one

    def alias(self, one: int, other: int) -> None:
        """Two things at one height."""
        self.root[self.of(other)] = self.of(one)

    def below(self, upper: int, lower: int, by: float) -> None:
        """`lower` lies at least so far below `upper`."""
        pair = (self.of(upper), self.of(lower))
        if pair[0] != pair[1]:
            # whole numbers keep the solution in whole numbers
            self.hard[pair] = max(float(ceil(by)), self.hard.get(pair, 0.0))

    def straight(self, one: int, other: int, weight: float) -> None:
        """The two should be at one height."""
        if self.of(one) != self.of(other):
            self.wishes.append((self.of(one), self.of(other), weight))

    def apart(self, upper: int, lower: int, by: float, weight: float) -> None:
        """`lower` should lie so far below `upper`."""
        if self.of(upper) != self.of(lower):
            self.places.append((self.of(upper), self.of(lower), by, weight))

    def near(self, upper: int, lower: int, weight: float) -> None:
        """`lower`, which lies below `upper`, should lie close to it."""
        if self.of(upper) != self.of(lower):
            self.pull(lower, weight)
            self.pull(upper, -weight)

    def pull(self, one: int, weight: float) -> None:
        """A cost for every unit of height."""
        self.pulls[self.of(one)] = self.pulls.get(self.of(one), 0.0) + weight

    def solve(self) -> dict[int, float]:
        """Heights of all variables; small jumps are straightened, round by round, at the cost of larger ones."""
        found = self._solved(self.wishes)
        for _ in range(ROUNDS):
            jumps = [abs(found[one] - found[other]) for one, other, _ in self.wishes]
            if not any(0.5 < jump < SMALL for jump in jumps):
                break
            # what is straight is held as well, or the blemish would only move along its strand
            eager = [
                (one, other, weight * (40 if jump < SMALL else 1))
                for (one, other, weight), jump in zip(self.wishes, jumps, strict=True)
            ]
            found = self._solved(eager)
        return found

    def _solved(self, wishes: list[tuple[int, int, float]]) -> dict[int, float]:
        asked = [*((one, other, 0.0, weight) for one, other, weight in wishes), *self.places]
        named = {one for pair in self.hard for one in pair} | {one for wish in asked for one in wish[:2]}
        used = sorted({self.of(one) for one in (*named, *self.pulls, *self.held)})
        if not used:
            return {}
        place = {one: at for at, one in enumerate(used)}
        count = len(used) + len(asked)
        cost = np.zeros(count)
        cost[: len(used)] = 1e-3
        for one, weight in self.pulls.items():
            cost[place[one]] += weight
        cost[len(used) :] = [weight for *_, weight in asked]
        rows = list(self._rows(place, len(used), asked))
        matrix, limits = _matrix(rows, count)
        bounds = np.tile(np.array([0.0, np.inf]), (count, 1))
        found = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs-ds")
        if found.x is None:
            raise AssertionError(f"heights: expected a solution, found {found.message}")
        return {one: round(float(found.x[at]), 3) for one, at in place.items()}

    def _rows(
        self, place: Mapping[int, int], slack: int, asked: list[tuple[int, int, float, float]]
    ) -> Iterator[tuple[tuple[tuple[int, float], ...], float]]:
        """Rows of the program: places and factors, and the limit."""
        for (upper, lower), by in self.hard.items():
            yield ((place[upper], 1.0), (place[lower], -1.0)), -by
        for at, (one, other, by, _) in enumerate(asked, slack):
            yield ((place[one], 1.0), (place[other], -1.0), (at, -1.0)), -by
            yield ((place[one], -1.0), (place[other], 1.0), (at, -1.0)), by


def _matrix(rows: list[tuple[tuple[tuple[int, float], ...], float]], count: int) -> tuple[coo_array, Array]:
    if not rows:
        return coo_array((0, count)), np.zeros(0)
    lines = np.array([number for number, (row, _) in enumerate(rows) for _ in row])
    places = np.array([at for row, _ in rows for at, _ in row])
    factors = np.array([factor for row, _ in rows for _, factor in row])
    matrix = coo_array((factors, (lines, places)), shape=(len(rows), count))
    return matrix, np.array([limit for _, limit in rows])
