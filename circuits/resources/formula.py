"""Costs as exact sums of products of sizes with rational powers, such as `2*a*b*c/M**(1/2) + a*c`.

Sizes of axes are whole polynomials (`circuits.sizes`); costs of transfers also divide by sizes of parts, and best
costs take roots.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, prod

from .formula_text import PLAIN, Powers, Term, tex_writer

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum of products; equal to another exactly if both have the same terms, which are sorted."""

    terms: tuple[Term, ...] = ()

    @staticmethod
    def product(names: Iterable[str] = (), scale: int | Fraction = 1) -> Formula:
        """The product of names, each as often as it stands there."""
        exponents: dict[str, Fraction] = {}
        for name in names:
            exponents[name] = exponents.get(name, Fraction(0)) + 1
        return _settled([(tuple(exponents.items()), Fraction(scale))])

    @property
    def names(self) -> frozenset[str]:
        """All names in it."""
        return frozenset(name for powers, _ in self.terms for name, _ in powers)

    def __add__(self, other: Formula) -> Formula:
        return _settled([*self.terms, *other.terms])

    def __mul__(self, other: Formula) -> Formula:
        return _settled([(_joined(one, two), scale * by) for one, scale in self.terms for two, by in other.terms])

    def power(self, exponent: int | Fraction) -> Formula | None:
        """The formula to a power, or None where that is no such sum: roots of sums, and of numbers that have none."""
        exponent = Fraction(exponent)
        if len(self.terms) == 1:
            powers, scale = self.terms[0]
            root = _root(scale, exponent)
            return None if root is None else _settled([(tuple((name, by * exponent) for name, by in powers), root)])
        if exponent < 0 or exponent.denominator != 1:
            return None
        return prod([self] * int(exponent), start=Formula.product())

    def at(self, values: Mapping[str, Formula]) -> Formula:
        """The formula with others in place of names; raises ValueError where one of them lacks a power it needs."""
        total = Formula()
        for powers, scale in self.terms:
            term = Formula.product((), scale)
            for name, by in powers:
                value = values[name].power(by) if name in values else _settled([(((name, by),), ONE)])
                if value is None:
                    raise ValueError(f"{values[name]} has no power {by}")
                term = term * value
            total = total + term
        return total

    def evaluate(self, values: Mapping[str, float]) -> float:
        """The number it is where names have these values."""
        total = 0.0
        for powers, scale in self.terms:
            total += float(scale) * prod(float(values[name]) ** float(by) for name, by in powers)
        return total

    def by(self, names: Iterable[str]) -> dict[Powers, Formula]:
        """The factors of each product of these names, by that product: `{g**-1: a*b*c, (): a*c}`."""
        chosen = frozenset(names)
        found: dict[Powers, list[Term]] = {}
        for powers, scale in self.terms:
            key = tuple(item for item in powers if item[0] in chosen)
            rest = tuple(item for item in powers if item[0] not in chosen)
            found.setdefault(key, []).append((rest, scale))
        return {key: _settled(terms) for key, terms in found.items()}

    def without(self, names: Iterable[str]) -> Formula:
        """The terms in which none of these names stands."""
        chosen = frozenset(names)
        return _settled([term for term in self.terms if chosen.isdisjoint(name for name, _ in term[0])])

    def covers(self, other: Formula) -> bool:
        """Whether every term of the other stands here at least as often, so that this one is never less."""
        own = dict(self.terms)
        return all(own.get(powers, 0) >= scale for powers, scale in other.terms)

    def __str__(self) -> str:
        return PLAIN.sum(self.terms)

    def tex(self, names: Mapping[str, str] | None = None) -> str:
        """The formula in TeX; `names` are the labels of names that are not written as they are."""
        return tex_writer(names or {}).sum(self.terms)


def _settled(terms: Iterable[Term]) -> Formula:
    """Terms with like ones joined, in order: those with most factors above the line first, then by names."""
    found: dict[Powers, Fraction] = {}
    for powers, scale in terms:
        key = tuple(sorted(item for item in powers if item[1]))
        found[key] = found.get(key, Fraction(0)) + scale
    return Formula(tuple(sorted(((key, scale) for key, scale in found.items() if scale), key=_rank)))


def _rank(term: Term) -> tuple[Fraction, Fraction, tuple[str, ...], Powers]:
    degree = sum((by for _, by in term[0]), Fraction(0))
    return -sum((by for _, by in term[0] if by > 0), Fraction(0)), -degree, tuple(name for name, _ in term[0]), term[0]


def _joined(one: Powers, other: Powers) -> Powers:
    exponents = dict(one)
    for name, by in other:
        exponents[name] = exponents.get(name, Fraction(0)) + by
    return tuple(exponents.items())


def _root(scale: Fraction, exponent: Fraction) -> Fraction | None:
    """A positive number to a rational power, if that is rational."""
    if scale <= 0:
        return None
    whole = scale ** abs(exponent.numerator)
    parts = [_whole_root(part, exponent.denominator) for part in (whole.numerator, whole.denominator)]
    if parts[0] is None or parts[1] is None:
        return None
    root = Fraction(parts[0], parts[1])
    return root if exponent >= 0 else 1 / root


def _whole_root(number: int, degree: int) -> int | None:
    """The whole number whose power is the number, or None."""
    guess = isqrt(number) if degree == 2 else round(number ** (1 / degree))
    return next((near for near in (guess, guess - 1, guess + 1) if near >= 0 and near**degree == number), None)
