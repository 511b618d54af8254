"""Ratios of running times that hold on a busy machine.

Candidates take turns, so that whatever slows the machine slows all of them, and the ratio is taken
within each round. Process CPU time leaves out what other processes use; it counts all threads of
this one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from .errors import Problem, SettingsError

Clock = Callable[[], float]


@dataclass(frozen=True)
class Timings:
    """Seconds a call, by candidate, one entry a round."""

    seconds: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """The median seconds of one call."""
        return median(self.seconds[name])

    def ratio(self, name: str, base: str) -> float:
        """How many times as long `name` takes as `base`: the median of the ratios within each round."""
        return median(self._ratios(name, base))

    def quartiles(self, name: str, base: str) -> tuple[float, float]:
        """Between which numbers the middle half of the ratios within each round lies."""
        ratios = self._ratios(name, base)
        if len(ratios) == 1:
            return ratios[0], ratios[0]
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        return low, high

    def _ratios(self, name: str, base: str) -> list[float]:
        pairs = zip(self.seconds[name], self.seconds[base], strict=True)
        return [ours / theirs for ours, theirs in pairs]

    def table(self, base: str) -> str:
        """One line a candidate: its name, milliseconds a call, and its ratio to `base`."""
        width = max(map(len, self.seconds))
        return "\n".join(
            f"{name:<{width}}  {1e3 * self.median(name):10.3f} ms  {self.ratio(name, base):8.3f}"
            for name in self.seconds
        )


def compare(
    candidates: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 15,
    least_seconds: float = 0.02,
    clock: Clock = time.process_time,
) -> Timings:
    """Time all candidates in turns, each round beginning with another one.

    Each is called often enough for one measurement to take `least_seconds`. Raises SettingsError
    without candidates or rounds.
    """
    if not candidates or rounds < 1:
        found = f"{len(candidates)} candidates, {rounds} rounds"
        raise SettingsError(Problem("compare", "at least one of each", found, "Give both."))
    calls = {name: _calls(work, least_seconds, clock) for name, work in candidates.items()}
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    names = list(candidates)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(_time(candidates[name], calls[name], clock) / calls[name])
    return Timings({name: tuple(values) for name, values in seconds.items()})


def _calls(work: Callable[[], object], least_seconds: float, clock: Clock) -> int:
    """How many calls take `least_seconds`; finding out warms the work up."""
    calls = 1
    while (taken := _time(work, calls, clock)) < least_seconds:
        calls = max(2 * calls, int(calls * least_seconds / taken) if taken > 0 else 0)
    return calls


def _time(work: Callable[[], object], calls: int, clock: Clock) -> float:
    start = clock()
    for _ in range(calls):
        work()
    return clock() - start
