"""Equations of sizes: true, false, binding their only name, or open.

Names stand for whole numbers of at least 0. A verdict is only given where it is certain; all else stays a constraint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import gcd

from .size_algebra import add, evaluate
from .size_terms import OVERFLOW, Terms, names_in


class Verdict(Enum):
    """What an equation of sizes is."""

    TRUE = "true for all sizes"
    FALSE = "true for no sizes"
    BINDS = "true for one value of its only name"
    OPEN = "a constraint"


@dataclass(frozen=True, slots=True)
class Solved:
    """The verdict on an equation; if it binds, the name and its value."""

    verdict: Verdict
    name: str = ""
    value: int = 0


def solve_zero(terms: Terms) -> Solved:
    """What `terms = 0` says.

    It is false when the terms are a number, when no whole numbers fit (`8*k = 500`, `n**2 = 50`),
    or when only negative ones do. It binds the only name when one value fits (`8*k = 512`,
    `n**2 = 64`, `3*n//2 = 12`). All else stays open: two names or more, several values (`n//2 = 4`),
    and terms that need not grow with the name (`12//n = 3`).
    """
    if not terms:
        return Solved(Verdict.TRUE)
    offset = 0 if terms[-1][0] else terms[-1][1]
    scales = [scale for monomial, scale in terms if monomial]
    if not scales or offset % gcd(*scales):
        return Solved(Verdict.FALSE)
    if max(scales) < 0:
        terms, offset = add((terms, -1)), -offset
    if not _rises(terms):
        return Solved(Verdict.OPEN)
    if offset > 0:
        return Solved(Verdict.FALSE)
    (monomial, scale), *rest = terms
    if len(monomial) == 1 and not monomial[0].parts and len(rest) == (offset != 0):
        return Solved(Verdict.BINDS, monomial[0].name, -offset // scale)
    names = names_in(terms)
    return Solved(Verdict.OPEN) if len(names) > 1 else _root(terms, *names)


def _rises(terms: Terms) -> bool:
    """Whether terms without their offset are 0 at 0 and never fall as names grow.

    A numerator over a number has no negative coefficient in normal form.
    """
    return all(
        scale > 0 and all(not atom.parts or (not atom.parts[1][0][0] and _rises(atom.parts[0])) for atom in monomial)
        for monomial, scale in terms
        if monomial
    )


def _root(terms: Terms, name: str) -> Solved:
    """The only value at which rising terms are 0, by bisection."""
    low, high = 0, 1
    while evaluate(terms, {name: high}) < 0:
        if high >= OVERFLOW:
            return Solved(Verdict.OPEN)
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if evaluate(terms, {name: middle}) < 0:
            low = middle + 1
        else:
            high = middle
    if evaluate(terms, {name: low}):
        return Solved(Verdict.FALSE)
    if low >= OVERFLOW or not evaluate(terms, {name: low + 1}):
        return Solved(Verdict.OPEN)
    return Solved(Verdict.BINDS, name, low)
