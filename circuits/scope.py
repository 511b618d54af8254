"""Solving the sizes of one scope: sound unification in which every fact keeps where it came from.

The variables are the names of the scope. A fact either defines a produced axis, or is an equation. An equation binds
when one unknown is left, fails when it is a contradiction, and otherwise sleeps; each binding wakes the equations that
mention it. Two declared names are never merged silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .errors import BindingError, Problem
from .op import AT_MOST, Fact
from .size_terms import weight
from .sizes import Size, SizeError, Verdict, solve

# Terms looked at while facts wake each other: enough for any circuit, and soon used up by equations made to be endless.
EFFORT = 20_000
EFFORT_A_FACT = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact and the place that states it; `declared` ones may join names."""

    fact: Fact
    where: str
    node: str | None
    declared: bool = False


@dataclass(frozen=True)
class Solution:
    """Sizes of a scope: what names are bound to, and the facts that stay constraints on the free ones."""

    bindings: Mapping[str, Size]
    constraints: tuple[Placed, ...]
    problems: tuple[Problem, ...]

    def size(self, size: Size) -> Size:
        """A size in terms of free names only."""
        return size.at(self.bindings) if self.bindings else size

    def concrete(
        self,
        names: Iterable[str],
        given: Mapping[str, int],
        defaults: Mapping[str, int],
        scope: str,
    ) -> dict[str, int]:
        """Numbers for `names`: from `given`, then by solving, then from `defaults`, in their order.

        Raises BindingError naming every size that contradicts or stays unknown.
        """
        solver = _Solver(frozenset())
        for name, number in given.items():
            solver.take(
                Placed(
                    Fact(Size.name(name), Size.of(number), f"{name} = {number} is given"),
                    scope,
                    None,
                    True,
                )
            )
        for name, size in self.bindings.items():
            solver.take(Placed(Fact(Size.name(name), size, f"{name} = {size}"), scope, None, True))
        for placed in self.constraints:
            solver.take(placed)
        for name, number in defaults.items():
            if solver.size(Size.name(name)).number is None:
                why = f"{name} = {number} by default"
                solver.take(Placed(Fact(Size.name(name), Size.of(number), why), scope, None, True))
        found = solver.solution()
        if found.problems:
            raise BindingError("\n".join(str(problem) for problem in found.problems))
        numbers: dict[str, int] = {}
        for name in (*found.bindings, *names):
            known = found.size(Size.name(name)).number
            if known is not None:
                numbers[name] = known
        return numbers


def require(names: Iterable[str], numbers: Mapping[str, int], scope: str) -> None:
    """Raise BindingError if a size of `names` is not among the numbers."""
    unknown = {name for name in names if name not in numbers}
    if unknown:
        listed = ", ".join(sorted(unknown))
        example = ", ".join(f"{name}=..." for name in sorted(unknown))
        raise BindingError(
            f"{scope}: expected a size for every axis, found none for {listed}. Give sizes ({example}), "
            "or defaults in the circuit."
        )


def solve_scope(declared: frozenset[str], facts: Iterable[Placed]) -> Solution:
    """Solve all facts of a scope in which the names `declared` stand for sizes of their own."""
    solver = _Solver(declared)
    for placed in facts:
        solver.take(placed)
    return solver.solution()


@dataclass
class _Solver:
    """What is known so far.

    A bound size may hold names that were bound later; `waiting` lists sleepers by the names that can wake them.
    """

    declared: frozenset[str]
    bindings: dict[str, Size] = field(default_factory=dict)
    because: dict[str, Placed] = field(default_factory=dict)
    asleep: dict[int, Placed] = field(default_factory=dict)
    waiting: dict[str, list[int]] = field(default_factory=dict)
    limits: list[Placed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    slept: int = 0
    effort: int = EFFORT

    def size(self, size: Size) -> Size:
        """A size in terms of names that are not bound."""
        bound = {name: self._settled(name) for name in size.names if name in self.bindings}
        return size.at(bound) if bound else size

    def _settled(self, name: str) -> Size:
        """The size a name is bound to, in terms of names that are not bound; kept for the next time."""
        path = [name]
        while path:
            value = self.bindings[path[-1]]
            bound = {other: self.bindings[other] for other in value.names if other in self.bindings}
            unsettled = [other for other, size in bound.items() if not self.bindings.keys().isdisjoint(size.names)]
            if unsettled:
                path.extend(unsettled)
                continue
            if bound:
                value = self.bindings[path[-1]] = value.at(bound)
                self.effort -= weight(value.terms)
            path.pop()
        return self.bindings[name]

    def take(self, placed: Placed) -> None:
        """Learn one fact, and what it wakes; sizes beyond the limits of arithmetic are a problem like any other."""
        if placed.fact.kind == AT_MOST:
            self.limits.append(placed)
            return
        self.effort += EFFORT_A_FACT
        awake = [placed]
        while awake:
            one = awake.pop()
            try:
                awake.extend(reversed(self._take(one)))
            except SizeError as error:
                self.problems.append(_unreachable(one, error))
            if self.effort < 0:
                self.problems.append(_endless(placed))
                self.effort = EFFORT
                return

    def _take(self, placed: Placed) -> list[Placed]:
        """Learn one fact; returns the sleepers it wakes."""
        fact = placed.fact
        left, right = self.size(fact.left), self.size(fact.right)
        self.effort -= weight(left.terms) + weight(right.terms)
        solved = solve(left, right)
        if solved.verdict is Verdict.FALSE:
            self.problems.append(self._contradiction(placed, left, right))
        elif solved.verdict is Verdict.BINDS:
            return self._bind(solved.name, Size.of(solved.value), placed)
        elif solved.verdict is Verdict.OPEN:
            return self._take_open(placed, left, right)
        return []

    def _take_open(self, placed: Placed, left: Size, right: Size) -> list[Placed]:
        """Two or more unknowns: bind a produced name, refuse to join two declared ones, or sleep."""
        for one, other in ((left, right), (right, left)):
            name = one.sole_name
            if name is None or name in other.names:
                continue
            if placed.declared or name not in self.declared:
                return self._bind(name, other, placed)
        if left.sole_name and right.sole_name:
            self.problems.append(_joined(placed, left, right))
            return []
        self.slept += 1
        self.asleep[self.slept] = placed
        for name in left.names | right.names:
            self.waiting.setdefault(name, []).append(self.slept)
        return []

    def _bind(self, name: str, size: Size, placed: Placed) -> list[Placed]:
        self.bindings[name] = size
        self.because[name] = placed
        numbers = self.waiting.pop(name, ())
        return [self.asleep.pop(number) for number in numbers if number in self.asleep]

    def _contradiction(self, placed: Placed, left: Size, right: Size) -> Problem:
        fact = placed.fact
        causes = dict.fromkeys(
            f"{cause.fact.why} at {cause.where}"
            for name in sorted(fact.left.names | fact.right.names)
            if (cause := self.because.get(name)) is not None
        )
        expected = f"{fact.left} = {left}" if str(left) != str(fact.left) else str(left)
        if causes:
            expected += f" ({'; '.join(causes)})"
        return Problem(
            placed.where,
            expected,
            f"{right} ({fact.why})",
            "Make the sizes equal, or give one axis another name.",
            placed.node,
        )

    def solution(self) -> Solution:
        """What is known after all facts; limits are checked now."""
        for name in reversed(self.bindings):
            try:
                self._settled(name)
            except SizeError as error:
                self.problems.append(_unreachable(self.because[name], error))
        kept = []
        for placed in self.limits:
            try:
                left, right = self.size(placed.fact.left), self.size(placed.fact.right)
                spare = (right - left).number
            except SizeError as error:
                self.problems.append(_unreachable(placed, error))
                continue
            if spare is not None and spare < 0:
                self.problems.append(
                    Problem(
                        placed.where,
                        f"at most {right}",
                        f"{left} ({placed.fact.why})",
                        "Enlarge the axis, or lower the bound.",
                        placed.node,
                    )
                )
            elif spare is None:
                kept.append(placed)
        return Solution(self.bindings, (*self.asleep.values(), *kept), tuple(self.problems))


def _unreachable(placed: Placed, error: SizeError) -> Problem:
    return Problem(placed.where, error.expected, error.found, error.fix, placed.node)


def _endless(placed: Placed) -> Problem:
    return Problem(
        placed.where,
        "sizes that follow from each other in a few steps",
        f"too many for {placed.fact.left} = {placed.fact.right}",
        "Declare fewer constraints, or simpler ones.",
        placed.node,
    )


def _joined(placed: Placed, left: Size, right: Size) -> Problem:
    return Problem(
        placed.where,
        f"{left} and {right} to stay two sizes",
        f"{left} = {right} ({placed.fact.why})",
        f"Declare the constraint '{left} = {right}' if it is meant, or rename an axis.",
        placed.node,
    )
